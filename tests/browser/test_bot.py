"""The real bot in a real browser: start, check in, ask, jump a week, see the chart."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from playwright.async_api import Page, expect

from bot.commands.demo import next_due
from bot.sandbox.server import serve
from bot.sandbox.telegram import Telegram
from tests.browser.conftest import OpenPage, in_session_loop
from tests.flows.conftest import running

PICTURE_MILLISECONDS = 60_000
"""A week is drawn in a process of its own, which a busy machine is slow to start."""


@in_session_loop()
async def address(telegram: Telegram, tmp_path: Path) -> AsyncIterator[str]:
    server = await serve(telegram)
    try:
        async with running(tmp_path / "data", telegram, server) as bot:
            telegram.next_due = partial(next_due, bot.database)
            yield server.address
    finally:
        await server.close()


def newest(page: Page):
    return page.locator("#messages > li:not(.day)").last


async def press(page: Page, *labels: str) -> None:
    for label in labels:
        await page.locator("#messages").get_by_role("button", name=label, exact=True).last.click()


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Message", exact=True).fill(text)
    await page.keyboard.press("Enter")


async def test_start_check_in_ask_and_a_week_later_the_chart(open_page: OpenPage):
    page = await open_page(width=1200)
    await page.get_by_role("button", name="Start").click()
    await press(page, "Yes, I agree", "United Kingdom", "20:00", "Sunday", "Skip this")
    await expect(newest(page)).to_contain_text("All set")

    await say(page, "/checkin")
    for question, answer in (
        ("warning sign", "None"),
        ("back pain in the last 24 hours", "4"),
        ("worst headache", "6"),
        ("light and noise", "Yes"),
        ("in the way of your day", "A lot"),
        ("headache medicine", "Triptan"),
        ("How did you sleep", "So-so"),
    ):
        await expect(newest(page)).to_contain_text(question)
        await press(page, answer)
    await expect(page.locator("#messages")).to_contain_text("Back 4, head 6")

    await say(page, "should i use heat or ice on my back?")
    await expect(newest(page)).to_contain_text("Was this what you asked?")

    await page.locator("[data-due=checkin]").click()
    await expect(page.locator("#messages")).to_contain_text("How was your day")
    await page.locator("[data-due=weekly]").click()
    picture = page.locator("#messages img").last
    await expect(picture).to_be_visible(timeout=PICTURE_MILLISECONDS)
    await expect(picture).to_have_js_property("complete", True, timeout=PICTURE_MILLISECONDS)
    assert await picture.evaluate("(e) => e.decode().then(() => e.naturalWidth)") >= 1000
    await expect(page.locator("#messages")).to_contain_text("A few questions about your week")
