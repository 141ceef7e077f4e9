"""Links to the shared form 满意度 with answers filled in; pure.

Feishu fills a shared form from ``?prefill_<title of the question>=<value>``. That a tick can be
given so is nobody's promise: a form that ignores it opens empty, and the customer ticks it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

_TICK = "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedForm:
    """The form as customers get it: its public link, the titles of its questions, what can be chosen."""

    url: str
    titles: Mapping[str, str] = field(default_factory=dict)
    """Field key of 满意度回访 to the title of its question."""
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Field key to option key to what people read."""

    def link(self, **answers: str | bool) -> str:
        """The link with these answers by field key (an option by its key, True for a tick).

        Empty when the form has no web address; an answer that the form does not ask for is left out.
        """
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            return ""
        asked = {key: value for key, value in answers.items() if key in self.titles}
        query = "&".join(
            f"prefill_{_quoted(self.titles[k])}={_quoted(self._word(k, v))}" for k, v in asked.items()
        )
        if not query:
            return self.url
        return f"{self.url}{'&' if parts.query else '?'}{query}"

    def _word(self, key: str, value: str | bool) -> str:
        if isinstance(value, bool):
            return _TICK
        return self.options.get(key, {}).get(value, value)


def _quoted(text: str) -> str:
    return quote(text, safe="")
