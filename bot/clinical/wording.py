"""A message cut into words, sentences and clauses, and the phrases of the lexicon found among them."""

import re
import unicodedata
from dataclasses import dataclass, field

from bot.clinical.lexicon import END, Lexicon, Trie

SENTENCE, CONTRAST, CLAUSE = 3, 2, 1
"""How far apart what stands before a word sets it from what follows."""
_TOKEN = re.compile(r"[a-z0-9&]+(?:[.,/:](?=\d)[0-9]+)*(?:['-][a-z0-9]+)*|[.!?;\n…]+|[,:()–—/]|\s-+\s")
_ENDS = re.compile(r"(?<=[.!?;…])\s+|\n+")
_TICKED_NO = re.compile(r"(?:\b[nx]|\([-–—]\)|\bnot applicable|\bn/a)(?=\s*(?:[,.;\n)]|$))|\([-–—]\)")
"""How a form is filled in with "no"."""
_SHORT_YEAR = re.compile(r"(?<![a-z0-9])'([0-9]{2})\b(?!')")
"""The year of "in '89": which century does not matter."""
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "´": "'", "`": "'", "“": " ", "”": " ", '"': " ", "*": " ", "_": " "}
)
LISTING = frozenset({"or", "and", "nor", "n"})
_JOINING = frozenset({"and", "so", "because", "which", "then", "plus", "while", "as", "since"})
_OPENS_AFTER_I = frozenset(
    "when that if because as where before after since while what how than do does did have am can could should will "
    "would why unless once till until think is was and or but everywhere time know anything everything thing which "
    "whenever had may might must cannot not say said feel felt bit".split()
)
_SUBJECTS = frozenset(
    "i my he she it they we there his her their the this you now today its everything all".split()
)


@dataclass(slots=True)
class Match:
    """A phrase of the lexicon at `start` up to, not including, `end`: places among the content words."""

    name: str
    start: int
    end: int


@dataclass(slots=True)
class Message:
    """A message cut into words, its content words (small ones left out) and what stands before each."""

    words: list[str] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    commas: list[bool] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    asked: set[int] = field(default_factory=set)
    content: list[int] = field(default_factory=list)
    stems: list[str] = field(default_factory=list)
    masked: list[bool] = field(default_factory=list)


def read_words(text: str, lexicon: Lexicon) -> Message:
    """Cut `text` into words and sentences, contractions written out and common misspellings mended."""
    message = Message()
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()
    plain = _SHORT_YEAR.sub(r"19\1", _TICKED_NO.sub(" no,", plain))
    sentence, pause, comma = 0, SENTENCE, False
    for piece in _TOKEN.findall(plain):
        if not piece[0].isalnum() and piece[0] != "&":
            if piece[0] in ".!?;\n…":
                if "?" in piece and message.words:
                    message.asked.add(sentence)
                pause = SENTENCE
            else:
                comma = True
            continue
        for word in _written_out(piece, lexicon):
            if pause == SENTENCE and message.words:
                sentence += 1
            message.words.append(word)
            message.breaks.append(pause)
            message.commas.append(comma)
            message.sentences.append(sentence)
            pause, comma = 0, False
    _mark_clauses(message, lexicon)
    _mark_content(message, lexicon)
    return message


def sentences_of(text: str) -> list[str]:
    """Cut `text` after each full stop, question mark and line."""
    return [sentence for sentence in _ENDS.split(text) if sentence.strip()]


def stretches_of(text: str, longest: int) -> list[str]:
    """Give the stretches of whole sentences of up to `longest` words, each as long as it can be; they overlap."""
    sentences = sentences_of(text)
    sizes = [len(sentence.split()) for sentence in sentences]
    found, reached = [], 0
    for start in range(len(sentences)):
        end, size = start + 1, sizes[start]
        while end < len(sentences) and size + sizes[end] <= longest:
            size, end = size + sizes[end], end + 1
        if end > reached:
            found.append(" ".join(sentences[start:end]))
            reached = end
    return found


def _written_out(piece: str, lexicon: Lexicon) -> tuple[str, ...]:
    bare = piece.replace("'", "")
    expanded = lexicon.expand.get(bare)
    if expanded is not None and not (bare in {"ill", "id", "were", "its"} and "'" not in piece):
        return expanded
    if piece == "&":
        return ("and",)
    for ending, word in (("'s", "is"), ("'ve", "have"), ("'re", "are"), ("'ll", "will"), ("'d", "would")):
        if piece.endswith(ending) and piece[: -len(ending)] in {
            "it",
            "that",
            "there",
            "he",
            "she",
            "i",
            "you",
            "they",
        }:
            return (piece[: -len(ending)], word)
    return (bare.removesuffix("s") if piece.endswith("'s") else bare,)


def _mark_clauses(message: Message, lexicon: Lexicon) -> None:
    words, breaks, sets = message.words, message.breaks, lexicon.word_sets
    verbs = sets["present_verbs"] | sets["past_verbs"]
    for place in range(1, len(words)):
        word, before = words[place], words[place - 1]
        if breaks[place]:
            continue
        if word in sets["contrast"] or (
            word in {"now", "today"} and (before in LISTING or message.commas[place])
        ):
            breaks[place] = CONTRAST
        elif ((before in _JOINING or message.commas[place]) and (word in _SUBJECTS or word in verbs)) or (
            word == "i" and before not in _OPENS_AFTER_I and breaks[place - 1] == 0
        ):
            breaks[place] = CLAUSE


def _mark_content(message: Message, lexicon: Lexicon) -> None:
    small = lexicon.word_sets["skip"]
    for place, word in enumerate(message.words):
        after = message.words[place + 1] if place + 1 < len(message.words) else ""
        if word in small or (word == "even" and after not in {"if", "though"}):
            continue
        message.content.append(place)
        message.stems.append(lexicon.mended(word))
    message.masked = [False] * len(message.content)


def find(message: Message, trie: Trie) -> list[Match]:
    """Give every phrase of `trie` in the message, places as content words; masked words match nothing."""
    found: list[Match] = []
    stems, content = message.stems, message.content
    for start in range(len(stems)):
        nodes, place = [trie], start
        while nodes and place < len(stems) and not message.masked[place]:
            if place > start and message.breaks[content[place]] == SENTENCE:
                break
            word = "=" + message.words[content[place]]
            nodes = [node[key] for node in nodes for key in (stems[place], word) if key in node]
            place += 1
            for node in nodes:
                found.extend(Match(name, start, place) for name in node.get(END, ()))
    return found


def find_turns(message: Message, lexicon: Lexicon) -> list[Match]:
    """Give idioms and markers, matched as written; places as content words. Idioms are cut out of the message."""
    words, small = message.words, lexicon.word_sets["determiners"]
    content_at = _content_places(message)
    found: list[Match] = []
    for start, first in enumerate(words):
        node, place = lexicon.turns.get(first), start + 1
        while node is not None:
            found.extend(Match(name, start, place) for name in node.get(END, ()))
            while place < len(words) and words[place] in small and words[place] not in node:
                place += 1
            if place >= len(words) or message.breaks[place] == SENTENCE:
                break
            node, place = node.get(words[place]), place + 1
    for match in found:
        match.start, match.end = content_at[match.start], content_at[match.end]
        if match.name == "@idiom":
            message.masked[match.start : match.end] = [True] * (match.end - match.start)
    return [match for match in found if match.name != "@idiom" and match.start < len(message.content)]


def _content_places(message: Message) -> list[int]:
    places, at = [], 0
    for word in range(len(message.words) + 1):
        while at < len(message.content) and message.content[at] < word:
            at += 1
        places.append(at)
    return places
