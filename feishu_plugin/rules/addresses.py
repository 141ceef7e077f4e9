"""E-mail addresses in what people typed; pure. What is not surely one address is none."""

import re

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS = re.compile(rf"(?<![\w.+@-])({_LOCAL})@((?:{_LABEL}\.)+{_LABEL})(?![\w@-])")
_LONGEST_LOCAL, _LONGEST = 64, 254


def address_in(text: str) -> str:
    """The first e-mail address in a text such as ``138 0000 0000 / li@example.com``, ready for SMTP.

    A domain of other letters comes in its ASCII form (``xn--…``); empty when there is none, or
    when it is one that no mail server takes (RFC 5321, 4.5.3.1).
    """
    found = _ADDRESS.search(text)
    if found is None:
        return ""
    local, domain = found.groups()
    try:
        host = domain.encode("idna").decode().lower()
    except UnicodeError:
        return ""
    address = f"{local}@{host}"
    fits = len(local) <= _LONGEST_LOCAL and len(address) <= _LONGEST
    return address if fits and not host.rpartition(".")[2].isdigit() else ""


def masked(address: str) -> str:
    """The address as it may stand in a table that many people read: ``li***@example.com``."""
    local, _, domain = address.rpartition("@")
    return f"{local[:2] if len(local) > 2 else local[:1]}***@{domain}" if domain else ""
