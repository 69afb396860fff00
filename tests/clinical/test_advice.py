"""What is said again and when, what is recorded, and whether the patient was seen."""

from datetime import timedelta
from itertools import count

import pytest

from bot.clinical.advice import (
    Due,
    GivenAdvice,
    Loop,
    Shown,
    advice_text,
    answer_seen,
    close_loops,
    due_advice,
    record_advice,
    safety_line,
    seen_question_due,
    why_text,
)
from bot.clinical.answers import Level, Profile
from bot.clinical.checkin import OLD_ANSWER
from bot.clinical.contacts import contacts_for
from bot.clinical.questions import UnknownChoiceError
from bot.clinical.rules import Timing
from bot.words import load_words
from tests.clinical.scenes import NOW, TODAY, at, day, diary, judged, person, review, seen, signs

WORDS = load_words()
GB = contacts_for("GB")


def given(rule_id: str, level: Level, ago: int = 0, **more: object) -> GivenAdvice:
    return GivenAdvice(
        **{
            "advice_id": f"{rule_id}-{ago}",
            "rule_id": rule_id,
            "level": level,
            "local_date": TODAY - timedelta(days=ago),
            "given_at": at(ago),
            "shown": Shown.MAIN,
        }
        | more
    )


def main(due: Due) -> str | None:
    return None if due.main is None else due.main.rule.id


EMERGENCY = judged(seen(signs("saddle")), Timing.ANY)
SAME_DAY = judged(seen(signs("foot_weak")), Timing.ANY)
SOON = judged(seen(signs("worried")), Timing.ANY)
ROUTINE = judged(seen(diary(medicine=["nsaid"] * 10)))
TIP = judged(seen(day(back_pain=3, interference=0)))
BETTER = judged(seen(diary(back_pain=[3] * 7 + [5] * 7), who=person(back_days=30)))


def test_a_tip_gives_no_reason_for_a_visit() -> None:
    """Where the small things are not said, "These small things help" says nothing."""
    both = judged(seen(diary(headache=[3] * 10, medicine=["triptan"] * 10, migraine_like=["no"] * 10)))
    assert "H-81" in {one.rule.id for one in both.fired}
    due = due_advice(both, (), TODAY)
    assert due.main is not None
    assert {one.level for one in due.reasons} == {Level.ROUTINE}


@pytest.mark.parametrize(
    ("judgement", "rule_id", "level", "quiet_days", "again_after"),
    [
        (EMERGENCY, "B-01", Level.EMERGENCY, None, 0),
        (SAME_DAY, "B-21", Level.SAME_DAY, 0, 1),
        (SOON, "C-03", Level.SOON, 2, 3),
        (ROUTINE, "X-16", Level.ROUTINE, 13, 14),
        (TIP, "B-72", Level.SELF_CARE, 0, 1),
    ],
)
def test_how_soon_an_advice_is_said_again(judgement, rule_id, level, quiet_days, again_after) -> None:
    assert main(due_advice(judgement, [], TODAY)) == rule_id
    assert main(due_advice(judgement, [given(rule_id, level, again_after)], TODAY)) == rule_id
    if quiet_days is not None:
        assert main(due_advice(judgement, [given(rule_id, level, quiet_days)], TODAY)) != rule_id


def test_better_news_is_not_repeated_each_day() -> None:
    assert any(one.rule.id == "B-70" for one in BETTER.fired)
    said = [given(one.rule.id, one.level, 13) for one in BETTER.fired]
    assert "B-70" not in {one.rule.id for one in due_advice(BETTER, said, TODAY).reasons}
    assert any(one.rule.id == "B-70" for one in due_advice(BETTER, [], TODAY).reasons)


def test_a_rise_in_level_is_said_at_once() -> None:
    assert main(due_advice(SAME_DAY, [given("B-21", Level.ROUTINE)], TODAY)) == "B-21"


def test_a_check_in_that_goes_on_says_only_what_is_new() -> None:
    said = [given("B-01", Level.EMERGENCY, facts={"flag.saddle": True})]
    assert due_advice(EMERGENCY, said, TODAY, again=False) == Due(main=None)
    worse = judged(seen(signs("saddle", "both_legs")), Timing.ANY)
    assert main(due_advice(worse, said, TODAY, again=False)) == "B-05"
    assert main(due_advice(EMERGENCY, [given("B-01", Level.EMERGENCY, 1)], TODAY, again=False)) == "B-01"


def test_nothing_milder_is_said_on_top_of_what_was_said_today() -> None:
    both = judged(seen(signs("foot_weak", "worried")), Timing.ANY)
    assert main(due_advice(both, [given("B-21", Level.SAME_DAY)], TODAY)) is None
    assert main(due_advice(both, [given("C-03", Level.SOON)], TODAY)) == "B-21"


def test_the_inflammatory_pattern_is_told_once() -> None:
    who = person(age=45, back_days=400)
    found = judged(
        seen(
            day(),
            who=who,
            reviews=[review(inflammatory=["relative", "psoriasis", "arthritis", "better_moving"])],
        )
    )
    assert main(due_advice(found, [], TODAY)) == "B-57"
    assert main(due_advice(found, [given("B-57", Level.ROUTINE, 300)], TODAY)) is None


def test_if_lines_come_back_after_fourteen_days_and_an_emergency_each_day() -> None:
    found = judged(seen(day(headache=7, medicine="nsaid"), who=Profile()), Timing.ANY)
    assert [one.rule.id for one in due_advice(found, [], TODAY).if_lines] == ["H-10", "X-10"]
    said = [given("H-10", Level.EMERGENCY, 1), given("X-10", Level.SOON, 13), given("X-11", Level.SOON, 14)]
    assert [one.rule.id for one in due_advice(found, said, TODAY).if_lines] == ["H-10", "X-11"]


def test_an_emergency_and_a_crisis_stop_the_check_in() -> None:
    assert due_advice(EMERGENCY, [], TODAY).stops_the_checkin
    assert not due_advice(SAME_DAY, [], TODAY).stops_the_checkin
    crisis = judged(seen(day(), heard=["crisis.thoughts"]), Timing.ANY)
    due = due_advice(crisis, [], TODAY)
    assert (due.stops_the_checkin, due.main, due.crisis.rule.id, due.crisis_first) == (
        True,
        None,
        "M-02",
        True,
    )


def test_a_crisis_comes_with_the_medical_advice() -> None:
    both = judged(seen(signs("foot_weak"), heard=["crisis.thoughts"]), Timing.ANY)
    due = due_advice(both, [], TODAY)
    assert (due.crisis.rule.id, due.crisis_first, main(due)) == ("M-02", True, "B-21")


def test_everything_that_is_shown_is_recorded_with_what_it_stood_on() -> None:
    found = judged(seen(signs("saddle", "foot_weak", headache=8), who=Profile()), Timing.ANY)
    due = due_advice(found, [], TODAY)
    records = record_advice(due, (f"a{number}" for number in count(1)), TODAY, NOW)
    assert [(one.advice_id, one.rule_id, one.shown, one.loop) for one in records] == [
        ("a1", "B-01", Shown.MAIN, Loop.OPEN),
        ("a2", "B-10", Shown.REASON, Loop.OPEN),
        ("a3", "H-10", Shown.IF_LINE, Loop.NONE),
    ]
    assert records[0].facts == {"flag.saddle": True}
    assert records[1].facts["profile.cancer"] is None
    assert GivenAdvice.model_validate_json(records[1].model_dump_json()) == records[1]


def test_a_milder_advice_is_not_asked_about() -> None:
    (record,) = record_advice(due_advice(SOON, [], TODAY), iter(["a"]), TODAY, NOW)
    assert record.loop is Loop.NONE


def test_have_you_been_seen_is_asked_from_the_next_day_until_yes() -> None:
    open_today = given("B-21", Level.SAME_DAY, loop=Loop.OPEN)
    assert seen_question_due([open_today], TODAY) is None
    assert seen_question_due([open_today], TODAY + timedelta(days=1)) == open_today
    no = answer_seen(open_today, "no", "no_visit")
    assert (no.loop, no.barrier) == (Loop.NOT_SEEN, "no_visit")
    assert seen_question_due([no], TODAY + timedelta(days=5)) == no
    yes = answer_seen(no, "yes")
    assert (yes.loop, yes.barrier) == (Loop.SEEN, "no_visit")
    assert seen_question_due([yes], TODAY + timedelta(days=5)) is None
    with pytest.raises(UnknownChoiceError):
        answer_seen(no, "perhaps")


def test_the_most_urgent_open_advice_is_asked_about_first() -> None:
    same_day = given("B-21", Level.SAME_DAY, 1, loop=Loop.OPEN)
    emergency = given("B-01", Level.EMERGENCY, 2, loop=Loop.NOT_SEEN)
    assert seen_question_due([same_day, emergency], TODAY) == emergency


def test_one_visit_closes_what_was_open_before_it() -> None:
    asked = given("B-01", Level.EMERGENCY, 1, loop=Loop.SEEN)
    older = given("B-21", Level.SAME_DAY, 2, loop=Loop.OPEN)
    newer = given("B-21", Level.SAME_DAY, 0, loop=Loop.OPEN)
    assert close_loops([asked, older, newer], asked) == [older.model_copy(update={"loop": Loop.SEEN})]


def test_the_words_of_an_advice_have_the_country_and_the_risk() -> None:
    found = judged(seen(signs("head_injury", headache=0, follow={"head_injury_when": "week"}), who=Profile()))
    assert advice_text(found.headline, GB, WORDS) == (
        "If you take blood thinners: Go to A&E now, even if you feel well."
    )
    assert why_text(found.headline, WORDS) == "Blood thinners make a knock to the head more risky."
    assert "999" in safety_line(Level.EMERGENCY, GB, WORDS)


def test_the_words_of_an_old_sign() -> None:
    old = judged(seen(signs("bladder", follow={OLD_ANSWER: ("bladder",)}))).headline
    assert "a doctor knows of this sign" in advice_text(old, GB, WORDS)
    assert "get" in why_text(old, WORDS)
