"""What can go wrong between a bot and Telegram, by script: which call, how often, and in which way."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

FaultKind = Literal["drop_response", "hang", "bad_gateway", "reset", "delay", "too_many_requests", "block"]
KINDS: tuple[str, ...] = get_args(FaultKind)
ANY_METHOD = "*"


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong.

    - `drop_response`: the call has its effect, then the connection ends without an answer
    - `hang`: the call has its effect, then nothing is answered for `seconds` (real time) and the connection ends
    - `bad_gateway`: 502 without an effect; `reset`: the connection ends without an effect
    - `delay`: the answer waits `seconds` on the sandbox clock, the effect comes first
    - `too_many_requests`: 429 with `retry_after` seconds; for `chat_id` alone or, without one, for all
    - `block`: the chat's patient blocks the bot right before the call, as in the middle of a broadcast

    `method` `*` means every method but getUpdates. The first `after` matching calls pass; then `times` calls are
    hit (`None`: without end). `until` ends it on the sandbox clock.
    """

    kind: FaultKind
    method: str = ANY_METHOD
    chat_id: int | None = None
    after: int = 0
    times: int | None = 1
    seconds: float = 0.0
    retry_after: int = 1
    until: datetime | None = None
    hits: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; known: {', '.join(KINDS)}")

    def meets(self, method: str, chat_id: int | None, now: datetime) -> bool:
        """Say whether it strikes this call, and count it."""
        if self.over(now) or (self.chat_id is not None and self.chat_id != chat_id):
            return False
        if self.method.lower() != method.lower() and (self.method != ANY_METHOD or method == "getUpdates"):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.hits += 1
        return True

    def over(self, now: datetime) -> bool:
        """Say whether it has struck as often or as long as it should."""
        return (self.times is not None and self.hits >= self.times) or bool(self.until and now >= self.until)


class Faults:
    """The script: what is added strikes in the order it was added, one fault a call."""

    def __init__(self) -> None:
        self.script: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Add one."""
        self.script.append(fault)
        return fault

    def outage(self, now: datetime, seconds: float, *, reset: bool = False) -> list[Fault]:
        """Refuse everything, getUpdates too, for `seconds` on the sandbox clock."""
        kind: FaultKind = "reset" if reset else "bad_gateway"
        until = now + timedelta(seconds=seconds)
        return [
            self.add(Fault(kind, method, times=None, until=until)) for method in (ANY_METHOD, "getUpdates")
        ]

    def clear(self) -> None:
        """Let everything go right again."""
        self.script.clear()

    def strike(self, method: str, chat_id: int | None, now: datetime) -> Fault | None:
        """Give the fault that hits this call, if one does."""
        if not self.script:
            return None
        struck = next((fault for fault in self.script if fault.meets(method, chat_id, now)), None)
        self.script = [fault for fault in self.script if not fault.over(now)]
        return struck
