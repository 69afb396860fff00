import io
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image

from bot.clinical.answers import Level, MedicineClass
from bot.diary.ledger import Day, DayState, answered, window
from bot.reports.chart import (
    Theme,
    month_caption,
    month_strip,
    rolling_means,
    trend_caption,
    trend_chart,
    weekly_caption,
    weekly_chart,
)
from bot.reports.material import AdviceLine, Marks
from bot.words import load_words
from tests.reports.diaries import TODAY, day_lists, logged, week

WORDS = load_words()
NO_MARKS = Marks()


def opened(png):
    return Image.open(io.BytesIO(png)).convert("RGB")


def weekly(days, theme=Theme.LIGHT, marks=NO_MARKS):
    return opened(weekly_chart(days, TODAY, theme, WORDS, marks))


def column(image, place):
    """Give the part of the picture where the day in `place`, 0 to 6, is drawn."""
    width = (1080 - 64 - 214) / 7
    left = round(214 + place * width)
    return image.crop((left, 300, round(left + width), 1175))


@pytest.mark.parametrize(
    ("draw", "size"),
    [
        (lambda days, theme: weekly_chart(days, TODAY, theme, WORDS, NO_MARKS), (1080, 1350)),
        (lambda days, theme: trend_chart(days, TODAY, theme, WORDS), (1080, 1350)),
        (lambda days, theme: month_strip(days, TODAY, theme, WORDS), (1080, 720)),
    ],
)
@pytest.mark.parametrize("days", [[], week(1), week(7, back=0), week(30, back=10, head=10)])
def test_each_picture_is_drawn_for_a_phone_in_dark_and_light(draw, size, days):
    light, dark = (opened(draw(days, theme)) for theme in (Theme.LIGHT, Theme.DARK))
    assert light.size == dark.size == size
    assert min(light.getpixel((5, 5))) > 240
    assert max(dark.getpixel((5, 5))) < 50


def test_the_four_states_of_a_day_look_different():
    kinds = [
        logged(0, 0, 0),
        Day(TODAY),
        Day(TODAY, DayState.SKIPPED),
        logged(0, 5, 0),
    ]
    drawn = [column(weekly([*week(7, back=3)[:-1], day]), 6).tobytes() for day in kinds]
    assert len(set(drawn)) == 4


def test_back_and_head_differ_in_shape_and_not_only_in_colour():
    only_back, only_head = weekly([logged(0, 6, 0)]), weekly([logged(0, 0, 6)])
    assert column(only_back, 6).convert("1").tobytes() != column(only_head, 6).convert("1").tobytes()


def test_a_colour_stands_for_one_pain():
    blue, orange = (11, 107, 176), (209, 87, 11)
    colours = {colour for _, colour in column(weekly([logged(0, 6, 8)]), 6).getcolors(100_000)}
    assert {blue, orange} <= colours
    assert blue not in {colour for _, colour in column(weekly([]), 6).getcolors(100_000)}


def test_medicine_advice_and_attacks_are_marked():
    plain = [logged(0, 5, 7)]
    took = [Day(TODAY, DayState.PAIN, 5, 7, medicines=frozenset({MedicineClass.TRIPTAN}))]
    attack = [Day(TODAY, DayState.PAIN, 5, 7, migraine_like=True)]
    advised = Marks.of([AdviceLine(Level.SOON, "Go.", "", TODAY, "B-31")])
    urgent = Marks.of([AdviceLine(Level.EMERGENCY, "Go.", "", TODAY, "B-01")])
    pictures = [
        weekly(plain), weekly(took), weekly(attack), weekly(plain, marks=advised), weekly(plain, marks=urgent),
        weekly(plain, marks=Marks(visits=frozenset({TODAY}))),
    ]  # fmt: skip
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)


def test_care_at_home_is_no_mark():
    at_home = Marks.of([AdviceLine(Level.SELF_CARE, "Rest.", "", TODAY, "B-72")])
    assert weekly(week(7), marks=at_home).tobytes() == weekly(week(7)).tobytes()


def test_a_zero_is_a_visible_mark_of_its_pain():
    blue, orange = (11, 107, 176), (209, 87, 11)
    counted = {colour: count for count, colour in column(weekly([logged(0, 0, 0)]), 6).getcolors(100_000)}
    digit_only = 300
    assert counted[blue] > digit_only
    assert counted[orange] > digit_only


def test_the_weeks_before_change_the_small_panels_only():
    recent = week(7)
    with_past = weekly([logged(10, 8, 8), *recent])
    assert with_past.crop((0, 1040, 1080, 1350)).getcolors(100_000) != weekly(recent).crop(
        (0, 1040, 1080, 1350)
    )


def test_a_caption_says_what_the_picture_shows():
    days = [
        Day(TODAY, DayState.PAIN, 5, 7, migraine_like=True, medicines=frozenset({MedicineClass.NSAID})),
        Day(TODAY - timedelta(days=1), DayState.SKIPPED),
    ]
    told = weekly_caption(days, TODAY, WORDS, Marks.of([AdviceLine(Level.SOON, "Go.", "", TODAY, "B-31")]))
    assert told.splitlines()[-1] == "Sun: back 5, head 7, medicine, like a migraine, advice."
    assert "Sat: skipped." in told
    assert "Fri: no answer." in told


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(days=day_lists(100))
def test_every_picture_has_words_with_its_denominator(days):
    month, season = answered(window(days, TODAY)), answered(window(days, TODAY, 90))
    assert f"You answered {month.days} of 30 days" in month_caption(days, TODAY, WORDS)
    assert f"You answered {season.days} of 90 days" in trend_caption(days, TODAY, WORDS)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(days=day_lists(100))
def test_any_diary_can_be_drawn(days):
    for png in (
        weekly_chart(days, TODAY, Theme.DARK, WORDS, NO_MARKS),
        month_strip(days, TODAY, Theme.LIGHT, WORDS),
        trend_chart(days, TODAY, Theme.LIGHT, WORDS, [TODAY]),
    ):
        assert png.startswith(b"\x89PNG")


def test_a_rolling_mean_stops_where_fewer_than_four_days_are_answered():
    assert rolling_means([1, 2, 3]) == [None, None, None]
    assert rolling_means([1, 2, 3, 6]) == [None, None, None, 3.0]
    assert rolling_means([4, 4, 4, 4, None, None, None, None])[-2:] == [4.0, None]
    assert rolling_means([9, 1, 1, 1, 1, 1, 1, 1])[-1] == 1.0
