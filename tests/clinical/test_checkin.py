"""The daily check-in as a flow: what is asked, in which order, and what an answer stands for."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clinical.answers import CheckIn, MedicineClass, Profile, Tracks
from bot.clinical.checkin import (
    MAY_BE_OLD,
    OLD_ANSWER,
    accept,
    as_left,
    can_be_old,
    leads_to_crisis,
    medicines,
    next_question,
    old_signs,
    pending,
    plan,
    previous_question,
    progress,
    record,
    toggle,
)
from bot.clinical.checkin import signs as signs_of
from bot.clinical.conditions import ConditionError
from bot.clinical.facts import facts
from bot.clinical.questions import Form, QuestionError, UnknownChoiceError, load_questions, read_questions
from bot.clinical.rules import Timing, judge, load_rules
from tests.clinical.scenes import NOW, QUESTIONS, TODAY, day, person, signs

WHO = person()


def ids(checkin: CheckIn, who: Profile = WHO) -> list[str]:
    return [question.id for question in plan(checkin, who)]


def tapped(checkin: CheckIn, choice: str | None, who: Profile = WHO) -> CheckIn:
    """Answer the question that comes next; `None` skips it."""
    question = next_question(checkin, who)
    assert question is not None
    value = None if choice is None else accept(question, choice)
    return record(checkin, who, question, value, NOW)


def run(*choices: str | None, who: Profile = WHO) -> CheckIn:
    checkin = CheckIn(local_date=TODAY)
    for choice in choices:
        checkin = tapped(checkin, choice, who)
    return checkin


def test_a_quiet_day_takes_two_taps_and_says_what_its_button_says() -> None:
    checkin = run("quiet", "well")
    assert next_question(checkin, WHO) is None
    assert {name: answer.value for name, answer in checkin.answers.items()} == {
        "warning": "none",
        "back_pain": 0,
        "headache": 0,
        "interference": 0,
        "medicine": "none",
        "sleep": "well",
    }


def test_a_quiet_day_says_nothing_of_a_pain_that_is_not_tracked() -> None:
    assert "headache" not in run("quiet", who=Profile(tracks=Tracks.BACK)).answers
    assert "back_pain" not in run("quiet", who=Profile(tracks=Tracks.HEAD)).answers


def test_the_ordinary_way_is_six_taps_and_a_seventh_with_a_headache() -> None:
    assert ids(run("none", "3", "0")) == [
        "warning", "back_pain", "headache", "interference", "medicine", "sleep", "note",
    ]  # fmt: skip
    assert next_question(run("none", "3", "0", "1", "nsaid", "well"), WHO) is None
    assert next_question(run("none", "3", "2", "yes", "1", "nsaid"), WHO).id == "sleep"


@pytest.mark.parametrize(("tracks", "hidden"), [(Tracks.BACK, "headache"), (Tracks.HEAD, "back_pain")])
def test_what_is_not_tracked_is_not_asked(tracks, hidden) -> None:
    assert hidden not in ids(run("none"), Profile(tracks=tracks))


def test_every_question_can_be_skipped() -> None:
    checkin = run(*[None] * 6)
    assert next_question(checkin, WHO) is None
    assert set(checkin.answers) == {"warning", "back_pain", "headache", "interference", "medicine", "sleep"}


def test_the_count_goes_from_one_to_six_and_never_back() -> None:
    checkin = run("back", "fever,foot_weak")
    places = []
    while (question := next_question(checkin, WHO)) is not None:
        places.append((question.id, *progress(checkin, WHO, question.id)))
        checkin = record(checkin, WHO, question, None, NOW)
    assert places == [
        ("infection_risk", 1, 6),
        ("very_unwell", 1, 6),
        ("back_pain", 2, 6),
        ("headache", 3, 6),
        ("interference", 4, 6),
        ("medicine", 5, 6),
        ("sleep", 6, 6),
    ]


def test_back_goes_to_the_question_before() -> None:
    checkin = run("back", "fever")
    assert previous_question(checkin, WHO, "infection_risk").id == "signs_back"
    assert previous_question(checkin, WHO, "warning") is None
    assert previous_question(checkin, WHO, "aura_kind") is None


@pytest.mark.parametrize(
    ("checkin", "asked"),
    [
        (run("head", "fever"), {"infection_risk", "very_unwell"}),
        (run("head", "head_injury"), {"head_injury_when"}),
        (run("head", "neck_head_new"), {"neck_signs"}),
        (run("head", "upright"), {"spine_needle"}),
        (run("head", "aura"), {"aura_kind", "aura_length", "limb_weak"}),
        (run("head", "new_headache,vomit"), {"vomit_cause"}),
        (run("head", "new_headache"), set()),
        (run("back", "more"), {"signs_head", "signs_other"}),
        (run("not_sure"), {"signs_back", "signs_head", "signs_other"}),
        (run("other", ""), set()),
    ],
)
def test_a_sign_brings_its_follow_up(checkin, asked) -> None:
    always = {"warning", "back_pain", "headache", "interference", "medicine", "sleep", "note"}
    assert set(ids(checkin)) - always - set(checkin.answers) == asked


def test_the_headache_that_lasts_is_asked_of_those_with_a_baby() -> None:
    mother = person("preg_or_6wk")
    assert "headache_lasts" in ids(run("none", "0", "4", who=mother), mother)
    assert "headache_lasts" not in ids(run("none", "0", "7", who=mother), mother)
    assert "headache_lasts" not in ids(run("none", "0", "4"))


def test_not_sure_and_skipped_count_as_yes() -> None:
    assert "infection_risk" in signs_of(run("back", "fever", "not_sure"))
    assert "infection_risk" in signs_of(run("back", "fever", None))
    assert "infection_risk" not in signs_of(run("back", "fever", "no"))


def test_a_sign_that_was_not_named_is_a_worry() -> None:
    assert signs_of(run("back", None)) == {"worried"}
    assert signs_of(run("back", "")) == frozenset()
    assert signs_of(run("not_sure", "saddle", None, None)) == {"saddle"}
    assert signs_of(run("none")) == frozenset()


def test_signs_of_a_screen_that_was_left_do_not_stand() -> None:
    checkin = run("back", "saddle")
    assert "saddle" in signs_of(checkin)
    assert signs_of(record(checkin, WHO, QUESTIONS["warning"], "none", NOW)) == frozenset()


@pytest.mark.parametrize("then", ["head", "other", "not_sure", None])
def test_another_first_answer_keeps_the_signs_that_were_named(then) -> None:
    checkin = run("back", "saddle,fever", "yes", "no")
    checkin = record(checkin, WHO, QUESTIONS["warning"], then, NOW)
    assert {"saddle", "fever", "infection_risk"} <= signs_of(checkin)
    assert {"saddle", "fever", "infection_risk"} <= facts(WHO, [checkin], [], TODAY).flags


def test_a_list_that_only_another_one_led_to_keeps_its_signs() -> None:
    checkin = run("back", "saddle,more", "thunderclap", "")
    checkin = record(checkin, WHO, QUESTIONS["signs_back"], ("saddle",), NOW)
    assert signs_of(checkin) == {"saddle", "thunderclap"}


def test_a_sign_that_was_taken_back_does_not_come_back_with_another() -> None:
    checkin = run("back", "saddle")
    for choice in ("none", "head"):
        checkin = record(checkin, WHO, QUESTIONS["warning"], choice, NOW)
    checkin = record(checkin, WHO, QUESTIONS["signs_head"], ("red_eye",), NOW)
    assert signs_of(checkin) == {"red_eye"}


def test_only_the_lists_that_the_new_answer_leads_to_are_opened_again() -> None:
    checkin = run("back", "saddle")
    checkin = record(checkin, WHO, QUESTIONS["warning"], "head", NOW)
    assert next_question(checkin, WHO).id == "signs_head"
    assert "signs_back" in record(checkin, WHO, QUESTIONS["warning"], "back", NOW).unfinished


@given(st.data())
def test_no_edit_but_none_or_an_untick_loses_a_sign(data) -> None:
    lists = ("signs_back", "signs_head", "signs_other")
    checkin, named = CheckIn(local_date=TODAY), set[str]()
    for _ in range(data.draw(st.integers(1, 8))):
        question = data.draw(st.sampled_from([q for q in plan(checkin, WHO) if q.id in {"warning", *lists}]))
        before = checkin.value(question.id)
        if question.id == "warning":
            value = data.draw(st.sampled_from([None, "none", "back", "head", "other", "not_sure"]))
            named = set() if value == "none" else named
        else:
            more = data.draw(st.lists(st.sampled_from(question.options), max_size=3))
            value = accept(question, ",".join({*(before if isinstance(before, tuple) else ()), *more}))
        checkin = record(checkin, WHO, question, value, NOW)
        assert named <= signs_of(checkin)
        named = signs_of(checkin) - {"worried"}


@pytest.mark.parametrize(
    ("who", "back"), [(person("immune_weak"), {"B-11"}), (person(), {"B-20"}), (Profile(), {"B-20"})]
)
def test_a_fever_that_was_left_counts_the_risk_that_the_profile_knows_and_no_other(who, back) -> None:
    checkin = as_left(run("back", "fever", who=who), who)
    judgement = judge(load_rules(), facts(who, [checkin], [], TODAY), Timing.ANY)
    assert {one.rule.id for one in judgement.fired} & {"B-11", "B-12", "B-20"} == back


def test_thoughts_of_harm_open_the_crisis_flow_and_leave_no_sign() -> None:
    assert leads_to_crisis(QUESTIONS["signs_other"], "self_harm")
    assert not leads_to_crisis(QUESTIONS["signs_other"], "worried")
    assert not leads_to_crisis(QUESTIONS["signs_back"], "self_harm")


def test_what_is_still_to_come_is_pending() -> None:
    assert {"back_pain", "infection_risk"} <= pending(run("back", "fever"), WHO)
    assert "back_pain" not in pending(run("none", "3"), WHO)
    assert pending(run("none", None), WHO) == {"headache", "interference", "medicine", "sleep", "note"}


@pytest.mark.parametrize(
    ("question", "choice"),
    [
        ("warning", "nothing"),
        ("back_pain", "11"),
        ("back_pain", "-1"),
        ("back_pain", ""),
        ("signs_back", "saddle,thunderclap"),
        ("note", "   "),
        ("note", "x" * 4097),
    ],
)
def test_a_choice_that_is_not_offered_is_refused(question, choice) -> None:
    with pytest.raises(UnknownChoiceError):
        accept(QUESTIONS[question], choice)


def test_choices_become_answers() -> None:
    assert accept(QUESTIONS["back_pain"], "0") == 0
    assert accept(QUESTIONS["warning"], "head") == "head"
    assert accept(QUESTIONS["signs_back"], "fever,saddle") == ("saddle", "fever")
    assert accept(QUESTIONS["signs_back"], "") == ()
    assert accept(QUESTIONS["note"], " <b>&  ") == "<b>&"


def test_toggle_ticks_and_unticks() -> None:
    question = QUESTIONS["signs_back"]
    once = toggle(question, None, "fever")
    assert once == ("fever",)
    assert toggle(question, once, "saddle") == ("saddle", "fever")
    assert toggle(question, once, "fever") == ()
    with pytest.raises(UnknownChoiceError):
        toggle(question, once, "thunderclap")
    with pytest.raises(UnknownChoiceError):
        toggle(QUESTIONS["warning"], None, "back")


@pytest.mark.parametrize(
    ("answers", "taken"),
    [
        ({"medicine": "none"}, frozenset()),
        ({"medicine": "nsaid"}, {MedicineClass.NSAID}),
        (
            {"medicine": "several", "medicine_picks": ("nsaid", "triptan")},
            {MedicineClass.NSAID, MedicineClass.TRIPTAN},
        ),
        ({"medicine": "several", "medicine_picks": None}, None),
        ({"medicine": None}, None),
        ({}, None),
    ],
)
def test_medicines_of_a_day(answers, taken) -> None:
    assert medicines(day(**answers)) == taken


def test_old_signs_last_fourteen_days_and_worse_ends_them() -> None:
    called_old = signs("bladder", ago=13, follow={OLD_ANSWER: ("bladder", "saddle")})
    assert old_signs([called_old], TODAY) == {"bladder"}
    assert old_signs([called_old], TODAY + timedelta(days=1)) == frozenset()
    worse = signs("bladder", ago=2, follow={"still_same": "worse"})
    assert old_signs([worse, called_old], TODAY) == frozenset()
    same = signs("bladder", ago=2, follow={"still_same": "same"})
    assert old_signs([same, called_old], TODAY) == {"bladder"}


def test_an_old_sign_that_is_ticked_again_is_asked_about() -> None:
    old = frozenset({"bladder"})
    asked = [question.id for question in plan(run("back", "bladder"), WHO, old)]
    assert "still_same" in asked
    assert "still_same" not in [question.id for question in plan(run("back", "saddle"), WHO, old)]


def test_only_some_signs_may_be_old() -> None:
    assert can_be_old({"bladder", "saddle", "thunderclap"}) == ("bladder",)
    never = {"saddle", "thunderclap", "stroke_sign", "vision_loss", "gi_bleed", "legs_weak_severe"}
    assert not MAY_BE_OLD & never


def test_a_group_is_asked_of_those_who_switched_it_on() -> None:
    rows = [{"id": "stress", "kind": "choice", "options": ["yes", "no"], "group": "triggers"}]
    question = read_questions(Form.CHECKIN, rows)[0]
    assert question.group == "triggers"


@pytest.mark.parametrize(
    "row",
    [
        {"kind": "choice"},
        {"kind": "note", "options": ["a"]},
        {"kind": "score", "options": ["low"]},
        {"kind": "choice", "options": ["a"], "flags": {"b": ["fever"]}},
        {"kind": "choice", "options": ["a"], "extra": 1},
    ],
)
def test_a_question_that_is_not_well_formed_stops_the_loading(row) -> None:
    with pytest.raises(QuestionError):
        read_questions(Form.CHECKIN, [{"id": "q", **row}])


@pytest.mark.parametrize("when", ["warning.nowhere", "nothing", "profile.rich", "tracks.knee", "q(1)"])
def test_a_question_that_asks_for_something_unknown_stops_the_loading(when) -> None:
    rows = [{"id": "q", "kind": "choice", "options": ["a"], "when": when}]
    with pytest.raises(ConditionError):
        read_questions(Form.CHECKIN, rows)


def test_a_question_that_is_there_twice_stops_the_loading() -> None:
    row = {"id": "q", "kind": "note"}
    with pytest.raises(QuestionError, match="twice"):
        read_questions(Form.CHECKIN, [row, row])


@given(st.data())
def test_whatever_is_answered_the_flow_ends_and_never_asks_twice(data) -> None:
    checkin, asked = CheckIn(local_date=TODAY), []
    while (question := next_question(checkin, WHO)) is not None:
        asked.append(question.id)
        choices = st.sampled_from(question.options)
        if question.kind == "multi":
            choices = st.lists(choices, max_size=3).map(",".join)
        choice = data.draw(st.none() | choices)
        checkin = record(checkin, WHO, question, None if choice is None else accept(question, choice), NOW)
    assert len(asked) == len(set(asked)) <= len(load_questions(Form.CHECKIN))
