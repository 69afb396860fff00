"""`/start`: consent before anything is kept, then four settings that can all be skipped and changed later."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.clinical.answers import Tracks
from bot.clinical.patient import CONSENT_VERSION
from storage.engine import moment
from tests.flows.conftest import START, heard

EMPTY = {
    "patients",
    "checkins",
    "reviews",
    "advice",
    "appointments",
    "doctor_questions",
    "due",
    "outbox",
    "inbox",
    "crisis_messages",
    "unanswered_questions",
}


async def begun(bot, *labels):
    nora = await bot.patient()
    await nora.send("/start")
    await bot.taps(nora, "Yes, I agree", *labels)
    return nora


async def test_who_declines_leaves_no_row_anywhere(bot):
    nora = await bot.patient()
    await nora.send("/start")
    await bot.taps(nora, "Tell me more first", "No, thank you")
    assert "I have kept nothing" in nora.last.text
    tables = await bot.tables()
    assert {name for name in EMPTY if tables[name]} == set()


async def test_who_writes_before_consent_is_welcomed_and_leaves_no_row(bot):
    nora = await bot.patient()
    for text in ("hello", "/checkin", "is heat good for my back?", "/nonsense"):
        await nora.send(text)
        assert "Shall we start?" in nora.last.text
    await nora.photo()
    await nora.calls_back("ci:1:warning:none", nora.last.id)
    tables = await bot.tables()
    assert {name for name in EMPTY if tables[name]} == set()


async def test_consent_is_stored_with_its_version_and_time_before_anything_else(bot):
    nora = await begun(bot)
    known = await bot.known(nora)
    assert (known.consent.version, known.consent.given_at) == (CONSENT_VERSION, START)
    assert known.profile.country is None
    assert "Which country are you in?" in nora.last.text


async def test_an_old_consent_button_does_not_begin_anew(bot):
    nora = await begun(bot, "United Kingdom", "20:00", "Sunday", "Skip this")
    before = await bot.known(nora)
    await bot.jump(datetime(2026, 3, 3, 9, 0, tzinfo=UTC))
    await nora.calls_back(f"consent:{CONSENT_VERSION}", 2)
    after = await bot.known(nora)
    assert (after.patient_id, after.consent) == (before.patient_id, before.consent)


async def test_every_step_can_be_skipped(bot):
    nora = await begun(bot, "Skip", "Skip", "Skip", "Skip", "Skip this")
    known = await bot.known(nora)
    assert known.profile.country is None
    assert (known.preferences.zone, known.preferences.checkin_time) == ("UTC", time(20))
    assert "All set" in nora.last.text
    assert {row["kind"] for row in await bot.rows("due")} == {"checkin", "weekly"}


async def test_each_step_leads_back_to_the_one_before(bot):
    nora = await begun(bot)
    assert "‹ Back" not in nora.last.buttons
    asked = ["Which country", "What time is it where you are", "When shall I ask", "On which day"]
    for forward, words in zip(("United States", "New York", "20:00"), asked[1:], strict=True):
        await nora.tap(next(label for label in nora.last.buttons if label.startswith(forward)))
        assert words in nora.last.text
    for words in reversed(asked[:-1]):
        await nora.tap("‹ Back")
        assert words in nora.last.text


async def test_a_country_with_one_time_zone_is_not_asked_for_it(bot):
    nora = await begun(bot, "Germany")
    assert "When shall I ask you" in nora.last.text
    assert (await bot.known(nora)).preferences.zone == "Europe/Berlin"
    await nora.tap("‹ Back")
    assert "Which country" in nora.last.text


async def test_a_country_with_several_shows_the_time_in_each(bot):
    nora = await begun(bot, "United States")
    assert "New York: 04:00" in nora.last.buttons
    assert "Los Angeles: 01:00" in nora.last.buttons


@pytest.mark.parametrize(
    ("typed", "code", "zone"),
    [("Norway", "NO", "Europe/Oslo"), ("uk", "GB", "Europe/London"), ("Swizerland", "CH", "Europe/Zurich")],
)
async def test_any_country_can_be_typed(bot, typed, code, zone):
    nora = await begun(bot)
    await nora.send(typed)
    known = await bot.known(nora)
    assert (known.profile.country, known.preferences.zone) == (code, zone)


async def test_a_typed_country_is_shown_as_it_was_read(bot):
    nora = await begun(bot)
    await nora.send("Swizerland")
    assert "Your country: Switzerland." in nora.last.text
    assert "‹ Back" in nora.last.buttons


@pytest.mark.parametrize(
    ("country", "said"),
    [
        ("United States", ("Your country: United States", "call 911", "/settings")),
        ("Portgal", ("Your country: Portugal", "call 112", "/settings")),
        ("Japan", ("Your country: Japan", "I don't have its emergency number", "/settings")),
        ("Skip", ("I don't know your country", "call your local number", "/settings")),
    ],
)
async def test_the_end_of_the_start_names_the_country_and_its_number(bot, country, said):
    nora = await begun(bot)
    await (nora.tap if country in nora.last.buttons else nora.send)(country)
    while "All set" not in nora.last.text:
        await nora.tap("Skip this" if "Skip this" in nora.last.buttons else "Skip")
    for words in said:
        assert words in nora.last.text


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("half past seven", "19:30"),
        ("quarter to 8", "19:45"),
        ("a quarter past six in the morning", "06:15"),
        ("8 o'clock", "20:00"),
        ("7.30pm", "19:30"),
        ("1930", "19:30"),
        ("noon", "12:00"),
    ],
)
async def test_a_time_in_words_is_read_and_shown(bot, typed, at):
    nora = await begun(bot, "Germany")
    await nora.send(typed)
    assert f"Your check-in: {at}." in nora.last.text
    assert f"{(await bot.known(nora)).preferences.checkin_time:%H:%M}" == at


@pytest.mark.parametrize("typed", ["half seven", "12 at night", "99 past 4", "quarter to 25", "soon"])
async def test_a_time_that_could_be_another_is_asked_again(bot, typed):
    nora = await begun(bot, "Germany")
    await nora.send(typed)
    assert "I can't read that as a time" in nora.last.text


async def test_a_large_city_is_taken_for_its_country(bot):
    nora = await bot.patient()
    await nora.send("/start")
    await nora.tap("Yes, I agree")
    await nora.send("Chicago")
    assert "Your country: United States. If that is wrong, tap Back." in nora.last.text
    known = await bot.known(nora)
    assert (known.profile.country, known.preferences.zone) == ("US", "America/Chicago")


async def test_a_country_that_is_none_is_asked_again(bot):
    nora = await begun(bot)
    await nora.send("Atlantis <b>")
    assert "I don't know that country" in nora.last.text
    await nora.send("Ireland")
    assert (await bot.known(nora)).profile.country == "IE"


async def test_a_typed_city_gives_the_time_zone(bot):
    nora = await begun(bot, "United States")
    await nora.send("Xyzzyville")
    assert "I don't know that place" in nora.last.text
    assert {"‹ Back", "Skip"} <= set(nora.last.buttons)
    await nora.send("Chicgo")
    assert (await bot.known(nora)).preferences.zone == "America/Chicago"
    assert "When shall I ask you" in nora.last.text


async def test_who_skips_the_country_is_not_told_to_tap_a_place(bot):
    nora = await begun(bot, "Skip")
    assert "Which city is near you?" in nora.last.text
    assert nora.last.buttons == ["‹ Back", "Skip"]


async def test_a_shared_location_gives_the_time_zone_and_is_not_kept(bot):
    nora = await begun(bot, "United States")
    await nora.location(47.6062, -122.3321)
    assert (await bot.known(nora)).preferences.zone == "America/Los_Angeles"
    kept = str(await bot.tables())
    assert "47.6" not in kept
    assert "122.3" not in kept


async def test_a_location_at_sea_is_asked_again(bot):
    nora = await begun(bot, "United States")
    await nora.location(0.0, -140.0)
    assert "When shall I ask you" not in nora.last.text or (
        await bot.known(nora)
    ).preferences.zone.startswith("Etc/")


@pytest.mark.parametrize(
    ("typed", "read"),
    [("7:45 pm", time(19, 45)), ("0:05", time(0, 5)), ("8pm", time(20)), ("21.30", time(21, 30))],
)
async def test_the_time_is_read_to_the_minute(bot, typed, read):
    nora = await begun(bot, "United Kingdom")
    await nora.send(typed)
    assert (await bot.known(nora)).preferences.checkin_time == read
    assert "On which day" in nora.last.text


@pytest.mark.parametrize("typed", ["25:00", "soon", "12:60", "0 pm"])
async def test_a_time_that_is_none_is_asked_again(bot, typed):
    nora = await begun(bot, "United Kingdom")
    await nora.send(typed)
    assert "I can't read that as a time" in nora.last.text
    assert (await bot.known(nora)).expects == "set:o:time"


async def test_the_day_of_the_summary_can_be_typed(bot):
    nora = await begun(bot, "United Kingdom", "20:00")
    await nora.send("someday")
    assert "day of the week" in nora.last.text
    await nora.send("thurs")
    assert (await bot.known(nora)).preferences.summary_weekday == 3


async def test_start_again_goes_on_where_the_start_was_left(bot):
    nora = await begun(bot, "United Kingdom")
    await nora.send("/help")
    await nora.send("/start")
    assert "When shall I ask you" in nora.last.text
    await bot.taps(nora, "20:00", "Sunday", "Skip this")
    assert "All set" in nora.last.text


async def test_start_again_later_keeps_the_diary(bot):
    nora = await bot.onboarded()
    await bot.day(nora, back=4)
    await nora.send("/start")
    assert "Welcome back" in nora.last.text
    assert (await bot.stored(nora)).value("back_pain") == 4
    assert [row["kind"] for row in await bot.rows("due") if row["state"] == "open"].count("checkin") == 1


async def test_the_questions_about_the_patient_are_kept_and_each_can_be_skipped(bot):
    nora = await begun(bot, "United Kingdom", "20:00", "Sunday", "OK, ask me")
    await nora.send("19 hundred")
    assert "I can't read that as a year" in nora.last.text
    await nora.send("1961")
    await bot.taps(nora, "Both", "1 to 3 months ago", "For a long time", "No", "Heart disease or stroke")
    await bot.taps(nora, "Blood thinners", "Done")
    profile = (await bot.known(nora)).profile
    assert (profile.birth_year, profile.tracks, profile.headaches_new) == (1961, Tracks.BOTH, False)
    assert profile.usual_aura is False
    assert {str(each) for each in profile.conditions} == {"heart", "blood_thinner"}
    assert heard(nora, "All set")


async def test_the_questions_about_the_patient_go_back(bot):
    nora = await begun(bot, "United Kingdom", "20:00", "Sunday", "OK, ask me")
    assert "‹ Back" not in nora.last.buttons
    await bot.taps(nora, "Skip")
    assert "diary of" in nora.last.text
    await nora.tap("‹ Back")
    assert "In which year" in nora.last.text


@pytest.mark.parametrize(
    "data",
    [
        "set:o:country:<b>",
        "set:o:zone:../../etc/passwd",
        "set:o:time:2561",
        "set:o:weekday:9",
        "set:o:shoe:1",
        "set:o",
    ],
)
async def test_a_setting_made_up_by_hand_changes_nothing(bot, data):
    nora = await begun(bot)
    before = await bot.known(nora)
    assert "older message" in await bot.forge(nora, data)
    assert await bot.known(nora) == before


async def test_a_start_that_is_left_after_the_country_still_leads_to_a_prompt_at_its_time(bot):
    nora = await bot.patient("Nora")
    await nora.send("/start")
    await bot.taps(nora, "Yes, I agree", "Australia")
    rows = await bot.database.fetch_all("SELECT due_at FROM due WHERE kind = 'checkin' AND state = 'open'")
    assert [moment(row["due_at"]).astimezone(ZoneInfo("Australia/Sydney")).hour for row in rows] == [20]
