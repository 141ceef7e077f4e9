"""Names and contact details of customers: what is surely one customer, and what may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.records import Record, Requirement, Value
from feishu_plugin.rules.company import Match, Register, core, phone_in


def row(record_id: str, name: str, **more: Value) -> Record:
    return Record(record_id=record_id, values={"name": name, **more})


REGISTER = Register(
    [
        row("recStar", "星河科技有限公司", email="li@star.example"),
        row("recNorth", "北斗 实验学校", phone="+86 138-0000-0000"),
        row("recAcme", "ACME Trading Co., Ltd."),
        row("recSun1", "朝阳物流"),
        row("recSun2", "朝阳物流公司"),
    ]
)


def match(name: str = "", way: str = "", customer: tuple[str, ...] | None = None) -> Match:
    values: dict[str, Value] = {"customer_name": name, "contact_way": way, "customer": customer}
    return REGISTER.match(Requirement(record_id="rec1", values=values))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("星河科技", "星河科技有限公司"),
        ("星河科技股份有限公司", "星河 科技（有限公司）"),
        ("ACME Trading", "Acme trading co., ltd."),
        ("ＡＢＣ 集团公司", "abc"),
    ],
)
def test_forms_signs_and_width_do_not_tell_names_apart(one: str, other: str) -> None:
    assert core(one) == core(other) != ""


def test_a_name_that_is_nothing_but_a_form_keeps_it() -> None:
    assert core("有限公司") != ""
    assert core("——") == ""


@given(st.text())
def test_any_text_has_a_core_that_stays(name: str) -> None:
    assert core(core(name)) in (core(name), core(core(name)))
    assert not phone_in(name) or phone_in(name).isdigit()


@pytest.mark.parametrize(
    "text", ["13800000000", "+86 138 0000 0000", "电话：0086-13800000000 李", "138-0000-0000"]
)
def test_a_phone_number_is_one_however_it_is_written(text: str) -> None:
    assert phone_in(text) == "13800000000"


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("星河科技", ""),
        ("", "李 LI@star.example"),
        ("别的名字", "li@star.example"),
        ("星河科技", "li@star.example"),
    ],
)
def test_a_name_or_an_address_is_enough(name: str, way: str) -> None:
    found = match(name, way)
    assert found.same is not None
    assert found.same.record_id == "recStar"


def test_a_phone_number_is_enough() -> None:
    found = match("", "138 0000 0000")
    assert found.same is not None
    assert found.same.record_id == "recNorth"


def test_a_name_and_an_address_of_two_customers_are_for_people() -> None:
    found = match("北斗实验学校", "li@star.example")
    assert found.same is None
    assert {one.record_id for one in found.like} == {"recStar", "recNorth"}


def test_one_name_of_two_customers_is_for_people() -> None:
    found = match("朝阳物流有限公司")
    assert found.same is None
    assert {one.record_id for one in found.like} == {"recSun1", "recSun2"}


@pytest.mark.parametrize(
    ("name", "meant"), [("北斗学校", "recNorth"), ("星河", "recStar"), ("ACME", "recAcme")]
)
def test_a_name_that_may_be_meant_is_only_alike(name: str, meant: str) -> None:
    found = match(name)
    assert found.same is None
    assert [one.record_id for one in found.like] == [meant]


def test_names_that_differ_in_their_number_alone_are_two_customers() -> None:
    register = Register([row("rec1", "第 1 中学")])
    asked = Requirement(record_id="rec1", values={"customer_name": "第 12 中学"})
    assert register.match(asked) == Match()


def test_an_unknown_name_matches_nobody() -> None:
    assert match("南山医院") == match("") == Match()


def test_who_is_linked_is_not_searched() -> None:
    found = match("朝阳物流", customer=("recStar",))
    assert found == Match(linked=REGISTER.rows["recStar"])


def test_a_renamed_or_deleted_customer_is_not_found_by_the_old_name() -> None:
    register = Register([row("recA", "甲公司", email="a@example.com")])
    register.put(row("recA", "乙公司"))
    asked = Requirement(record_id="rec1", values={"customer_name": "甲公司", "contact_way": "a@example.com"})
    assert register.match(asked) == Match()
    register.drop("recA")
    register.drop("recA")
    assert register.rows == {}
