from dataclasses import replace

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clinical.answers import Level, MedicineClass, Profile
from bot.diary.ledger import Day, DayState
from bot.diary.series import series_of
from bot.reports.insights import insights
from bot.reports.material import AdviceLine, Impact
from bot.reports.read_aloud import READ_ALOUD_WORDS, read_aloud
from bot.reports.visit_brief import VisitMaterial, visit_brief
from bot.words import load_words
from tests.reports.diaries import TODAY, advice_lines, day_lists, logged

WORDS = load_words()
DAYS = [logged(ago, 3 + ago % 4, 6 if ago % 3 == 0 else 0) for ago in range(80, -1, -1)]


def material(days=DAYS, **more):
    return VisitMaterial(days=days, today=TODAY, profile=more.pop("profile", Profile(country="GB")), **more)


def opened(brief):
    return pypdfium2.PdfDocument(visit_brief(brief, WORDS))


def text_of(brief):
    return " ".join(opened(brief)[0].get_textpage().get_text_range().split())


FULL = material(
    name="Sam",
    with_whom="Dr Lee",
    advice=[
        AdviceLine(Level.SAME_DAY, "Call NHS 111 today, as this can be an infection. " * 3, "", TODAY, "B-20")
        for _ in range(9)
    ],
    found=insights(series_of(DAYS), TODAY),
    impact=Impact(4.3, 5.0),
    last_visit=DAYS[40].date,
    changed="New pills at night. " * 30,
    questions=["Why does it hurt so much when I sit for long? " * 6] * 9,
)


def test_the_point_stands_on_one_page_that_can_be_searched():
    brief = material(name="Sam", questions=["Is it safe to run?"], found=insights(series_of(DAYS), TODAY))
    assert len(opened(brief)) == 1
    text = text_of(brief)
    for part in ("Pain diary: Sam", "Back pain: 4.5 on average, from 3 to 6 (days with a score: 81).",
                 "Headache: 27 of 81 days. Last 30 days: 10 of 30.", "Is it safe to run?", "How complete it is",
                 "Answered 81 of 81 days", "No pain medicine logged in the last 30 days"):  # fmt: skip
        assert part in text


def test_the_page_is_tagged_and_says_what_language_it_is_in():
    page = visit_brief(material(), WORDS)
    assert b"/StructTreeRoot" in page
    assert b"/Marked true" in page
    assert b"/Lang" in page
    assert b"pdfuaid:part" in page


@pytest.mark.parametrize(
    "name", ["محمد علي", "李小龙", "😀 Ойка", "नमस्ते", "<b>&#x1F600; #strong[*_`", "สมชาย", "𓂀"]
)
def test_a_name_in_any_script_is_set_as_it_is(name):
    assert len(opened(material(name=name))) == 1
    assert opened(material(name=name)).get_metadata_value("Title") == f"Pain diary: {name}"


def test_markup_in_a_name_is_only_text():
    assert "Pain diary: <b>#strong[x]</b>" in text_of(material(name="<b>#strong[x]</b>"))


@pytest.mark.parametrize(
    ("country", "size"), [("US", (612, 792)), ("GB", (595.28, 841.89)), (None, (595.28, 841.89))]
)
def test_paper_goes_by_country(country, size):
    assert opened(material(profile=Profile(country=country)))[0].get_size() == pytest.approx(size, abs=0.1)


def test_however_much_there_is_the_first_part_keeps_to_one_page():
    pages = opened(FULL)
    assert len(pages) == 2
    assert "How this was made" in pages[0].get_textpage().get_text_range()
    assert "All my questions" in pages[1].get_textpage().get_text_range()
    assert "4 more on the next page" in pages[0].get_textpage().get_text_range()


def test_every_day_is_on_the_next_page_if_wanted():
    days = [*DAYS[:-1], Day(TODAY, DayState.SKIPPED)]
    pages = opened(material(days=days, with_days=True))
    listed = pages[1].get_textpage().get_text_range()
    assert "22 Nov skipped" in " ".join(listed.split())
    assert len(pages) == 2


def test_the_first_page_is_not_empty_when_drawn():
    drawn = opened(FULL)[0].render(scale=0.5).to_pil().convert("L")
    ink = sum(count for count, shade in drawn.getcolors() if shade < 128) / (drawn.width * drawn.height)
    assert 0.02 < ink < 0.4


def test_medicine_stands_against_its_line():
    taken = frozenset({MedicineClass.TRIPTAN})
    days = [Day(day.date, DayState.PAIN, 3, 3, medicines=taken) for day in DAYS[-12:]]
    text = text_of(material(days=days))
    assert "At or over the line: triptan" in text
    assert "triptan 12 – 10" in text
    assert "all kinds" not in text


def test_before_and_after_a_visit_are_figures_without_a_verdict():
    text = text_of(material(last_visit=DAYS[40].date, changed="Physio."))
    assert "28 days before the visit on 13 October: back pain 4.5 (days: 28), headache 9 of 28 days" in text
    assert "28 days after it: back pain 4.5 (days: 28)" in text
    assert "better" not in text.split("Since the last visit")[1].split("How complete")[0]


def test_warning_signs_stand_with_what_was_advised():
    days = [*DAYS[:-1], Day(TODAY, DayState.PAIN, 5, 5, flags=frozenset({"saddle"}))]
    advice = [AdviceLine(Level.EMERGENCY, "Go to A&E now.", "", TODAY, "B-01")]
    text = text_of(material(days=days, advice=advice))
    assert "22 Nov. Signs: numb skin between the legs. Told (emergency): Go to A&E now." in text
    assert "Highest advice given: emergency, on 22 November. Signs: numb skin between the legs. " in text


def test_urgent_advice_stands_above_the_figures_and_a_usual_one_below():
    def places(level):
        text = text_of(material(advice=[AdviceLine(level, "Call NHS 111 today.", "", TODAY, "B-20")]))
        return text.index("Highest advice given"), text.index("Back pain: 4.5")

    urgent, figures = places(Level.SAME_DAY)
    assert urgent < figures
    routine, figures = places(Level.ROUTINE)
    assert figures < routine


def test_the_clinician_is_not_addressed_as_the_patient():
    text = text_of(material(found=insights(series_of(DAYS), TODAY)))
    told = text.split("Do the two pains go together?")[1].split("How complete")[0]
    assert "days with back pain 5 or more" in told
    assert "you" not in told
    assert "I can" not in told


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    days=day_lists(120),
    advice=advice_lines,
    name=st.none() | st.text(max_size=40),
    questions=st.lists(st.text(max_size=300), max_size=7),
    visit=st.none() | st.integers(-5, 100),
)
def test_any_diary_gives_a_page_and_a_minute_of_speech(days, advice, name, questions, visit):
    last_visit = None if visit is None else TODAY.fromordinal(TODAY.toordinal() - visit)
    brief = material(
        days=days, advice=advice, name=name, questions=questions, last_visit=last_visit, changed=name
    )
    assert visit_brief(brief, WORDS).startswith(b"%PDF")
    assert len(read_aloud(brief, WORDS).split()) <= READ_ALOUD_WORDS


def test_read_aloud_ends_with_a_question_and_keeps_to_a_minute():
    said = read_aloud(FULL, WORDS)
    assert said.endswith("What do you think we should do next?")
    assert 80 < len(said.split()) <= READ_ALOUD_WORDS
    assert "My back pain was 4.5 out of 10 on average." in said


def test_read_aloud_of_an_empty_diary_claims_nothing():
    assert read_aloud(material(days=[]), WORDS).startswith("I have just begun a pain diary.")


def test_read_aloud_leaves_out_what_would_take_longer_than_a_minute():
    chatty = "a " * 300
    brief = replace(FULL, advice=[AdviceLine(Level.SOON, chatty, "", TODAY, "B-31")], questions=[chatty])
    said = read_aloud(brief, WORDS)
    assert len(said.split()) <= READ_ALOUD_WORDS
    assert said.endswith("What do you think we should do next?")
