"""The web form as HTML, in Chinese with English beside it, without a line of JavaScript; takes nothing in."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache

from jinja2 import Environment, Template

from feishu_plugin.app.intake_submission import LONGEST_LINE, LONGEST_TEXT, Problem
from feishu_plugin.schema import Schema

TRAP, TOKEN = "website", "token"
"""A field that people do not see, and the mark of this one form."""
FIELDS: Mapping[str, str] = {
    "title": "line",
    "description": "text",
    "urgency": "choice",
    "product": "line",
    "customer_name": "line",
    "contact": "line",
    "contact_way": "line",
}
"""What the form asks, in this order, and how."""

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1f2329;background:#fff}
main{max-width:36rem;margin:0 auto;padding:1rem}
label{display:block;margin:0 0 1rem;font-weight:600}
h1 small,label small{font-weight:400;color:#646a73}
input,textarea,select{display:block;box-sizing:border-box;width:100%;margin-top:.25rem;padding:.5rem;font:inherit;
font-weight:400;border:1px solid #8f959e;border-radius:4px;background:#fff}
input:focus,textarea:focus,select:focus,button:focus{outline:2px solid #1456f0;outline-offset:1px}
button{font:inherit;padding:.5rem 1.5rem;border:0;border-radius:4px;background:#1456f0;color:#fff}
.wrong{color:#c02a26;font-weight:400}
.trap{position:absolute;left:-9999px}
"""

_PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>提交需求 Send a requirement</title>
<style>{{ style }}</style>
</head>
<body><main>
{% if said %}
<h1>{{ said[0] }}</h1>
<p lang="en">{{ said[1] }}</p>
<p><a href="form">填写新的表单 Fill in a new form</a></p>
{% else %}
<h1>提交需求 <small lang="en">Send a requirement</small></h1>
{% if problems %}
<p class="wrong" role="alert">请修正标出的内容 <span lang="en">Please mend what is marked</span></p>
{% endif %}
<form method="post" action="form" accept-charset="utf-8">
<input type="hidden" name="{{ token_name }}" value="{{ token }}">
<div class="trap" aria-hidden="true"><label>请留空 Leave empty
<input name="{{ trap }}" tabindex="-1" autocomplete="off"></label></div>
{% for field in fields %}
<label>{{ field.zh }} <small lang="en">{{ field.en }}</small>{% if field.key == "title" %} *{% endif %}

{% if field.kind == "line" %}
<input name="{{ field.key }}" value="{{ field.value }}" maxlength="{{ longest_line }}"
{%- if field.key == "title" %} required{% endif %}>
{% elif field.kind == "text" %}
<textarea name="{{ field.key }}" rows="5" maxlength="{{ longest_text }}">
{{ field.value }}</textarea>
{% else %}
<select name="{{ field.key }}"><option value=""></option>
{% for option in field.options %}
<option value="{{ option.key }}"{% if option.key == field.value %} selected{% endif %}>
{{- option.zh }} {{ option.en }}</option>
{% endfor %}
</select>
{% endif %}
{% if field.problem %}
<span class="wrong">{{ field.problem.zh }} <span lang="en">{{ field.problem.en }}</span></span>
{% endif %}
</label>
{% endfor %}
<button>提交 Send</button>
</form>
{% endif %}
</main></body>
</html>
"""


def form_page(
    schema: Schema, token: str, values: Mapping[str, str] | None = None, problems: Sequence[Problem] = ()
) -> str:
    """The form; again with what was typed and what is wrong with it, when there are ``problems``."""
    wrong, typed = {one.field: one for one in problems}, values or {}
    table = schema.table("requirement")
    fields = [
        {
            "key": key,
            "kind": kind,
            "zh": table.field(key).zh,
            "en": table.field(key).en,
            "options": table.field(key).options,
            "value": typed.get(key, ""),
            "problem": wrong.get(key),
        }
        for key, kind in FIELDS.items()
    ]
    names = {"token_name": TOKEN, "token": token, "trap": TRAP}
    longest = {"longest_line": LONGEST_LINE, "longest_text": LONGEST_TEXT}
    return _template().render(style=_STYLE, fields=fields, problems=problems, **names, **longest)


def word_page(zh: str, en: str) -> str:
    """A page that only says something."""
    return _template().render(style=_STYLE, said=(zh, en))


def policy(origins: Sequence[str]) -> str:
    """``Content-Security-Policy`` of these pages: no script at all, in frames of these sites only."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    ancestors = " ".join(origins) or "'none'"
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {ancestors}"
    )


@cache
def _template() -> Template:
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(_PAGE)
