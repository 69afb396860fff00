"""Questions: by topic, in the patient's own words, which of two, or an honest no; and what is passed on."""

import pytest

from bot.faq.entries import load_entries
from bot.words import load_words
from handlers.faq import LONGEST_BUTTON
from storage import unanswered
from tests.flows.conftest import heard


async def test_topics_lead_to_an_answer_its_sources_and_back(bot):
    nora = await bot.onboarded()
    await nora.send("/faq")
    assert "Pick a topic" in nora.last.text
    page = nora.last.id
    topics = nora.last.buttons
    await nora.tap(topics[0])
    questions = nora.last.buttons
    assert "‹ Topics" in questions
    titles = {entry.title for entry in load_entries().values()}
    asked = next(label for label in questions if label in titles)
    await nora.tap(asked)
    assert asked in nora.last.text
    answer = nora.last.text
    await nora.tap("Sources")
    assert "Where this comes from" in nora.last.text
    await nora.tap("‹ Back to the answer")
    assert nora.last.text == answer
    await nora.tap("‹ Topics")
    assert nora.last.buttons == topics
    assert nora.last.id == page


async def test_every_topic_and_every_entry_opens(bot):
    nora = await bot.onboarded()
    await nora.send("/faq")
    topics = [data for data in nora.last.data if data.startswith("faq:topic:")]
    entries = []
    for topic in topics:
        await bot.forge(nora, topic)
        entries += [data for data in nora.last.data if data.startswith("faq:show:")]
    assert len(entries) >= 70
    for entry in entries[::7]:
        await bot.forge(nora, entry)
        assert "{" not in nora.last.text, entry
        assert any(data.startswith("faq:src:") for data in nora.last.data), entry
    assert not heard(nora, "something went wrong")


async def test_a_typed_question_is_answered_and_asked_back(bot):
    nora = await bot.onboarded()
    await nora.send("should i use heat or ice on my back?")
    assert "Was this what you asked?" in nora.last.text
    await nora.tap("Yes")
    assert "Was this what you asked?" not in nora.last.text


async def test_not_what_was_asked_offers_the_nearest_and_to_pass_it_on(bot):
    nora = await bot.onboarded()
    await nora.send("should i use heat or ice on my back?")
    await nora.tap("No")
    assert "I can't answer that one" in nora.last.text
    assert "Yes, pass it on" in nora.last.buttons
    assert len(nora.last.buttons) >= 4


async def none_found(bot):
    nora = await bot.onboarded()
    await nora.send("does my back hurt more because zebrafinches sing at dawn")
    if "Yes, pass it on" not in nora.last.buttons:
        await nora.tap("None of these" if "None of these" in nora.last.buttons else "No")
    return nora


async def test_an_unanswered_question_is_kept_without_a_name_and_only_after_yes(bot):
    nora = await none_found(bot)
    assert await bot.rows("unanswered_questions") == []
    await nora.tap("Yes, pass it on")
    (row,) = await bot.rows("unanswered_questions")
    assert "zebrafinches" in row["question"]
    assert str(nora.chat_id) not in str(row)
    assert str((await bot.known(nora)).patient_id) not in str(row)
    assert [question for question, _, _ in await unanswered.by_frequency(bot.database)] == [
        row["question"].lower()
    ]
    await bot.forge(nora, "faq:share:yes")
    assert len(await bot.rows("unanswered_questions")) == 1


async def test_no_keeps_nothing_of_the_question(bot):
    nora = await none_found(bot)
    await nora.tap("No")
    assert "kept nothing" in nora.last.text
    assert "zebrafinches" not in str(await bot.tables())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("do i have a slipped disc?", "can't tell you what you have"),
        ("can you look at my mri of the spine?", "can't tell you what you have"),
        ("is it safe to wait until monday?", "can't say that it is safe"),
        ("do i need to go to a&e", "can't say that it is safe"),
        ("help with my insurance claim", "can't help with sick notes"),
        ("write me a sick note", "can't help with sick notes"),
        ("my wife has migraines, what can she do", "people who ask about their own pain"),
        ("book me a flight to rome", "I only know about back pain"),
        ("how many mg of ibuprofen can i take", "can't give a dose"),
        ("should i stop my prescribed amitriptyline", "can't change your medicines"),
        ("is it safe to wait until monday with this back pain?", "can't say that it is safe"),
        ("which surgeon is the best in leeds", "don't name doctors"),
        ("can you write me a sick note for my back pain", "can't help with sick notes"),
        ("my daughter is 6 and has a headache, what can i give her", "for adults"),
    ],
)
async def test_what_is_refused_has_its_own_reply_and_a_way_on(bot, text, words):
    nora = await bot.onboarded()
    await nora.send(text)
    assert heard(nora, words)
    assert nora.last.buttons


async def test_what_is_off_our_topics_leads_back_to_them(bot):
    nora = await bot.onboarded()
    await nora.send("book me a flight to rome")
    await nora.tap("‹ Topics")
    assert "Pick a topic" in nora.last.text


async def test_a_refusal_goes_before_the_answer_and_takes_none_away(bot):
    nora = await bot.onboarded()
    await nora.send("my wife has terrible migraines, what can she take")
    assert "Was this what you asked?" in nora.last.text


async def test_who_took_too_many_is_sent_for_help_at_once(bot):
    nora = await bot.onboarded()
    await nora.send("i took too many painkillers today")
    assert heard(nora, "999")


@pytest.mark.parametrize("text", ["?", "...", "👍👍👍", "ok", "1234", "😀" * 100])
async def test_what_holds_no_question_gets_a_short_reply(bot, text):
    nora = await bot.onboarded()
    said = len(nora.from_bot)
    await nora.send(text)
    assert len(nora.from_bot) == said + 1
    assert len(nora.last.text) < 600
    assert not heard(nora, "something went wrong")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mir tut der kopf weh was soll ich tun", "English"),
        ("¿Cómo puedo dormir con dolor de espalda?", "English"),
        ("quel médicament pour la migraine", "English"),
        ("you idiot", "sorry this is hard"),
        ("you are a stupid useless bot", "sorry this is hard"),
    ],
)
async def test_other_languages_and_insults_get_a_fitting_reply(bot, text, words):
    nora = await bot.onboarded()
    await nora.send(text)
    assert words in nora.last.text


@pytest.mark.parametrize(
    "text", ['<b>is heat</b> <script>good</script> & "safe"?', "is heat good? " * 290, "a" * 4096]
)
async def test_markup_and_long_texts_break_nothing(bot, text):
    nora = await bot.onboarded()
    await nora.send(text)
    assert nora.last.from_bot
    assert not heard(nora, "something went wrong")


async def test_an_answer_shows_what_the_own_diary_says(bot):
    nora = await bot.onboarded()
    await bot.day(nora, head=5)
    await bot.next_day()
    await bot.day(nora)
    await bot.forge(nora, "faq:show:how-many-headaches-is-too-many")
    assert "1 of 2 days" in nora.last.text
    await bot.forge(nora, "faq:show:are-back-pain-and-headaches-connected")
    assert "Your own diary" in nora.last.text


async def test_only_the_question_under_the_button_is_passed_on(bot):
    nora = await bot.onboarded()
    await nora.send("Can zebras ski?")
    first = nora.last
    await nora.send("Do rocks dream at night?")
    await nora.tap("Yes, pass it on", message_id=first.id)
    assert await bot.database.fetch_all("SELECT question FROM unanswered_questions") == []


def test_a_title_that_a_phone_would_cut_has_a_shorter_button():
    words = load_words()
    long = {entry.id for entry in load_entries().values() if len(entry.title) > LONGEST_BUTTON}
    short = {
        key.removeprefix("faq_short."): words.text(key)
        for key in words.keys()  # noqa: SIM118 -- Words is no mapping
        if key.startswith("faq_short.")
    }
    assert short.keys() == long
    assert {name: text for name, text in short.items() if len(text) > LONGEST_BUTTON} == {}
    assert len(set(short.values())) == len(short)


async def test_every_button_of_a_topic_shows_whole(bot):
    nora = await bot.onboarded()
    await nora.send("/faq")
    for topic in list(nora.last.data):
        await bot.forge(nora, topic)
        assert all(len(label) <= LONGEST_BUTTON for label in nora.last.buttons), nora.last.buttons
        await bot.forge(nora, "faq:topics:-")
