"""The frame codec: bytes worked out by hand from the protobuf rules, and every frame comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.sandbox.frames import CONTROL, Frame, FrameError, decode, encode

PING = bytes.fromhex("0800100018f6808010" + "2000" + "2a0c0a0474797065120470696e67")
"""SeqID 0, LogID 0, service 33554550, method 0, header type=ping."""

uint64 = st.integers(0, 2**64 - 1)
int32 = st.integers(-(2**31), 2**31 - 1)
frames = st.builds(
    Frame,
    seq_id=uint64,
    log_id=uint64,
    service=int32,
    method=int32,
    headers=st.lists(st.tuples(st.text(), st.text())).map(tuple),
    payload_encoding=st.text(),
    payload_type=st.text(),
    payload=st.binary(),
    log_id_new=st.text(),
)


def test_a_ping_has_the_bytes_of_the_protobuf_rules() -> None:
    ping = Frame(service=33554550, method=CONTROL, headers=(("type", "ping"),))
    assert encode(ping) == PING
    assert decode(PING) == ping


@given(frames)
def test_every_frame_survives_the_wire(frame: Frame) -> None:
    assert decode(encode(frame)) == frame


def test_unknown_fields_of_every_wire_type_are_skipped() -> None:
    unknown = bytes.fromhex("7801" + "79" + "00" * 8 + "7a0161" + "7d" + "00" * 4)
    assert decode(PING + unknown) == decode(PING)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PING[:-1],
        PING[:4],
        bytes.fromhex("08001000180020002a020a00"),
        bytes.fromhex("0bff"),
        b"\x08" + b"\xff" * 12,
    ],
    ids=["empty", "cut text", "cut number", "header without value", "group", "endless number"],
)
def test_broken_bytes_are_no_frame(data: bytes) -> None:
    with pytest.raises(FrameError):
        decode(data)
