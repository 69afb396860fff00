"""How rules are read and applied: loading stops on anything that must not reach a patient, and L-1 to L-5, L-14."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.clinical.answers import Answer, CheckIn, Condition, Level, Profile, Tracks
from bot.clinical.checkin import OLD_ANSWER, old_signs, pending
from bot.clinical.facts import OLDEST_PREGNANCY, facts
from bot.clinical.rules import RuleError, Timing, load_rules, read_rules, rule_by_id, sources_of
from bot.clinical.vocabulary import known_flags
from bot.words import Words
from tests.clinical.scenes import (
    NOW,
    QUESTIONS,
    SCREENS,
    TODAY,
    at,
    day,
    diary,
    fired,
    judged,
    person,
    review,
    seen,
    signs,
)

WORDS = {"advice": {"B-01": {"advice": "Go to {ED} now.", "why": "It can be bad."}}}
ROW = {
    "topic": "back",
    "timing": "any",
    "level": "emergency",
    "when": "flag.saddle",
    "sources": ["BMJ-CES"],
    "basis": "published",
    "check": "C",
}


def load(words=WORDS, **changes):
    row = {name: value for name, value in {**ROW, **changes}.items() if value is not None}
    return read_rules({"B-01": row}, Words("en", words), {"BMJ-CES"})


def said(**texts):
    return {"advice": {"B-01": {**WORDS["advice"]["B-01"], **texts}}}


def test_a_sound_rule_is_read() -> None:
    (rule,) = load()
    assert (rule.id, rule.level, rule.flags) == ("B-01", Level.EMERGENCY, {"saddle"})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"when": "flag.sadle"}, "flag.sadle"),
        ({"when": "bp >= 4 and mood"}, "mood"),
        ({"when": "days30(aspirine) >= 4"}, "aspirine"),
        ({"when": "days30() >= 4"}, "days30"),
        ({"when": "bp_run(7, 8) >= 4"}, "bp_run"),
        ({"when": "flag.saddle and"}, "cannot read"),
        ({"when": "bp"}, "a number"),
        ({"sources": ["NOBODY2020"]}, "NOBODY2020"),
        ({"sources": []}, "no source"),
        ({"sources": None}, "no sources"),
        ({"level": "urgent"}, "URGENT"),
        ({"timing": "hourly"}, "hourly"),
        ({"basis": "guess"}, "basis"),
        ({"check": "X"}, "check"),
        ({"topic": "knee"}, "topic"),
        ({"colour": "red"}, "colour"),
        ({"words": {"advice": {}}}, "no words"),
        ({"words": said(advice="Take 400 mg now.")}, "dose"),
        ({"words": said(why="Two of 200mg are enough.")}, "dose"),
        ({"words": said(**{"if": "If you took 8 tablets:"})}, "dose"),
        ({"words": said(advice="Call {DOCTOR} now.")}, "place"),
        ({"words": said(why="Immediate neurosurgical evaluation is necessary.")}, "grade"),
    ],
)
def test_a_rule_that_must_not_reach_a_patient_stops_the_loading(changes, message) -> None:
    with pytest.raises(RuleError, match=message) as caught:
        load(**changes)
    assert "B-01" in str(caught.value)


def test_the_table_is_whole() -> None:
    rules = load_rules()
    levels = [rule.level for rule in rules]
    assert [levels.count(level) for level in reversed(Level)] == [31, 18, 28, 24, 8]
    bases = [rule.basis for rule in rules]
    assert [bases.count(basis) for basis in ("published", "adapted", "project")] == [66, 30, 13]
    assert [[rule.check for rule in rules].count(mark) for mark in "CMS"] == [65, 5, 39]


def test_every_rule_with_a_profile_fact_can_say_if() -> None:
    profile = ("profile.", "age", "onset_age", "ep_days_bp")
    needs = {
        rule.id for rule in load_rules() if any(name.startswith(profile) for name in rule.condition.terms)
    }
    said_if = {rule.id for rule in load_rules() if rule.conditional}
    assert needs - said_if == {"C-04"}
    assert said_if <= needs


def test_the_sources_of_a_rule() -> None:
    rule = rule_by_id("B-40")
    assert [source.id for source in sources_of(rule)] == ["NHS-BACK", "BOONSTRA2016"]
    assert all(sources_of(rule) or rule.basis == "project" for rule in load_rules())


def test_the_highest_level_comes_first_with_at_most_two_reasons() -> None:
    found = judged(seen(signs("saddle", "foot_weak", "fever", back_pain=5, headache=2), who=person(age=70)))
    assert found.level is Level.EMERGENCY
    assert found.headline.rule.id == "B-01"
    assert [one.rule.id for one in found.reasons] == ["B-01", "B-20"]
    assert found.headline.facts == {"flag.saddle": True}


def test_nothing_logged_is_self_care_and_says_what_was_logged() -> None:
    found = judged(seen(day(back_pain=0, headache=0)))
    assert (found.level, fired(found)) == (Level.SELF_CARE, {"C-05"})


def test_nothing_is_said_to_be_clear_when_the_signs_were_skipped() -> None:
    assert fired(judged(seen(day(warning=None, back_pain=0, headache=0)))) == set()


def test_rules_wait_for_their_time() -> None:
    subject = seen(diary(back_pain=[7, 7, 7]), reviews=[review(slow=["shape"])])
    assert fired(judged(subject, Timing.ANY)) == set()
    assert "B-40" in fired(judged(subject, Timing.DAILY))
    assert "B-34" not in fired(judged(subject, Timing.DAILY))
    assert {"B-34", "B-40"} <= fired(judged(subject, Timing.WEEKLY))


def test_a_score_still_to_come_is_waited_for_and_a_skipped_one_counts() -> None:
    checkin = signs("trauma")
    waiting = facts(person(), [checkin], [], TODAY, pending=pending(checkin, person()))
    assert fired(judged(waiting, Timing.ANY)) == set()
    skipped = checkin.answered("back_pain", None, NOW)
    assert fired(judged(seen(skipped), Timing.ANY)) == {"B-07"}


def test_a_skipped_score_alone_sets_off_nothing() -> None:
    expecting = person("preg_or_6wk", "pregnant")
    found = judged(seen(day(back_pain=None, headache=None, medicine=None), who=expecting), Timing.ANY)
    assert fired(found) == set()


def fever_on(screen: str) -> CheckIn:
    branch = {"signs_head": "head", "signs_back": "back"}[screen]
    return day(warning=branch, infection_risk="yes", very_unwell="no", **{screen: ("fever",)})


@pytest.mark.parametrize(
    ("tracks", "screen", "expected"),
    [
        (Tracks.HEAD, "signs_head", set()),
        (Tracks.HEAD, "signs_back", {"B-11"}),
        (Tracks.BACK, "signs_back", set()),
        (Tracks.BACK, "signs_head", {"H-21"}),
    ],
)
def test_a_pain_that_is_not_tracked_is_taken_for_skipped_only_where_it_is_hinted_at(
    tracks, screen, expected
) -> None:
    score = {"back_pain": 0} if tracks is Tracks.BACK else {"headache": 0}
    checkin = fever_on(screen)
    for name, value in score.items():
        checkin = checkin.answered(name, value, NOW)
    assert fired(judged(seen(checkin, who=person(tracks=tracks)), Timing.ANY)) == expected


def test_a_typed_sign_counts_whatever_is_tracked() -> None:
    found = judged(seen(who=person(tracks=Tracks.BACK), heard=["head_injury_7d"]), Timing.ANY)
    assert fired(found) == {"H-07"}


def test_an_empty_profile_names_the_risk_where_a_sign_was_named() -> None:
    found = judged(seen(signs("head_injury", headache=0, follow={"head_injury_when": "week"}), who=Profile()))
    assert [(one.rule.id, one.conditional) for one in found.fired] == [("H-08", True)]
    assert found.level is Level.EMERGENCY


def test_an_empty_profile_alone_adds_a_line_and_no_level() -> None:
    found = judged(seen(day(headache=7, medicine="nsaid"), who=Profile()), Timing.ANY)
    assert found.fired == ()
    assert [one.rule.id for one in found.if_lines] == ["H-10", "X-10", "X-11"]


def test_what_is_certain_comes_before_what_is_if() -> None:
    found = judged(seen(signs("foot_weak", "bladder"), who=Profile()), Timing.ANY)
    assert [one.rule.id for one in found.fired] == ["B-02", "B-10", "B-21"]
    later = judged(seen(signs("foot_weak", "stroke_sign"), who=Profile()), Timing.ANY)
    assert [one.rule.id for one in later.fired] == ["H-03", "B-10", "B-21"]


def test_a_sign_of_pregnancy_is_believed() -> None:
    found = judged(seen(signs("preeclampsia_sign", headache=1), who=Profile()), Timing.ANY)
    assert [(one.rule.id, one.conditional) for one in found.fired] == [("H-10", False)]


def test_an_old_sign_is_routine_for_fourteen_days_unless_it_is_worse() -> None:
    before = signs("bladder", ago=13, follow={OLD_ANSWER: ("bladder",)})
    again = signs("bladder", back_pain=3, headache=0)
    same = again.answered("still_same", "same", NOW)
    old = judged(seen(before, same))
    assert [(one.rule.id, one.level, one.old) for one in old.fired] == [("B-02", Level.ROUTINE, True)]
    for answer in ("worse", "not_sure", None):
        assert judged(seen(before, again.answered("still_same", answer, NOW))).level is Level.EMERGENCY
    assert judged(seen(before, again)).level is Level.EMERGENCY
    day_14 = before.model_copy(update={"local_date": TODAY - timedelta(days=14)})
    assert judged(seen(day_14, same)).level is Level.EMERGENCY


def test_a_sign_is_old_from_the_moment_it_is_called_so() -> None:
    called = signs("bladder", follow={OLD_ANSWER: ("bladder",)})
    assert judged(seen(called), Timing.ANY).level is Level.ROUTINE


def test_an_old_sign_waits_for_the_question_whether_it_is_the_same() -> None:
    before, again = signs("bladder", ago=1, follow={OLD_ANSWER: ("bladder",)}), signs("bladder")
    old = old_signs([before, again], TODAY)
    waiting = facts(person(), [before, again], [], TODAY, pending=pending(again, person(), old))
    assert judged(waiting, Timing.ANY).level is Level.ROUTINE


def test_a_sign_that_is_typed_is_never_old() -> None:
    called = signs("bladder", follow={OLD_ANSWER: ("bladder",)})
    assert judged(seen(called, heard=["bladder"]), Timing.ANY).level is Level.EMERGENCY


def test_saddle_numbness_is_never_old() -> None:
    called = signs("saddle", follow={OLD_ANSWER: ("saddle",)})
    assert judged(seen(called)).level is Level.EMERGENCY


def test_the_crisis_message_comes_first_but_for_a_medical_emergency() -> None:
    alone = judged(seen(day(), heard=["crisis.thoughts"]), Timing.ANY)
    assert (alone.crisis, alone.crisis_first) == (True, True)
    urgent = judged(seen(signs("foot_weak"), heard=["crisis.thoughts"]), Timing.ANY)
    assert (urgent.crisis, urgent.crisis_first, urgent.headline.rule.id) == (True, True, "M-02")
    emergency = judged(seen(signs("saddle"), heard=["crisis.thoughts"]), Timing.ANY)
    assert (emergency.crisis, emergency.crisis_first) == (True, False)
    both = judged(seen(signs("saddle"), heard=["crisis.has_acted"]), Timing.ANY)
    assert (both.crisis, both.crisis_first) == (True, False)
    assert not judged(seen(signs("saddle")), Timing.ANY).crisis


TICKS = [(screen, option) for screen in SCREENS for option in QUESTIONS[screen].options]
FOLLOW_UPS = {
    "infection_risk": ("no", "yes"),
    "very_unwell": ("no", "yes"),
    "head_injury_when": ("longer", "three_months", "week"),
    "spine_needle": ("no", "yes"),
    "aura_kind": ("usual", "first"),
    "aura_length": ("hour_or_less", "over_hour"),
    "limb_weak": ("no", "yes"),
}
scores = st.none() | st.integers(0, 10)
profiles = st.builds(
    Profile,
    birth_year=st.none() | st.sampled_from([1940, 1961, 1976, 1977, 2000]),
    conditions=st.none() | st.frozensets(st.sampled_from(Condition), max_size=3),
    back_pain_since=st.none() | st.sampled_from([TODAY - timedelta(days=days) for days in (5, 30, 90, 400)]),
)


@st.composite
def days_with_signs(draw) -> CheckIn:
    ticked = draw(st.sets(st.sampled_from(TICKS), max_size=4))
    answers: dict[str, object] = {
        screen: tuple(option for where, option in TICKS if where == screen and (where, option) in ticked)
        for screen in SCREENS
    }
    answers |= {name: draw(st.sampled_from(options)) for name, options in FOLLOW_UPS.items()}
    answers |= {"vomit_cause": "no", "neck_signs": draw(st.sampled_from([(), ("droopy_eye",)]))}
    answers |= {"back_pain": draw(scores), "headache": draw(scores), "interference": draw(st.integers(0, 3))}
    return day(**(answers | {"warning": "not_sure"}))


@settings(max_examples=100, deadline=None)
@given(checkin=days_with_signs(), more=st.sampled_from(TICKS), who=profiles)
def test_one_more_warning_sign_never_lowers_the_level(checkin, more, who) -> None:
    screen, option = more
    with_more = checkin.answered(screen, tuple({*checkin.value(screen), option}), NOW)
    assert judged(seen(with_more, who=who)).level >= judged(seen(checkin, who=who)).level


@settings(max_examples=100, deadline=None)
@given(
    checkin=days_with_signs(),
    typed=st.sampled_from(sorted(known_flags() - {"vomit_explained"})),
    who=profiles,
)
def test_a_typed_warning_sign_never_lowers_the_level(checkin, typed, who) -> None:
    before = judged(seen(checkin, who=who), Timing.ANY)
    assert judged(seen(checkin, who=who, heard=[typed]), Timing.ANY).level >= before.level


@settings(max_examples=50, deadline=None)
@given(checkin=days_with_signs(), who=profiles, data=st.data())
def test_the_order_of_answers_does_not_matter(checkin, who, data) -> None:
    shuffled = data.draw(st.permutations(sorted(checkin.answers)))
    other = CheckIn(local_date=TODAY)
    for name in shuffled:
        other = other.answered(name, checkin.value(name), at(0))
    assert judged(seen(other, who=who)) == judged(seen(checkin, who=who))


def level_of(judgement, rule_id):
    return next((one.level for one in judgement.fired if one.rule.id == rule_id), None)


@settings(max_examples=150, deadline=None)
@given(
    checkin=days_with_signs(),
    who=profiles,
    hidden=st.sets(st.sampled_from(["birth_year", "conditions", "back_pain_since"])),
)
def test_an_unknown_profile_never_lowers_a_level(checkin, who, hidden) -> None:
    expecting = {Condition.PREGNANT, Condition.PREG_OR_6WK} & (who.conditions or set())
    known_as_old = (
        "birth_year" not in hidden and TODAY.year - (who.birth_year or TODAY.year) > OLDEST_PREGNANCY
    )
    assume(not (expecting and known_as_old and "conditions" in hidden))
    days = [checkin, *(day(ago, back_pain=3, headache=2, medicine="nsaid") for ago in range(1, 12))]
    known = judged(seen(days, who=who))
    unknown = judged(seen(days, who=who.model_copy(update=dict.fromkeys(hidden))))
    lines = {one.rule.id for one in unknown.if_lines}
    for one in known.fired:
        if one.rule.last or one.rule.topic == "both" or one.rule.level is Level.SELF_CARE:
            continue
        found = level_of(unknown, one.rule.id)
        signed = one.rule.sign_stands(seen(days, who=who)) and one.rule.level >= Level.SOON
        assert found == one.level or (not signed and one.rule.id in lines)


def test_an_edited_answer_is_judged_anew() -> None:
    checkin = day(back_pain=9, interference=3)
    yesterday = day(1, back_pain=9, interference=3)
    assert "B-26" in fired(judged(seen(checkin, yesterday)))
    edited = replace_answer(checkin, "back_pain", 5)
    assert "B-26" not in fired(judged(seen(edited, yesterday)))


def replace_answer(checkin: CheckIn, question: str, value: object) -> CheckIn:
    answers = {**checkin.answers, question: Answer(value=value, given_at=NOW)}
    return checkin.model_copy(update={"answers": answers})


def test_three_of_seven_entries_make_no_mean() -> None:
    three = seen(diary(back_pain=[8, 8, 8, ..., ..., ..., ..., 2, 2, 2, 2]))
    assert "B-54" not in fired(judged(three))
    four = seen(diary(back_pain=[8, 8, 8, 8, ..., ..., ..., 2, 2, 2, 2]))
    assert "B-54" in fired(judged(four))


def test_the_list_for_joint_doctors_stands_for_four_weeks() -> None:
    who, ticked = person(age=45, back_days=400), ["relative", "psoriasis", "arthritis", "better_moving"]
    for weeks_ago, holds in ((3, True), (4, False)):
        found = judged(seen(day(), who=who, reviews=[review(weeks_ago, inflammatory=ticked)]))
        assert ("B-57" in fired(found)) is holds


def test_slow_signs_stand_until_the_next_review_is_due() -> None:
    assert "B-33" in fired(judged(seen(day(), reviews=[review(slow=["night"])]), Timing.WEEKLY))
    assert "B-33" not in fired(judged(seen(day(), reviews=[review(1, slow=["night"])]), Timing.WEEKLY))


def test_the_beginning_is_not_compared_with_days_that_it_shares() -> None:
    who = person(back_days=100)
    assert "B-70" not in fired(judged(seen(diary(back_pain=[3] * 7 + [8] * 6), who=who)))
    assert "B-70" in fired(judged(seen(diary(back_pain=[3] * 7 + [8] * 7), who=who)))


def test_last_month_is_counted_to_its_first_day() -> None:
    some = diary(headache=[3] * 12 + [0] * 39 + [3] * 9)
    assert "H-63" not in fired(judged(seen(some)))
    assert "H-63" in fired(judged(seen(some[:-1])))


def test_a_month_with_few_answers_is_not_compared_with() -> None:
    assert "H-63" not in fired(judged(seen(diary(headache=[3] * 4))))
    assert "H-63" not in fired(judged(seen(diary(headache=[3] * 12 + [0] * 41))))
    assert "H-63" in fired(judged(seen(diary(headache=[3] * 12 + [0] * 42))))


def test_back_pain_is_the_main_pain_only_where_it_is_the_stronger() -> None:
    limited = {"back_pain": [3] * 7, "interference": [2] * 7}
    assert "B-58" in fired(judged(seen(diary(**limited, headache=[2] * 7))))
    assert "B-58" not in fired(judged(seen(diary(**limited, headache=[4] * 7))))


def test_a_headache_with_a_fever_counts_as_worse_where_yesterday_is_empty() -> None:
    assert "H-21" in fired(judged(seen(signs("fever", headache=1))))
    assert "H-21" not in fired(judged(seen(signs("fever", headache=0))))


def test_weeks_without_a_score_make_no_comparison() -> None:
    alone = [review(0, impact=(9, 9, 9)), review(1, impact=(3, 3, 3)), review(3, impact=(3, 3, 3))]
    assert "B-55" not in fired(judged(seen(day(), reviews=alone), Timing.WEEKLY))
    mood = [review(0), review(1, mood=(3, 0))]
    assert "M-03" not in fired(judged(seen(day(), reviews=mood), Timing.WEEKLY))


def test_what_is_typed_of_slow_signs_and_conditions_counts_at_once() -> None:
    assert fired(judged(seen(day(), heard=["slow.shape"]), Timing.ANY)) == {"B-34"}
    told = judged(seen(day(headache=2), heard=["new_headache", "profile.cancer"]), Timing.ANY)
    assert fired(told) == {"H-41"}


def test_the_facts_of_a_judgement_can_be_stored() -> None:
    found = judged(seen(diary(medicine=["nsaid"] * 10)))
    held = next(one for one in found.fired if one.rule.id == "X-16")
    assert held.facts == {"med_run(nsaid)": 10.0}
    assert replace(held, old=True) != held
