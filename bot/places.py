"""Where someone is: from a country, a city's name or a point on the map to an IANA time zone.

The tables are GeoNames' (content/countries.tsv, cities.tsv, city_names.tsv) and those of the packages tzfpy and tzdata; they
are read when first needed.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

from rapidfuzz import fuzz, process, utils

_NAME_SCORE = 84
"""Of 100: lets one or two slips of the finger through in a name of eight letters; set by hand."""
_FEWEST_LETTERS_FOR_SLIPS = 5
"""A slip in a shorter name makes another: PST would be Pest, USA would be Ausa; set by hand."""
_FEWEST_LETTERS_ABROAD = 4
"""Shorter other names are mostly codes of airports and mean a city of the own country only: IST in India is no
Istanbul; set by hand."""
_LARGE = 100_000
"""People of a city that tells the country: what small places are called is too often a word for something else."""
_PLACELESS = frozenset({"UTC", "GMT"})


@dataclass(frozen=True, slots=True)
class Place:
    """A city, with the country's two-letter code and its zone."""

    name: str
    country: str
    zone: str
    population: int


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """Give the zones of a country by its two-letter code, the most peopled first; empty for an unknown code."""
    peopled: dict[str, int] = {}
    for place in _cities():
        if place.country == country:
            peopled[place.zone] = peopled.get(place.zone, 0) + place.population
    listed = [zone for zone in _zone_table().get(country, ()) if zone in _known_zones()]
    return tuple(sorted(listed, key=lambda zone: -peopled.get(zone, 0)))


def main_zones(country: str, now: datetime, most: int = 8) -> tuple[str, ...]:
    """Give one zone for each different time of day in a country over the year, the most peopled first."""
    seen: dict[tuple[object, ...], str] = {}
    for zone in zones_of(country):
        info = ZoneInfo(zone)
        through_the_year = tuple(
            now.replace(month=month, day=1).astimezone(info).utcoffset() for month in (1, 4, 7, 10)
        )
        seen.setdefault(through_the_year, zone)
    return tuple(seen.values())[:most]


def country_named(text: str) -> str | None:
    """Give the two-letter code of a country typed by its name or code, or `None`."""
    code = text.strip().upper()
    names = _countries()
    if code in names:
        return code
    if code in {"UK", "ENGLAND", "SCOTLAND", "WALES"}:
        return "GB"
    if code in {"USA", "AMERICA"}:
        return "US"
    found = process.extractOne(
        text, names, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_NAME_SCORE
    )
    return found[2] if found else None


def country_name(code: str) -> str:
    """Give the English name of a two-letter code, the code itself where it is unknown."""
    return _countries().get(code, code)


def city_named(text: str, country: str | None = None) -> Place | None:
    """Give the most peopled city of that name, in `country` first, or the zone itself where one was typed.

    A country may follow the city: "Perth, Australia", "leeds uk".
    """
    typed = text.strip()
    if typed in _known_zones() and ("/" in typed or typed in _PLACELESS):
        return Place(typed, country or "", typed, 0)
    for name, where in _readings(typed, country):
        exact = _called(name, where)
        if exact:
            return max(exact, key=lambda place: (place.country == where, place.population))
    zone = _places_of_zones().get(folded(typed))
    if zone:
        return Place(typed, country or "", zone, 0)
    if len(typed) < _FEWEST_LETTERS_FOR_SLIPS:
        return None
    found = process.extractOne(
        typed, _city_names(), scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_NAME_SCORE
    )
    alike = _called(found[0], country) if found else []
    return max(alike, key=lambda place: (place.country == country, place.population), default=None)


def large_city_named(text: str) -> Place | None:
    """Give the most peopled city of 100,000 or more of just that name: a slip could make another country of it."""
    typed = text.strip()
    if len(typed) < _FEWEST_LETTERS_ABROAD:
        return None
    for name, where in _readings(typed, None):
        large = [place for place in _called(name, where) if place.population >= _LARGE]
        if large:
            return max(large, key=lambda place: (place.country == where, place.population))
    return None


def _readings(typed: str, country: str | None) -> Iterator[tuple[str, str | None]]:
    """Give what may be the city's name in what was typed, each with the country that is meant."""
    yield typed, country
    city, comma, where = typed.partition(",")
    if comma:
        yield city, country_named(where) or country
    city, _, where = typed.rpartition(" ")
    if city and country_named(where):
        yield city, country_named(where)


def _called(name: str, country: str | None) -> list[Place]:
    """Give every city of that name, in English or in other words for it, without regard to case and accents."""
    wanted = folded(name)
    others = {tuple(line.split("\t")[1:]) for line in _other_names().splitlines() if f"|{wanted}|" in line}
    if country and len(wanted) < _FEWEST_LETTERS_ABROAD:
        others = {(city, where) for city, where in others if where == country}
    return [
        place
        for place in _cities()
        if place.name.casefold() == wanted or (place.name, place.country) in others
    ]


def folded(name: str) -> str:
    """Give a name in small letters without accents, as people type it."""
    letters = unicodedata.normalize("NFKD", name.strip())
    return "".join(each for each in letters if not unicodedata.combining(each)).casefold()


def zone_at(latitude: float, longitude: float) -> str | None:
    """Give the zone of a point, in degrees, or `None` at sea."""
    from tzfpy import get_tz  # noqa: PLC0415 -- its map takes memory that most runs never need

    zone: str = get_tz(longitude, latitude)
    return zone if zone in _known_zones() else None


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _cities() -> tuple[Place, ...]:
    return tuple(
        Place(name, country, zone, int(people)) for name, country, zone, people in _table("cities.tsv")
    )


@cache
def _city_names() -> tuple[str, ...]:
    return tuple(place.name for place in _cities())


@cache
def _places_of_zones() -> dict[str, str]:
    """Give the zone of each place that a zone is named after, and of each country that has one zone."""
    places = {
        folded(zone.rpartition("/")[2].replace("_", " ")): zone
        for zones in _zone_table().values()
        for zone in zones
    }
    alone = {
        folded(name): zones_of(code)[0] for code, name in _countries().items() if len(zones_of(code)) == 1
    }
    return alone | places


@cache
def _other_names() -> str:
    return (resources.files("bot") / "content" / "city_names.tsv").read_text(encoding="utf-8")


@cache
def _countries() -> dict[str, str]:
    return dict(_table("countries.tsv"))


def _table(name: str) -> Iterator[list[str]]:
    text = (resources.files("bot") / "content" / name).read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines() if not line.startswith("#"))


@cache
def _zone_table() -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    text = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            table.setdefault(code, []).append(zone)
    return table
