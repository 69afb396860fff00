"""Every refusal the sandbox can answer with, in one table, each with where its wording comes from.

`server`: the string stands in the public source of Telegram's own Bot API server (github.com/tdlib/telegram-bot-api,
`Client.cpp`, or github.com/tdlib/td, which it is built on). `seen`: reported word for word from the live server in
public bug reports or client libraries' tests. `documented`: from the Bot API's text or its FAQ.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row of the table: HTTP status, description (may hold `{places}`), and its source."""

    status: int
    description: str
    source: str


_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)

REFUSALS: dict[str, Refusal] = {
    "unauthorized": Refusal(401, "Unauthorized", "server; seen for a well-formed token that is not valid"),
    "unknown_method": Refusal(404, "Not Found", "server; seen, python-telegram-bot request/_baserequest.py"),
    "malformed_token": Refusal(404, "Not Found", "server; seen, python-telegram-bot request/_baserequest.py"),
    "chat_not_found": Refusal(400, "Bad Request: chat not found", "server; seen"),
    "chat_id_empty": Refusal(400, "Bad Request: chat_id is empty", "server"),
    "not_started": Refusal(403, "Forbidden: bot can't initiate conversation with a user", "server; seen"),
    "blocked": Refusal(403, "Forbidden: bot was blocked by the user", "server; seen"),
    "deactivated": Refusal(403, "Forbidden: user is deactivated", "server; seen"),
    "not_a_member": Refusal(403, "Forbidden: bot is not a member of the group chat", "server"),
    "text_empty": Refusal(400, "Bad Request: message text is empty", "server; seen"),
    "text_too_long": Refusal(400, "Bad Request: message is too long", "server; seen; limit documented: 4096"),
    "caption_too_long": Refusal(
        400, "Bad Request: message caption is too long", "server; seen; documented: 1024"
    ),
    "entities": Refusal(
        400, "Bad Request: can't parse entities: {problem}", "server (td MessageEntity.cpp); seen"
    ),
    "parse_mode": Refusal(400, "Bad Request: unsupported parse_mode", "server"),
    "bad_json": Refusal(400, "Bad Request: can't parse {what} JSON object", "server"),
    "button_data": Refusal(400, "Bad Request: BUTTON_DATA_INVALID", "seen; limit documented: 1-64 bytes"),
    "button_url": Refusal(400, "Bad Request: BUTTON_URL_INVALID", "seen"),
    "button_kind": Refusal(
        400,
        "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        "server; seen",
    ),
    "markup_too_long": Refusal(
        400, "Bad Request: reply markup is too long", "server; seen; 100 buttons in PTB constants"
    ),
    "reply_not_found": Refusal(400, "Bad Request: message to be replied not found", "server; seen"),
    "not_modified": Refusal(400, _MODIFIED, "server; seen"),
    "edit_not_found": Refusal(400, "Bad Request: message to edit not found", "server; seen"),
    "cant_edit": Refusal(400, "Bad Request: message can't be edited", "server"),
    "no_text": Refusal(400, "Bad Request: there is no text in the message to edit", "server"),
    "no_caption": Refusal(400, "Bad Request: there is no caption in the message to edit", "server"),
    "no_media": Refusal(400, "Bad Request: there is no media in the message to edit", "server"),
    "delete_not_found": Refusal(400, "Bad Request: message to delete not found", "server; seen"),
    "cant_delete": Refusal(
        400, "Bad Request: message can't be deleted for everyone", "server; seen; documented: 48 hours"
    ),
    "query_too_old": Refusal(
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
        "server; seen",
    ),
    "file_missing": Refusal(400, "Bad Request: there is no {what} in the request", "server"),
    "file_unknown": Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified", "server; seen"),
    "file_id": Refusal(400, "Bad Request: invalid file_id", "server; seen"),
    "file_too_big": Refusal(413, "Request Entity Too Large", "seen; documented: photo 10 MB, document 50 MB"),
    "photo_dimensions": Refusal(
        400, "Bad Request: PHOTO_INVALID_DIMENSIONS", "seen; documented: sum 10000, ratio 20"
    ),
    "photo_broken": Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED", "seen"),
    "commands": Refusal(400, "Bad Request: BOT_COMMAND_INVALID", "seen; documented: 1-32 of a-z, 0-9, _"),
    "webhook_url": Refusal(400, "Bad Request: bad webhook: {problem}", "server"),
    "other_poll": Refusal(
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        "server; seen",
    ),
    "poll_ended_by_webhook": Refusal(409, "Conflict: terminated by setWebhook request", "server"),
    "webhook_active": Refusal(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        "server; seen",
    ),
    "too_many": Refusal(429, "Too Many Requests: retry after {retry_after}", "server; seen"),
    "bad_gateway": Refusal(502, "Bad Gateway", "seen"),
}


class RefusedError(Exception):
    """A call that the Bot API refuses, by the row of `REFUSALS` it is answered with."""

    def __init__(self, key: str, *, retry_after: int | None = None, **places: object) -> None:
        row = REFUSALS[key]
        self.key = key
        self.status = row.status
        self.retry_after = retry_after
        self.description = row.description.format(retry_after=retry_after, **places)
        super().__init__(self.description)

    def body(self) -> dict[str, Any]:
        """Give the JSON answer."""
        answer: dict[str, Any] = {
            "ok": False,
            "error_code": self.status,
            "description": self.description,
        }
        if self.retry_after is not None:
            answer["parameters"] = {"retry_after": self.retry_after}
        return answer


class ConnectionDroppedError(Exception):
    """The connection ends without an answer. `applied` says whether the call had its effect before.

    With `hangs` the connection stays open and silent for that many seconds of real time first.
    """

    def __init__(self, *, applied: bool, hangs: float = 0.0) -> None:
        self.applied = applied
        self.hangs = hangs
        super().__init__("connection dropped after the effect" if applied else "connection dropped")
