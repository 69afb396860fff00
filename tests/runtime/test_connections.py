"""Requests over connections that stay open: what is used again, what is not, and what a failure says."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.runtime import connections as module
from bot.runtime.connections import AmbiguousError, Connections, NotSentError
from bot.runtime.event_loop import new_event_loop

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
JSON = {"Content-Type": "application/json"}

Behave = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Peer:
    """A server that answers each request as a test says."""

    behave: Behave
    port: int = 0
    opened: int = 0
    ended: int = 0
    heard: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                self.heard.append(head + await reader.readexactly(length))
                await self.behave(self.heard[-1], writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.ended += 1
            writer.close()


@asynccontextmanager
async def peer(behave: Behave, **how: object) -> AsyncIterator[Peer]:
    one = Peer(behave)
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0, **how)
    one.port = server.sockets[0].getsockname()[1]
    yield one
    server.close()


@asynccontextmanager
async def to(port: int, scheme: str = "http", host: str = "127.0.0.1") -> AsyncIterator[Connections]:
    made = Connections(f"{scheme}://{host}:{port}")
    yield made
    made.close()
    await asyncio.sleep(0)


def answers(*given: bytes) -> Behave:
    left = list(given)

    async def behave(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(left.pop(0) if len(left) > 1 else left[0])

    return behave


async def ask(one: Connections, body: bytes = b"{}", seconds: float = 5.0) -> tuple[int, bytes]:
    return await one.request("POST", "/bot1:x/getMe", JSON, body, seconds)


async def test_a_request_is_written_as_a_server_reads_it():
    async with peer(answers(OK)) as server, to(server.port) as one:
        assert await ask(one, b'{"a":1}') == (200, b"ok")
    head, _, body = server.heard[0].partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"POST /bot1:x/getMe HTTP/1.1",
        b"Host: 127.0.0.1:%d" % server.port,
        b"Content-Type: application/json",
        b"Content-Length: 7",
    ]
    assert body == b'{"a":1}'


async def test_a_connection_is_used_again_and_those_at_once_have_one_each():
    async with peer(answers(OK)) as server, to(server.port) as one:
        for _ in range(3):
            await ask(one)
        assert server.opened == 1
        await asyncio.gather(*(ask(one) for _ in range(4)))
        assert server.opened == 4


async def test_a_connection_that_the_server_ends_is_not_used_again():
    closing = b"HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    async with peer(answers(closing, OK)) as server, to(server.port) as one:
        assert await ask(one) == (502, b"")
        assert await ask(one) == (200, b"ok")
        assert server.opened == 2


async def test_a_connection_that_was_closed_while_idle_is_not_used_again():
    async def once(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        await writer.drain()
        writer.close()

    async with peer(once) as server, to(server.port) as one:
        await ask(one)
        while one._idle[0].usable:
            await asyncio.sleep(0)
        assert await ask(one) == (200, b"ok")
        assert server.opened == 2


async def test_a_connection_that_rested_too_long_is_not_used_again(monkeypatch):
    async with peer(answers(OK)) as server, to(server.port) as one:
        await asyncio.gather(ask(one), ask(one))
        monkeypatch.setattr(module, "_KEEP_OPEN_SECONDS", -1.0)
        await ask(one)
        assert server.opened == 3
        assert not one._idle
        assert not one._open


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n3\r\nay!\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nokay!",
    ],
)
async def test_an_answer_may_come_in_pieces(answer):
    async def slowly(_: bytes, writer: asyncio.StreamWriter) -> None:
        for place in range(len(answer)):
            writer.write(answer[place : place + 1])
            await writer.drain()

    async with peer(slowly) as server, to(server.port) as one:
        assert await ask(one) == (200, b"okay!")
        assert await ask(one) == (200, b"okay!")
        assert server.opened == 1


async def test_an_answer_may_end_with_its_connection():
    async def ends(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 502 Bad Gateway\r\n\r\nsorry")
        await writer.drain()
        writer.close()

    async with peer(ends) as server, to(server.port) as one:
        assert await ask(one) == (502, b"sorry")


@pytest.mark.parametrize(
    "part", [b"", b"HTTP/1.1 200 OK\r\nDate: now\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"]
)
async def test_an_answer_that_breaks_off_is_ambiguous(part):
    async def breaks_off(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(part)
        await writer.drain()
        writer.close()

    async with peer(breaks_off) as server, to(server.port) as one:
        with pytest.raises(AmbiguousError):
            await ask(one)
        assert not one._open


async def test_what_is_no_http_is_ambiguous():
    async with peer(answers(b"220 mail\r\n")) as server, to(server.port) as one:
        with pytest.raises(AmbiguousError):
            await ask(one)


async def test_an_answer_that_comes_too_late_is_not_taken_for_that_of_the_next():
    asked = 0

    async def late_first(_: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            await released.wait()
            writer.write(OK.replace(b"ok", b"no"))
        else:
            writer.write(OK)

    released = asyncio.Event()
    async with peer(late_first) as server, to(server.port) as one:
        with pytest.raises(AmbiguousError):
            await ask(one, seconds=0.01)
        released.set()
        assert await ask(one) == (200, b"ok")


async def test_an_answer_that_nobody_waits_for_any_more_is_not_taken_for_that_of_the_next():
    came = asyncio.Event()

    async def first_never(request: bytes, writer: asyncio.StreamWriter) -> None:
        came.set()
        writer.write(OK if b"second" in request else OK[:10])

    async with peer(first_never) as server, to(server.port) as one:
        waiting = asyncio.create_task(ask(one, b"first"))
        await came.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert not one._open
        assert await ask(one, b"second") == (200, b"ok")
        assert server.ended == 1


async def test_an_answer_more_than_was_asked_for_ends_the_connection():
    async with peer(answers(OK + OK.replace(b"ok", b"no"), OK)) as server, to(server.port) as one:
        assert await ask(one) == (200, b"ok")
        assert await ask(one) == (200, b"ok")
        assert server.opened == 2


async def test_nobody_there_means_that_nothing_was_sent():
    async with peer(answers(OK)) as server:
        port = server.port
    async with to(port) as one:
        with pytest.raises(NotSentError):
            await ask(one)


async def test_a_name_that_is_not_known_means_that_nothing_was_sent():
    async with to(80, host="nobody.invalid") as one:
        with pytest.raises(NotSentError):
            await ask(one)


async def test_closing_tells_those_who_wait():
    came = asyncio.Event()

    async def silent(_: bytes, __: asyncio.StreamWriter) -> None:
        came.set()

    async with peer(silent) as server, to(server.port) as one:
        waiting = asyncio.create_task(ask(one, seconds=3_600))
        await came.wait()
        one.close()
        with pytest.raises(AmbiguousError):
            await waiting


@pytest.mark.parametrize(
    "scene",
    [
        test_a_connection_is_used_again_and_those_at_once_have_one_each,
        test_a_connection_that_was_closed_while_idle_is_not_used_again,
        test_an_answer_may_end_with_its_connection,
        test_an_answer_that_comes_too_late_is_not_taken_for_that_of_the_next,
        test_an_answer_that_nobody_waits_for_any_more_is_not_taken_for_that_of_the_next,
        test_nobody_there_means_that_nothing_was_sent,
        test_closing_tells_those_who_wait,
    ],
)
def test_the_same_on_the_loop_that_the_bot_runs_on(scene: Callable[[], Coroutine[None, None, None]]):
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(scene())


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Make a certificate for localhost that nobody trusts yet."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl here to make a certificate with")
    key, made = tmp_path / "key.pem", tmp_path / "certificate.pem"
    asked = (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run([openssl, *asked.split(), "-keyout", key, "-out", made], check=True, capture_output=True)
    return made, key


@pytest.mark.parametrize("trusted", [True, False])
async def test_over_tls_only_a_server_that_proves_its_name_is_spoken_to(monkeypatch, certificate, trusted):
    made, key = certificate
    there = module.ssl.create_default_context(module.ssl.Purpose.CLIENT_AUTH)
    there.load_cert_chain(made, key)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(made))
    async with peer(answers(OK), ssl=there) as server, to(server.port, "https", "localhost") as one:
        if trusted:
            assert await ask(one) == (200, b"ok")
            assert await ask(one) == (200, b"ok")
            assert server.opened == 1
        else:
            with pytest.raises(NotSentError):
                await ask(one)
            assert not server.heard
