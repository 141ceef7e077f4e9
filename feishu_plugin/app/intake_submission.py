"""What a requirement from outside may say, and what is wrong with one in two languages; stores nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic import Field as Attribute

from feishu_plugin.records import Values
from feishu_plugin.schema import Schema

MOST_BYTES = 256 * 1024
LONGEST_LINE, LONGEST_TEXT = 500, 20_000
"""Characters; a text cell takes 100,000."""
CHOICES = ("source", "urgency", "type")
"""Fields that take an option, by its key or by its name in either language."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_LINE)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_TEXT)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_LINE)]


class Submission(BaseModel):
    """一条外部提交的需求 A requirement from outside. Unknown fields are refused, not dropped."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Title = Attribute(description="需求标题：一句话说清要什么 One sentence: what is wanted")
    description: Long = Attribute(default="", description="需求描述 Description")
    customer_words: Long = Attribute(default="", description="客户原话 In the customer's words")
    expectation: Long = Attribute(default="", description="期望效果 Expected result")
    scenario: Long = Attribute(default="", description="使用场景 Scenario")
    customer_name: Line = Attribute(default="", description="客户名称 Customer name")
    contact: Line = Attribute(default="", description="客户联系人 Contact")
    contact_way: Line = Attribute(default="", description="联系方式：电话或邮箱 Phone or e-mail")
    product: Line = Attribute(default="", description="使用产品 Product")
    source: Line = Attribute(default="", description="需求来源 Source")
    urgency: Line = Attribute(default="", description="紧急程度 Urgency")
    type: Line = Attribute(
        default="", description="需求类型；空着时由系统建议 Type; suggested when left empty"
    )
    remark: Long = Attribute(default="", description="备注 Remark")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a submission is refused: which field, and the reason in both languages."""

    field: str
    zh: str
    en: str


class Unfit(Exception):
    """A submission that is refused, with everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{one.field}: {one.en}" for one in problems))
        self.problems = tuple(problems)


_REASONS: Mapping[str, tuple[str, str]] = {
    "missing": ("必填", "is required"),
    "extra_forbidden": ("没有这个字段", "is no field of a submission"),
    "string_too_short": ("不能为空", "must not be empty"),
    "string_too_long": ("太长", "is too long"),
    "string_type": ("必须是文本", "must be text"),
    "string_unicode": ("不是有效的文本", "is not valid text"),
}
_OTHERWISE = ("无法使用", "cannot be used")
_LONGEST_NAME = 80


def cells_of(data: object, schema: Schema) -> Values:
    """The cells of 需求台账, options as keys, without what is empty; raises Unfit with every problem."""
    if not isinstance(data, dict):
        raise Unfit([Problem(field="", zh="应为一个对象", en="must be an object")])
    try:
        found = Submission.model_validate(data).model_dump(exclude_defaults=True)
    except ValidationError as error:
        raise Unfit([_problem(one) for one in error.errors(include_url=False)]) from None
    filled: dict[str, Any] = {key: value for key, value in found.items() if value}
    chosen = {key: _option(schema, key, filled[key]) for key in CHOICES if key in filled}
    if wrong := [_no_option(schema, key) for key, option in chosen.items() if not option]:
        raise Unfit(wrong)
    return filled | chosen


def options_of(schema: Schema, field: str) -> list[str]:
    """The keys of the options that a field takes."""
    return [option.key for option in schema.table("requirement").field(field).options]


def _option(schema: Schema, field: str, text: str) -> str:
    wanted = text.casefold()
    for option in schema.table("requirement").field(field).options:
        if wanted in (option.key.casefold(), option.zh.casefold(), option.en.casefold()):
            return option.key
    return ""


def _problem(error: Any) -> Problem:
    zh, en = _REASONS.get(error["type"], _OTHERWISE)
    # The name of an unknown field is the sender's own: never more of it than a line.
    return Problem(field=".".join(str(part) for part in error["loc"])[:_LONGEST_NAME], zh=zh, en=en)


def _no_option(schema: Schema, field: str) -> Problem:
    options = schema.table("requirement").field(field).options
    return Problem(
        field=field,
        zh="没有这个选项，可选：" + "、".join(option.zh for option in options),
        en="is no option; there are: " + ", ".join(option.key for option in options),
    )
