"""What differs between the wanted views of a table and the live ones, with forms and v3 settings; pure."""

from collections.abc import Iterator

from feishu_plugin.binding import LiveTable, LiveView, find_view
from feishu_plugin.language import Phrase
from feishu_plugin.schema import Table, View
from feishu_plugin.sync.structure import view_bodies, view_settings
from feishu_plugin.sync.structure.changes import Change, Verb, What
from feishu_plugin.sync.structure.live import Live
from feishu_plugin.sync.structure.questions import form_aspects

_BY_HAND = Phrase("请手工设置", "set it by hand")
_LAST = Phrase("每张表至少留一个视图", "a table keeps one view")


def diff_views(table: Table, here: LiveTable, live: Live) -> Iterator[Change]:
    """View by view in the order of the schema, then the remembered ones it no longer has."""
    for view in table.views:
        yield from _view(table, view, here, live)
    yield from _unwanted(table, here)


def _unwanted(table: Table, here: LiveTable) -> Iterator[Change]:
    """Views of ours that the schema no longer has; the last view of a table stays, as Feishu wants it."""
    wanted = {view.key for view in table.views}
    gone = sorted((view for view in here.views if view.key and view.key not in wanted), key=lambda v: v.name)
    last = gone[0] if gone and len(gone) == len(here.views) and not wanted else None
    for shown in gone:
        verb: Verb = "keep" if shown is last else "drop"
        reason = _LAST if shown is last else ""
        name = f"{table.zh}.{shown.name}"
        yield Change(verb=verb, what="view", table=table.key, key=shown.key, name=name, reason=reason)


def new_view(table: Table, view: View) -> Change:
    """A view that the base lacks."""
    return _change("add", "view", table, view, view.type)


def by_hand(table: Table, view: View, live: Live) -> Iterator[Change]:
    """What no call can set, here or anywhere: told, and no difference."""
    if view.by_hand:
        yield _change("skip", "view", table, view, Phrase(view.by_hand.zh, view.by_hand.en), reason=_BY_HAND)
    told = tuple(view_settings.in_words(view, table))
    if told and (lacking := live.lacking.get("base_v3")):
        reason = Phrase(f"{_BY_HAND.zh}（{lacking.zh}）", f"{_BY_HAND.en} ({lacking.en})")
        yield _change("skip", "view", table, view, *told, reason=reason)


def _view(table: Table, view: View, here: LiveTable, live: Live) -> Iterator[Change]:
    found = find_view(view, here.views)
    taken = view.zh in {shown.name for shown in here.views if shown is not found and not shown.key}
    if taken and (found is None or found.name != view.zh):
        reason = Phrase("另一视图已用这个名称，请先改名", "another view has this name, rename it first")
        yield _change("refuse", "view", table, view, reason=reason)
    elif found is None:
        yield new_view(table, view)
    elif found.type != view.type:
        reason = Phrase(f"是 {found.type} 视图，请给它改名", f"is a {found.type} view: rename it")
        yield _change("refuse", "view", table, view, reason=reason)
    else:
        yield from _differences(table, view, here, found, live)


def _differences(table: Table, view: View, here: LiveTable, found: LiveView, live: Live) -> Iterator[Change]:
    if found.name != view.zh:
        yield _change("rename", "view", table, view, found=found.name)
    settings = live.settings.get(found.view_id, {})
    aspects = [*_aspects(table, view, here, found)]
    for name, now in settings.items():
        wanted = view_settings.wanted_setting(name, view, table, here, now)
        if view_settings.differs(name, wanted, now, table, here):
            if name == view_settings.ORDER:
                yield _change("reorder", "view", table, view)
            else:
                aspects.append(name)
    if aspects:
        yield _change("change", "view", table, view, *aspects)
    form = live.forms.get(found.view_id)
    if form and (parts := tuple(form_aspects(table, view, here, form))):
        yield _change("change", "form", table, view, *parts)


def _aspects(table: Table, view: View, here: LiveTable, found: LiveView) -> Iterator[str]:
    """A view may hold more conditions and hide more than wanted: people may narrow it."""
    wanted = view_bodies.conditions(view, table, here)
    now = {view_bodies.comparable(condition, here) for condition in view_bodies.live_conditions(found)}
    if wanted is None or not {view_bodies.comparable(condition, here) for condition in wanted} <= now:
        yield "filter"
    elif wanted and len(now) > 1 and found.property["filter_info"].get("conjunction") != view.conjunction:
        yield "conjunction"
    if not set(view_bodies.hidden_ids(view, table, here)) <= set(found.property.get("hidden_fields") or ()):
        yield "hidden"


def _change(
    verb: Verb,
    what: What,
    table: Table,
    view: View,
    *details: Phrase | str,
    found: str = "",
    reason: Phrase | str = "",
) -> Change:
    return Change(
        verb=verb,
        what=what,
        table=table.key,
        key=view.key,
        name=f"{table.zh}.{view.zh}",
        details=details,
        found=found,
        reason=reason,
    )
