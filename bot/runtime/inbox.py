"""The poll loop: every update is journalled before Telegram is told that it arrived."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import orjson

from bot.clock import Clock
from bot.runtime.refusals import Remedy, remedy
from bot.runtime.transport import AmbiguousError, BotApi, NotSentError, RefusedError
from storage.engine import Database, StorageError
from storage.inbox import MARK_HOLDS, JournalledUpdate, Mark, journal, read_mark

logger = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
_POLL_SECONDS = 30
_POLL_MARGIN_SECONDS = 10.0
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
CONFLICT_GRACE_SECONDS = 30.0
"""In a rolling restart the old bot may still be polling; longer than this, it is a second bot."""
_CONFLICT_PAUSE_SECONDS = 0.5
_NO_CHAT = 0


class FatalError(Exception):
    """Something that only the operator can mend. Its text is a sentence for them."""


class TokenRefusedError(FatalError):
    """Telegram does not know the token."""


class SecondPollerError(FatalError):
    """Another bot polls with the same token."""


class Poller:
    """Fetches updates, journals them and hands them on. `take` is given what was journalled, in order.

    `room` returns when more may be taken in; Telegram keeps what is not fetched.
    """

    def __init__(
        self,
        api: BotApi,
        database: Database,
        clock: Clock,
        take: Callable[[Sequence[JournalledUpdate]], None],
        room: Callable[[], Awaitable[None]],
        *,
        conflict_grace_seconds: float = CONFLICT_GRACE_SECONDS,
    ) -> None:
        self._api = api
        self._database = database
        self._clock = clock
        self._take = take
        self._room = room
        self._grace = conflict_grace_seconds
        self._conflicts: tuple[float, float] | None = None
        self._mark: Mark | None = None
        self.last_poll: datetime | None = None

    async def run(self) -> None:
        """Poll until cancelled; raises `FatalError`. An unreachable Telegram or a full disk is waited out."""
        self._mark = await read_mark(self._database)
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._poll()
            except RefusedError as refusal:
                self._judge(refusal)
                logger.warning("inbox: Telegram refused a poll: %s", refusal)
                pause = _pause_after(refusal, pause)
            except (NotSentError, AmbiguousError) as error:
                logger.warning("inbox: %s Trying again in %.1f s.", error, pause)
            except StorageError as error:
                if not error.passes:
                    raise FatalError(str(error)) from error
                logger.warning("inbox: %s Nothing is acknowledged; trying again in %.1f s.", error, pause)
            else:
                pause = _FIRST_PAUSE_SECONDS
                continue
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE_SECONDS, pause * 2)

    def _judge(self, refusal: RefusedError) -> None:
        """Raise what cannot be waited out. Two bots interrupt each other, so a poll that works proves nothing."""
        what = remedy(refusal)
        if what is Remedy.TOKEN_REFUSED:
            raise TokenRefusedError(
                "Telegram does not accept TELEGRAM_BOT_TOKEN. Copy it again from @BotFather (/mybots, API Token)."
            )
        if what is not Remedy.SECOND_POLLER:
            return
        now = asyncio.get_running_loop().time()
        first, last = self._conflicts or (now, now)
        self._conflicts = (now if now - last > self._grace else first, now)
        if now - self._conflicts[0] > self._grace:
            raise SecondPollerError("Another bot is running with the same token. Stop one of the two.")

    async def _poll(self) -> None:
        await self._room()
        mark = self._known_mark()
        asked: dict[str, Any] = {"timeout": _POLL_SECONDS, "limit": 100, "allowed_updates": ALLOWED_UPDATES}
        if mark is not None:
            asked["offset"] = mark + 1
        raw = await self._api.call("getUpdates", asked, seconds=_POLL_SECONDS + _POLL_MARGIN_SECONDS)
        now = self._clock.now()
        self.last_poll = now
        updates = [_journalled(update, now) for update in raw if isinstance(update.get("update_id"), int)]
        fresh = [update for update in updates if mark is None or update.update_id > mark]
        if fresh:
            await self._database.commit(journal(fresh))
            self._mark = Mark(fresh[-1].update_id, now)
            self._take(fresh)

    def _known_mark(self) -> int | None:
        """Give the highest update received, unless it is so old that Telegram may have begun anew."""
        if self._mark is None or self._clock.now() - self._mark.marked_at > MARK_HOLDS:
            return None
        return self._mark.update_id


def _pause_after(refusal: RefusedError, pause: float) -> float:
    """Give the seconds until the next poll; two bots must meet often for the second to be known as one."""
    if remedy(refusal) is Remedy.SECOND_POLLER:
        return _CONFLICT_PAUSE_SECONDS
    return max(pause, refusal.retry_after or 0.0)


def _journalled(update: dict[str, Any], now: datetime) -> JournalledUpdate:
    _drop_own_words(update)
    return JournalledUpdate(update["update_id"], _chat_of(update), orjson.dumps(update).decode(), now)


def _drop_own_words(update: dict[str, Any]) -> None:
    """Take our own message out of a tap but for its place: what the tap means is in its data.

    It is neither kept nor read into objects, which is half of what reading a tap costs.
    """
    query = update.get("callback_query")
    if not isinstance(query, dict):
        return
    message = query.get("message")
    if isinstance(message, dict):
        query["message"] = {name: message[name] for name in ("message_id", "date", "chat") if name in message}


def _chat_of(update: dict[str, Any]) -> int:
    """Give the chat that an update belongs to, as far as it can be read: an update is kept even if it cannot."""
    for kind in ALLOWED_UPDATES:
        content = update.get(kind)
        if not isinstance(content, dict):
            continue
        for place in (content.get("message"), content):
            chat = place.get("chat") if isinstance(place, dict) else None
            if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                return int(chat["id"])
        sender = content.get("from")
        if isinstance(sender, dict) and isinstance(sender.get("id"), int):
            return int(sender["id"])
    return _NO_CHAT
