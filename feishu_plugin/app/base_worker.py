"""One base at work: the parts that judge, deliver, mail, call webhooks and tick share a desk.

Each part has its turns on threads of its own role, so cards and sweeps never delay a put-back. Only
the holder of the base's lease works; everything the parts agree on goes through the store.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from feishu_plugin.app.clockwork import Clockwork
from feishu_plugin.app.compose import Office, keep_binding
from feishu_plugin.app.crew import Crew
from feishu_plugin.app.learning import School
from feishu_plugin.app.lease import Lease
from feishu_plugin.app.left_in_store import LeftInStore
from feishu_plugin.app.mail import look_at_form
from feishu_plugin.app.periodic import JOBS, Job
from feishu_plugin.app.postbox import Postbox
from feishu_plugin.app.trying import Trying
from feishu_plugin.policy_rows import RowProblem
from feishu_plugin.store.tables import MAIL, POST, WEBHOOK
from feishu_plugin.store.waiting import HINT
from feishu_plugin.sync import repushes, stuck, surveys, sweep
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.handler import MOST, Round, fitting, work_once
from feishu_plugin.sync.mailing import Mailed, send_mails
from feishu_plugin.sync.outgoing import send_due, tell_administrator
from feishu_plugin.sync.pauses import in_words
from feishu_plugin.sync.policy_source import Loaded, load_policy
from feishu_plugin.sync.restored import reconcile
from feishu_plugin.sync.structure.drift import renamed
from feishu_plugin.sync.webhooks import call_webhooks

log = logging.getLogger(__name__)

_AWAIT_STEP_S = 1.0
"""Waiting for a missing step: its event wakes us, so this only ends the grace."""
_IDLE_S = 1.0
"""How long a part rests that looks at a clock or at a mailbox."""
_QUIET_S = 60.0
"""How long a part rests that is woken when there is something to do (``lookout``)."""


_ROLE_OF = {HINT: "judge", MAIL: "mail", WEBHOOK: "webhooks", POST: "postbox"}
"""What waits to the part that sees to it; everything else is delivered."""


class BaseWorker:
    """Works on one base until stopped; ``wake`` tells it that something came in.

    ``hears`` says whether events find us at this moment.
    """

    def __init__(
        self, office: Office, desk: Desk, holder: str, crew: Crew, hears: Callable[[], bool] = lambda: True
    ) -> None:
        self.office, self.desk, self._hears = office, desk, hears
        self._stop = threading.Event()
        self._postbox = Postbox(desk)
        roles = {
            "judge": self._judge,
            "deliver": self._deliver,
            "mail": self._mail,
            "webhooks": self._call_webhooks,
            **({"postbox": self._read_letters} if desk.mailbox else {}),
            "tick": self._tick,
        }
        self._tries = {role: Trying(part, self._may_begin) for role, part in roles.items()}
        self._parts = {role: crew.hire(role, tried.work) for role, tried in self._tries.items()}
        self._started = False
        self._sweep_asked = threading.Event()
        self._lease = Lease(desk.store, desk.app_token, holder, crew, self.clock_moved)
        self._turn = 0
        """The turn of the lease for which the desk was read."""
        self._comparing, self._compared = threading.Lock(), 0
        """The turn of the lease for which the state was compared, if it had to be."""
        self._obeyed = desk.tables.binding
        """The structure for which the rules in force were read."""
        self._owed = Round()
        """What is to be read again; kept until it was, whatever fails in between."""
        self._most = MOST
        """Hints of the next round, by how long the last one took."""
        desk.may_write = self._lease.held
        jobs = {name: (job.every, self._job(name, job)) for name, job in JOBS.items()}
        self.clockwork = Clockwork(desk.store, desk.app_token, holder, jobs)
        self.school = School()
        self._left = LeftInStore(desk.store, desk.app_token)
        self.ticked_at: datetime | None = None
        """Business time of the last tick that left nothing to do, for whoever waits for its consequences."""

    def start(self) -> None:
        """Asks for the lease, and lets the parts begin."""
        self._lease.start()
        self._turn = self._lease.turns
        self._take_note(self.desk.problems)
        self._tell_what_rests()
        self._tell_of_renames()
        self._started = True
        self.clock_moved()

    @property
    def app_token(self) -> str:
        """The base."""
        return self.desk.app_token

    def stir(self, kinds: Collection[str], *, news: bool) -> None:
        """Wakes the parts for which something of these kinds waits; one that failed waits on.

        But for the judging when there are news: an event shows that Feishu is there again.
        """
        if news:
            self._tries["judge"].hurry()
        for role in {_ROLE_OF.get(kind, "deliver") for kind in kinds} & self._parts.keys():
            self._parts[role].wake()

    def wake(self) -> None:
        """Something came into the inbox."""
        self._wake("judge")

    def clock_moved(self) -> None:
        """Business time jumped, or our turn has come: everything looks again."""
        self._postbox.look_soon()
        for role in self._parts:
            self._wake(role)

    def ask_to_stop(self) -> None:
        """No part begins anything new; returns at once."""
        self._stop.set()

    def stop(self) -> None:
        """Finishes what is in work, gives the lease back, and returns."""
        self.ask_to_stop()
        for part in self._parts.values():
            part.end()
        self.school.stop()
        self._lease.give_back()

    def wake_deliveries(self) -> None:
        """Something is to be sent."""
        self._wake("deliver")

    def look_at_structure(self) -> None:
        """Asks the judging thread to read tables and columns again."""
        self._owed = Round(structure_changed=True)
        self.wake()

    def go_on_listening(self) -> None:
        """Remembers that events find us, if they do."""
        if self._hears():
            repushes.go_on_listening(self.desk)

    def sweep_now(self) -> sweep.Swept:
        """Looks for changes that no event told (at start and after a reconnect)."""
        found = sweep.sweep(self.desk)
        if self._lease.held():
            surveys.take_missed(self.desk)
        self.wake()
        return found

    def sweep_soon(self) -> None:
        """Asks the ticking thread for a sweep: the connection was away for a while."""
        self._sweep_asked.set()
        self._wake("tick")

    def holds(self) -> bool:
        """True while this process is the one that works on the base."""
        return self._lease.held()

    def is_idle(self) -> bool:
        """True when nothing is at work, and nothing waits to be judged or sent at this business time."""
        # Asked in the order of the work, and for who is at it once more at the end.
        return not self._is_busy() and not self._has_work() and not self._is_busy()

    def _is_busy(self) -> bool:
        return any(part.busy for part in self._parts.values()) or self._owed != Round()

    def _has_work(self) -> bool:
        app_token, now, store = self.desk.app_token, self.desk.clock.now(), self.desk.store
        if store.pending(app_token, 1) or store.due(app_token, now, 1):
            return True
        waiting = store.mails_due(app_token, now, 1) or store.webhooks_due(app_token, now, 1)
        return bool(waiting) or not self._postbox.is_idle()

    def _wake(self, role: str) -> None:
        self._tries[role].hurry()
        self._parts[role].wake()

    def _may_begin(self) -> bool:
        """True while the lease is held; state put back from a copy first catches up with the base."""
        if not self._started or not self._lease.held() or self._stop.is_set():
            return False
        with self._comparing:
            if self._compared != self._lease.turns:
                turns = self._lease.turns
                reconcile(self.desk)
                self._compared = turns
        return True

    def _judge(self) -> float:
        if self._lease.turns != self._turn:
            self._owed = Round(structure_changed=True, policy_changed=True)
            repushes.listen_anew(self.desk)
            self._turn = self._lease.turns
        self._react(self._owed)
        began = time.monotonic()
        found = work_once(self.desk, self._most)
        self._most = fitting(self._most, found.hints, time.monotonic() - began)
        self._react(found)
        if found.judged or found.corrected:
            self.wake_deliveries()
        if found.waiting:
            return _AWAIT_STEP_S
        return 0.0 if found.hints else _QUIET_S

    def _react(self, found: Round) -> None:
        """Reads again what changed; what fails here is owed, because the hints of it are closed.

        A look at the structure that finds everything as it was costs no reading of the rules.
        """
        structure = found.structure_changed or self._owed.structure_changed
        policy = found.policy_changed or self._owed.policy_changed
        self._owed = Round(structure_changed=structure, policy_changed=policy)
        if structure:
            self.desk.tables.rebind()
            stuck.wake(self.desk)
            self._tell_of_renames()
        if policy or self.desk.tables.binding != self._obeyed:
            self._obey(load_policy(self.desk.tables, self.desk.store, self.desk.schema))
            keep_binding(self.desk)
            look_at_form(self.office.feishu, self.desk)
            self._obeyed = self.desk.tables.binding
        self._owed = Round()

    def _obey(self, loaded: Loaded) -> None:
        if loaded.policy.version != self.desk.policy.version:
            log.info("policy %s is in force", loaded.policy.version)
        self.desk.policy = loaded.policy
        paused = in_words(loaded.policy, self.desk.tables.binding, self.desk.schema)
        for line in set(paused) - set(self.desk.paused):
            log.warning("%s", line)
        self.desk.paused = paused
        self._take_note(loaded.problems)
        self._tell_what_rests()

    def _tell_what_rests(self) -> None:
        """Cards are in both languages."""
        self.tell_administrator("structure", [f"{one.zh} ({one.en})" for one in self.desk.paused])

    def _take_note(self, problems: Sequence[RowProblem]) -> None:
        """Tells the administrator once of a set of policy rows that make no sense."""
        if not problems:
            return
        texts = [f"{self.desk.schema.table(p.table).zh}: {p.text}" for p in problems]
        log.warning("policy tables have problems, the last good policy stays in force: %s", "; ".join(texts))
        self.tell_administrator("policy", texts)

    def _tell_of_renames(self) -> None:
        self.tell_administrator("drift", renamed(self.desk.schema, self.desk.tables.live))

    def tell_administrator(self, subject: str, texts: Sequence[str]) -> None:
        """One card for a set of troubles, at most once a month for the same set."""
        if not texts:
            return
        month = f"{self.desk.clock.now():%Y-%m}"
        tell_administrator(self.desk, f"{subject}:{month}", "；".join(texts))
        self.wake_deliveries()

    def _deliver(self) -> float:
        done = send_due(self.desk, self.office.messages, self._goes_on)
        return 0.0 if done.cards or done.rows else _QUIET_S

    def _mail(self) -> float:
        """A part of its own: a mail server that does not answer keeps no card waiting."""
        done = send_mails(self.desk, self._goes_on)
        if done != Mailed():
            self.wake_deliveries()
        return 0.0 if done.sent or done.skipped else _QUIET_S

    def _call_webhooks(self) -> float:
        """A part of its own, as mails are: somebody else's server may be slow or dead."""
        done = call_webhooks(self.desk, self._goes_on)
        if done.given_up:
            self.wake_deliveries()
        return 0.0 if done.made else _QUIET_S

    def _read_letters(self) -> float:
        """A part of its own, as mails are."""
        if self._postbox.work(self._goes_on):
            self.wake_deliveries()
        return _IDLE_S

    def _goes_on(self) -> bool:
        return self._lease.held() and not self._stop.is_set()

    def _tick(self) -> float:
        now = self.desk.clock.now()
        settled = self.clockwork.tick(now, self._goes_on)
        if self._sweep_asked.is_set():
            self.clockwork.attempt("sweep after a reconnect", self._sweep_as_asked)
        self._left.keep(
            now, troubles=self.clockwork.troubles, up=self._hears(), set_apart=len(self.desk.stuck)
        )
        if self.desk.tables.binding != self._obeyed:
            self._parts["judge"].wake()  # another part found the structure changed
        if settled and not self._sweep_asked.is_set():
            self.ticked_at = now
        return _IDLE_S

    def _job(self, name: str, job: Job) -> Callable[[datetime], None]:
        """The job of this base, in fewer slots while calls are short; then its calls are in the meter."""

        def work(now: datetime) -> None:
            slot = int(now.timestamp() // job.every.total_seconds())
            if slot % self.office.budget(now).slots_of(name) == 0:
                job.run(self, now)
                self.office.meter.flush()

        return work

    def _sweep_as_asked(self) -> bool:
        repushes.listen_anew(self.desk)
        self.sweep_now()
        self._sweep_asked.clear()
        return True


def healthy(worker: BaseWorker) -> dict[str, object]:
    """What the health page says of a base."""
    counts = worker.office.store.counts(worker.desk.app_token)
    return {
        "base_token": worker.desk.app_token,
        "policy": worker.desk.policy.version,
        "paused": [one.both for one in worker.desk.paused],
        "idle": worker.is_idle(),
        "set_apart": len(worker.desk.stuck),
        "troubles": dict(worker.clockwork.troubles),
        "ticked_at": worker.ticked_at.isoformat() if worker.ticked_at else None,
        **counts,
    }
