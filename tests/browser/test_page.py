"""The sandbox's chat page in a real Chromium, as a person uses it."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from bot.sandbox.telegram import Telegram

CONTRAST = """(element) => {
    const parse = (colour) => colour.match(/[\\d.]+/g).slice(0, 4).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    let ground = element;
    while (ground && parse(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(parse(getComputedStyle(ground).backgroundColor))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll('button, a, input, textarea, select')]
    .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.closest('.words, .skip') && !e.matches('.edit, .skip'))
    .map((e) => [e.getBoundingClientRect(), e.id || e.textContent])
    .filter(([box]) => box.width < 43.5 || box.height < 43.5).map(([box, name]) => `${name} ${box.width}x${box.height}`)"""
SIDEWAYS = """() => [document.documentElement, document.getElementById('scroll'), document.getElementById('side')]
    .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.id || e.tagName)"""
OVERLAPS = """() => {
    const boxes = [...document.querySelectorAll('#messages > li > *:not(.unseen)')].map((e) => e.getBoundingClientRect());
    return boxes.slice(1).filter((box, i) => box.top < boxes[i].bottom - 0.5).length;
}"""


def messages(page: Page) -> Locator:
    return page.locator("#messages > li:not(.day)")


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Message", exact=True).fill(text)
    await page.keyboard.press("Enter")


async def start(page: Page) -> None:
    await page.get_by_role("button", name="Start").click()
    await expect(messages(page)).to_have_count(2)


async def test_a_new_chat_begins_with_start(page: Page):
    await expect(page.locator("#about")).to_have_text("A diary for your back and head.")
    await expect(page.get_by_label("Message", exact=True)).to_be_hidden()
    await start(page)
    welcome = messages(page).last
    await expect(welcome.locator("b").first).to_have_text("Hello.")
    await expect(welcome.locator("i")).to_have_text("you")
    await expect(welcome.locator("code")).to_have_text("a < b")
    await expect(welcome.get_by_role("link", name="a page")).to_have_attribute("href", "https://example.org")
    await expect(page.get_by_label("Message", exact=True)).to_be_focused()


async def test_enter_sends_and_shift_enter_breaks_the_line(page: Page):
    await start(page)
    box = page.get_by_label("Message", exact=True)
    await box.fill("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await expect(messages(page)).to_have_count(2)
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("You said one\ntwo")
    await expect(box).to_have_value("")
    await expect(box).to_be_focused()


async def test_what_is_sent_never_becomes_markup(page: Page):
    await start(page)
    await say(page, "<img src=x onerror=alert(1)> <b>&amp;")
    await expect(messages(page).last).to_contain_text("You said <img src=x onerror=alert(1)> <b>&amp;")
    assert await page.locator("#messages img").count() == 0


async def test_a_check_in_is_edited_in_place_and_keeps_the_focus(page: Page):
    await start(page)
    await page.get_by_role("button", name="Check in").focus()
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("How bad was your back pain?")
    await expect(messages(page).last).to_contain_text("edited")
    await expect(page.get_by_role("button", name="0", exact=True)).to_be_focused()
    await expect(page.locator("#toast")).to_have_text("Got Check in")
    await page.get_by_role("button", name="7", exact=True).click()
    await expect(messages(page).last).to_contain_text("Back pain: 7. Done.")
    await expect(page.get_by_label("Message", exact=True)).to_be_focused()
    await expect(page.locator(".keyboard")).to_have_count(0)
    await expect(messages(page)).to_have_count(2)


async def test_an_alert_waits_for_ok(page: Page):
    await start(page)
    await page.get_by_role("button", name="Tell me").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Read this first")
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    await expect(page.locator(".key[aria-busy]")).to_have_count(0)


async def test_an_unanswered_tap_shows_that_it_waits(page: Page, telegram: Telegram):
    await start(page)
    await telegram.call(
        telegram.token,
        "sendMessage",
        {
            "chat_id": telegram.user("Alex").chat.chat_id,
            "text": "?",
            "reply_markup": {"inline_keyboard": [[{"text": "Tap", "callback_data": "t"}]]},
        },
    )
    telegram.updates.allow(["message"])
    await page.get_by_role("button", name="Tap").click()
    await expect(page.get_by_role("button", name="Tap")).to_have_attribute("aria-busy", "true")


async def test_a_picture_opens_large_and_closes(page: Page):
    await start(page)
    await say(page, "/week")
    await page.get_by_role("button", name="Enlarge").click()
    large = page.locator("#light-picture")
    await expect(large).to_be_visible()
    assert await large.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 800
    await page.keyboard.press("Escape")
    await expect(large).to_be_hidden()
    await expect(page.get_by_role("button", name="Enlarge")).to_be_focused()


async def test_a_document_downloads(page: Page):
    await start(page)
    await say(page, "/help")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="diary.json").click()
    saved = await (await download.value).path()
    assert saved.read_text() == '{"days": []}'
    assert (await download.value).suggested_filename == "diary.json"


async def test_the_command_menu(page: Page):
    await start(page)
    button = page.get_by_role("button", name="Commands")
    await button.click()
    await expect(page.get_by_role("menuitem")).to_have_count(3)
    await expect(page.get_by_role("menuitem", name="/checkin")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(button).to_be_focused()
    await button.click()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Enlarge")).to_be_visible()


async def test_a_command_in_a_text_can_be_tapped(page: Page):
    await start(page)
    await messages(page).last.get_by_role("button", name="/help").click()
    await expect(page.get_by_role("link", name="diary.json")).to_be_visible()


@pytest.mark.parametrize(("kind", "said"), [("Photo", "You said photo"), ("Voice note", "You said voice")])
async def test_attaching(page: Page, kind: str, said: str):
    await start(page)
    await page.get_by_role("button", name="Attach").click()
    await page.get_by_role("menuitem", name=kind).click()
    await expect(messages(page).last).to_contain_text(said)


async def test_sharing_a_location(page: Page):
    await start(page)
    await say(page, "where")
    await page.get_by_role("button", name="Share my place").click()
    await page.get_by_label("Where is this patient?").select_option("Delhi")
    await page.get_by_role("button", name="Share", exact=True).click()
    await expect(messages(page).last).to_contain_text("At 28.61")
    await expect(page.get_by_role("button", name="Type a city")).to_be_hidden()


async def test_editing_an_own_message(page: Page):
    await start(page)
    await say(page, "5")
    await page.get_by_role("button", name="Edit: 5").click()
    await expect(page.get_by_label("Message", exact=True)).to_have_value("5")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("6")
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("Now: 6")
    await expect(page.locator(".own", has_text="edited")).to_contain_text("6")
    await say(page, "new")
    await expect(messages(page).last).to_contain_text("You said new")


async def test_blocking_and_back(page: Page, telegram: Telegram):
    await start(page)
    await say(page, "where")
    await expect(page.get_by_role("button", name="Type a city")).to_be_visible()
    await page.get_by_role("button", name="Attach").click()
    await page.get_by_role("menuitem", name="Block the bot").click()
    await expect(page.get_by_role("button", name="Type a city")).to_be_hidden()
    await expect(page.get_by_text("You blocked this bot.")).to_be_visible()
    assert telegram.user("Alex").chat.blocked
    await page.get_by_role("button", name="Unblock").click()
    await expect(page.get_by_label("Message", exact=True)).to_be_visible()


async def test_typing_is_shown(page: Page):
    await start(page)
    await say(page, "think")
    await expect(page.locator("#status")).to_have_text("typing…")
    await say(page, "done?")
    await expect(page.locator("#status")).to_have_text("bot")


async def test_switching_patients(page: Page, telegram: Telegram):
    await start(page)
    await page.get_by_label("Message", exact=True).fill("half a draft")
    await page.get_by_role("button", name="Patients and clock").click()
    await page.get_by_label("New patient’s name").fill("Maria")
    await page.keyboard.press("Enter")
    await expect(page.locator("#as-whom")).to_have_text("Maria")
    await expect(messages(page)).to_have_count(0)
    await start(page)
    telegram.user("Alex").sends("hello")
    await page.get_by_role("button", name="Patients and clock").click()
    await expect(page.get_by_label("1 new")).to_be_visible()
    await page.get_by_role("button", name="Alex").click()
    await expect(messages(page).last).to_contain_text("You said hello")
    await expect(page.get_by_label("Message", exact=True)).to_have_value("half a draft")
    await page.reload()
    await expect(page.locator("#as-whom")).to_have_text("Alex")


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("+1 hour", timedelta(hours=1)),
        ("−1 hour", timedelta(hours=-1)),
        ("Next weekly summary", timedelta(days=7)),
    ],
)
async def test_the_clock_moves(open_page, telegram: Telegram, name: str, step: timedelta):
    page = await open_page(width=1280, height=900)
    await start(page)
    shown = page.locator("#time")
    before = telegram.clock.now()
    await page.get_by_role("button", name=name).click()
    wanted = (before + step).strftime("%Y-%m-%dT%H:%M")
    await expect(shown).to_have_attribute("datetime", re.compile(wanted))
    assert (telegram.clock.now() - before).total_seconds() // 60 == step.total_seconds() // 60


async def test_tomorrow_at_check_in_time_draws_a_new_day(open_page, telegram: Telegram):
    page = await open_page(width=1280, height=900)
    await start(page)
    await page.get_by_role("button", name="Tomorrow at check-in time").click()
    await expect(page.locator("#time")).to_have_text("20:05")
    await say(page, "a new day")
    await expect(page.locator(".day")).to_have_count(2)


async def test_keyboard_alone_reaches_everything_in_order(open_page):
    page = await open_page(width=1280, height=900)
    reached = []
    for _ in range(11):
        await page.keyboard.press("Tab")
        reached.append(
            await page.evaluate(
                "document.activeElement.id || document.activeElement.textContent.trim() || document.activeElement.ariaLabel"
            )
        )
        assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", (
            reached
        )
    wanted = (
        "theme|Tomorrow at check-in time|Next weekly summary|−1 hour|+1 hour|AAlex|newcomer-name|Add patient"
    )
    assert reached == ["Skip to the message box", *wanted.split("|"), "scroll", "start-button"]


async def test_new_messages_are_announced(page: Page):
    await start(page)
    await expect(page.locator("[aria-live=polite]")).to_contain_text("Backtrack: Hello.")
    await page.get_by_role("button", name="Check in").click()
    await expect(page.locator("[aria-live=polite]")).to_contain_text("How bad was your back pain?")


async def test_dark_follows_the_system_and_the_switch(open_page):
    light, dark = await open_page(width=1280), await open_page(width=1280, scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    colours = [await page.evaluate(ground) for page in (light, dark)]
    assert colours[0] != colours[1]
    await light.get_by_role("button", name="Dark colours").click()
    assert await light.evaluate(ground) == colours[1]
    await light.reload()
    assert await light.evaluate(ground) == colours[1]
    await light.get_by_role("button", name="Light colours").click()
    assert await light.evaluate(ground) == colours[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
async def test_readable_at_every_width_in_both_schemes(open_page, width: int, scheme: str):
    page = await open_page(width=width, height=740, scheme=scheme)
    await start(page)
    for text in ("eleven", "/week", "/help", "x" * 300, "where"):
        count = await messages(page).count()
        await say(page, text)
        await expect(messages(page)).to_have_count(count + 2)
    assert await page.evaluate(SIDEWAYS) == []
    assert await page.evaluate(SMALL_TARGETS) == []
    assert await page.evaluate(OVERLAPS) == 0
    for selector in (
        ".words",
        ".own .words",
        ".meta time",
        ".own .meta time",
        ".key",
        ".day span",
        "#status",
        ".link",
        "a.file small",
        "#clock-title",
        "#date",
        ".strong",
        ".who strong",
    ):
        assert await page.locator(selector).first.evaluate(CONTRAST) >= 4.5, selector
    if width < 800:
        await page.get_by_role("button", name="Patients and clock").click()
        await expect(page.get_by_role("button", name="+1 hour")).to_be_visible()
        assert await page.evaluate(SMALL_TARGETS) == []
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="+1 hour")).to_be_hidden()


TIME_ON_WORDS = """() => [...document.querySelectorAll('.words')].filter((words) => {
    const meta = words.parentElement.querySelector('.meta');
    const left = Math.min(...[...meta.children].map((e) => e.getBoundingClientRect().left));
    const range = document.createRange();
    range.selectNodeContents(words);
    return [...range.getClientRects()].some((box) => box.right > left && box.bottom > meta.getBoundingClientRect().top + 1
        && box.left < meta.getBoundingClientRect().right);
}).length"""


async def test_the_time_never_lies_on_the_words(page: Page):
    await start(page)
    for length in range(20, 60, 4):
        await say(page, ("word " * 12)[:length])
        await expect(messages(page).last).to_contain_text("You said")
    await page.get_by_role("button", name="Check in").click()
    await expect(messages(page).nth(1)).to_contain_text("edited")
    assert await page.evaluate(TIME_ON_WORDS) == 0


async def test_a_folded_quote_opens(page: Page):
    await start(page)
    quote = page.locator("blockquote")
    folded = await quote.evaluate("(e) => e.clientHeight")
    await page.get_by_role("button", name="Show more").click()
    assert await quote.evaluate("(e) => e.clientHeight") > folded
    await expect(page.get_by_role("button", name="Show less")).to_have_attribute("aria-expanded", "true")


async def test_the_newest_message_stays_in_sight(page: Page):
    await start(page)
    for number in range(8):
        await say(page, f"line {number}")
        await expect(messages(page).last).to_contain_text(f"You said line {number}")
    await expect(messages(page).last).to_be_in_viewport(ratio=1)
    await expect(page.get_by_role("button", name="To the end")).to_be_hidden()


async def test_reading_back_is_not_disturbed(page: Page, telegram: Telegram):
    await start(page)
    for number in range(8):
        await say(page, f"line {number}")
        await expect(messages(page).last).to_contain_text(f"You said line {number}")
    await page.locator("#scroll").evaluate("(e) => { e.scrollTop = 0; }")
    chat_id = telegram.user("Alex").chat.chat_id
    await telegram.call(telegram.token, "sendMessage", {"chat_id": chat_id, "text": "late"})
    await expect(messages(page)).to_have_count(19)
    await expect(messages(page).first).to_be_in_viewport()
    await page.get_by_role("button", name="To the end, 1 new").click()
    await expect(messages(page).last).to_be_in_viewport(ratio=1)
    await expect(page.get_by_role("button", name="To the end")).to_be_hidden()


async def test_a_reply_keyboard_hides_no_message(page: Page):
    await start(page)
    for number in range(6):
        await say(page, f"line {number}")
        await expect(messages(page).last).to_contain_text(f"You said line {number}")
    await say(page, "where")
    await expect(page.get_by_role("button", name="Type a city")).to_be_visible()
    await expect(messages(page).last).to_be_in_viewport(ratio=1)
