"""Calls of the Bot API: what the outbox has kept goes out as it is, and an answer is a result or a refusal.

python-telegram-bot gets a `BaseRequest` over the same connections.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any, Self

import aiohttp
import orjson
import telegram
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.runtime.connections import AmbiguousError, Connections, NotSentError

__all__ = [
    "SEND_SECONDS",
    "AmbiguousError",
    "Attachment",
    "BotApi",
    "NotSentError",
    "RefusedError",
    "Transport",
    "drain",
]

TELEGRAM_API_URL = "https://api.telegram.org"

SEND_SECONDS = 25.0
"""How long an answer to a send is awaited: given up too early, a message that arrived counts as uncertain."""

_JSON = {"Content-Type": "application/json"}


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
    """What python-telegram-bot makes requests with."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @property
    def read_timeout(self) -> float:
        """Give the seconds that an answer is awaited."""
        return SEND_SECONDS

    async def initialize(self) -> None:
        """Do nothing: connections are opened when they are needed."""

    async def shutdown(self) -> None:
        """Close every connection."""
        self._connections.close()

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
        headers: Mapping[str, str] = {}
        body = b""
        if request_data is not None and request_data.multipart_data:
            files = ((name, *file[:2]) for name, file in request_data.multipart_data.items())
            headers, body = await _multipart(request_data.json_parameters, files)
        elif request_data is not None:
            headers, body = _JSON, request_data.json_payload
        seconds = float(read_timeout) if isinstance(read_timeout, int | float) else SEND_SECONDS
        try:
            return await self._connections.request(method, URL(url).raw_path_qs, headers, body, seconds)
        except NotSentError as error:
            raise NetworkError(str(error)) from error
        except AmbiguousError as error:
            raise TimedOut(str(error)) from error


async def _multipart(
    fields: Mapping[str, str], files: Iterable[tuple[str, str, bytes | IO[bytes]]]
) -> tuple[Mapping[str, str], bytes]:
    """Give headers and body of a form with files: name of the field, name of the file, and what is in it."""
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields.items():
        form.add_field(name, value)
    for name, file_name, content in files:
        form.add_field(name, content, filename=file_name)
    body = form()
    return {"Content-Type": body.headers["Content-Type"]}, await body.as_bytes()


class BotApi:
    """The methods of the Bot API for one token. Use it as an async context manager.

    `bot` is python-telegram-bot's own object over the same connections: it reads updates, and serves calls that
    answer something (such as `get_file`). What patients are told goes through the outbox instead.
    """

    def __init__(self, token: str, api_url: str = TELEGRAM_API_URL) -> None:
        self._connections = Connections(api_url)
        self._path = URL(f"{api_url.rstrip('/')}/bot{token}/").raw_path
        transport = Transport(self._connections)
        self.bot = telegram.Bot(
            token,
            base_url=f"{api_url.rstrip('/')}/bot",
            base_file_url=f"{api_url.rstrip('/')}/file/bot",
            request=transport,
            get_updates_request=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connections.close()

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
        body = payload.encode() if isinstance(payload, str) else orjson.dumps(payload or {})
        headers: Mapping[str, str] = _JSON
        if attachment is not None:
            fields = {
                name: value if isinstance(value, str) else orjson.dumps(value).decode()
                for name, value in orjson.loads(body).items()
            }
            headers, body = await _multipart(
                fields, [(attachment.field, attachment.name, attachment.content)]
            )
        status, answer = await self._connections.request("POST", self._path + method, headers, body, seconds)
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
