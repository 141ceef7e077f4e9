"""The field types of Bitable as one table; knows numbers and names, no values and no state."""

from dataclasses import dataclass
from enum import IntEnum


class Type(IntEnum):
    """The ``type`` number of a field."""

    TEXT = 1
    NUMBER = 2
    SINGLE_SELECT = 3
    MULTI_SELECT = 4
    DATE = 5
    CHECKBOX = 7
    USER = 11
    PHONE = 13
    URL = 15
    ATTACHMENT = 17
    SINGLE_LINK = 18
    LOOKUP = 19
    FORMULA = 20
    DUPLEX_LINK = 21
    LOCATION = 22
    GROUP_CHAT = 23
    STAGE = 24
    CREATED_TIME = 1001
    MODIFIED_TIME = 1002
    CREATED_USER = 1003
    MODIFIED_USER = 1004
    AUTO_NUMBER = 1005
    BUTTON = 3001


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldType:
    """What is fixed for a type: its ui types and the code of a wrong value or property."""

    ui_types: tuple[str, ...]
    """The first is the default."""
    value_code: int = 1254015
    value_name: str = "FieldTypeValueNotMatch"
    property_code: int = 1254015
    property_name: str = "FieldTypeValueNotMatch"


def _type(
    *ui_types: str,
    value: tuple[int, str] = (1254015, "FieldTypeValueNotMatch"),
    prop: tuple[int, str] = (1254015, "FieldTypeValueNotMatch"),
) -> FieldType:
    return FieldType(
        ui_types=ui_types,
        value_code=value[0],
        value_name=value[1],
        property_code=prop[0],
        property_name=prop[1],
    )


TYPES: dict[int, FieldType] = {
    Type.TEXT: _type(
        "Text",
        "Email",
        "Barcode",
        value=(1254060, "TextFieldConvFail"),
        prop=(1254080, "TextFieldPropertyError"),
    ),
    Type.NUMBER: _type(
        "Number",
        "Currency",
        "Progress",
        "Rating",
        value=(1254061, "NumberFieldConvFail"),
        prop=(1254081, "NumberFieldPropertyError"),
    ),
    Type.SINGLE_SELECT: _type(
        "SingleSelect",
        value=(1254062, "SingleSelectFieldConvFail"),
        prop=(1254082, "SingleSelectFieldPropertyError"),
    ),
    Type.MULTI_SELECT: _type(
        "MultiSelect",
        value=(1254063, "MultiSelectFieldConvFail"),
        prop=(1254083, "MultiSelectFieldPropertyError"),
    ),
    Type.DATE: _type(
        "DateTime", value=(1254064, "DatetimeFieldConvFail"), prop=(1254084, "DateTimeFieldPropertyError")
    ),
    Type.CHECKBOX: _type(
        "Checkbox", value=(1254065, "CheckboxFieldConvFail"), prop=(1254085, "CheckboxFieldPropertyError")
    ),
    Type.USER: _type("User", value=(1254066, "UserFieldConvFail"), prop=(1254086, "UserFieldPropertyError")),
    Type.PHONE: _type("Phone", value=(1254072, "PhoneFieldConvFail")),
    Type.URL: _type("Url", value=(1254068, "URLFieldConvFail"), prop=(1254087, "URLFieldPropertyError")),
    Type.ATTACHMENT: _type(
        "Attachment",
        value=(1254069, "AttachFieldConvFail"),
    ),
    Type.SINGLE_LINK: _type(
        "SingleLink", value=(1254067, "LinkFieldConvFail"), prop=(1254089, "LinkFieldPropertyError")
    ),
    Type.LOOKUP: _type("Lookup"),
    Type.FORMULA: _type("Formula", prop=(1254091, "FormulaFieldPropertyError")),
    Type.DUPLEX_LINK: _type(
        "DuplexLink", value=(1254067, "LinkFieldConvFail"), prop=(1254092, "DuplexLinkFieldPropertyError")
    ),
    Type.LOCATION: _type("Location"),
    Type.GROUP_CHAT: _type("GroupChat"),
    Type.STAGE: _type("Stage"),
    Type.CREATED_TIME: _type("CreatedTime", prop=(1254093, "CreatedTimeFieldPropertyError")),
    Type.MODIFIED_TIME: _type("ModifiedTime", prop=(1254094, "ModifiedTimeFieldPropertyError")),
    Type.CREATED_USER: _type("CreatedUser", prop=(1254095, "CreatedUserFieldPropertyError")),
    Type.MODIFIED_USER: _type("ModifiedUser", prop=(1254096, "ModifiedUserFieldPropertyError")),
    Type.AUTO_NUMBER: _type("AutoNumber"),
    Type.BUTTON: _type("Button"),
}

PRIMARY = frozenset({1, 2, 5, 13, 15, 20, 22})
"""Types a primary field may have; others are refused with 1254012."""
NOT_CREATABLE = frozenset({Type.LOOKUP, Type.STAGE, Type.BUTTON})
"""Types no API call can create (read only)."""
RECORD_TIMES = frozenset({Type.CREATED_TIME, Type.MODIFIED_TIME})
RECORD_USERS = frozenset({Type.CREATED_USER, Type.MODIFIED_USER})
COMPUTED = frozenset({Type.LOOKUP, Type.FORMULA, Type.STAGE, Type.AUTO_NUMBER, Type.BUTTON}) | (
    RECORD_TIMES | RECORD_USERS
)
"""Types the server fills; nobody writes them."""
SELECTS = frozenset({Type.SINGLE_SELECT, Type.MULTI_SELECT})
LINKS = frozenset({Type.SINGLE_LINK, Type.DUPLEX_LINK})
DATES = frozenset({Type.DATE}) | RECORD_TIMES
USERS = frozenset({Type.USER}) | RECORD_USERS
