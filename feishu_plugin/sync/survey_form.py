"""What is remembered of the form 满意度: its public link and titles, and who answered it when.

The link is read once when a base is opened, so that a mail costs no call.
"""

from collections.abc import Mapping
from datetime import datetime

from feishu_plugin.reminders.form_link import SharedForm
from feishu_plugin.sync.desk import Desk

TABLE = "survey"
VIEW = "satisfaction"
_FACT = "survey_form"


def keep_form(desk: Desk, url: str, titles: Mapping[str, str]) -> None:
    """Remembers the public link (empty: not shared) and the titles of the questions by field id."""
    bound = desk.tables.binding.tables[TABLE]
    keys = {field.field_id: field.key for field in bound.fields.values()}
    named = {keys[id]: title for id, title in titles.items() if id in keys}
    fact = {"url": url, "titles": named}
    if desk.store.recall(desk.app_token, _FACT) != fact:
        desk.store.keep(desk.app_token, _FACT, fact)


def shared_form(desk: Desk) -> SharedForm | None:
    """The form as customers get it; None while nobody shares it."""
    fact = desk.store.recall(desk.app_token, _FACT) or {}
    bound = desk.tables.binding.tables.get(TABLE)
    if bound is None or not fact.get("url"):
        return None
    options = {key: field.option_names for key, field in bound.fields.items() if field.option_names}
    return SharedForm(url=fact["url"], titles=fact["titles"], options=options)


def note_answer(desk: Desk, record_id: str, at: datetime) -> None:
    """Remembers that the form was answered for a requirement, so that its customer is not asked again."""
    desk.store.keep(desk.app_token, _answer(record_id), {"at": at})


def answered_at(desk: Desk, record_id: str) -> datetime | None:
    """When the form was last answered for a requirement."""
    fact = desk.store.recall(desk.app_token, _answer(record_id))
    at = fact.get("at") if fact else None
    return at if isinstance(at, datetime) else None


def _answer(record_id: str) -> str:
    return f"answered:{record_id}"
