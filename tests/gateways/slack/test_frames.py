"""Whole frames out of a stream that comes in any pieces."""

import errno
import socket
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.socket_mode.builtin.internals import _build_data_frame_for_sending

from bot.gateways.slack.frames import LARGEST_FRAME_BYTES, PATIENCE_SECONDS, FrameSocket, text_frame
from tests.gateways.slack.slack_socket import CLOSE, PING, frame


@pytest.fixture
def pair() -> Iterator[tuple[FrameSocket, socket.socket]]:
    ours, theirs = socket.socketpair()
    reader = FrameSocket(ours)
    yield reader, theirs
    reader.close()
    theirs.close()


def all_of(reader: FrameSocket, count: int) -> list[bytes]:
    return [reader.recv(1024) for _ in range(count)]


def test_an_answer_does_not_wait_until_the_ping_before_it_is_acknowledged() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        reader = FrameSocket(ours)

        assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
        reader.close()


@pytest.mark.parametrize("size", [1, 125, 126, 127, 65535, 65536, 200_000])
def test_a_frame_of_any_size_comes_whole(pair: tuple[FrameSocket, socket.socket], size: int) -> None:
    reader, theirs = pair
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1_000_000)
    sent = frame(b"x" * size)
    theirs.sendall(sent)

    assert reader.recv(16) == sent


def test_frames_that_come_together_are_returned_one_by_one(pair: tuple[FrameSocket, socket.socket]) -> None:
    reader, theirs = pair
    sent = [frame(b"a"), frame(b"b" * 300), frame(b"c", PING)]
    theirs.sendall(b"".join(sent))

    assert all_of(reader, 3) == sent


def test_a_masked_frame_has_four_bytes_more(pair: tuple[FrameSocket, socket.socket]) -> None:
    reader, theirs = pair
    sent: bytes = _build_data_frame_for_sending("masked", 1)
    theirs.sendall(sent + frame(b"next"))

    assert all_of(reader, 2) == [sent, frame(b"next")]


@pytest.mark.parametrize("size", [10, 300, 70_000])
@pytest.mark.parametrize("kept", [1, 2, 3, 5, 9])
def test_the_first_part_of_a_frame_survives_a_silence(
    pair: tuple[FrameSocket, socket.socket], size: int, kept: int
) -> None:
    reader, theirs = pair
    sent = frame(b"x" * size)
    theirs.sendall(sent[:kept])

    assert reader.recv(1024) == b""
    theirs.sendall(sent[kept:])

    assert reader.recv(1024) == sent


def test_silence_is_nothing_and_is_told_soon(pair: tuple[FrameSocket, socket.socket]) -> None:
    reader, theirs = pair
    began = time.monotonic()

    assert reader.recv(1024) == b""

    assert PATIENCE_SECONDS * 0.9 <= time.monotonic() - began < PATIENCE_SECONDS + 1.0
    theirs.sendall(frame(b"later"))
    assert reader.recv(1024) == frame(b"later")


def test_a_trickle_does_not_prolong_the_wait(pair: tuple[FrameSocket, socket.socket]) -> None:
    reader, theirs = pair
    theirs.sendall(frame(b"x" * 100)[:50])
    began = time.monotonic()

    assert reader.recv(1024) == b""

    assert time.monotonic() - began < PATIENCE_SECONDS + 1.0


def test_hanging_up_is_an_error_not_an_empty_answer(pair: tuple[FrameSocket, socket.socket]) -> None:
    reader, theirs = pair
    theirs.sendall(frame(b"last") + frame(b"half")[:3])
    theirs.close()

    assert reader.recv(1024) == frame(b"last")
    with pytest.raises(ConnectionError, match="has closed"):
        reader.recv(1024)


def test_a_frame_beyond_all_measure_is_an_error(pair: tuple[FrameSocket, socket.socket]) -> None:
    reader, theirs = pair
    theirs.sendall(b"\x81\x7f" + (LARGEST_FRAME_BYTES + 1).to_bytes(8))

    with pytest.raises(ConnectionError, match="too large"):
        reader.recv(1024)


@pytest.mark.parametrize("opcode", [PING, CLOSE])
def test_an_empty_frame_comes_in_its_long_form(pair: tuple[FrameSocket, socket.socket], opcode: int) -> None:
    reader, theirs = pair
    theirs.sendall(frame(b"", opcode) + frame(b"next"))

    assert all_of(reader, 2) == [bytes((0x80 | opcode, 126, 0, 0)), frame(b"next")]


def test_the_line_feed_left_by_the_handshake_is_skipped_once(
    pair: tuple[FrameSocket, socket.socket],
) -> None:
    reader, theirs = pair
    theirs.sendall(b"\n")
    assert reader.recv(1024) == b""
    theirs.sendall(frame(b"\nfirst"))

    assert reader.recv(1024) == frame(b"\nfirst")


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([0, 1, 125, 126, 127, 65_535, 65_536, 70_001]),
    st.text(min_size=1, max_size=9),
    st.binary(min_size=4, max_size=4),
)
def test_a_text_is_written_masked_and_reads_as_it_was(size: int, beginning: str, mask: bytes) -> None:
    text = (beginning + "x" * size)[:size]

    written = text_frame(text, mask)

    bare = text.encode()
    head = bytearray(frame(bare))
    head[1] |= 0x80
    head_size = len(head) - len(bare)
    assert written[:head_size] == head[:head_size]
    assert written[head_size : head_size + 4] == mask
    masked = written[head_size + 4 :]
    assert bytes(byte ^ mask[place % 4] for place, byte in enumerate(masked)) == bare


def test_a_short_text_is_written_as_slack_sdk_writes_it() -> None:
    ours = text_frame("status", b"\x01\x02\x03\x04")
    theirs: bytes = _build_data_frame_for_sending("status", 1)

    assert (ours[:2], len(ours)) == (theirs[:2], len(theirs))


def test_sending_sends_all_of_it(pair: tuple[FrameSocket, socket.socket]) -> None:
    reader, theirs = pair

    assert reader.send(b"abc") == 3
    assert theirs.recv(10) == b"abc"


def test_a_closed_socket_says_so_the_way_the_client_expects() -> None:
    ours, theirs = socket.socketpair()
    reader = FrameSocket(ours)
    reader.close()

    with pytest.raises(OSError, match="Bad file") as error:
        reader.recv(1024)
    assert error.value.errno == errno.EBADF
    theirs.close()


class Decrypted:
    """A TLS socket whose bytes are already decrypted: the operating system shows nothing to read."""

    def __init__(self, inner: socket.socket, ready: bytes) -> None:
        self._inner = inner
        self._ready = ready

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def pending(self) -> int:
        return len(self._ready)

    def recv(self, _size: int) -> bytes:
        ready, self._ready = self._ready, b""
        return ready


def test_bytes_that_tls_holds_back_are_read_without_waiting() -> None:
    ours, theirs = socket.socketpair()
    reader = FrameSocket(Decrypted(ours, frame(b"held")))  # type: ignore[arg-type]  # behaves like one

    assert reader.recv(1024) == frame(b"held")

    reader.close()
    theirs.close()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=400), min_size=1, max_size=8), st.data())
def test_any_frames_in_any_pieces_come_out_as_they_went_in(
    payloads: list[bytes], data: st.DataObject
) -> None:
    frames = [frame(payload) for payload in payloads]
    stream = b"".join(frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    ours, theirs = socket.socketpair()
    reader = FrameSocket(ours)
    received: list[bytes] = []
    arrived = 0
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        theirs.sendall(stream[start:end])
        complete = sum(1 for place in range(len(frames)) if len(b"".join(frames[: place + 1])) <= end)
        received += all_of(reader, complete - arrived)
        arrived = complete

    assert received == frames
    reader.close()
    theirs.close()
