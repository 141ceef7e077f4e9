"""A line brings back the notice it was made of, also through the store's JSON."""

from dataclasses import replace

from feishu_plugin.reminders.lines import line_of_notice, notice_of_line
from feishu_plugin.rules.actions import Offer
from feishu_plugin.store.values_json import dumps, loads
from tests.reminders.samples import at, notice

MORNING = at("09-02 09:05")
TOLD = notice(
    "n1",
    event="overdue",
    kind="instant",
    audience="owner",
    priority="high",
    offer=Offer(kind="remind", event="overdue"),
)


def test_a_notice_comes_back_as_it_was() -> None:
    line = line_of_notice(TOLD, MORNING)

    assert (line.kind, line.identity, line.target, line.covers) == ("line", "n1", "ou_dev", ("n1",))
    assert line.not_before == MORNING
    assert notice_of_line(line) == TOLD
    assert notice_of_line(replace(line, body=loads(dumps(line.body)))) == TOLD


def test_a_notice_without_due_time_and_offer_comes_back_too() -> None:
    bare = replace(TOLD, due=None, offer=None, facts={})

    assert notice_of_line(line_of_notice(bare, MORNING)) == bare


def test_a_line_of_a_newer_version_can_still_be_read() -> None:
    line = line_of_notice(TOLD, MORNING)

    assert notice_of_line(replace(line, body={**line.body, "colour": "red"})) == TOLD
