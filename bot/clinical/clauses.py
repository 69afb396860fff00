"""Where in a message something is said, and in what sense: denied, long ago, a what-if, someone else's.

A message becomes words; the words carry scopes. The scopes are what keeps "no numbness" and "my uncle had a stroke in
2010" apart from "numb between my legs" and "my husband's face has dropped".
"""

import re

from bot.clinical.lexicon import Lexicon
from bot.clinical.wording import CLAUSE, CONTRAST, LISTING, SENTENCE, Match, Message

NEGATION_REACH = 6
"""Words that a "no" reaches without a comma, "or" or "and" to carry it on."""

_MODALS = frozenset("could can might will would may".split())
_NOT_SUPPOSED = frozenset(
    "you someone anyone somebody anybody not i we barely hardly only never feel see no".split()
)
_COMPARING = frozenset("like before such worse bad badly until usually similar".split())
_FORMER = frozenset("first late former ex previous".split())
_BESIDE = frozenset("in at on from of".split())
_FRESH = frozenset(
    "new now today yesterday since worse suddenly sudden still currently started morning tonight ago".split()
)
_LASTING = frozenset("days weeks months day week month".split())
_NOW_VERBS = frozenset("is are am have has hurts aches keeps gets".split())
_YEAR = re.compile(r"(?:19|20)\d\d")
_COUNTED = frozenset(
    "am pm weeks week months month days day hours hour minutes minute seconds times percent degrees mg oclock st kg "
    "kilos miles km metres steps".split()
)
_YOUNG = frozenset(
    [str(age) for age in range(3, 31)]
    + "twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
)
"""Ages that place what is told with "at" or "when I was" in the past; an hour of the day is told with "am", "pm" or ":"."""


_ANSWERED_NO = frozenset("0 no none nil negative absent nope nah never".split())
_ABLE = frozenset(
    "feel feeling sensation strength power control wee pee urine can able move movement work relief".split()
)
"""What is a loss when the answer is no."""
_LONGEST_ITEM = 6
_POINTING = frozenset("that this it".split())
_LONGEST_DATE, _BARE_DATE = 6, 3


class Scopes:
    """For each content word: is it denied, past, supposed, told of in a film, and whose is it."""

    def __init__(self, message: Message, marks: dict[str, list[Match]], lexicon: Lexicon) -> None:
        self._message = message
        self._marks = marks
        self._lexicon = lexicon
        size = len(message.content)
        self.sentence = [message.sentences[place] for place in message.content]
        self.breaks = self._content_breaks()
        self.exempt = self._covered("@not_negation")
        self.supposed = [False] * size
        self.past = [False] * size
        self.answered_no = [False] * size
        self.told = [False] * size
        self.person = self._persons()
        self._mark_durations()
        self._answer()
        self._suppose()
        self._past_times()
        self._past_after()
        self._tell()

    def _content_breaks(self) -> list[int]:
        message, breaks, last = self._message, [], -1
        for place in message.content:
            breaks.append(max(message.breaks[last + 1 : place + 1]))
            last = place
        return breaks

    def _covered(self, name: str) -> set[int]:
        return {place for match in self._marks.get(name, ()) for place in range(match.start, match.end)}

    def segment(self, place: int, strength: int = CONTRAST) -> range:
        """Give the stretch of content words round `place` that no break of `strength` or more divides."""
        place = min(place, len(self.breaks) - 1)
        start, end = place, place + 1
        while start > 0 and self.breaks[start] < strength:
            start -= 1
        while end < len(self.breaks) and self.breaks[end] < strength:
            end += 1
        return range(start, end)

    def qualified(self, place: int) -> bool:
        """Say whether a word is denied, past, supposed or told of."""
        said_otherwise = self.past[place] or self.supposed[place] or self.told[place]
        return said_otherwise or self.answered_no[place] or self.denied_before(place)

    def word(self, place: int) -> str:
        """Give the word at a place among the content words, as it was written."""
        return self._message.words[self._message.content[place]]

    def _mark_durations(self) -> None:
        """Mark "for ten years" as a sign that is old."""
        for place in range(1, len(self.breaks)):
            after = self.word(place + 1) if place + 1 < len(self.breaks) else ""
            counted_since = "since" in (self.word(near) for near in range(max(0, place - 5), place))
            if counted_since and (
                _YEAR.fullmatch(self.word(place)) or (self.word(place), after) == ("years", "ago")
            ):
                self._marks.setdefault("@chronic", []).append(Match("@chronic", place, place + 1))
            if self.word(place) not in {"years", "decades"} or after in {"ago", "back", "old", "later", "of"}:
                continue
            if any(
                self.word(near) in {"for", "last", "past", "over", "since"}
                for near in range(max(0, place - 3), place)
            ):
                self._marks.setdefault("@chronic", []).append(Match("@chronic", place, place + 1))

    def _answer(self) -> None:
        """Mark the items of a form that are answered with no: "weakness - none", "worst ever? No."."""
        for place in range(1, len(self.breaks)):
            closed = place + 1 == len(self.breaks) or self.breaks[place + 1] or self._comma(place + 1)
            if self.word(place) not in _ANSWERED_NO or not closed or self.breaks[place] == CONTRAST:
                continue
            if self.breaks[place] == SENTENCE and self.sentence[place - 1] not in self._message.asked:
                continue
            start = place - 1
            while start > 0 and not self.breaks[start] and not self._comma(start):
                start -= 1
            item = range(start, place)
            words = {self.word(near) for near in item}
            if len(item) <= _LONGEST_ITEM and ("loss" in words or not _ABLE & words):
                for near in item:
                    self.answered_no[near] = True

    def _suppose(self) -> None:
        for place, word in enumerate(self._message.words):
            if word in _MODALS and self._message.breaks[place] == SENTENCE:
                following = self._message.words[place + 1 : place + 2]
                if following and following[0] not in _NOT_SUPPOSED:
                    start = self._message.content.index(place) if place in self._message.content else 0
                    for covered in self.segment(start, CLAUSE):
                        self.supposed[covered] = True
        freed = self._covered("@condition")
        for match in self._marks.get("@hypothetical", ()):
            if match.start in freed:
                continue
            is_if = self.word(match.start) in {"if", "unless", "or"}
            for place in range(match.end, self.segment(match.start).stop):
                comma = self._message.commas[self._message.content[place]]
                if is_if and comma and self.breaks[place] >= CLAUSE:
                    break
                self.supposed[place] = True

    def _past_times(self) -> None:
        present = self._lexicon.word_sets["present_verbs"] | {"now", "today", "since", "still", "again"}
        marks = self._marks
        for match in [*marks.get("@past", ()), *marks.get("@months", ()), *self._years(), *self._ages()]:
            home = self.segment(match.start, CLAUSE)
            for place in self.segment(match.start):
                clause = home if place in home else self.segment(place, CLAUSE)
                if clause is home or self._first_verb(clause) not in present:
                    self.past[place] = place in self._chunk(match.start) or not self._fresh(place)

    def _past_after(self) -> None:
        """Date a sentence by the next one, where that says no more than when: "I wanted to die. Three years ago."."""
        for place in range(1, len(self.breaks)):
            if self.breaks[place] != SENTENCE or not self.past[place]:
                continue
            dating = self.segment(place, SENTENCE)
            pointing = self.word(place) in _POINTING and len(dating) <= _LONGEST_DATE
            if (pointing or len(dating) <= _BARE_DATE) and all(self.past[near] for near in dating):
                for near in self.segment(place - 1, SENTENCE):
                    self.past[near] = not self._fresh(near)

    def _chunk(self, place: int) -> range:
        """Give the words round `place` that no comma and no "and" divides."""
        home = self.segment(place, CLAUSE)
        start, end = place, place + 1
        while start > home.start and not self._comma(start) and self.word(start) not in LISTING:
            start -= 1
        while end < home.stop and not self._comma(end) and self.word(end) not in LISTING:
            end += 1
        return range(start, end)

    def _comma(self, place: int) -> bool:
        return self._message.commas[self._message.content[place]]

    def _fresh(self, place: int) -> bool:
        words = [self.word(near) for near in self._chunk(place)]
        lasts = "for" in words and _LASTING.intersection(words) and _NOW_VERBS.intersection(words)
        return bool(lasts) or any(word in _FRESH for word in words)

    def _years(self) -> list[Match]:
        """Find years such as "in 2016", which put what is said into the past."""
        return [
            Match("@past", place, place + 1)
            for place in range(len(self.breaks))
            if _YEAR.fullmatch(self.word(place))
            and (not place or self.word(place - 1) not in {"since", "until", "room", "at"})
        ]

    def _ages(self) -> list[Match]:
        """Find ages such as "at 15" and "when I was 12"; "at 15" beside a verb of the past and nothing of today."""
        past = self._lexicon.word_sets["past_verbs"]
        found = []
        for place in range(1, len(self.breaks)):
            before, clause = self.word(place - 1), self.segment(place, CLAUSE)
            if self.word(place) not in _YOUNG or self._counts(place):
                continue
            words = {self.word(near) for near in clause}
            told = before in {"was", "were"} and "when" in words
            if told or (before in {"at", "age", "aged"} and (words & past) and not words & _FRESH):
                found.append(Match("@past", place, place + 1))
        return found

    def _counts(self, place: int) -> bool:
        """Tell the number of "12 weeks" and "3 am" from an age."""
        after = self.word(place + 1) if place + 1 < len(self.breaks) and not self.breaks[place + 1] else ""
        return after in _COUNTED

    def _first_verb(self, clause: range) -> str:
        sets = self._lexicon.word_sets
        verbs = sets["present_verbs"] | sets["past_verbs"] | {"now", "today", "still", "again"}
        for place in clause:
            if self.word(place) in verbs:
                return self.word(place)
        return ""

    def _tell(self) -> None:
        told = {self.sentence[match.start] for match in self._marks.get("@media", ())}
        for place, sentence in enumerate(self.sentence):
            self.told[place] = sentence in told

    def _persons(self) -> list[str]:
        """Say for each content word whose it is: `me`, `close` (may be beside the writer) or `distant`."""
        sets, words = self._lexicon.word_sets, self._message.words
        owner, owners = "me", []
        for place, word in enumerate(words):
            before = words[place - 1] if place else ""
            if word in sets["animals"] and self._is_subject(place):
                owner = "animal"
            elif word in sets["close"] and before in _FORMER:
                owner = "distant"
            elif word in sets["close"] and before not in {"i", "a", "am", "be"} | sets["distant"]:
                owner = "close"
            elif word in sets["distant"] and before not in {"i", "am", "be", "old"}:
                owner = "distant"
            elif word in sets["third"]:
                owner = "close" if owner == "me" else owner
            elif word in {"i", "im", "me", "myself", "mine"} or (owner == "animal" and word in {"we", "us"}):
                owner = "me"
            elif word == "my" and before not in _BESIDE:
                nearby = words[place + 1 : place + 4]
                if not any(near in sets["close"] | sets["distant"] for near in nearby[:3]):
                    owner = "me" if owner != "close" or self._message.breaks[place] else owner
            owners.append(owner)
        return [owners[place] for place in self._message.content]

    def _is_subject(self, place: int) -> bool:
        """Tell "our dog's legs" from "I tripped over the dog"."""
        words, breaks, small = (
            self._message.words,
            self._message.breaks,
            self._lexicon.word_sets["determiners"],
        )
        first = place
        while (
            first > 0
            and not breaks[first]
            and (words[first - 1] in small or words[first - 1] in {"old", "neighbour"})
        ):
            first -= 1
        return first == 0 or bool(breaks[first]) or words[first - 1] in {"and", "but", "because", "so"}

    def denied(self, start: int, own: set[int], end: int) -> bool:
        """Say whether a sign from `start` to `end` is denied; `own` are its own words, which deny nothing."""
        negators = self._lexicon.word_sets["negators"]
        if any(self.answered_no[place] for place in own):
            return True
        for place in range(start, end):
            if place not in own and place not in self.exempt and self.word(place) in negators:
                return True
        return self.denied_before(start) or self._denied_after(end)

    def denied_before(self, start: int) -> bool:
        """Say whether a "no" before the word at `start` reaches it."""
        negators, content = self._lexicon.word_sets["negators"], self._message.content
        if self.word(start) in negators or self.word(start) in self._lexicon.word_sets["unable"]:
            return False
        since_list = 0
        for place in range(start - 1, -1, -1):
            if self.breaks[place + 1] >= CLAUSE:
                return False
            word = self.word(place)
            if (
                word in negators
                and place not in self.exempt
                and not self._inability(place)
                and not self._beyond(place)
            ):
                return since_list <= NEGATION_REACH
            since_list += 1
            if word in LISTING or self._message.commas[content[place + 1]]:
                if since_list > NEGATION_REACH:
                    return False
                since_list = 0
        return False

    def _inability(self, place: int) -> bool:
        """Tell "can not" and "will not", which report a loss, from "is not", which denies one."""
        return (
            place > 0
            and self.word(place) == "not"
            and self.word(place - 1) in self._lexicon.word_sets["unable"]
        )

    def _beyond(self, place: int) -> bool:
        """Tell "never had a headache like this", which reports the worst one, from "never had a headache"."""
        reach = range(place, min(place + 12, len(self.breaks)))
        return self.word(place) == "never" and any(
            self._message.words[word] in _COMPARING
            for word in range(self._message.content[reach.start], self._message.content[reach.stop - 1] + 1)
        )

    def _denied_after(self, end: int) -> bool:
        fine = {"fine", "normal", "ok", "okay", "absent", "negative", "none", "nil", "no"}
        for place in range(end, min(end + 3, len(self.breaks))):
            if self.breaks[place] >= CLAUSE:
                return False
            if self.word(place) in fine:
                following = self.word(place + 1) if place + 1 < len(self.breaks) else ""
                return (
                    self.word(place) != "no"
                    or place + 1 == len(self.breaks)
                    or self.breaks[place + 1] > 0
                    or following in {"and", "weakness"}
                )
            if self.word(place) not in {"is", "are", "be", "was", "all"}:
                return False
        return False
