"""Names of one thing are alike, names of two things are not."""

import pytest

from feishu_plugin.schema import load
from feishu_plugin.sync.adopt import synonyms
from feishu_plugin.sync.adopt.likeness import ALIKE_MOST, SURE, SYNONYM, named, normal
from feishu_plugin.sync.adopt.suggest import ENOUGH

SCHEMA = load()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("需求 名称", "需求名称"),
        ("Ｐ０", "p0"),
        ("优先级(高/中/低)", "优先级"),
        ("计划完成日期", "计划完成时间"),
    ],
)
def test_spellings_of_one_name_are_the_same(one: str, other: str) -> None:
    assert normal(one) == normal(other)


def test_a_name_that_is_all_brackets_keeps_its_letters() -> None:
    assert normal("（备注）") == "备注"


def test_the_label_is_sure_a_synonym_almost_and_letters_less() -> None:
    assert named("需求标题", ["需求标题"], ["事项"]) == SURE
    assert named("事项", ["需求标题"], ["事项"]) == SYNONYM
    assert ENOUGH <= named("责任部门名称", ["责任部门"]) <= ALIKE_MOST < SYNONYM
    assert named("   ", ["需求标题"], ["事项"]) == 0.0


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("未完成", "已完成"),
        ("不紧急", "紧急"),
        ("说明", "优先级说明"),
        ("时间", "提交时间"),
        ("客户类型", "客户等级"),
        ("计划开始时间", "实际开始时间"),
    ],
)
def test_what_means_something_else_is_not_enough(name: str, label: str) -> None:
    assert named(name, [label]) < ENOUGH


def test_synonyms_name_fields_and_options_that_exist() -> None:
    fields = {(t.key, f.key) for t in SCHEMA.tables for f in t.fields}
    lists = {f.option_set or f.key: {o.key for o in f.options} for t in SCHEMA.tables for f in t.fields}

    assert {(t, f) for t, found in synonyms.FIELDS.items() for f in found} <= fields
    for name, found in synonyms.OPTIONS.items():
        assert set(found) <= lists[name]


@pytest.mark.parametrize("table", synonyms.FIELDS)
def test_a_synonym_stands_for_one_field(table: str) -> None:
    words = [normal(word) for found in synonyms.FIELDS[table].values() for word in found]

    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize("name", synonyms.OPTIONS)
def test_a_synonym_stands_for_one_option(name: str) -> None:
    words = [normal(word) for found in synonyms.OPTIONS[name].values() for word in found]

    assert sorted(words) == sorted(set(words))
