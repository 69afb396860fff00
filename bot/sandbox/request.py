"""The in-process face: python-telegram-bot's transport, answered by the sandbox without any network."""

from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.sandbox.errors import ConnectionDroppedError
from bot.sandbox.parameters import Upload
from bot.sandbox.telegram import Telegram

NOT_FOUND = 404
OK = 200


class SandboxRequest(BaseRequest):
    """A `BaseRequest` for `Bot(request=..., get_updates_request=...)`; whatever the bot's base URL is, it ends here.

    A connection that a fault ends after the effect is a `TimedOut`, as a lost answer is; before it, a `NetworkError`.
    """

    def __init__(self, sandbox: Telegram) -> None:
        self._sandbox = sandbox

    @property
    def read_timeout(self) -> float | None:
        """No limit: nothing travels."""
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,  # noqa: ARG002 - the Bot API makes no difference between GET and POST
        request_data: RequestData | None = None,
        *_timeouts: Any,
        **_named_timeouts: Any,
    ) -> tuple[int, bytes]:
        """Answer one request to the Bot API or for a file."""
        path = unquote(urlsplit(url).path).removeprefix("/")
        if path.startswith("file/"):
            return self._file(path.removeprefix("file/bot"))
        token, _, called = path.removeprefix("bot").partition("/")
        values = request_data.json_parameters if request_data else {}
        parts = request_data.multipart_data if request_data else {}
        try:
            status, body = await self._sandbox.call(
                token, called, values, {k: _upload(v) for k, v in parts.items()}
            )
        except ConnectionDroppedError as dropped:
            raise (TimedOut() if dropped.applied else NetworkError("connection reset")) from dropped
        return status, orjson.dumps(body)

    def _file(self, path: str) -> tuple[int, bytes]:
        token, _, rest = path.partition("/")
        stored = self._sandbox.files.by_path(rest)
        if stored is None or token != self._sandbox.token:
            return NOT_FOUND, b'{"ok":false,"error_code":404,"description":"Not Found"}'
        return OK, stored.upload.content


def _upload(part: tuple[str, Any, str]) -> Upload:
    name, content, mime_type = part
    return Upload(name, content if isinstance(content, bytes) else content.read(), mime_type)
