"""The HTTP face: the Bot API at `/bot<token>/<method>`, files, the control interface, and the chat page at `/`."""

import asyncio
from importlib import resources
from typing import Any
from urllib.parse import parse_qsl

import orjson
from aiohttp import web

from bot.sandbox.control import Control
from bot.sandbox.errors import ConnectionDroppedError
from bot.sandbox.parameters import Upload
from bot.sandbox.telegram import Telegram
from bot.sandbox.webhook import Courier

LARGEST_REQUEST_BYTES = 60 * 1024 * 1024
SHUTDOWN_SECONDS = 0.05
PAGE_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}

Read = tuple[dict[str, Any], dict[str, Upload]]


class Server:
    """A running sandbox. `address` is where it listens, such as `http://127.0.0.1:8081`."""

    def __init__(self, telegram: Telegram, address: str, runner: web.AppRunner, courier: Courier) -> None:
        self.telegram = telegram
        self.address = address
        self._runner = runner
        self._courier = courier

    async def close(self) -> None:
        """Stop listening and end what is open."""
        await self._courier.close()
        await self._runner.cleanup()


async def serve(
    telegram: Telegram, host: str = "127.0.0.1", port: int = 0, *, latency_seconds: float = 0.0
) -> Server:
    """Start to serve `telegram`; port 0 takes a free one. Each Bot API call but getUpdates waits `latency_seconds`.

    Raises `OSError` where the address is taken.
    """
    face = _Face(telegram, latency_seconds)
    runner = web.AppRunner(
        face.application(), access_log=None, handler_cancellation=True, shutdown_timeout=SHUTDOWN_SECONDS
    )
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    try:
        await site.start()
    except OSError:
        await runner.cleanup()
        raise
    courier = Courier(telegram)
    courier.start()
    taken: int = runner.addresses[0][1]
    return Server(telegram, f"http://{host}:{taken}", runner, courier)


class _Face:
    """The routes of the Bot API and the page."""

    def __init__(self, telegram: Telegram, latency_seconds: float) -> None:
        self._telegram = telegram
        self._latency = latency_seconds
        self._control = Control(telegram)

    def application(self) -> web.Application:
        application = web.Application(client_max_size=LARGEST_REQUEST_BYTES)
        application.router.add_route("*", "/bot{token:[^/]+}/{method}", self._call)
        application.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self._download)
        application.router.add_get("/", self._page)
        application.router.add_get("/page/{name:[a-z]+\\.[a-z]+}", self._page)
        application.add_subapp("/sandbox/", self._control.application())
        application.on_shutdown.append(self._end_streams)
        return application

    async def _end_streams(self, _application: web.Application) -> None:
        self._control.closing = True
        self._telegram.changed()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        token, method = request.match_info["token"], request.match_info["method"]
        values, files = await _read(request)
        if self._latency and method.lower() != "getupdates":
            await asyncio.sleep(self._latency)
        try:
            status, body = await self._telegram.call(token, method, values, files)
        except ConnectionDroppedError as dropped:
            await asyncio.sleep(dropped.hangs)
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=502)
        return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")

    async def _download(self, request: web.Request) -> web.Response:
        stored = self._telegram.files.by_path(request.match_info["path"])
        if request.match_info["token"] != self._telegram.token or stored is None:
            return web.Response(status=404)
        return web.Response(body=stored.upload.content, content_type=stored.upload.mime_type)

    async def _page(self, request: web.Request) -> web.Response:
        name = request.match_info.get("name", "index.html")
        file = resources.files("bot.sandbox") / "page" / name
        kind = PAGE_TYPES.get(name.rpartition(".")[2])
        if kind is None or not file.is_file():
            return web.Response(status=404)
        return web.Response(body=file.read_bytes(), content_type=kind, charset="utf-8", headers=PAGE_HEADERS)


async def _read(request: web.Request) -> Read:
    """Read a call's parameters as the Bot API takes them: in the address, as a form, as JSON, or in parts."""
    values: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    if request.method != "POST":
        return values, files
    if request.content_type == "application/json":
        body = await request.read()
        given = orjson.loads(body) if body else {}
        values.update(given if isinstance(given, dict) else {})
    elif request.content_type == "multipart/form-data":
        for name, part in (await request.post()).items():
            if isinstance(part, web.FileField):
                files[name] = Upload(part.filename, part.file.read(), part.content_type)
            else:
                values[name] = part
    else:
        values.update(parse_qsl((await request.read()).decode(), keep_blank_values=True))
    return values, files
