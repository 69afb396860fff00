"""HTTP to Telegram over aiohttp: a `BaseRequest` for python-telegram-bot, and the short way for the outbox.

The transport decides what the bot costs: over it a press costs a fifth of what it costs over the library's own
client (docs/performance.md). The outbox posts the JSON that it has kept as it is.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp
import orjson
import telegram
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

TELEGRAM_API_URL = "https://api.telegram.org"

CONNECT_SECONDS = 10.0
SEND_SECONDS = 25.0
"""How long an answer to a send is awaited: given up too early, a message that arrived counts as uncertain."""
_KEEP_ALIVE_SECONDS = 30.0

_JSON = {"Content-Type": "application/json"}


class NotSentError(Exception):
    """The request never left: it can be sent again safely."""


class AmbiguousError(Exception):
    """The request left and no answer came: it may have had its effect."""


class RefusedError(Exception):
    """Telegram answered, and not with success. The text of the exception names no token and no patient."""

    def __init__(self, status: int, description: str, retry_after: float | None = None) -> None:
        super().__init__(f"{status} {description}")
        self.status = status
        self.description = description
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file that goes along with a call."""

    field: str
    name: str
    content: bytes


class Transport(BaseRequest):
    """Connections to one Bot API server, shared by everything that talks to it."""

    def __init__(self, read_seconds: float = SEND_SECONDS) -> None:
        self._read_seconds = read_seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Give the seconds that an answer is awaited."""
        return self._read_seconds

    async def initialize(self) -> None:
        """Make ready; more than once does no harm."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE_SECONDS)
            self._session = aiohttp.ClientSession(
                connector=connector, auto_decompress=True, cookie_jar=aiohttp.DummyCookieJar()
            )

    async def shutdown(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(  # noqa: PLR0917 - the signature is the library's
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        connect_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        pool_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """Make one request for python-telegram-bot, which reads the answer itself."""
        body: object = None
        if request_data is not None:
            body = _multipart(request_data) if request_data.multipart_data else request_data.json_parameters
        seconds = float(read_timeout) if isinstance(read_timeout, int | float) else self._read_seconds
        try:
            return await self._request(method, url, body, None, seconds)
        except NotSentError as error:
            raise NetworkError(str(error)) from error
        except AmbiguousError as error:
            raise TimedOut(str(error)) from error

    async def send(
        self, url: str, body: object, headers: Mapping[str, str] | None, seconds: float
    ) -> tuple[int, bytes]:
        """Post a body that is ready, and give status and answer."""
        return await self._request("POST", url, body, headers, seconds)

    async def _request(
        self, method: str, url: str, body: object, headers: Mapping[str, str] | None, seconds: float
    ) -> tuple[int, bytes]:
        if self._session is None:
            await self.initialize()
        assert self._session is not None  # noqa: S101 - initialize() made it
        timeout = aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS, sock_read=seconds)
        try:
            async with self._session.request(
                method, url, data=body, headers=headers, timeout=timeout
            ) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, ssl.SSLError) as error:
            raise NotSentError(f"Telegram cannot be reached ({type(error).__name__}).") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise AmbiguousError(f"Telegram did not answer ({type(error).__name__}).") from None


def _multipart(data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, kind) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=file_name, content_type=kind)
    return form


def _form(payload: str, attachment: Attachment) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in orjson.loads(payload).items():
        form.add_field(name, value if isinstance(value, str) else orjson.dumps(value).decode())
    form.add_field(attachment.field, attachment.content, filename=attachment.name)
    return form


class BotApi:
    """The methods of the Bot API for one token. Use it as an async context manager.

    `bot` is python-telegram-bot's own object over the same connections: it reads updates, and serves calls that
    answer something (such as `get_file`). What patients are told goes through the outbox instead.
    """

    def __init__(
        self, token: str, api_url: str = TELEGRAM_API_URL, transport: Transport | None = None
    ) -> None:
        self.transport = transport if transport is not None else Transport()
        self._base = f"{api_url.rstrip('/')}/bot{token}/"
        self.bot = telegram.Bot(
            token,
            base_url=f"{api_url.rstrip('/')}/bot",
            base_file_url=f"{api_url.rstrip('/')}/file/bot",
            request=self.transport,
            get_updates_request=self.transport,
        )

    async def __aenter__(self) -> Self:
        await self.transport.initialize()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.transport.shutdown()

    async def call(
        self,
        method: str,
        payload: Mapping[str, Any] | str | None = None,
        attachment: Attachment | None = None,
        seconds: float = SEND_SECONDS,
    ) -> Any:
        """Call a method and give its result.

        `payload` is a mapping, or JSON text that is ready. Raises `RefusedError` for an answer that is not
        success, `NotSentError` and `AmbiguousError` where there was none.
        """
        text = payload if isinstance(payload, str) else orjson.dumps(payload or {}).decode()
        if attachment is None:
            status, answer = await self.transport.send(self._base + method, text.encode(), _JSON, seconds)
        else:
            status, answer = await self.transport.send(
                self._base + method, _form(text, attachment), None, seconds
            )
        return _result(status, answer)


def _result(status: int, answer: bytes) -> Any:
    try:
        document = orjson.loads(answer)
        if document["ok"]:
            return document["result"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise RefusedError(status, "an answer that is not the Bot API's") from None
    retry_after = (document.get("parameters") or {}).get("retry_after")
    code = document.get("error_code", status)
    raise RefusedError(
        code, str(document.get("description", "")), float(retry_after) if retry_after else None
    )


async def drain(tasks: set[asyncio.Task[None]], seconds: float) -> None:
    """Wait for tasks to end, cancel those that take longer, and wait for these too."""
    if not tasks:
        return
    _, late = await asyncio.wait(set(tasks), timeout=seconds)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
