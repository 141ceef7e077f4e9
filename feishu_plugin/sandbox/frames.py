"""The long connection's binary frame (protobuf proto2 ``pbbp2.Frame``), written by hand.

Fields: 1 SeqID, 2 LogID (uint64), 3 service, 4 method (int32), all required; 5 headers
(key, value), 6 payload_encoding, 7 payload_type, 8 payload, 9 LogIDNew. No I/O here.
"""

from dataclasses import dataclass
from typing import Any

CONTROL, DATA = 0, 1
"""Values of ``method``."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED_SIZES = {_FIXED64: 8, _FIXED32: 4}


class FrameError(ValueError):
    """The bytes are no frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message of the long connection."""

    seq_id: int = 0
    log_id: int = 0
    service: int = 0
    method: int = DATA
    headers: tuple[tuple[str, str], ...] = ()
    payload_encoding: str = ""
    payload_type: str = ""
    payload: bytes = b""
    log_id_new: str = ""

    def header(self, key: str) -> str | None:
        """The first header of that name."""
        return next((value for name, value in self.headers if name == key), None)


_NUMBERS = {1: "seq_id", 2: "log_id", 3: "service", 4: "method"}
_TEXTS = {6: "payload_encoding", 7: "payload_type", 9: "log_id_new"}


def encode(frame: Frame) -> bytes:
    """The frame's bytes; the four required numbers are written even when zero."""
    parts = [_key(number, _VARINT) + _varint(getattr(frame, name)) for number, name in _NUMBERS.items()]
    for key, value in frame.headers:
        parts.append(_field(5, _field(1, key.encode()) + _field(2, value.encode())))
    for number, name in _TEXTS.items():
        if text := getattr(frame, name):
            parts.append(_field(number, text.encode()))
    if frame.payload:
        parts.append(_field(8, frame.payload))
    return b"".join(parts)


def decode(data: bytes) -> Frame:
    """Reads a frame, skipping unknown fields; raises FrameError."""
    values: dict[str, Any] = {"headers": ()}
    try:
        for number, value in _fields(data):
            _take(values, number, value)
    except (IndexError, UnicodeDecodeError) as error:
        raise FrameError(str(error)) from error
    if missing := set(_NUMBERS.values()) - set(values):
        raise FrameError(f"required fields missing: {sorted(missing)}")
    return Frame(**values)


def _take(values: dict[str, Any], number: int, value: int | bytes) -> None:
    if isinstance(value, int):
        if number in _NUMBERS:
            values[_NUMBERS[number]] = _signed(value) if number in (3, 4) else value
    elif number == 5:
        values["headers"] += (_header(value),)
    elif number == 8:
        values["payload"] = value
    elif number in _TEXTS:
        values[_TEXTS[number]] = value.decode()


def _header(data: bytes) -> tuple[str, str]:
    parts = {number: value for number, value in _fields(data) if isinstance(value, bytes)}
    if not {1, 2} <= set(parts):
        raise FrameError("a header needs key and value")
    return parts[1].decode(), parts[2].decode()


def _fields(data: bytes) -> list[tuple[int, int | bytes]]:
    found: list[tuple[int, int | bytes]] = []
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        value, at = _read_value(data, at, tag & 7)
        found.append((tag >> 3, value))
    return found


def _read_value(data: bytes, at: int, wire_type: int) -> tuple[int | bytes, int]:
    if wire_type == _VARINT:
        return _read_varint(data, at)
    if wire_type == _BYTES:
        size, at = _read_varint(data, at)
    elif wire_type in _FIXED_SIZES:
        size = _FIXED_SIZES[wire_type]
    else:
        raise FrameError(f"unknown wire type {wire_type}")
    if at + size > len(data):
        raise FrameError("the frame is cut off")
    return data[at : at + size], at + size


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise FrameError("a number is too long")


def _varint(value: int) -> bytes:
    rest = value & 0xFFFF_FFFF_FFFF_FFFF
    out = bytearray()
    while rest >= 0x80:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


def _signed(value: int) -> int:
    """An int32 that travelled as a 64-bit two's complement."""
    low = value & 0xFFFF_FFFF
    return low - (1 << 32) if low >= 1 << 31 else low


def _key(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _field(number: int, content: bytes) -> bytes:
    return _key(number, _BYTES) + _varint(len(content)) + content
