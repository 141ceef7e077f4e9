"""``replay``: a changed policy over the ledger of a period; reads, and changes nothing in the base."""

from pathlib import Path

from feishu_plugin.app.compose import Office, desk_for
from feishu_plugin.app.jobs import Outcome, drain
from feishu_plugin.app.replay_text import Names, card_of, data_of, fingerprint, text_of
from feishu_plugin.policy import Policy
from feishu_plugin.ports import Effect, Settlement
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.rehearsal import rehearse
from feishu_plugin.reports.periods import span
from feishu_plugin.reports.replay.dues import missed_dues
from feishu_plugin.reports.replay.moves import replay_moves
from feishu_plugin.reports.replay.past import Past, read_past
from feishu_plugin.reports.replay.result import Replay
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.policy_source import live_rows
from feishu_plugin.sync.rulebook.importing import policy_of
from feishu_plugin.sync.rulebook.layout import read_file


def replay(
    office: Office, app_token: str, path: Path, since: str, until: str | None, *, card: bool
) -> Outcome:
    """Judges a period again by the policy of a file; with ``card`` the administrators get it as a card."""
    desk = desk_for(office, app_token)
    now = office.clock.now()
    period = span(since, until, desk.policy.worktime, now)
    then = policy_of(read_file(path), live_rows(desk.tables), desk.tables, office.schema)
    found = _replayed(desk, read_past(desk.tables, desk.policy, period, now), then)
    name = _names(desk)
    told = _send(office, desk, found) if card else 0
    data = {"base_token": app_token, **data_of(found, name), "cards": told}
    return Outcome(text=text_of(found, name), data=data)


def _replayed(desk: Desk, past: Past, then: Policy) -> Replay:
    person = desk.people.person
    circles = [
        Circle(policy=p, people=person, administrators=desk.administrators) for p in (desk.policy, then)
    ]
    return Replay(
        past=past,
        in_force=desk.policy,
        then=then,
        moves=replay_moves(past, desk.policy, then, person),
        dues=missed_dues(past, desk.policy, then),
        reminders_in_force=rehearse(past, desk.policy, circles[0]),
        reminders_then=rehearse(past, then, circles[1]),
    )


def _names(desk: Desk) -> Names:
    return lambda open_id: (desk.people.person(open_id).name or open_id) if open_id else "—"


def _send(office: Office, desk: Desk, found: Replay) -> int:
    now = office.clock.now()
    effects = [
        Effect(
            kind="card",
            # The same replay told twice is told once.
            identity=f"replay:{fingerprint(found, _names(desk))}:{administrator}",
            target=administrator,
            body={
                "card": card_of(found, _names(desk)),
                "event": "trouble",
                "name": f"规则回放 {found.past.period.key}",
                "requirements": [],
            },
            not_before=now,
        )
        for administrator in desk.administrators or desk.policy.managers()
    ]
    desk.store.settle(desk.app_token, Settlement(effects=effects))
    return drain(office, desk).cards
