"""Logging that cannot leak: no token, no text of a patient, and no chat id that could be looked up.

Redaction sits in the formatter of the root handler, behind everything that is formatted, tracebacks included: a
filter on a logger would miss its children, and exceptions carry the token in their text.
"""

import logging
import re
import secrets
import sys
from collections.abc import Iterable
from hashlib import blake2s
from types import TracebackType

_TOKEN = re.compile(r"(?<!\d)\d{5,}:[A-Za-z0-9_-]{20,}")
_REDACTED = "[redacted]"
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_TALKATIVE = ("httpx", "httpcore", "telegram", "aiohttp", "asyncio", "psycopg", "PIL", "fontTools", "fpdf")
_ALIAS_BYTES = 6

_alias_key = secrets.token_bytes(16)


class RedactingFormatter(logging.Formatter):
    """Takes secrets, and whatever looks like a bot's token, out of each line."""

    def __init__(self, hidden: Iterable[str] = (), fmt: str = _FORMAT) -> None:
        super().__init__(fmt)
        self._hidden = tuple(sorted((secret for secret in hidden if secret), key=len, reverse=True))

    def format(self, record: logging.LogRecord) -> str:
        """Give the line with its traceback, redacted."""
        return self.redact(super().format(record))

    def redact(self, text: str) -> str:
        """Give the text without secrets."""
        for secret in self._hidden:
            text = text.replace(secret, _REDACTED)
        return _TOKEN.sub(_REDACTED, text)


def configure_logging(hidden: Iterable[str] = (), level: int | str = logging.INFO) -> None:
    """Log to the standard error, redacted. `hidden` are secrets such as the token.

    Libraries speak from WARNING on, whatever the level: below that they log whole updates, which are patients' data.
    """
    formatter = RedactingFormatter(hidden)
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.captureWarnings(capture=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _log_last_error


def _log_last_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("bot").critical("the bot ended by an error", exc_info=(kind, error, trace))


def alias(chat_id: int) -> str:
    """Give a name for a chat that holds for as long as the process lives and leads back to nobody."""
    return blake2s(str(chat_id).encode(), key=_alias_key, digest_size=_ALIAS_BYTES).hexdigest()
