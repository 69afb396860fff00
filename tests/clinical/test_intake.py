"""The profile questions: what is asked, and what an answer makes of the profile."""

from datetime import date, timedelta

import pytest

from bot.clinical.answers import Condition, Profile, Tracks
from bot.clinical.intake import SINCE_DAYS, apply_intake, next_intake, plan_intake, previous_intake
from bot.clinical.questions import Form, UnknownChoiceError, accept, load_questions
from tests.clinical.scenes import TODAY

QUESTIONS = {question.id: question for question in load_questions(Form.PROFILE)}


def told(question: str, choice: str, profile: Profile | None = None) -> Profile:
    return apply_intake(profile or Profile(), question, accept(QUESTIONS[question], choice), TODAY)


def test_the_questions_in_order_follow_what_is_tracked() -> None:
    both = ["birth_year", "tracks", "back_pain_since", "headaches_new", "usual_aura", "conditions"]
    assert [question.id for question in plan_intake(Profile())] == both
    assert "back_pain_since" not in [q.id for q in plan_intake(Profile(tracks=Tracks.HEAD))]
    assert "usual_aura" not in [q.id for q in plan_intake(Profile(tracks=Tracks.BACK))]


def test_next_and_back() -> None:
    assert next_intake(Profile(), None).id == "birth_year"
    assert next_intake(Profile(), "birth_year").id == "tracks"
    assert next_intake(Profile(), "conditions") is None
    assert next_intake(Profile(), "back_pain_since", {"back_pain_since": "date"}).id == "back_pain_date"
    assert previous_intake(Profile(), "tracks").id == "birth_year"
    assert previous_intake(Profile(), "birth_year") is None


def test_answers_make_the_profile() -> None:
    assert told("birth_year", " 1958 ").birth_year == 1958
    assert told("tracks", "head").tracks is Tracks.HEAD
    assert told("headaches_new", "new").headaches_new is True
    assert told("headaches_new", "long").headaches_new is False
    assert told("usual_aura", "yes").usual_aura is True
    assert told("usual_aura", "not_sure").usual_aura is None
    assert told("conditions", "cancer,heart").conditions == {Condition.CANCER, Condition.HEART}
    assert told("conditions", "").conditions == frozenset()
    assert told("back_pain_date", "2026-03-31").back_pain_since == date(2026, 3, 31)


@pytest.mark.parametrize(("choice", "days"), SINCE_DAYS.items())
def test_since_when_is_the_least_it_could_be(choice, days) -> None:
    assert told("back_pain_since", choice).back_pain_since == TODAY - timedelta(days=days)


def test_the_choice_to_type_a_date_changes_nothing_yet() -> None:
    profile = Profile(back_pain_since=date(2020, 1, 1))
    assert told("back_pain_since", "date", profile) == profile


def test_skipped_is_not_known() -> None:
    full = Profile(birth_year=1958, back_pain_since=TODAY, headaches_new=True, conditions=frozenset())
    for question in ("birth_year", "back_pain_since", "headaches_new", "conditions"):
        assert getattr(apply_intake(full, question, None, TODAY), question) is None


@pytest.mark.parametrize(
    ("question", "choice"),
    [
        ("birth_year", "58"),
        ("birth_year", "1899"),
        ("birth_year", "2027"),
        ("birth_year", "１９５８"),
        ("birth_year", "born 1958"),
        ("back_pain_date", "31.3.2026"),
        ("back_pain_date", "2026-11-23"),
        ("conditions", "cancer,rich"),
        ("tracks", "knee"),
    ],
)
def test_what_cannot_be_is_refused(question, choice) -> None:
    with pytest.raises(UnknownChoiceError):
        told(question, choice)


def test_an_unknown_question_is_refused() -> None:
    with pytest.raises(UnknownChoiceError):
        apply_intake(Profile(), "shoe_size", "44", TODAY)
