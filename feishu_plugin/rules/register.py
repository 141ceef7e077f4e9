"""Rule: a requirement belongs to a customer of 客户档案, and takes over what is known of them.

Who is surely meant is linked; who may be meant is asked about, once; who is new is added to the
register. What people filled in by hand stays.
"""

from collections.abc import Iterator, Mapping

from feishu_plugin.records import Record, Requirement, Value
from feishu_plugin.rules.actions import Action, AddCustomer, SetFields, ShowDealings, Tell
from feishu_plugin.rules.addresses import address_in
from feishu_plugin.rules.case import Case, Example
from feishu_plugin.rules.company import Match, core, phone_in

COPIED: Mapping[str, str] = {
    "customer_level": "level",
    "customer_kind": "kind",
    "industry": "industry",
    "customer_name": "name",
    "contact": "contact",
}
"""Field of 需求台账 to the field of 客户档案 that fills it while it is empty."""
_ASKED_BY = ("customer_name", "contact_way")


def rule(case: Case) -> Iterator[Action]:
    """Links and fills; without a register nothing is done."""
    match, record = case.match, case.record
    if match is None:
        return
    meant = match.linked or (match.same if _is_asked(case) else None)
    if meant is not None:
        values = taken_over(record, meant)
        if match.linked is None:
            values["customer"] = (meant.record_id,)
        if values:
            yield SetFields(values=values, because=f"客户档案：{meant.get('name')}")
    elif record.is_empty("customer") and _is_asked(case) and (match.adds or not case.adopt):
        yield from _unknown(case, match)
    now = record.customer or ((meant.record_id,) if meant else ())
    if now != (case.before.customer if case.before else ()):
        yield ShowDealings()


def taken_over(record: Requirement, customer: Record) -> dict[str, Value]:
    """What the register says and the requirement does not."""
    return {
        key: value
        for key, source in COPIED.items()
        if record.is_empty(key) and (value := customer.get(source)) not in (None, "")
    }


def _is_asked(case: Case) -> bool:
    """A link that somebody took away stays away until they write something else."""
    return case.record.is_empty("customer") and any(map(case.changed, _ASKED_BY))


def _unknown(case: Case, match: Match) -> Iterator[Action]:
    record = case.record
    if match.like and case.adopt:
        return  # thousands of rows of a file would ask thousands of questions
    if match.like:
        names = "、".join(str(one.get("name")) for one in match.like)
        said = record.customer_name or record.contact_way
        note = f"填写的是「{said}」，客户档案里有「{names}」"
        yield Tell(event="customer_like", identity=core(said) or said, facts={"note": note})
    elif core(record.customer_name) and case.policy.parameters.add_customers:
        yield AddCustomer(values=_new(record), identity=core(record.customer_name))
        yield ShowDealings(is_first=True)


def _new(record: Requirement) -> Mapping[str, Value]:
    way = record.contact_way
    known: dict[str, Value] = {source: record.get(key) for key, source in COPIED.items()}
    known |= {"email": address_in(way), "phone": "" if address_in(way) else phone_in(way)}
    return {key: value for key, value in known.items() if value not in (None, "")}


_STAR = Record(record_id="recStar", values={"name": "星河科技有限公司", "level": "vip", "industry": "制造"})

EXAMPLES = (
    Example(
        says="What the register knows of the linked customer is taken over.",
        record={"title": "导出", "customer": ("recStar",)},
        match=Match(linked=_STAR),
        sets={"customer_level": "vip", "industry": "制造", "customer_name": "星河科技有限公司"},
        does=(ShowDealings,),
    ),
    Example(
        says="What a person filled in stays.",
        record={
            "customer": ("recStar",),
            "customer_level": "normal",
            "customer_name": "星河",
            "industry": "教",
        },
        match=Match(linked=_STAR),
        sets={},
        does=(ShowDealings,),
    ),
    Example(
        says="A customer who is surely meant is linked.",
        record={"customer_name": "星河科技", "industry": "制造"},
        match=Match(same=_STAR),
        sets={"customer": ("recStar",), "customer_level": "vip"},
        does=(ShowDealings,),
    ),
    Example(
        says="A link that somebody took away does not come back by itself.",
        record={"customer_name": "星河科技"},
        accepted={"customer_name": "星河科技", "customer": ("recStar",)},
        match=Match(same=_STAR),
        sets={},
        does=(ShowDealings,),
    ),
    Example(
        says="Who only may be meant is asked about.",
        record={"customer_name": "星河"},
        match=Match(like=(_STAR,)),
        does=(Tell,),
    ),
    Example(
        says="A new name becomes a customer.",
        record={"customer_name": "北斗学校", "contact_way": "li@example.com"},
        match=Match(),
        does=(AddCustomer, ShowDealings),
    ),
    Example(
        says="Not where the team keeps its register by hand.",
        record={"customer_name": "北斗学校"},
        match=Match(),
        parameters={"add_customers": 0.0},
    ),
    Example(
        says="Rows that were there before us add nobody.",
        record={"customer_name": "北斗学校"},
        match=Match(),
        adopt=True,
    ),
    Example(
        says="Rows that an import brought do.",
        record={"customer_name": "北斗学校"},
        match=Match(adds=True),
        adopt=True,
        does=(AddCustomer, ShowDealings),
    ),
    Example(
        says="They ask nobody who is meant.",
        record={"customer_name": "星河"},
        match=Match(like=(_STAR,), adds=True),
        adopt=True,
    ),
    Example(
        says="Without a customer there is nothing to find.",
        record={"title": "导出"},
        match=Match(),
    ),
)
