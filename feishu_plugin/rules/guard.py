"""Rule: a field that only the plugin fills goes back to its accepted value when edited by hand.

Runs first, so that every other rule computes from values the plugin stands for. Whoever
edited hears of it once, with what to do instead.
"""

from collections.abc import Iterator

from feishu_plugin.policy import Policy
from feishu_plugin.rules.actions import Action, SetFields, Tell
from feishu_plugin.rules.case import Case, Example


def rule(case: Case) -> Iterator[Action]:
    """Restores rule fields; a record seen for the first time keeps what it brought."""
    before = case.before
    if before is None:
        return
    values = {key: before.get(key) for key in case.policy.rule_fields if case.changed(key)}
    if values:
        yield SetFields(values=values, because="filled by rules, not by hand")
        yield from _explained(case, [key for key in values if not case.touched or key in case.touched])


def _explained(case: Case, keys: list[str]) -> Iterator[Action]:
    """Nobody is told of what they did not edit: a value may differ because the base lagged behind."""
    if case.editor and keys:
        names = "、".join(case.policy.label(key) for key in keys)
        yield Tell(
            event="field_restored",
            identity=f"restored:{case.now.isoformat()}",
            to=(case.editor,),
            facts={"note": names, "reason": _instead(case.policy, keys)},
        )


def _instead(policy: Policy, keys: list[str]) -> str:
    if "priority" not in keys:
        return ""
    label = policy.label
    asked = "、".join(label(key) for key in ("manual_priority", "override_reason", "override_until"))
    return f"要调整{label('priority')}，请填写：{asked}"


EXAMPLES = (
    Example(
        says="A reopen count edited by hand is restored.",
        record={"reopen_count": 0.0},
        accepted={"reopen_count": 3.0},
        sets={"reopen_count": 3.0},
    ),
    Example(
        says="Whoever changed the priority by hand is told what to fill in instead.",
        record={"priority": "high"},
        accepted={"priority": "low"},
        editor="ou_li",
        sets={"priority": "low"},
        does=(Tell,),
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
