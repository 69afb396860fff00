"""HTTP/1.1 to one server, over connections that stay open.

Two calls go out for a tap, and they were the greatest part of what one cost: a session of aiohttp takes four times
the CPU of this for a call (docs/performance.md). The parser is that of Node.js (httptools), and where a name has
several addresses they are tried beside each other (aiohappyeyeballs); what is left is which connection is free, how
long an answer is awaited, and whether a call that failed may have had its effect.
"""

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Mapping
from typing import cast

import httptools
from aiohappyeyeballs import start_connection
from yarl import URL

CONNECT_SECONDS = 10.0
_KEEP_OPEN_SECONDS = 30.0
_NEXT_ADDRESS_SECONDS = 0.25
"""How long one address of the server is tried before the next is tried too (RFC 8305, section 8)."""
_LOWEST_FINAL = 200
"""An answer with a status below is followed by another (RFC 9110, section 15.2)."""
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})


class NotSentError(Exception):
    """The request never left: it can be sent again safely."""


class AmbiguousError(Exception):
    """The request left and no answer came: it may have had its effect."""


class _Connection(asyncio.Protocol):
    """One connection, with one request at a time on it."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._parts: list[bytes] = []
        self._framed = False
        self._ends_with_connection = False
        self.idle_since = 0.0

    @property
    def usable(self) -> bool:
        """Tell whether another request can go out on it."""
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes, seconds: float) -> tuple[int, bytes]:
        """Send a request and give status and body of its answer; raises `AmbiguousError`.

        A connection whose answer was not awaited to its end is closed: the answer would be taken for that of the
        next request.
        """
        assert self._transport is not None  # noqa: S101 - it was opened
        loop = asyncio.get_running_loop()
        self._answer = loop.create_future()
        timer = loop.call_later(seconds, self._fail, f"no answer in {seconds:g} s")
        try:
            self._transport.write(request)
            return await self._answer
        except BaseException:
            self._transport.abort()
            raise
        finally:
            timer.cancel()
            self._answer = None

    def close(self) -> None:
        """Close it, whatever is under way."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(f"what came is no HTTP ({type(error).__name__})")

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is None and self._ends_with_connection:
            self._succeed()
        self._fail("the connection was closed" if exc is None else type(exc).__name__)

    def on_message_begin(self) -> None:
        self._parts.clear()
        self._framed = False

    def on_header(self, name: bytes, _value: bytes) -> None:
        self._framed = self._framed or name.lower() in _FRAMING

    def on_headers_complete(self) -> None:
        self._ends_with_connection = not self._framed

    def on_body(self, body: bytes) -> None:
        self._parts.append(body)

    def on_message_complete(self) -> None:
        self._ends_with_connection = False
        if self._parser.get_status_code() >= _LOWEST_FINAL:
            self._succeed()

    def _succeed(self) -> None:
        """Hand the answer over. One that nobody asked for, such as "you were idle too long", ends the connection."""
        asked = self._answer is not None and not self._answer.done()
        if self._answer is not None and asked:
            self._answer.set_result((self._parser.get_status_code(), b"".join(self._parts)))
        if self._transport is not None and not (asked and self._parser.should_keep_alive()):
            self._transport.close()

    def _fail(self, reason: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(AmbiguousError(f"Telegram did not answer: {reason}."))
        if self._transport is not None:
            self._transport.abort()


class Connections:
    """The connections to the server of `base_url`, as many as there are requests at once."""

    def __init__(self, base_url: str) -> None:
        url = URL(base_url)
        self._host = url.host or ""
        self._port = url.port
        self._ssl = ssl.create_default_context() if url.scheme == "https" else None
        self._host_header = url.host_port_subcomponent or ""
        self._open: set[_Connection] = set()
        self._idle: deque[_Connection] = deque()

    async def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, seconds: float
    ) -> tuple[int, bytes]:
        """Make a request and give status and body of its answer, which is awaited for `seconds`.

        `path` and `headers` are written as they are. Raises `NotSentError` and `AmbiguousError`.
        """
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host_header}\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
        connection = self._taken() or await self._opened()
        try:
            answer = await connection.ask(head.encode("latin-1") + body, seconds)
        except BaseException:
            self._open.discard(connection)
            raise
        self._give_back(connection)
        return answer

    def close(self) -> None:
        """Close every connection; whoever awaits an answer is told that there is none."""
        for connection in self._open:
            connection.close()
        self._open.clear()
        self._idle.clear()

    def _taken(self) -> _Connection | None:
        """Take the connection that was used last, if it is fresh enough for the server to have kept it."""
        oldest = asyncio.get_running_loop().time() - _KEEP_OPEN_SECONDS
        while self._idle:
            connection = self._idle.pop()
            if connection.usable and connection.idle_since > oldest:
                return connection
            self._drop(connection)
        return None

    def _give_back(self, connection: _Connection) -> None:
        """Keep a connection for the next request, and let go of those that were not needed for long."""
        now = asyncio.get_running_loop().time()
        if connection.usable:
            connection.idle_since = now
            self._idle.append(connection)
        else:
            self._drop(connection)
        while self._idle and self._idle[0].idle_since <= now - _KEEP_OPEN_SECONDS:
            self._drop(self._idle.popleft())

    def _drop(self, connection: _Connection) -> None:
        connection.close()
        self._open.discard(connection)

    async def _opened(self) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                addresses = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
                link = await start_connection(addresses, happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS)
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                server_name = self._host if self._ssl is not None else None
                _, connection = await loop.create_connection(
                    _Connection, sock=link, ssl=self._ssl, server_hostname=server_name
                )
        except OSError as error:
            raise NotSentError(f"Telegram cannot be reached ({type(error).__name__}).") from None
        self._open.add(connection)
        return connection
