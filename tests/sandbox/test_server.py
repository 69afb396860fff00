"""What only the HTTP face has: forms of a call, the control interface, webhooks, the page."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox.clock import SandboxClock
from bot.sandbox.server import Server, serve
from bot.sandbox.telegram import Telegram


@pytest.fixture
async def client(server: Server) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(server.address) as session:
        yield session


@pytest.fixture
def chat(telegram: Telegram) -> int:
    alice = telegram.user("alice")
    alice.sends("/start")
    return alice.chat.chat_id


async def test_a_call_may_come_in_every_form(client: aiohttp.ClientSession, telegram: Telegram, chat: int):
    path = f"/bot{telegram.token}/sendMessage"
    values = {"chat_id": str(chat), "text": "höher & höher"}
    parts = aiohttp.FormData(values, default_to_multipart=True)
    for call in (
        client.get(path, params=values),
        client.post(path, params=values),
        client.post(path, data=values),
        client.post(path, json=values),
        client.post(path, data=parts),
    ):
        async with call as response:
            assert response.status == 200
            assert (await response.json())["result"]["text"] == "höher & höher"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/bot1:wrong/getMe", 401),
        ("/botx/getMe", 404),
        ("/bot{token}/nonsense", 404),
        ("/bot{token}/sendMessage", 400),
    ],
)
async def test_the_http_status_is_the_error_code(client, telegram, path, status):
    async with client.post(path.format(token=telegram.token)) as response:
        body = await response.json()
        assert (response.status, body["error_code"], body["ok"]) == (status, status, False)


async def test_a_fixed_latency(telegram: Telegram):
    server = await serve(telegram, latency_seconds=0.05)
    async with aiohttp.ClientSession() as session:
        begun = asyncio.get_running_loop().time()
        async with session.post(f"{server.address}/bot{telegram.token}/getMe") as response:
            assert response.status == 200
        assert asyncio.get_running_loop().time() - begun >= 0.05
    await server.close()


async def test_a_taken_port_is_said(server: Server):
    with pytest.raises(OSError, match="address already in use"):
        await serve(Telegram(), port=int(server.address.rpartition(":")[2]))


async def test_control_says_what_was_wrong(client: aiohttp.ClientSession, chat: int):
    for path, body, status, sentence in (
        ("/sandbox/users", {"nom": "x"}, 422, "name"),
        ("/sandbox/chats/5/text", {"text": "x"}, 404, "chat not found"),
        (f"/sandbox/chats/{chat}/dance", {}, 409, "cannot 'dance'"),
        (f"/sandbox/chats/{chat}/tap", {"button": "Nope"}, 409, "no button 'Nope'"),
        (f"/sandbox/chats/{chat}/text", {"text": " "}, 409, "1 to 4096"),
        ("/sandbox/clock", {}, 409, "say where to move"),
        ("/sandbox/clock", {"to": "2026-03-02T10:00:00"}, 422, "timezone"),
        ("/sandbox/faults", {"kind": "tuesday"}, 422, "drop_response"),
    ):
        async with client.post(path, json=body) as response:
            assert response.status == status, path
            assert sentence in await response.text()
    async with client.post("/sandbox/users", data=b'{"name": "x"}') as response:
        assert response.status == 409


async def test_the_log_of_requests_and_limits(client: aiohttp.ClientSession, telegram: Telegram, chat: int):
    await client.post("/sandbox/limits", json={"enabled": True})
    assert telegram.limits.enabled
    await telegram.call(telegram.token, "sendMessage", {"chat_id": chat, "text": "x"})
    async with client.get("/sandbox/requests") as response:
        (entry,) = await response.json()
    assert (entry["method"], entry["status"], entry["parameters"]["text"]) == ("sendMessage", 200, "x")


async def test_events_since_a_number_and_of_one_chat(
    client: aiohttp.ClientSession, telegram: Telegram, chat: int
):
    since = telegram.last_event
    telegram.user("bob").sends("from bob")
    telegram.user("alice").sends("from alice")
    async with client.get(f"/sandbox/events?since={since}&chat_id={chat}") as response:
        (event,) = (await response.json())["events"]
    assert event["message"]["text"] == "from alice"
    waiting = asyncio.ensure_future(client.get(f"/sandbox/events?since={telegram.last_event}&wait=5"))
    await asyncio.sleep(0)
    telegram.user("alice").sends("later")
    async with await waiting as response:
        assert [event["kind"] for event in (await response.json())["events"]] == ["message"]


async def test_the_stream_pushes(client: aiohttp.ClientSession, telegram: Telegram):
    async with client.get(f"/sandbox/stream?since={telegram.last_event}") as response:
        telegram.user("alice").sends("hello")
        lines = [await response.content.readline() for _ in range(6)]
    assert response.content_type == "text/event-stream"
    assert b'"kind":"person"' in lines[1]
    assert b'"text":"hello"' in lines[4]


@pytest.mark.parametrize(
    ("kind", "after"),
    [
        ("checkin", datetime(2026, 3, 3, 20, 5, 1, tzinfo=UTC)),
        ("weekly", datetime(2026, 3, 9, 18, 0, 1, tzinfo=UTC)),
    ],
)
async def test_a_jump_without_an_app(client, chat, clock: SandboxClock, kind, after):
    await client.post("/sandbox/clock", json={"due": kind, "chat_id": chat})
    assert clock.now() == after


async def test_a_jump_to_what_the_app_says_is_due(clock: SandboxClock):
    due = clock.now() + timedelta(hours=30)
    asked = []

    async def next_due(kind: str, chat_id: int) -> datetime | None:
        asked.append((kind, chat_id))
        return due if kind == "checkin" else None

    telegram = Telegram(clock, next_due=next_due)
    chat_id = telegram.user("alice").chat.chat_id
    assert await telegram.jump_to_due("checkin", chat_id) == due + timedelta(seconds=1)
    assert await telegram.jump_to_due("weekly", chat_id) == due + timedelta(days=7, seconds=2)
    assert asked == [("checkin", chat_id), ("weekly", chat_id)]


class Hook:
    """A bot's webhook that answers as it is told."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.heard: asyncio.Queue[tuple[str | None, dict]] = asyncio.Queue()

    async def take(self, request: web.Request) -> web.Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        await self.heard.put((secret, await request.json()))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


@pytest.fixture
async def hook() -> AsyncIterator[tuple[Hook, str]]:
    hook = Hook()
    application = web.Application()
    application.router.add_post("/hook", hook.take)
    runner = web.AppRunner(application, shutdown_timeout=0.05)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield hook, f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await runner.cleanup()


async def test_a_webhook_gets_each_update_in_order_with_the_secret(server, telegram: Telegram, hook):
    told, url = hook
    await telegram.call(telegram.token, "setWebhook", {"url": url, "secret_token": "s3cret"})
    alice = telegram.user("alice")
    for text in "abc":
        alice.sends(text)
    heard = [await asyncio.wait_for(told.heard.get(), 30) for _ in range(3)]
    assert [(secret, update["message"]["text"]) for secret, update in heard] == [
        ("s3cret", text) for text in "abc"
    ]
    assert await telegram.wait_for(lambda: telegram.updates.waiting == 0, 30)
    _, body = await telegram.call(telegram.token, "getUpdates", {})
    assert body["description"].startswith("Conflict: can't use getUpdates method while webhook is active")
    await telegram.call(telegram.token, "deleteWebhook", {})
    assert (await telegram.call(telegram.token, "getUpdates", {}))[0] == 200


async def test_a_webhook_that_refuses_gets_it_again(server, telegram: Telegram, clock: SandboxClock, hook):
    told, url = hook
    told.answers = [500]
    await telegram.call(telegram.token, "setWebhook", {"url": url})
    telegram.user("alice").sends("a")
    _, first = await asyncio.wait_for(told.heard.get(), 30)
    assert await telegram.wait_for(lambda: bool(telegram.updates.webhook.last_error), 30)
    _, body = await telegram.call(telegram.token, "getWebhookInfo", {})
    assert "500" in body["result"]["last_error_message"]
    assert body["result"]["pending_update_count"] == 1
    clock.advance(1)
    assert await asyncio.wait_for(told.heard.get(), 30) == (None, first)


async def test_setting_a_webhook_ends_the_poll(telegram: Telegram):
    poll = asyncio.create_task(telegram.call(telegram.token, "getUpdates", {"timeout": 30}))
    assert await telegram.wait_for(lambda: telegram.updates.polled, 30)
    await telegram.call(telegram.token, "setWebhook", {"url": "https://example.org"})
    assert (await poll)[1]["description"] == "Conflict: terminated by setWebhook request"
    assert (await telegram.call(telegram.token, "setWebhook", {"url": "ftp://x"}))[0] == 400


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/page/page.css", "text/css"),
        ("/page/page.js", "text/javascript"),
        ("/page/render.js", "text/javascript"),
        ("/page/icon.svg", "image/svg+xml"),
    ],
)
async def test_the_page_is_served_and_asks_nobody_else(client, path, kind):
    async with client.get(path) as response:
        body = await response.text()
        assert (response.status, response.content_type) == (200, kind)
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "//" not in body.replace("http://www.w3.org", "").replace("// ", "")


@pytest.mark.parametrize(
    "path", ["/page/nothing.js", "/page/page.exe", "/page/..%2Fserver.py", "/sandbox/files/x"]
)
async def test_what_is_not_there(client, path):
    async with client.get(path) as response:
        assert response.status == 404
