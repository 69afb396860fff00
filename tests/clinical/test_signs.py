"""Whether a day has signs is known without going through its questions, and is the same as if one had."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.clinical import checkin as room
from bot.clinical.answers import Answer, CheckIn
from bot.clinical.questions import Form, Kind, load_questions

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def values(question):
    options = st.sampled_from(question.options) if question.options else st.none()
    if question.kind is Kind.MULTI:
        return st.none() | st.lists(options, unique=True, max_size=2).map(tuple)
    return st.none() | (st.integers(0, 10) if question.kind is Kind.SCORE else options)


answers = st.fixed_dictionaries(
    {}, optional={question.id: values(question) for question in load_questions(Form.CHECKIN)}
)


@given(answers)
def test_the_short_way_gives_the_signs_of_the_long_one(given_answers):
    kept = {name: Answer(value=value, given_at=NOON) for name, value in given_answers.items()}
    day = CheckIn(local_date=date(2026, 3, 2), answers=kept)
    short = room.signs(day)
    walked = room._walk(day, room.Profile(), frozenset(), frozenset()).flags
    assert short == walked or (not walked and short == {"worried"})
    if not any(value is None for value in given_answers.values()):
        assert short == walked
