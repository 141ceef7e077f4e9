"""Rule: a new requirement that cannot be understood or is incomplete is asked about, once.

What is missing stands in 规则提示 from the beginning. A card is sent at once for a vague text or
contact data that leads nowhere; for fields that are still empty only after a while, because
people who type into the grid fill one cell after the other.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from feishu_plugin.policy import Parameters, Policy
from feishu_plugin.records import Requirement
from feishu_plugin.rules.actions import Action, SetFields, Tell
from feishu_plugin.rules.case import Case, Example

_HINT = "待补充："
_TEXTS = ("description", "scenario", "contact_way")
_FOR_A_DAY = timedelta(days=1)
_SIGNS = re.compile(r"[\W_]+")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}", re.ASCII)
_NUMBER = re.compile(r"\+?\d[\d\s()-]{4,}\d")
_PHONE = re.compile(r"(86)?1[3-9]\d{9}|0\d{9,11}|[48]00\d{7}|[2-9]\d{6,7}")
_OTHER_ACCOUNTS = ("qq", "微信", "wx", "wechat", "钉钉", "飞书")


def rule(case: Case) -> Iterator[Action]:
    """Says what a requirement lacks while its work has not begun."""
    record, policy = case.record, case.policy
    if case.adopt or record.status != policy.parameters.initial_status:
        return
    ripe = is_ripe(policy, record, case.now)
    if not (ripe or any(map(case.changed, (*_TEXTS, *policy.parameters.intake_required)))):
        return
    doubts, missing = _doubts(policy.parameters, record), _missing(policy, record)
    lines = [*doubts, *([f"请填写{'、'.join(policy.label(key) for key in missing)}"] if missing else [])]
    said, known = f"{_HINT}{'；'.join(lines)}" if lines else None, record.get("rule_hint")
    ours = known is None or str(known).startswith(_HINT)  # why a move was put back matters more
    if ours and said != known:
        yield SetFields(values={"rule_hint": said}, because="what is still to be filled in")
    if doubts and any(map(case.changed, _TEXTS)):
        yield _question(_digest(record), lines)
    elif ripe and not doubts:
        yield _question("missing", lines)


def is_ripe(policy: Policy, record: Requirement, now: datetime) -> bool:
    """True when fields were left empty for so long that nobody is filling them any more; for a day."""
    begun = record.created_at or record.submitted_at
    if begun is None or record.status != policy.parameters.initial_status:
        return False
    since = begun + timedelta(minutes=policy.parameters.intake_minutes)
    return since <= now < since + _FOR_A_DAY and bool(_missing(policy, record))


def is_vague(parameters: Parameters, description: str) -> bool:
    """True for a text that says nothing besides words like 不好用, or next to nothing at all."""
    rest = said = _SIGNS.sub("", description)
    for word in parameters.vague_words:
        rest = rest.replace(word, "")
    short = len(said) < parameters.vague_min_length
    return short or (rest != said and len(rest) < parameters.vague_detail_length)


def bad_contacts(text: str) -> list[str]:
    """Parts of 联系方式 that look like a phone number or an e-mail address and are none."""
    bad = [part for part in re.split(r"[\s,，;；、:：]+", text) if "@" in part and not _MAIL.fullmatch(part)]
    if any(account in text.casefold() for account in _OTHER_ACCOUNTS):
        return bad
    numbers = _NUMBER.findall(" ".join(part for part in re.split(r"[,，;；、]", text) if "@" not in part))
    return bad + [one.strip() for one in numbers if not _is_phone(one)]


def _is_phone(number: str) -> bool:
    digits = re.sub(r"\D", "", number)
    return bool(_PHONE.fullmatch(digits)) or (number.startswith("+") and 8 <= len(digits) <= 15)


def _doubts(parameters: Parameters, record: Requirement) -> list[str]:
    lines = []
    if record.description and not record.scenario and is_vague(parameters, record.description):
        lines.append("描述看不出具体情况，请写明在哪里、做什么时、出现什么、期望怎样")
    bad = bad_contacts(record.contact_way)
    return [*lines, f"联系方式「{'、'.join(bad)}」不像电话或邮箱"] if bad else lines


def _missing(policy: Policy, record: Requirement) -> list[str]:
    return [key for key in policy.parameters.intake_required if record.is_empty(key)]


def _question(identity: str, lines: list[str]) -> Tell:
    return Tell(event="vague", identity=identity, facts={"note": "；".join(lines)})


def _digest(record: Requirement) -> str:
    """The same text is asked about once."""
    text = "\n".join(str(record.get(key)) for key in _TEXTS)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


_CLEAR = {
    "title": "导出报表",
    "status": "pending",
    "source": "phone",
    "description": "每月初导出三个月的对账报表，等十分钟后提示超时，期望一分钟内完成",
}
_EARLY = datetime(2026, 8, 31, 20, tzinfo=UTC)

EXAMPLES = (
    Example(
        says="A text that only says that something is wrong is asked about.",
        record={**_CLEAR, "description": "导出不好用，有问题"},
        sets={"rule_hint": "待补充：描述看不出具体情况，请写明在哪里、做什么时、出现什么、期望怎样"},
        does=(Tell,),
    ),
    Example(
        says="The same words beside a scenario are clear enough.",
        record={**_CLEAR, "description": "导出不好用", "scenario": "月初在财务电脑上导出三个月的对账单"},
        sets={},
    ),
    Example(
        says="A phone number that lacks digits is named.",
        record={**_CLEAR, "contact_way": "1380013800"},
        sets={"rule_hint": "待补充：联系方式「1380013800」不像电话或邮箱"},
        does=(Tell,),
    ),
    Example(
        says="Fields that are still empty stand in the row; nobody is bothered while people are typing.",
        record={"title": "导出报表", "status": "pending"},
        sets={"rule_hint": "待补充：请填写需求描述、需求来源"},
    ),
    Example(
        says="Some time later a card asks for them.",
        record={"title": "导出报表", "status": "pending", "submitted_at": _EARLY},
        sets={"rule_hint": "待补充：请填写需求描述、需求来源"},
        does=(Tell,),
    ),
    Example(
        says="When everything is there the note goes.",
        record={**_CLEAR, "rule_hint": "待补充：请填写需求来源"},
        accepted={"title": "导出报表", "status": "pending", "rule_hint": "待补充：请填写需求来源"},
        sets={"rule_hint": None},
    ),
    Example(says="A clear text is left alone.", record=_CLEAR, sets={}),
)
