"""The three documented limits on how fast a bot may send, on the sandbox clock; off until switched on.

Source: Telegram's Bots FAQ, "Broadcasting to users". The limits are given there as advice and the true ones vary,
so this is the strict reading. Telegram documents no size for the burst that a chat tolerates; three is ours.
"""

import math
from collections import defaultdict, deque
from datetime import datetime

from bot.sandbox.errors import RefusedError

CHAT_MESSAGES_A_SECOND = 1
CHAT_BURST = 3
ALL_MESSAGES_A_SECOND = 30
GROUP_MESSAGES_A_MINUTE = 20
MINUTE_SECONDS = 60.0
LIMITED = frozenset({"sendMessage", "sendPhoto", "sendDocument", "sendVoice", "sendLocation"})


class Limits:
    """Counts what was sent and refuses with 429 what is too much."""

    def __init__(self) -> None:
        self.enabled = False
        self._all: deque[float] = deque()
        self._chats: dict[int, deque[float]] = defaultdict(deque)

    def check(self, method: str, chat_id: int | None, now: datetime) -> None:
        """Count one call; raises `RefusedError` with the seconds to wait where it is one too many."""
        if not self.enabled or method not in LIMITED or chat_id is None:
            return
        moment = now.timestamp()
        chat = self._chats[chat_id]
        span, most = (
            (MINUTE_SECONDS, GROUP_MESSAGES_A_MINUTE)
            if chat_id < 0
            else (CHAT_BURST / CHAT_MESSAGES_A_SECOND, CHAT_BURST)
        )
        wait = max(_wait(chat, moment, span, most), _wait(self._all, moment, 1.0, ALL_MESSAGES_A_SECOND))
        if wait > 0:
            raise RefusedError("too_many", retry_after=math.ceil(wait))
        chat.append(moment)
        self._all.append(moment)


def _wait(sent: deque[float], moment: float, span: float, most: int) -> float:
    """Give the seconds until one more may be sent, where `most` may be sent in any `span`."""
    while sent and not moment - span < sent[0] <= moment:
        sent.popleft()
    return sent[0] + span - moment if len(sent) >= most else 0.0
