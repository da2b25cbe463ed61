"""The sockets of the sandbox's web servers."""

import asyncio
import socket

from bot.sandbox.listening import listen


def test_what_listens_sends_small_pieces_at_once() -> None:
    at_once: list[int] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected = writer.get_extra_info("socket")
        at_once.append(connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async def call(listener: socket.socket) -> None:
        async with await asyncio.start_server(answer, sock=listener):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            await reader.read()
            writer.close()

    with listen(0) as listener:
        asyncio.run(call(listener))

    assert at_once == [1]
