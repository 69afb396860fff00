"""What Telegram's refusals mean, as a table: the first row that fits says what to do.

Source: Bot API, "Making requests" and "Errors"; the descriptions are those of the tdlib server
(github.com/tdlib/telegram-bot-api), matched without regard to case.
"""

from dataclasses import dataclass
from enum import Enum, auto

from bot.runtime.transport import RefusedError

LOWEST_SERVER_ERROR = 500


class Remedy(Enum):
    """What to do about a refusal."""

    COUNT_AS_SENT = auto()
    IGNORE = auto()
    WAIT = auto()
    """Telegram asks for patience: hold the chat for `retry_after`."""
    TRY_AGAIN = auto()
    UNREACHABLE = auto()
    """The patient blocked the bot or is gone: no prompts until they come back."""
    SEND_PLAIN = auto()
    """The markup is wrong, which is our mistake: say it once without markup, and raise the alarm."""
    SECOND_POLLER = auto()
    TOKEN_REFUSED = auto()
    GIVE_UP = auto()


@dataclass(frozen=True, slots=True)
class _Rule:
    status: int
    text: str
    remedy: Remedy


_TABLE = (
    _Rule(403, "", Remedy.UNREACHABLE),
    _Rule(400, "chat not found", Remedy.UNREACHABLE),
    _Rule(400, "user not found", Remedy.UNREACHABLE),
    _Rule(400, "message is not modified", Remedy.COUNT_AS_SENT),
    _Rule(400, "query is too old", Remedy.IGNORE),
    _Rule(400, "query id is invalid", Remedy.IGNORE),
    _Rule(400, "can't parse entities", Remedy.SEND_PLAIN),
    _Rule(429, "", Remedy.WAIT),
    _Rule(409, "", Remedy.SECOND_POLLER),
    _Rule(401, "", Remedy.TOKEN_REFUSED),
    _Rule(404, "", Remedy.TOKEN_REFUSED),
)


def remedy(refusal: RefusedError) -> Remedy:
    """Give what to do about a refusal."""
    if refusal.status >= LOWEST_SERVER_ERROR:
        return Remedy.TRY_AGAIN
    description = refusal.description.lower()
    for rule in _TABLE:
        if rule.status == refusal.status and rule.text in description:
            return rule.remedy
    return Remedy.GIVE_UP
