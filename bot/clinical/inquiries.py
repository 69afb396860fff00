"""Sentences that ask about an illness in general, and so report no sign of it."""

from bot.clinical.clauses import Scopes
from bot.clinical.wording import SENTENCE, Match, Message

_PERSONAL = frozenset("i my me im he she his her we our mine".split())
_DATED = frozenset("today tonight yesterday since ago".split())
_ASKING = frozenset(
    "what how why does do can could is are should when which explain who would will where define tell".split()
)
_ANYONE = frozenset("someone somebody anyone anybody people person".split())
_LONGEST_GREETING = 3
_GREETING = frozenset(
    "hi hello hey so and ok okay doctor question just wondering but well please also".split()
)


def general_questions(message: Message, marks: dict[str, list[Match]], scopes: Scopes) -> set[int]:
    """Give the sentences that ask about an illness in general and report nothing: they name nobody and no day."""
    told = _PERSONAL | _DATED
    about = {
        sentence for word, sentence in zip(message.words, message.sentences, strict=True) if word in told
    }
    asking = {sentence for place, sentence in enumerate(message.sentences) if _asks(message, place)}
    opened = {
        scopes.sentence[match.start]
        for match in marks.get("@not_me", ())
        if match.start == 0 or scopes.breaks[match.start] == SENTENCE
    }
    return (asking | opened) - about


def _asks(message: Message, place: int) -> bool:
    """Tell an interrogative that opens its sentence, but for a greeting; "how to ease" asks about one's own trouble."""
    words = message.words
    start = place
    while start > 0 and message.breaks[start] != SENTENCE and place - start <= _LONGEST_GREETING:
        start -= 1
    opens = message.breaks[start] == SENTENCE and set(words[start:place]) <= _GREETING
    if not opens or words[place] not in _ASKING:
        return False
    following = words[place + 1 : place + 2]
    return following != ["not"] and (following != ["to"] or bool(_ANYONE & set(words[place:])))
