"""What the start loads: nothing heavy before the first poll, as a phone waits for it after every restart."""

import subprocess
import sys

import pytest

HEAVY = (
    "numpy",
    "typst",
    "fhir",
    "PIL",
    "tzfpy",
    "psycopg",
    "aiohttp.web",
    "bot.faq.matcher",
    "bot.reports.press",
    "bot.sandbox",
)


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    """Give the modules that a fresh process has once it could run the bot."""
    asked = "import sys, bot.commands.run; print(*sys.modules)"
    printed = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    return frozenset(printed.stdout.split())


@pytest.mark.parametrize("name", HEAVY)
def test_the_bot_starts_without(loaded, name):
    assert "bot.app" in loaded
    assert name not in loaded
