"""Where what stands in the picture of a week, in pixels. How each part looks is told by its template.

A part is a tile that many patients share, such as the bar of a 4: `bot.reports.mosaic` keeps those.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.reports.mosaic import Placed, Tile, mosaic

SIZE = (1080, 1350)
_MARGIN = 64
_GUTTER = 214
"""Where the first day begins: room for the scale and the names of the rows."""
_COLUMN = (SIZE[0] - _MARGIN - _GUTTER) / 7
_DAY_WIDTH = 114
_HALF = _DAY_WIDTH // 2
_PLOT_TOP = 298
"""Above the score of a 10."""
_BASE, _BASE_ALONE = 876, 1160
"""Where a score of 0 stands without rows of marks, over weeks behind and without them."""
_STEP = 64
_BELOW_BASE = 13
"""How far the ring of a 0 goes below the line."""
_BELOW_LABEL = 30
"""How far the letters of the lowest label may go below it."""
_FOOT_HEIGHT = 115
_FIRST_ROW = 160
"""From a score of 0 to the middle of the first row of marks."""
_MARK = 60
_BEHIND = 1026
_PANELS_TOP = 1096
_PANEL = (223, 220)
_PANEL_GAP = 20
_PANEL_MARGIN = 14
_SLOT = (27, 130)
_SLOT_TOP = 16


@dataclass(frozen=True, slots=True)
class Score:
    """What is drawn of a day: its state, and scores of 0 to 10 where they were given."""

    state: str
    back: int | None
    head: int | None

    @property
    def is_open(self) -> bool:
        """Tell whether the day has a box in place of scores."""
        return self.state in {"unanswered", "skipped"}


@dataclass(frozen=True, slots=True)
class WeekDay:
    """One of the seven days in front."""

    score: Score
    weekday: str
    number: str
    today: bool


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One kind of mark, and which it is on each of the seven days."""

    label: str
    marks: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class WeekBehind:
    """A week before, and its name."""

    label: str
    scores: Sequence[Score]


@dataclass(frozen=True, slots=True)
class Week:
    """Everything that the picture shows. `words` are those that stand in each of them."""

    theme: str
    title: str
    subtitle: str
    words: Mapping[str, str]
    days: Sequence[WeekDay]
    rows: Sequence[MarkRow]
    behind: Sequence[WeekBehind]

    @property
    def base(self) -> int:
        """Give where a score of 0 stands."""
        return (_BASE if self.behind else _BASE_ALONE) - _STEP * len(self.rows)


def week_picture(week: Week) -> bytes:
    """Draw a week as a PNG of 1080 x 1350 pixels."""
    placed = chain(_top(week), _plot(week), _rows(week), _feet(week), _behind(week))
    return mosaic("weekly_chart.typ", week.theme, SIZE, list(placed))


def _top(week: Week) -> Iterator[Placed]:
    yield Placed(Tile("title", SIZE[0], 140, (("word", week.title),)), 0, 0)
    yield Placed(Tile("subtitle", SIZE[0], 72, (("word", week.subtitle),)), 0, 140)
    named = (("back", week.words["back"]), ("head", week.words["head"]))
    yield Placed(Tile("legend", SIZE[0], _PLOT_TOP - 212, named), 0, 212)


def _centre(place: int) -> float:
    return _GUTTER + _COLUMN * (place + 0.5)


def _plot(week: Week) -> Iterator[Placed]:
    """Place the scale, and over it what is known of each day."""
    base = week.base - _PLOT_TOP
    scale = (("base", base), ("lowest", week.words["lowest"]), ("highest", week.words["highest"]))
    yield Placed(Tile("scale", SIZE[0], base + _BELOW_LABEL, scale), 0, _PLOT_TOP)
    height = base + _BELOW_BASE
    for place, day in enumerate(week.days):
        left, score = round(_centre(place)) - _HALF, day.score
        if score.is_open:
            said = (("base", base), ("state", score.state), ("word", week.words[score.state]))
            yield Placed(Tile("open", _DAY_WIDTH, height, said), left, _PLOT_TOP)
        for pain, given, half in (("back", score.back, left), ("head", score.head, left + _HALF)):
            if given is not None and not score.is_open:
                yield Placed(Tile(pain, _HALF, height, (("base", base), ("score", given))), half, _PLOT_TOP)


def _rows(week: Week) -> Iterator[Placed]:
    for number, row in enumerate(week.rows):
        middle = week.base + _FIRST_ROW + number * _STEP
        yield Placed(Tile("row", SIZE[0], _STEP, (("word", row.label),)), 0, middle - _STEP // 2)
        for place, mark in enumerate(row.marks):
            if mark is not None:
                tile = Tile("mark", _MARK, _MARK, (("mark", mark),))
                yield Placed(tile, round(_centre(place)) - _MARK // 2, middle - _MARK // 2)


def _feet(week: Week) -> Iterator[Placed]:
    for place, day in enumerate(week.days):
        said = (("weekday", day.weekday), ("number", day.number), ("today", day.today))
        tile = Tile("foot", _DAY_WIDTH, _FOOT_HEIGHT, said)
        yield Placed(tile, round(_centre(place)) - _HALF, week.base + _BELOW_BASE)


def _behind(week: Week) -> Iterator[Placed]:
    if week.behind:
        yield Placed(Tile("behind", SIZE[0], 64, (("word", week.words["behind"]),)), 0, _BEHIND)
    for number, each in enumerate(week.behind):
        left = _MARGIN + number * (_PANEL[0] + _PANEL_GAP)
        yield Placed(Tile("panel", *_PANEL, (("word", each.label),)), left, _PANELS_TOP)
        width = (_PANEL[0] - 2 * _PANEL_MARGIN) / 7
        for place, score in enumerate(each.scores):
            state = score.state if score.is_open else "logged"
            tile = Tile("slot", *_SLOT, (("state", state), ("back", score.back), ("head", score.head)))
            middle = left + _PANEL_MARGIN + width * (place + 0.5)
            yield Placed(tile, round(middle - _SLOT[0] / 2), _PANELS_TOP + _SLOT_TOP)
