"""A real headless Chromium on the chat page.

`page` is the chat page of the sandbox at `address`, 390 x 844, ready to use. The default `address` has a small
scripted bot behind it (`scripted.py`); a module that tests the real bot defines its own `address` fixture. A test
fails when the page logs an error or asks any other host for something.

Chromium starts once, so all tests here share one event loop. An async fixture of a module must run in it too:
`@pytest_asyncio.fixture(loop_scope="session")`, or `@in_session_loop()` from here.
"""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from bot.sandbox.clock import SandboxClock
from bot.sandbox.telegram import Telegram
from tests.browser.scripted import running

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_MS = 30_000
START = datetime(2026, 3, 2, 18, 5, tzinfo=UTC)

OpenPage = Callable[..., Awaitable[Page]]


in_session_loop = partial(pytest_asyncio.fixture, loop_scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            if pytest_asyncio.is_async_test(item):
                item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of a Chromium; skip without one, but fail where CI promises that nothing is left out."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        missing = "browser tests left out: no Chromium; install one with `apt-get install chromium`"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@in_session_loop(scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        await launched.close()


@in_session_loop()
async def telegram() -> Telegram:
    return Telegram(SandboxClock(START, frozen=True))


@in_session_loop()
async def address(telegram: Telegram) -> AsyncIterator[str]:
    async with running(telegram) as served:
        yield served


@in_session_loop()
async def open_page(browser: Browser, address: str) -> AsyncIterator[OpenPage]:
    """Give what opens the chat page: `open_page` takes width and height in pixels and a colour scheme."""
    wrong: list[str] = []

    async def opened(*, width: int = 390, height: int = 844, scheme: str = "light") -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="en-GB",
            timezone_id="UTC",
        )
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
        page.on("console", lambda line: line.type == "error" and wrong.append(f"console: {line.text}"))
        page.on("request", lambda asked: asked.url.startswith((address, "data:")) or wrong.append(asked.url))
        await page.goto(address)
        await page.wait_for_selector("body[data-ready]")
        return page

    yield opened
    for context in browser.contexts:
        await context.close()
    assert wrong == []


@in_session_loop()
async def page(open_page: OpenPage) -> Page:
    return await open_page()
