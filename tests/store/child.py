"""Another process that uses the store; run by ``processes.start`` and told when to go.

``child JOB URL ARGUMENTS...`` prints ``ready``, waits for a line, works, prints JSON lines.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from itertools import count

from sqlalchemy import Engine, event

from feishu_plugin.ports import Settlement
from feishu_plugin.reminders.remind import plan_reminders
from feishu_plugin.store import Store
from tests.reminders.samples import POLICY, people
from tests.store.samples import BASE, card, hint, hints, state


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def _wait_for_go() -> None:
    _say("ready")
    sys.stdin.readline()


def open_only(url: str) -> None:
    """Opens the database at the same moment as others."""
    _wait_for_go()
    store = Store(url)
    store.close()
    _say("opened")


def put_same(url: str, number: str) -> None:
    """Puts hints that others put as well; says how many were new."""
    store = Store(url)
    _wait_for_go()
    _say(sum(store.put([one]) for one in hints(int(number))))
    store.close()


def put_for_ever(url: str) -> None:
    """Puts one hint after the other and names each that is acknowledged."""
    store = Store(url)
    _wait_for_go()
    for number in count():
        store.put([hint(f"rec{number}", f"ev{number}"), hint(f"twin{number}", f"ev{number}")])
        _say(number)


def draw(url: str, name: str, number: str) -> None:
    """Draws numbers for identities of its own and for some that all processes share."""
    store = Store(url)
    _wait_for_go()
    for n in range(int(number)):
        _say([f"{name}-{n}", store.draw(BASE, "KF", f"{name}-{n}")])
        _say([f"shared-{n}", store.draw(BASE, "KF", f"shared-{n}")])
    store.close()


def lease(url: str, holder: str, number: str) -> None:
    """Tries to take the lease of each base in turn."""
    store = Store(url)
    _wait_for_go()
    _say([store.lease(f"base{n}", holder, 600) for n in range(int(number))])
    store.close()


def claim(url: str, number: str) -> None:
    """Tries to claim each slot."""
    store = Store(url)
    _wait_for_go()
    _say([store.claim(BASE, "digest", f"slot{n}") for n in range(int(number))])
    store.close()


def tally(url: str, tries: str) -> None:
    """Adds to one count so many times."""
    store = Store(url)
    _wait_for_go()
    for _ in range(int(tries)):
        store.tally(BASE, "recovered", "day", 1)
    _say("done")
    store.close()


def settle_same(url: str, number: str) -> None:
    """Settles cards under other identities that speak for the same notices as others do."""
    store = Store(url)
    _wait_for_go()
    for n in range(int(number)):
        effects = [card(f"{os.getpid()}-{n}", f"n{n}"), card(f"same-{n}")]
        store.settle(BASE, Settlement(effects=effects))
    _say("settled")
    store.close()


def die_in_settle(url: str) -> None:
    """Is killed after the first statement of a settlement, then after the second, and so on.

    Says each time how it ended, -9 or 0, and goes on when it is told to.
    """
    _die_at_each_statement(_settle_and_die, url)


def die_in_the_morning(url: str, now: str) -> None:
    """The same while it plans and stores the morning cards of a moment."""
    _die_at_each_statement(partial(_remind_and_die, now), url)


def _die_at_each_statement(work: Callable[[str, int], None], url: str) -> None:
    _wait_for_go()
    for statement in count(1):
        if statement > 1:
            sys.stdin.readline()
        pid = os.fork()
        if pid == 0:
            work(url, statement)
            os._exit(0)
        _say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def remind(url: str, now: str) -> None:
    """Plans and stores the morning cards of a moment; others do the same."""
    store = Store(url)
    _wait_for_go()
    remind_now(store, now)
    store.close()


def remind_now(store: Store, now: str) -> None:
    """Plans and stores the morning cards of a moment."""
    cards = plan_reminders(store, POLICY, people, datetime.fromisoformat(now), BASE)
    store.settle(BASE, Settlement(effects=cards))


def _remind_and_die(now: str, url: str, statement: int) -> None:
    store = Store(url)
    _die_after(statement)
    remind_now(store, now)


def _settle_and_die(url: str, statement: int) -> None:
    store = Store(url)
    settlement = Settlement(
        closed=[one.row for one in store.pending(BASE, 10)],
        accepted={("requirement", "rec1"): state(status="done")},
        forgotten=[("requirement", "rec2")],
        effects=[card("c1", "n1")],
    )
    _die_after(statement)
    store.settle(BASE, settlement)


def _die_after(statement: int) -> None:
    numbers = count(1)

    @event.listens_for(Engine, "after_cursor_execute")
    def _kill(*_: object) -> None:
        if next(numbers) == statement:
            os.kill(os.getpid(), signal.SIGKILL)


JOBS: Mapping[str, Callable[..., None]] = {
    job.__name__: job
    for job in (
        open_only,
        put_same,
        put_for_ever,
        draw,
        lease,
        claim,
        tally,
        settle_same,
        die_in_settle,
        die_in_the_morning,
        remind,
    )
}

if __name__ == "__main__":
    JOBS[sys.argv[1]](*sys.argv[2:])
