"""What is typed: crisis words first, then warning signs, then the rest, the same in every state (L-9)."""

from datetime import date

import pytest

from bot.clinical.answers import Answer, CheckIn, Level
from storage import advice, checkins
from tests.flows.conftest import heard
from tests.tables import PATIENT_TABLES

CRISIS = "I want to end my life tonight, zebrafinch"
EMERGENCY = "since this morning I can't feel anything between my legs, zebrafinch"
UNCLEAR_CRISIS = "I can't go on like this"


async def given(bot, patient):
    known = await bot.known(patient)
    return await advice.everything(bot.database, known.patient_id)


async def in_onboarding(bot):
    nora = await bot.patient()
    await nora.send("/start")
    await bot.taps(nora, "Yes, I agree")
    return nora


async def while_paused(bot):
    nora = await bot.onboarded()
    await nora.send("/settings")
    await nora.tap("Pause check-ins")
    return nora


async def in_a_note(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await bot.taps(nora, "No pain, no signs, no pills", "Well", "Add a note")
    return nora


async def in_a_checkin(bot):
    nora = await bot.onboarded()
    await nora.send("/checkin")
    await nora.tap("None")
    return nora


async def asked_for_a_name(bot):
    nora = await bot.onboarded()
    await nora.send("/settings")
    await nora.tap(next(label for label in nora.last.buttons if label.startswith("Name on brief")))
    return nora


async def asked_for_a_visit(bot):
    nora = await bot.onboarded()
    await nora.send("/visit")
    await nora.tap("Set a visit")
    return nora


async def asked_a_question_for_the_doctor(bot):
    nora = await bot.onboarded()
    await nora.send("/ask_doctor")
    return nora


async def idle(bot):
    return await bot.onboarded()


STATES = [
    in_onboarding,
    while_paused,
    in_a_note,
    in_a_checkin,
    asked_for_a_name,
    asked_for_a_visit,
    asked_a_question_for_the_doctor,
    idle,
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
async def test_a_crisis_is_heard_in_every_state_and_no_word_of_it_is_kept(bot, state):
    nora = await state(bot)
    await nora.send(CRISIS)
    assert "I'm really glad you told me" in nora.last.text
    assert len(await bot.rows("crisis_messages")) == 1
    assert "zebrafinch" not in str(await bot.tables())
    assert (await bot.known(nora)).expects is None


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
async def test_a_warning_sign_is_heard_in_every_state(bot, state):
    nora = await state(bot)
    said_before = len(nora.from_bot)
    await nora.send(EMERGENCY)
    assert "Get help now" in nora.from_bot[said_before].text
    assert Level.EMERGENCY in {one.level for one in await given(bot, nora)}
    kept = {table: str(rows) for table, rows in (await bot.tables()).items() if "zebrafinch" in str(rows)}
    assert set(kept) == ({"checkins"} if state is in_a_note else set())


@pytest.mark.parametrize("carry", ["/ask_doctor {}", "/help {}", "/checkin {}", "/start {}", "/nonsense {}"])
async def test_the_words_after_a_command_are_read_too(bot, carry):
    nora = await bot.onboarded()
    await nora.send(carry.format(CRISIS))
    assert "I'm really glad you told me" in nora.last.text
    await nora.send(carry.format(EMERGENCY))
    assert "Get help now" in nora.last.text
    assert "zebrafinch" not in str(await bot.tables())


async def test_the_words_under_a_picture_and_of_a_changed_message_are_read_too(bot):
    nora = await bot.onboarded()
    await nora.photo(CRISIS)
    assert "I'm really glad you told me" in nora.last.text
    await nora.send("hello")
    own = [message for message in nora.messages if not message.from_bot][-1]
    await nora.edit(own.id, EMERGENCY, wait=True)
    assert "Get help now" in nora.last.text


async def test_a_changed_message_without_a_sign_is_asked_for_again(bot):
    nora = await bot.onboarded()
    await nora.send("is heat god")
    own = [message for message in nora.messages if not message.from_bot][-1]
    await nora.edit(own.id, "is heat good", wait=True)
    assert "send it again" in nora.last.text


async def test_before_consent_help_is_named_and_nothing_is_kept(bot):
    nora = await bot.patient()
    await nora.send(CRISIS)
    assert "I'm really glad you told me" in nora.last.text
    await nora.tap("Show other countries")
    assert "116 123" in nora.last.text
    await nora.send(EMERGENCY)
    assert "This sounds urgent" in nora.last.text
    tables = await bot.tables()
    assert {name for name in PATIENT_TABLES if tables[name]} == set()


@pytest.mark.parametrize(
    ("country", "zone", "number"), [("United Kingdom", None, "116 123"), ("United States", "New York", "988")]
)
async def test_the_crisis_message_has_the_numbers_of_the_country(bot, country, zone, number):
    nora = await bot.onboarded(country=country, zone=zone)
    await nora.tap("I don't feel safe") if nora.reply_keyboard is None else await nora.send(
        "I don't feel safe"
    )
    assert number in nora.last.text
    assert set(nora.last.buttons) == {"Show other countries", "I've reached someone", "Pause check-ins today"}
    await nora.tap("I've reached someone")
    assert "not alone" in nora.last.text


@pytest.mark.parametrize(
    ("answer", "crisis"), [("Yes", True), ("Not sure", True), ("No, it is just the pain", False)]
)
async def test_an_unclear_crisis_asks_one_plain_question(bot, answer, crisis):
    nora = await bot.onboarded()
    await nora.send(UNCLEAR_CRISIS)
    assert "Are you having thoughts of ending your life?" in nora.last.text
    await nora.tap(answer)
    assert heard(nora, "I'm really glad you told me") is crisis
    assert len(await bot.rows("crisis_messages")) == int(crisis)


async def test_an_emergency_that_stands_is_said_before_the_thanks_for_a_no(bot):
    """A sign of the day may not have been advised on yet, as where the diary was brought in from elsewhere."""
    nora = await bot.onboarded()
    known, now = await bot.known(nora), bot.clock.now()
    said = {"warning": "back", "signs_back": ("saddle",)}
    answers = {name: Answer(value=value, given_at=now) for name, value in said.items()}
    today = CheckIn(local_date=now.date(), answers=answers)
    await bot.database.commit(checkins.saved(known.patient_id, today))
    await nora.send(UNCLEAR_CRISIS)
    await nora.tap("No, it is just the pain")
    calls = [each["parameters"] for each in await bot.sandbox.requests()]
    told = [str(call.get("text")) for call in calls if str(call.get("chat_id")) == str(nora.chat_id)]
    (emergency,) = (place for place, text in enumerate(told) if "Get help now" in text)
    (thanks,) = (place for place, text in enumerate(told) if "Thank you for telling me" in text)
    assert emergency < thanks


async def test_the_day_after_a_crisis_there_is_one_kind_line_that_can_be_switched_off(bot):
    nora = await bot.onboarded()
    await nora.send(CRISIS)
    await nora.send(CRISIS)
    await bot.next_day()
    lines = [message for message in nora.from_bot if "The other day you told me" in message.text]
    assert len(lines) == 1
    assert "116 123" in lines[0].text
    await nora.tap("Don't send this again")
    await bot.next_day()
    assert sum("The other day you told me" in message.text for message in nora.from_bot) == 0
    await nora.send(CRISIS)
    await bot.next_day()
    assert not any("The other day you told me" in message.text for message in nora.from_bot)


@pytest.mark.parametrize(("answer", "urgent"), [("Yes, it is", True), ("Not sure", True), ("No", False)])
async def test_an_unclear_sign_asks_whether_it_is_now(bot, answer, urgent):
    nora = await bot.onboarded()
    await nora.send("I'm blind in my right eye from birth")
    assert "Is this happening to you now?" in nora.last.text
    before = len(await given(bot, nora))
    await nora.tap(answer)
    assert (len(await given(bot, nora)) > before) is urgent
    assert (await bot.known(nora)).pending_flags == ()
    if not urgent:
        assert heard(nora, "If it starts")


async def test_no_word_is_left_in_the_files_once_the_log_is_folded(bot):
    nora = await bot.onboarded()
    await nora.send(EMERGENCY)
    await nora.send(CRISIS + " zebrafinch and so on" * 190)
    assert b"zebrafinch" not in bot.folded()


async def test_the_warning_buttons_are_one_tap_away_on_every_screen(bot):
    nora = await bot.onboarded()
    labels = [button["text"] for row in nora.reply_keyboard["keyboard"] for button in row]
    assert labels == ["Check in", "Warning signs", "I don't feel safe"]
    await nora.send("Warning signs")
    assert "Any new or worse warning sign" in nora.last.text


async def test_a_question_is_answered_after_the_signs_were_denied(bot):
    nora = await bot.onboarded()
    await bot.to(date(2026, 3, 2))
    await nora.send("is heat good for my back?")
    assert nora.last.text
    assert not heard(nora, "something went wrong")


async def test_a_yes_that_comes_twice_is_never_answered_with_a_denial(bot):
    nora = await bot.onboarded()
    await bot.forge(nora, "now:yes")
    assert "Trust your gut" in nora.last.text
    assert not any("If it starts" in message.text for message in nora.messages)


async def test_what_stands_on_the_line_below_a_command_is_read(bot):
    nora = await bot.onboarded()
    await nora.send("/help\nI want to end my life")
    assert "I'm really glad you told me" in nora.last.text


async def test_a_yes_that_is_an_emergency_gets_its_advice_before_the_thanks(bot):
    nora = await bot.onboarded()
    await nora.send("double vision")
    await nora.tap("Yes, it is")
    said = [
        (request["method"], request["parameters"]["text"])
        for request in await bot.sandbox.requests()
        if request["method"] in {"sendMessage", "editMessageText"}
    ][-2:]
    assert [method for method, _ in said] == ["sendMessage", "editMessageText"]
    assert "999" in said[0][1]
