"""Rule: a field that only the plugin fills goes back to its accepted value when edited by hand.

Runs first, so that every other rule computes from values the plugin stands for.
"""

from collections.abc import Iterator

from feishu_plugin.rules.actions import Action, SetFields
from feishu_plugin.rules.case import Case, Example


def rule(case: Case) -> Iterator[Action]:
    """Restores rule fields; a record seen for the first time keeps what it brought."""
    if case.before is None:
        return
    values = {key: case.before.get(key) for key in case.policy.rule_fields if case.changed(key)}
    if values:
        yield SetFields(values=values, because="filled by rules, not by hand")


EXAMPLES = (
    Example(
        says="A reopen count edited by hand is restored.",
        record={"reopen_count": 0.0},
        accepted={"reopen_count": 3.0},
        sets={"reopen_count": 3.0},
    ),
    Example(
        says="Fields that people fill are theirs.",
        record={"title": "新标题"},
        accepted={"title": "旧标题"},
        sets={},
    ),
    Example(
        says="An imported row keeps the history it brought.",
        record={"reopen_count": 2.0},
        sets={},
    ),
)
