"""What Feishu's card reference lists for card JSON 2.0: tags, attributes, limits. Data only.

An attribute outside these lists is an error in 2.0. ``tag``, ``element_id`` and ``margin``
belong to every component and are not repeated.
"""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


MOST_ELEMENTS = 200
"""Every object with a ``tag`` counts, texts included."""
MOST_NESTING = 5
MOST_COLUMNS = 50
MOST_BYTES = 30 * 1024

GONE_TAGS = frozenset({"note", "action", "fallback"})
"""Components of 1.0 that 2.0 refuses."""
ROOT_ONLY = frozenset({"table", "form"})
CONTAINERS = frozenset({"column_set", "form", "interactive_container", "collapsible_panel"})
NOT_IN_FORM = frozenset({"form", "table", "chart"})

_TEXT = "content i18n_content text_size text_color text_align lines"
_LAYOUT = "direction padding horizontal_spacing horizontal_align vertical_spacing vertical_align elements"
_ACTED = "name required disabled disabled_tips hover_tips confirm behaviors value width"
_CHOSEN = f"{_ACTED} placeholder type"

_LISTED: dict[str, str] = {
    "markdown": f"{_TEXT} icon href",
    "plain_text": _TEXT,
    "lark_md": _TEXT,
    "div": "text icon width",
    "hr": "",
    "img": "img_key i18n_img_key alt title scale_type size corner_radius transparent preview mode"
    " custom_width compact_width",
    "img_combination": "img_list combination_mode combination_transparent corner_radius",
    "person": "user_id size show_avatar show_name style",
    "person_list": "persons size lines show_avatar show_name drop_invalid_user_id icon ud_icon",
    "audio": "audio_id file_key show_time time width style fill_color",
    "column_set": "columns flex_mode background_style horizontal_spacing horizontal_align action",
    "column": f"{_LAYOUT} width weight background_style action",
    "form": f"{_LAYOUT} name confirm",
    "interactive_container": f"{_LAYOUT} name width height background_style has_border border_color"
    " corner_radius behaviors value hover_tips disabled disabled_tips confirm",
    "collapsible_panel": f"{_LAYOUT} expanded background_color header border",
    "chart": "chart_spec aspect_ratio height color_theme preview",
    "table": "columns rows page_size row_height row_max_height header_style freeze_first_column",
    "button": f"{_ACTED} type size text icon form_action_type action_type url multi_url",
    "input": f"{_ACTED} placeholder default_value max_length input_type rows auto_resize max_rows"
    " show_icon label label_position",
    "overflow": f"{_ACTED} options",
    "select_static": f"{_CHOSEN} options initial_option initial_index",
    "multi_select_static": f"{_CHOSEN} options selected_values",
    "select_person": f"{_CHOSEN} options initial_option",
    "multi_select_person": f"{_CHOSEN} options selected_values",
    "date_picker": f"{_CHOSEN} initial_date",
    "picker_time": f"{_CHOSEN} initial_time",
    "picker_datetime": f"{_CHOSEN} initial_datetime",
    "checker": f"{_ACTED} checked text overall_checkable button_area checked_style padding pc_display_rule",
    "select_img": f"{_ACTED} style multi_select layout can_preview aspect_ratio options",
}
EVERYWHERE = frozenset({"tag", "element_id", "margin"})
COMPONENTS: dict[str, frozenset[str]] = {
    tag: EVERYWHERE | frozenset(names.split()) for tag, names in _LISTED.items()
}
"""Tag to the attributes it may have."""

PARTS: dict[str, frozenset[str]] = {
    "card": frozenset({"schema", "config", "card_link", "header", "body"}),
    "config": _names(
        "streaming_mode streaming_config summary locales enable_forward enable_forward_interaction"
        " update_multi width_mode use_custom_translation style"
    ),
    "header": _names("title subtitle template icon padding text_tag_list i18n_text_tag_list"),
    "body": frozenset({*_LAYOUT.split(), "element_id"}),
}
"""The attributes of the parts that are no components."""

ACTIONABLE = _names(
    "button overflow select_static multi_select_static select_person multi_select_person date_picker"
    " picker_time picker_datetime checker select_img interactive_container input"
)
"""What a person can act on; inside a form only its submit button calls back."""
NAMED_IN_FORM = ACTIONABLE - {"interactive_container"}

INITIAL_VALUES: dict[str, str] = {
    "input": "default_value",
    "select_static": "initial_option",
    "multi_select_static": "selected_values",
    "select_person": "initial_option",
    "multi_select_person": "selected_values",
    "date_picker": "initial_date",
    "picker_time": "initial_time",
    "picker_datetime": "initial_datetime",
    "checker": "checked",
}
"""Where a form field keeps the value that stands when nobody touches it."""
DATED = frozenset({"date_picker", "picker_time", "picker_datetime"})

CHART_FIELDS: dict[str, tuple[str, ...]] = {
    "line": ("xField", "yField"),
    "area": ("xField", "yField"),
    "bar": ("xField", "yField"),
    "scatter": ("xField", "yField"),
    "pie": ("valueField", "categoryField"),
    "funnel": ("valueField", "categoryField"),
    "radar": ("valueField", "categoryField"),
    "wordCloud": (),
    "gauge": (),
    "circularProgress": (),
    "linearProgress": (),
    "common": ("series",),
}
"""VChart type to the keys without which it is no chart; ``common`` is the combination chart."""

TABLE_DATA_TYPES = _names("text lark_md markdown options number persons date")
BEHAVIOURS: dict[str, frozenset[str]] = {
    "open_url": frozenset({"type", "default_url", "pc_url", "ios_url", "android_url"}),
    "callback": frozenset({"type", "value"}),
    "form_action": frozenset({"type", "behavior"}),
}
TOAST_TYPES = frozenset({"info", "success", "error", "warning"})
