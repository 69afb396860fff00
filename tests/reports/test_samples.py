"""What the ten sample patients get, held to the limits of every text, and to being what `docs/samples` shows."""

import re
import tomllib
from pathlib import Path

import pytest

from bench.samples import FOLDER, SAMPLES, TODAY, WORDS, page_of, summary_of, visit_of
from bot.readability import HIGHEST_GRADE, grade
from bot.reports.chart import month_caption, trend_caption
from bot.reports.read_aloud import READ_ALOUD_WORDS, read_aloud
from bot.reports.weekly import CAPTION_LIMIT, FRONT_LIMIT

CONTENT = Path(__file__).resolve().parents[2] / "bot" / "content" / "en"
MESSAGE_LIMIT = 4096
"""Of one Telegram message."""
LARGEST_FOLDER = 4_000_000

samples = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.slug)


@samples
def test_every_text_keeps_to_its_limit_and_reads_easily(sample):
    summary, aloud = summary_of(sample), read_aloud(visit_of(sample), WORDS)
    month, season = month_caption(sample.days, TODAY, WORDS), trend_caption(sample.days, TODAY, WORDS)
    assert len(summary.front) <= FRONT_LIMIT
    assert len(summary.more) <= MESSAGE_LIMIT
    assert max(map(len, (summary.caption, month, season))) <= CAPTION_LIMIT
    assert len(aloud.split()) <= READ_ALOUD_WORDS
    for text in (summary.front, summary.more, summary.caption, aloud, month, season):
        assert grade(text) <= HIGHEST_GRADE


@samples
def test_the_samples_in_the_documentation_are_what_the_product_says(sample):
    kept = (FOLDER / f"{sample.slug}.md").read_text(encoding="utf-8")
    assert kept == page_of(sample), "run `make samples` and look at what changed"


@samples
def test_every_sample_has_its_pictures_and_its_page(sample):
    for name in ("week-light.png", "week-dark.png", "month.png", "trend.png", "visit.pdf", "visit.png"):
        assert (FOLDER / sample.slug / name).stat().st_size > 1000


def test_the_samples_stay_small():
    assert sum(file.stat().st_size for file in FOLDER.rglob("*") if file.is_file()) < LARGEST_FOLDER


@pytest.mark.parametrize("name", ["weekly", "chart", "visit", "export", "dates"])
def test_every_text_of_the_reports_reads_easily(name):
    for key, text in flattened(tomllib.loads((CONTENT / f"{name}.toml").read_text(encoding="utf-8"))):
        filled = re.sub(r"\{\w+\}", "4", text)
        assert grade(filled) <= HIGHEST_GRADE or len(filled.split()) < 4, (name, key, grade(filled))


@pytest.mark.parametrize("name", ["weekly", "chart", "visit", "export"])
def test_no_text_of_the_reports_blames_or_claims_a_cause(name):
    content = (CONTENT / f"{name}.toml").read_text(encoding="utf-8").lower()
    for word in (
        "you failed",
        "you forgot",
        "missed",
        "streak",
        "because of",
        "caused by",
        "correlat",
        " mg",
    ):
        assert word not in content


def flattened(table, prefix=""):
    for name, value in table.items():
        if isinstance(value, dict):
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
