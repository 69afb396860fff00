"""Places as people type them: in English or their own words, with and without accents and countries."""

import pytest

from bot.places import city_named, large_city_named


@pytest.mark.parametrize(
    ("typed", "country", "zone"),
    [
        ("New York", None, "America/New_York"),
        ("nyc", None, "America/New_York"),
        ("Zurich", None, "Europe/Zurich"),
        ("Cologne", None, "Europe/Berlin"),
        ("Frankfurt", None, "Europe/Berlin"),
        ("Saigon", None, "Asia/Ho_Chi_Minh"),
        ("Quebec", None, "America/Toronto"),
        ("Nuuk", None, "America/Nuuk"),
        ("Kuwait", None, "Asia/Kuwait"),
        ("Perth", None, "Australia/Perth"),
        ("Perth", "GB", "Europe/London"),
        ("Perth, Australia", "GB", "Australia/Perth"),
        ("leeds uk", None, "Europe/London"),
        ("Edinbrugh", None, "Europe/London"),
        ("America/Denver", None, "America/Denver"),
        ("UTC", None, "UTC"),
    ],
)
def test_a_place_as_it_is_typed_gives_its_zone(typed, country, zone):
    place = city_named(typed, country)
    assert place is not None
    assert place.zone == zone


@pytest.mark.parametrize(
    "typed", ["", "   ", "x", "my house", ",", "|", "a|b", "\t", "EST", "PST", "USA", "here"]
)
def test_what_is_no_place_gives_none(typed):
    assert city_named(typed) is None


@pytest.mark.parametrize(("typed", "country"), [("IST", "IN"), ("MST", "US"), ("no", "GB")])
def test_short_letters_are_no_city_of_another_country(typed, country):
    assert city_named(typed, country) is None


@pytest.mark.parametrize(
    ("typed", "country", "name"),
    [("LA", "US", "Los Angeles"), ("hk", "HK", "Hong Kong"), ("goa", "IN", "Mormugao"), ("Ulm", "FR", "Ulm")],
)
def test_short_names_are_known_at_home_and_full_names_everywhere(typed, country, name):
    place = city_named(typed, country)
    assert place is not None
    assert place.name == name


@pytest.mark.parametrize(
    ("typed", "country"),
    [("Manchester", "GB"), ("chicago", "US"), ("Perth, Australia", "AU"), ("Munich", "DE"), ("Saigon", "VN")],
)
def test_a_large_city_tells_its_country(typed, country):
    place = large_city_named(typed)
    assert place is not None
    assert place.country == country


@pytest.mark.parametrize(
    "typed", ["", "my house", "Manchestre", "ok", "nyc", "Zermatt", "earth", "home", "skip"]
)
def test_what_is_no_large_city_tells_no_country(typed):
    assert large_city_named(typed) is None
