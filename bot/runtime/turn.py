"""A turn: one update or one due thing being handled. It reads, decides, and collects what to write and to say.

Nothing is written until the handler has returned; then the writes, the messages and the closing of what caused
the turn are one unit. A turn that fails leaves nothing behind.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ParamSpec, Protocol, TypeVar

from storage.engine import Reader, Statement
from storage.outbox import MessageKind, Outgoing

__all__ = ["Background", "CallbackAnswer", "Due", "MessageKind", "Outgoing", "Turn"]

P = ParamSpec("P")
R = TypeVar("R")


class Background(Protocol):
    """Runs heavy work where it does not hold up other patients."""

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Give the function's result. Function, arguments and result must be picklable."""
        ...


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What a tap is answered with: nothing, a line at the top, or an alert to close."""

    text: str | None = None
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is due. `missed` is true where it is later than its kind's catch-up window."""

    kind: str
    patient_id: int
    chat_id: int
    local_date: date
    due_at: datetime
    missed: bool


@dataclass(slots=True)
class Turn:
    """What a handler is given. Turns of one chat follow each other, so what was read holds until it is written."""

    now: datetime
    chat_id: int
    database: Reader
    background: Background
    statements: list[Statement] = field(default_factory=list)
    messages: list[Outgoing] = field(default_factory=list)
    callback_answer: CallbackAnswer | None = None
    forgets: bool = False
    erases: bool = False

    def save(self, *statements: Statement) -> None:
        """Write these with the turn."""
        self.statements.extend(statements)

    def say(self, message: Outgoing) -> None:
        """Send this once the turn is written. Its chat hears what is said in order."""
        self.messages.append(message)

    def answer_callback(self, text: str | None = None, *, alert: bool = False) -> None:
        """Answer the tap with a line of text. Without it every tap is still answered, silently.

        The answer goes out as soon as the turn is written and is not kept: after a restart it would be too late.
        """
        self.callback_answer = CallbackAnswer(text, alert)

    def forget_update(self) -> None:
        """Keep nothing of this update, nor of what is said in answer to it, once it is handled and sent."""
        self.forgets = True

    def erase_messages(self) -> None:
        """Delete what was said and what waits to be said in this chat, but for what this turn says."""
        self.erases = True

    async def in_background(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run heavy work (a chart, a PDF) in another process and give its result.

        The function must be a module's own, and it, its arguments and its result picklable.
        """
        return await self.background.run(function, *args, **kwargs)
