"""remind --preview: what a person would be sent for a notice and a record; sends and writes nothing."""

from collections.abc import Iterator
from dataclasses import replace

from feishu_plugin.app.compose import Office, desk_for
from feishu_plugin.app.jobs import Outcome
from feishu_plugin.app.preview_text import Seen, data_of, text_of
from feishu_plugin.errors import PreviewError
from feishu_plugin.gateway.contacts import Contacts
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Accepted
from feishu_plugin.reminders.audience import Circle, upwards
from feishu_plugin.reminders.preview import Scene, letters, previews
from feishu_plugin.schema import Schema
from feishu_plugin.sync.desk import Desk

_TABLE = "requirement"
_ELSEWHERE = {"report_ready": "feishu-plugin report --dry-run"}
"""Events whose card is not made from a template, and what shows it."""


def preview(office: Office, app_token: str, event: str, record: str | None, to: str | None) -> Outcome:
    """The card of ``event`` (key or name) for a requirement (number or record id) and a person.

    Raises PreviewError when one of them cannot be found, or the team switched the notice off.
    """
    desk = desk_for(office, app_token)
    key = _event(desk.schema, event)
    state = _state(desk, record) if record else None
    person = _person(office.people, desk, state, to) if to else ""
    scene = Scene(
        circle=Circle(policy=desk.policy, people=desk.people.person, administrators=desk.administrators),
        now=desk.clock.now(),
        link=lambda record_id: desk.link(_TABLE, record_id),
        base=app_token,
        packaged=desk.packaged,
    )
    cards, mails = previews(scene, key, state, person), letters(scene, key, state)
    if not cards and not mails:
        raise PreviewError(
            Phrase(
                f"{event}：通知模板里没有启用的行，不会发出",
                f"{event}: no row of this event is switched on in 通知模板, it is not sent",
            )
        )
    told = desk.store.told(app_token, [card.notice.identity for card in cards])
    seen = Seen(
        base_token=app_token,
        event=key,
        name=desk.schema.label("template", "event", key),
        record=state.record if state else None,
        cards=tuple(cards),
        told=frozenset(told),
        mails=mails,
        people=desk.people.person,
    )
    return Outcome(text=text_of(seen), data=data_of(seen))


def _event(schema: Schema, wanted: str) -> str:
    options = schema.table("template").field("event").options
    key = next((o.key for o in options if wanted.strip().casefold() in _names(o.key, o.zh, o.en)), None)
    if key in _ELSEWHERE:
        raise PreviewError(
            Phrase(
                f"{wanted}：这张卡片不用模板，请看 `{_ELSEWHERE[key]}`",
                f"{wanted}: is made without a template; see `{_ELSEWHERE[key]}`",
            )
        )
    if key is None:
        known = "、".join(f"{o.zh} {o.key}" for o in options if o.key not in _ELSEWHERE)
        raise PreviewError(
            Phrase(
                f"{wanted}：没有这种通知；可用：{known}",
                f"{wanted}: there is no such notice; these are: {known}",
            )
        )
    return key


def _names(*names: str) -> set[str]:
    return {name.casefold() for name in names}


def _state(desk: Desk, wanted: str) -> Accepted:
    """The requirement as it stands in the base now, with what the store knows of it."""
    found = desk.tables.read(_TABLE, [wanted]) if wanted.startswith("rec") else {}
    record = found.get(wanted) or next(iter(desk.tables.find(_TABLE, "number", wanted)), None)
    if record is None:
        raise PreviewError(
            Phrase(
                f"{wanted}：需求台账里没有这个需求编号或 record_id",
                f"{wanted}: no requirement has this number or record id",
            )
        )
    known = desk.store.accepted(desk.app_token, _TABLE, [record.record_id]).get(record.record_id)
    since = record.modified_at or record.created_at or desk.clock.now()
    return replace(known, record=record) if known else Accepted(record=record, status_since=since)


def _person(contacts: Contacts, desk: Desk, state: Accepted | None, wanted: str) -> str:
    """The open_id of somebody named by open_id, e-mail address or name."""
    if wanted.startswith("ou_"):
        return wanted
    if "@" in wanted:
        found = [*contacts.by_email([wanted]).values()]
    else:
        near = dict.fromkeys(_nearby(desk, state))
        found = [one for one in near if desk.people.person(one).name == wanted]
    if len(found) != 1:
        several = (
            Phrase(f"有 {len(found)} 位", f"{len(found)} people are called so")
            if found
            else Phrase("找不到", "not found")
        )
        raise PreviewError(
            Phrase(
                f"{wanted}：{several.zh}；请用 open_id（ou_…）或邮箱",
                f"{wanted}: {several.en}; use the open_id or e-mail address",
            )
        )
    return found[0]


def _nearby(desk: Desk, state: Accepted | None) -> Iterator[str]:
    """Everybody whom the record or the rules name, and who stands above them."""
    named = [*desk.administrators]
    for key in ("owner", "submitter", "helpers"):
        value = state.record.get(key) if state else None
        named += value if isinstance(value, tuple) else ()
    for route in desk.policy.routes:
        named += [*route.owners, *route.backup, *route.managers]
    named += [person for row in desk.policy.templates for person in row.people]
    for one in dict.fromkeys(named):
        yield one
        yield from upwards(desk.people.person, one)
