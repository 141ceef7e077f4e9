"""Splits a multipart body into its parts, as bytes; it never guesses an encoding.

The official SDKs send files with a name (streams), with only a content type (Node's Buffers) or
with neither (Python's bare streams), so what is a file is for the endpoint to say.
"""

from collections.abc import Callable
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from feishu_plugin.sandbox.envelope import Refusal, Upload

BINARY = "application/octet-stream"
"""The type of a part that names none."""


def split(content_type: str, body: bytes) -> dict[str, Upload]:
    """Every named part, the last of a repeated name; a body that is no multipart is 9499."""
    _, options = parse_options_header(content_type)
    collector = _Collector()
    try:
        parser = MultipartParser(options[b"boundary"], collector.callbacks())
        parser.write(body)
        parser.finalize()
    except (KeyError, FormParserError):
        raise Refusal(9499, "Bad Request", detail="the body is not multipart/form-data", status=400) from None
    return collector.parts


class _Collector:
    """Gathers what the parser reports, part by part."""

    def __init__(self) -> None:
        self.parts: dict[str, Upload] = {}
        self._start()

    def callbacks(self) -> Any:
        """By the parser's names."""
        return {
            "on_part_begin": self._start,
            "on_header_field": self._into(lambda: self._name),
            "on_header_value": self._into(lambda: self._value),
            "on_header_end": self._keep_header,
            "on_part_data": self._into(lambda: self._content),
            "on_part_end": self._keep_part,
        }

    def _start(self) -> None:
        self._name, self._value, self._content = bytearray(), bytearray(), bytearray()
        self._headers: dict[bytes, bytes] = {}

    @staticmethod
    def _into(target: Callable[[], bytearray]) -> Callable[[bytes, int, int], None]:
        return lambda data, start, end: target().extend(data[start:end])

    def _keep_header(self) -> None:
        self._headers[bytes(self._name).lower()] = bytes(self._value)
        self._name, self._value = bytearray(), bytearray()

    def _keep_part(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if (name := options.get(b"name")) is None:
            return
        kind = self._headers.get(b"content-type", BINARY.encode())
        self.parts[name.decode("utf-8", "replace")] = Upload(
            filename=options.get(b"filename", b"").decode("utf-8", "replace"),
            content=bytes(self._content),
            content_type=kind.decode("latin-1"),
        )
