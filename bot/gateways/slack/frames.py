"""WebSocket frames off a socket and onto it, whole, for slack_sdk's built-in Socket Mode client.

That client reads frames out of whatever one `recv` returned. A time-out in the middle of a frame loses its
first half, and everything after it is misread; a second of silence is enough, and so is a lost TCP packet.
It also descends one level of recursion per read and per frame. `FrameSocket` stands between: it keeps what is
incomplete, and returns exactly one frame per `recv`. What it writes, it masks byte by byte, and trips over
64 KiB; `text_frame` does neither.
"""

import errno
import os
import selectors
import socket
import struct
import time

PATIENCE_SECONDS = 0.2
"""How long one `recv` waits for a frame. The client holds a lock meanwhile, for which closing has to wait."""
_IO_SECONDS = 5.0
"""How long the operating system may take for bytes that are on their way, either way."""
_CHUNK_BYTES = 65536
_TCP = frozenset({socket.AF_INET, socket.AF_INET6})
LARGEST_FRAME_BYTES = 16 * 1024 * 1024

_SHORT = 2
_LENGTH_16, _LENGTH_64, _LENGTH_BITS = 126, 127, 0x7F
_MASK_BIT, _MASK_BYTES = 0x80, 4
_FINAL_TEXT = 0x81


class FrameSocket:
    """A connected socket whose `recv` returns one whole frame.

    One thread may receive while another sends; `close` when neither does (slack_sdk's locks see to it).

    Args:
        connected: after the WebSocket handshake.
    """

    def __init__(self, connected: socket.socket) -> None:
        connected.settimeout(_IO_SECONDS)
        if connected.family in _TCP:
            # Otherwise an answer soon after a ping waits, up to 40 ms, until the ping is acknowledged.
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connected
        self._selector = selectors.DefaultSelector()
        self._selector.register(connected, selectors.EVENT_READ)
        self._buffer = bytearray()
        self._after_handshake = True

    def recv(self, _size: int) -> bytes:
        """Return the next frame, whatever its size.

        Returns:
            `b""` when no whole frame came within `PATIENCE_SECONDS`; what did come is kept. The client takes
            that for silence and asks again at once; after a `TimeoutError` it would sleep first.

        Raises:
            ConnectionError: the other side has closed, or sent a frame beyond `LARGEST_FRAME_BYTES`.
            OSError: `EBADF` after `close`.
        """
        if self._socket.fileno() < 0:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            length = _frame_length(self._buffer)
            if length is not None and length > LARGEST_FRAME_BYTES:
                raise ConnectionError(f"A frame of {length} bytes is too large.")
            if length is not None and len(self._buffer) >= length:
                frame = bytes(self._buffer[:length])
                del self._buffer[:length]
                return _readable_at_once(frame)
            if not self._receive(deadline):
                return b""

    def send(self, frame: bytes) -> int:
        """Send the whole of *frame*."""
        self._socket.sendall(frame)
        return len(frame)

    def close(self) -> None:
        """Close the socket."""
        self._selector.close()
        self._socket.close()

    def _receive(self, deadline: float) -> bool:
        # Bytes that TLS has already decrypted do not make the socket readable.
        pending = getattr(self._socket, "pending", None)
        if not (pending is not None and pending()):
            wait = deadline - time.monotonic()
            if wait <= 0 or not self._selector.select(wait):
                return False
        chunk = self._socket.recv(_CHUNK_BYTES)
        if not chunk:
            # The client would take the empty answer for silence and spin until its pings fail.
            raise ConnectionError("The other side has closed the connection.")
        if self._after_handshake:
            # The client reads the handshake up to the last line's CR and leaves its LF to us.
            chunk = chunk.removeprefix(b"\n")
            self._after_handshake = False
        self._buffer += chunk
        return True


def text_frame(text: str, mask: bytes) -> bytes:
    """Write a text frame as a client must: masked (RFC 6455, 5.2 and 5.3).

    Args:
        text: of any length.
        mask: four bytes that nobody could foresee.
    """
    payload = text.encode()
    size = len(payload)
    if size < _LENGTH_16:
        head = struct.pack("!BB", _FINAL_TEXT, _MASK_BIT | size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", _FINAL_TEXT, _MASK_BIT | _LENGTH_16, size)
    else:
        head = struct.pack("!BBQ", _FINAL_TEXT, _MASK_BIT | _LENGTH_64, size)
    # As two whole numbers: byte by byte it takes longer than all the rest of an answer.
    repeated = (mask * (size // len(mask) + 1))[:size]
    masked = int.from_bytes(payload) ^ int.from_bytes(repeated)
    return head + mask + masked.to_bytes(size)


def _frame_length(buffer: bytearray) -> int | None:
    """Tell the length of the first frame in *buffer* (RFC 6455, 5.2); `None` if too little of it is there."""
    if len(buffer) < _SHORT:
        return None
    length, head = buffer[1] & _LENGTH_BITS, _SHORT
    if length in (_LENGTH_16, _LENGTH_64):
        code = "!H" if length == _LENGTH_16 else "!Q"
        head += struct.calcsize(code)
        if len(buffer) < head:
            return None
        (length,) = struct.unpack_from(code, buffer, _SHORT)
    return head + length + (_MASK_BYTES if buffer[1] & _MASK_BIT else 0)


def _readable_at_once(frame: bytes) -> bytes:
    """Write an empty frame in its long form: the client takes two bytes for half a frame, and waits."""
    return frame if len(frame) > _SHORT else bytes((frame[0], _LENGTH_16, 0, 0))
