"""The two pictures of the README, taken from the running demo: `make pictures` (needs Chromium)."""

import asyncio
import re
import sys
from pathlib import Path

from playwright.async_api import Page, async_playwright

CHROMIUM = "/usr/bin/chromium"
FOLDER = Path(__file__).parent.parent / "docs" / "images"
PORT = 8097
PHONE = {"width": 390, "height": 844}


async def main() -> None:
    """Start the demo, check in as the example patient, ask for the week, and keep what the phone shows."""
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--port", str(PORT), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert demo.stdout is not None
        while b"Stop it" not in await demo.stdout.readline():
            pass
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = await browser.new_page(viewport=PHONE, device_scale_factor=2, color_scheme="light")
            await page.goto(f"http://127.0.0.1:{PORT}/")
            await week(page)
            await chat(page)
            await browser.close()
    finally:
        demo.terminate()
        await demo.wait()


async def chat(page: Page) -> None:
    """Take the picture of a check-in."""
    await page.get_by_role("button", name="Check in", exact=True).click()
    await page.get_by_role("button", name="None", exact=True).click()
    await page.get_by_text("How bad was your back pain").first.wait_for()
    await page.screenshot(path=FOLDER / "chat.png")


async def week(page: Page) -> None:
    """Keep the week's chart as it was sent."""
    await page.get_by_label("Message", exact=True).fill("/week")
    await page.keyboard.press("Enter")
    picture = page.get_by_role("img", name=re.compile(".*")).last
    await picture.wait_for()
    source = await picture.get_attribute("src")
    response = await page.request.get(f"http://127.0.0.1:{PORT}{source}")
    (FOLDER / "week.png").write_bytes(await response.body())


if __name__ == "__main__":
    asyncio.run(main())
