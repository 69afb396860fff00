import io

import numpy as np
import pytest
from PIL import Image

from bot.reports import mosaic as module
from bot.reports.mosaic import Placed, Tile, mosaic
from bot.reports.typesetting import picture

TEMPLATE = "weekly_chart.typ"
TITLE = Tile("title", 600, 140, (("word", "16 to 22 November"),))
WHERE_THREE_COLOURS_MEET = 12
PLUS = Tile("mark", 60, 60, (("mark", "visit"),))


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(module, "_kept", module._Kept())


def opened(png):
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def whole(tile, theme):
    values = {"kind": tile.kind, "width": tile.width, "height": tile.height, **dict(tile.values)}
    return np.asarray(opened(picture(TEMPLATE, {"theme": theme, "tiles": [values]})).convert("RGB"))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "tile",
    [
        TITLE,
        PLUS,
        Tile("back", 57, 500, (("base", 487), ("score", 7))),
        Tile("head", 57, 500, (("base", 487), ("score", 0))),
        Tile("foot", 114, 115, (("weekday", "Sun"), ("number", "22"), ("today", True))),
        Tile("slot", 27, 130, (("state", "unanswered"), ("back", None), ("head", None))),
    ],
)
def test_no_colour_is_told_from_the_one_that_was_set(theme, tile):
    made = opened(mosaic(TEMPLATE, theme, (tile.width, tile.height), [Placed(tile, 0, 0)]))
    drawn = np.asarray(made.convert("RGB")).astype(int)
    apart = np.abs(drawn - whole(tile, theme)).max(axis=2)
    assert (apart > 8).sum() <= WHERE_THREE_COLOURS_MEET
    assert apart.max() <= 40


def test_a_kept_tile_gives_the_same_picture_as_a_new_one():
    placed = [Placed(TITLE, 10, 20), Placed(PLUS, 300, 200)]
    first, again = (mosaic(TEMPLATE, "light", (640, 300), placed) for _ in range(2))
    assert first == again


def test_each_theme_has_its_own_tiles():
    light, dark = (mosaic(TEMPLATE, theme, (60, 60), [Placed(PLUS, 0, 0)]) for theme in ("light", "dark"))
    assert opened(light).convert("L").getpixel((0, 0)) > 240
    assert opened(dark).convert("L").getpixel((0, 0)) < 50


def test_a_later_tile_lies_over_an_earlier_one():
    both = mosaic(
        TEMPLATE,
        "light",
        (60, 60),
        [Placed(Tile("mark", 60, 60, (("mark", "attack"),)), 0, 0), Placed(PLUS, 0, 0)],
    )
    assert both == mosaic(TEMPLATE, "light", (60, 60), [Placed(PLUS, 0, 0)])


def test_tiles_not_used_for_longest_are_let_go(monkeypatch):
    monkeypatch.setattr(module, "_MOST_PIXELS", 2 * 60 * 60)
    marks = [Tile("mark", 60, 60, (("mark", kind),)) for kind in ("visit", "attack", "medicine")]
    for tile in (marks[0], marks[1], marks[0], marks[2]):
        mosaic(TEMPLATE, "light", (60, 60), [Placed(tile, 0, 0)])
    assert set(module._kept.known(TEMPLATE, "light", marks)) == {marks[0], marks[2]}
