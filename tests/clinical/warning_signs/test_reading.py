"""What the reader makes of a message: by class of structure, by property, and over the two kept sets."""

import copy
import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clinical.evidence import ANY, NOW, USUAL_SIZE, Evidence, load_weights, read_weights, weighed
from bot.clinical.lexicon import LexiconError, _read, build_lexicon, load_lexicon
from bot.clinical.sources import load_sources
from bot.clinical.verdict import (
    ALARM,
    CRISIS,
    LONG_COUNTS,
    NOT_NOW,
    RULES_ADD,
    Crisis,
    Reading,
    load_kinds,
    settled,
)
from bot.clinical.warning_signs import read_message

HERE = Path(__file__).parent
ALERT = {"emergency", "same_day"}
ORDER = ("none", "soon", "same_day", "emergency")

SIGNS = {
    "I can't feel my privates": "saddle",
    "I am not able to go for a wee": "bladder",
    "pooed myself without knowing": "bowel",
    "my husband's face has dropped on one side": "stroke_sign",
    "a sudden headache, the worst of my life": "thunderclap",
    "fever and my neck is stiff": "stiff_neck_rash",
    "lost the sight in my left eye this morning": "vision_loss",
    "my stools are black and tarry": "gi_bleed",
    "I took too many painkillers": "overdose",
    "the carbon monoxide alarm is going off": "co",
    "I am on warfarin and banged my head": "head_injury_7d",
    "I am 33 weeks pregnant with a headache and flashing lights": "preeclampsia_sign",
}
QUIET = {
    "denied": "no numbness between my legs, no fever, no stiff neck and no rash",
    "denied in a list": "without any fever, chills or neck stiffness",
    "denied with neither": "I have neither numbness between my legs nor weakness in both legs",
    "past": "I had a stroke in 2015",
    "past as a child": "when I was 12 I had a seizure",
    "someone else's past": "my colleague lost the sight in one eye years ago",
    "told of": "in the film he takes too many pills",
    "supposed": "what if I lose control of my bladder one day",
    "supposed with if": "if I ever get numb between my legs I will call",
    "asked in general": "can a slipped disc make you incontinent?",
    "idiom": "this traffic is killing me, my phone died and the film was to die for",
    "usual": "my usual aura, same as always, gone in 20 minutes",
    "old and known": "my foot has been numb for ten years, doctors know, no change",
    "a thing": "my team collapsed in the second half",
    "an animal": "our dog's back legs are weak since yesterday, vet tomorrow",
    "past by age": "I fell off a horse at 15 and my back has ached on rainy days ever since",
    "someone of long ago": "my wife's first husband took too many tablets",
    "effort": "short of breath after running for the bus",
    "a hard seat": "my bottom is numb from three hours on a wooden bench",
    "old since a year": "I have been paralysed from the waist down since 2003",
    "asked for others": "what to do when someone has a seizure",
    "chat": "please move my reminder to eight",
    "a form with N": "Chest pain: N, breathless: N, fainting: N, blood thinners: N",
    "a form with questions": "Head injury? No. Sudden onset? No. Worst ever? No.",
    "a form with dashes": "Weakness - none. Loss of vision - none. Seizure - not applicable.",
    "dated by the next sentence": "I lost all feeling between my legs. That was twelve years ago.",
    "a short year": "my gran had a stroke in '89 and still beat us at cards",
}


@pytest.mark.parametrize(("text", "flag"), SIGNS.items())
def test_a_sign_raises_its_flag_and_an_emergency(text, flag):
    reading = read_message(text)
    assert flag in reading.flags
    assert reading.level == "emergency"
    assert reading.why


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET)
def test_what_is_not_reported_raises_no_alarm(text):
    assert read_message(text).level not in ALERT


@pytest.mark.parametrize(
    "text",
    [
        "I'm 45 and took ibuprofen for my back",
        "Male, 50, had tylenol for a headache",
        "took ibuprofen for 10 days for my back",
        "on 12 October I had paracetamol for a headache",
        "45, took two aspirin for my neck",
    ],
)
def test_an_age_or_a_date_beside_a_medicine_is_no_overdose(text):
    assert "overdose" not in read_message(text).flags


@pytest.mark.parametrize(
    "text",
    [
        "took 12 ibuprofen for my back",
        "I'm 45 and took 20 ibuprofen",
        "had 16 of my tramadol since last night",
        "paracetamol, I had 14 today",
        "Took tramadol. 20 of them.",
        "Took my codeine. 16 in all.",
        "took codeine 12 times today",
        "took about 20 of them, my codeine",
    ],
)
def test_how_many_tablets_is_an_overdose_at_any_age(text):
    assert "overdose" in read_message(text).flags


@pytest.mark.parametrize(
    ("text", "fever"),
    [
        ("temperature 38.5 and my back aches", True),
        ("back pain and a temp of 102", True),
        ("I have a temperature and my back hurts", True),
        ("Fever and back pain, 36 weeks pregnant", True),
        ("fever, 37 year old, back pain", True),
        ("temperature was 37 yesterday, 39.5 today, my back hurts", True),
        ("temperature normal yesterday but 39 today and back pain", True),
        ("I have a fever. OK what now? my back hurts", True),
        ("bp 120/80 temp 102 back pain", True),
        ("in bed with 103 and back pain", True),
        ("my temperature is 98.6 and my back aches", False),
        ("temp is normal, back aches", False),
        ("my weight is 102 kg and my back hurts", False),
        ("sugar was 103, a dull headache", False),
        ("my body temperature is normal, back pain though", False),
    ],
)
def test_a_number_is_a_fever_only_where_it_tells_of_one(text, fever):
    assert ("fever" in read_message(text).flags) == fever


@pytest.mark.parametrize(
    ("text", "very_high"),
    [
        ("BP 210/120 and a headache", True),
        ("my blood pressure is 190 over 100 and my back hurts", True),
        ("my pressure went up to 220 with this headache", True),
        ("bp 128/82, usual headache", False),
        ("pressure 130 over 85", False),
        ("I drove 190 over the weekend, back sore", False),
        ("back pain since 24/12, 8/10 today", False),
        ("pressure gauge says 350/900", False),
    ],
)
def test_a_number_is_a_very_high_pressure_only_where_it_can_be_one(text, very_high):
    assert ("high_pressure" in read_message(text).flags) == very_high


@pytest.mark.parametrize(
    ("text", "level", "flag"),
    [
        ("my calf is swollen and sore since the disc operation", "same_day", "clot"),
        ("my calf is swollen and sore and I am short of breath", "emergency", "clot"),
        ("coughing up blood and my upper back hurts", "emergency", "breathless"),
        ("blood pressure 215/125 and blurred sight", "emergency", "high_pressure"),
        ("my eyes have turned yellow", "same_day", "jaundice"),
        ("shingles on my forehead by the eye", "same_day", "shingles"),
        ("my leg is cold and white and hurts", "emergency", "cold_limb"),
        ("a new rash and blisters in my mouth since the tablets", "emergency", "allergy"),
        ("I have an aneurysm and a new headache", "emergency", "aneurysm"),
        ("the wound from my back operation is red and hot", "same_day", "wound"),
        ("the wound is oozing pus and I have a fever", "emergency", "fever"),
        ("I have a vp shunt, a headache and I keep vomiting", "emergency", "shunt"),
    ],
)
def test_what_cannot_wait_is_read_outside_the_two_pains_too(text, level, flag):
    reading = read_message(text)
    assert (reading.level, flag in reading.flags) == (level, True)


@pytest.mark.parametrize(
    "text",
    [
        "my knee is swollen after football, ice helps",
        "cold feet in bed all winter and a stiff back",
        "the scar on my back itches and is healing well",
        "had shingles in 2018, all gone",
        "my uncle had an aneurysm years ago",
        "what causes jaundice?",
    ],
)
def test_what_sounds_like_it_is_quiet(text):
    assert read_message(text).level not in ALERT


def test_a_rule_from_outside_the_two_pains_names_its_source():
    named = {word for rule in load_lexicon().rules if "extra" in rule.source for word in rule.source.split()}
    assert named - {"extra", "H-01"} <= set(load_sources())


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("back pain and a fever since yesterday", "same_day"),
        ("Had cancer four years ago, and for three weeks there is an ache in my back", "same_day"),
        ("my back hurts", "none"),
        ("I had breast cancer and now my spine hurts", "same_day"),
        ("my left foot has gone floppy", "same_day"),
        ("they have not ruled out cancer and I have new back pain", "same_day"),
        ("they ruled out cancer and I have back pain", "none"),
        ("pain in my side, vomiting, and a headache", "same_day"),
        ("I am 68, jaw hurts when I chew and a new headache", "same_day"),
        ("I am 68, jaw hurts when I chew and the sight went in one eye", "emergency"),
    ],
)
def test_two_parts_weigh_more_than_one(text, level):
    assert read_message(text).level == level


@pytest.mark.parametrize(
    "text",
    [
        "I tripped over the dog and I can't feel my bum",
        "when I was on the loo, the worst headache ever came on in seconds",
        "woke at 4 with a sudden headache, the worst of my life",
        "Zero to ten in a second. Back of the head. I'm holding on to the sink.",
        "the headache peaked in 30 sec",
    ],
)
def test_what_looks_like_an_excuse_hides_nothing(text):
    assert read_message(text).level == "emergency"


NOTHING = Reading("none", frozenset(), unclear=False, crisis=None, why=())
LEAK = Reading("emergency", frozenset({"bladder"}), unclear=False, crisis=None, why=("B-02: leaks",))


def told(alarm, now=2.0, **kinds):
    return Evidence(alarm=alarm, now=now, kinds=kinds or {"stroke": alarm})


def test_evidence_against_a_sign_asks():
    low = ALARM - RULES_ADD["emergency"]
    assert settled(LEAK, told(low - 0.1), load_kinds()).unclear
    assert settled(LEAK, told(low - 0.1), load_kinds()).level == "soon"
    assert settled(LEAK, told(low + 0.1), load_kinds()) == LEAK


def test_a_sign_named_in_a_long_message_needs_more_evidence():
    low = ALARM - LONG_COUNTS * RULES_ADD["emergency"]
    assert settled(LEAK, told(low - 0.1), load_kinds()) == LEAK
    assert settled(LEAK, told(low - 0.1), load_kinds(), long=True).unclear
    assert settled(LEAK, told(low + 0.1), load_kinds(), long=True) == LEAK


@pytest.mark.parametrize("text", ["my lips are blue", "I cant breathe", "my stools are black"])
def test_a_sign_said_in_a_few_words_always_alarms(text):
    assert read_message(text).level == "emergency"


def test_a_sign_in_a_title_that_names_nobody_alarms():
    assert read_message("Foot dropped after hip injection for sciatica").level == "same_day"


def test_evidence_for_a_sign_alarms_and_names_it():
    found = settled(NOTHING, told(ALARM + 0.1), load_kinds())
    assert (found.level, found.flags) == ("emergency", {"stroke_sign"})
    assert found.why == (f"evidence {ALARM + 0.1:.2f}, stroke {ALARM + 0.1:.2f}",)
    assert settled(NOTHING, told(ALARM - 0.1), load_kinds()) == NOTHING


def test_what_can_wait_for_hours_is_for_today():
    assert settled(NOTHING, told(ALARM + 1, now=NOT_NOW - 0.1), load_kinds()).level == "same_day"


def test_a_kind_that_is_not_sure_names_no_flag():
    assert settled(NOTHING, told(ALARM + 1, stroke=-1.0, co=-2.0), load_kinds()).flags == frozenset()


def test_evidence_of_danger_from_oneself_gets_the_crisis_answer():
    assert settled(NOTHING, told(5.0, crisis=4.0, co=1.0), load_kinds()).crisis is Crisis.THOUGHTS
    assert settled(NOTHING, told(5.0, crisis=CRISIS - 0.1, co=-1.0), load_kinds()).crisis is None


@pytest.mark.parametrize(
    ("crisis", "asked"),
    [(Crisis.DANGER_NOW, True), (Crisis.THOUGHTS, True), (Crisis.HAS_ACTED, False), (Crisis.UNCLEAR, False)],
)
def test_words_of_crisis_are_at_most_asked_about(crisis, asked):
    said = Reading("emergency", frozenset({f"crisis_{crisis}"}), unclear=False, crisis=crisis, why=("x",))
    assert settled(said, told(9.0), load_kinds()) == said
    doubted = settled(said, told(-9.0), load_kinds())
    assert doubted.crisis is (Crisis.UNCLEAR if asked else crisis)
    assert doubted.unclear is asked


def test_every_kind_has_weights_and_known_flags():
    assert {ANY, NOW, *load_kinds()} == set(load_weights().kinds)
    flags = set(_read("en")["rules"]["flags"].split())
    assert all(names <= flags for names in load_kinds().values())


def test_a_long_letter_weighs_no_more_than_a_short_one():
    names = [f"w {number}" for number in range(4 * USUAL_SIZE)]
    weights = read_weights(["any now co", "0 0 0", *(f"{name}\t0 2" for name in names)])
    short, long = (weighed(set(names[:size]), weights).alarm for size in (USUAL_SIZE, 4 * USUAL_SIZE))
    assert short == long == pytest.approx(2.0)
    assert weighed(set(names[: USUAL_SIZE // 2]), weights).alarm == pytest.approx(1.0)


def test_a_sign_deep_in_a_letter_is_found():
    letter = " ".join(
        ["The old ache is a four today, as on most days, and I did my stretches and my walk."] * 4
    )
    assert read_message(letter).level not in ALERT
    assert read_message(f"{letter} I can't feel my privates. {letter}").level == "emergency"


def test_an_idiom_beside_a_sign_hides_nothing():
    assert read_message("my phone died and I am sick of it, and I can't feel my bum").level == "emergency"


def test_a_sign_after_but_is_not_denied():
    assert read_message("no fever but I can't pee").flags == {"bladder"}


@pytest.mark.parametrize(
    ("text", "crisis"),
    [
        ("I am going to kill myself", Crisis.DANGER_NOW),
        ("I have taken all my pills", Crisis.HAS_ACTED),
        ("I keep having thoughts of suicide", Crisis.THOUGHTS),
        ("I can't go on", Crisis.UNCLEAR),
        ("I'm not suicidal, only fed up", None),
        ("this exam is going to kill me", None),
        ("I was suicidal ten years ago", None),
    ],
)
def test_words_of_crisis(text, crisis):
    assert read_message(text).crisis is crisis


def test_what_is_only_half_said_asks():
    reading = read_message("I can't go on")
    assert (reading.level, reading.unclear) == ("soon", True)


@pytest.mark.parametrize("text", ["", " ", "...", "🤕", "?!", "\x00"])
def test_nothing_to_read(text):
    assert read_message(text).level == "none"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=4096))
def test_any_text_is_read(text):
    assert read_message(text).level in ORDER


@cache
def rows(name):
    lines = (HERE / f"messages_{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


messages = st.deferred(lambda: st.sampled_from([row["text"] for row in rows("build")]))


@settings(max_examples=80, deadline=None)
@given(messages, st.sampled_from(sorted(SIGNS)))
def test_a_sign_more_never_lowers_the_level(text, sign):
    alone = ORDER.index(read_message(text).level)
    assert ORDER.index(read_message(f"{text}\n{sign}.").level) >= alone


@settings(max_examples=60, deadline=None)
@given(messages)
def test_capitals_change_nothing(text):
    assert read_message(text.upper()).level == read_message(text.lower()).level


@settings(max_examples=60, deadline=None)
@given(messages)
def test_a_last_full_stop_changes_nothing(text):
    bare = text.rstrip(" .!?")
    assert read_message(bare + ".").level == read_message(bare).level


@pytest.mark.parametrize(
    ("name", "caught", "alerted", "alarms"),
    [
        ("build", 0.96, 0.96, 0.05),
        ("unseen", 0.95, 0.95, 0.05),
        ("second_unseen", 0.95, 0.93, 0.05),
        ("third_unseen", 0.95, 0.93, 0.05),
        ("writer_n_unseen", 0.95, 0.93, 0.05),
        ("writer_q_unseen", 0.95, 0.93, 0.05),
        ("writer_u_unseen", 0.95, 0.93, 0.10),
        ("writer_gg_unseen", 0.95, 0.93, 0.08),
    ],
)
def test_the_kept_sets(name, caught, alerted, alarms):
    levels = [(row["label"], read_message(row["text"]).level) for row in rows(name)]
    emergencies = [level == "emergency" for label, level in levels if label == "emergency"]
    loud = [level in ALERT for label, level in levels if label in {"emergency", "urgent"}]
    quiet = [level in ALERT for label, level in levels if label in {"none", "routine"}]
    assert sum(emergencies) / len(emergencies) >= caught
    assert sum(loud) / len(loud) >= alerted
    assert sum(quiet) / len(quiet) <= alarms


@pytest.mark.parametrize("broken", [{"flags": "no_such_flag"}, {"all": "no_such_sign"}, {"level": "urgent"}])
def test_a_rule_that_fits_nothing_is_refused(broken):
    tables = copy.deepcopy(_read("en"))
    tables["rules"]["rule"][0].update(broken)
    with pytest.raises(LexiconError, match="no such"):
        build_lexicon(tables)


def test_a_sign_of_an_unknown_concept_is_refused():
    tables = copy.deepcopy(_read("en"))
    tables["signs"]["back"]["saddle"] = "{no_such_concept} + groin"
    with pytest.raises(LexiconError, match="unknown concept"):
        build_lexicon(tables)


def test_every_concept_is_used():
    used = {
        part
        for patterns in load_lexicon().patterns.values()
        for pattern in patterns
        for part in pattern.parts
    }
    named = {f"{{{name}}}" for group in _read("en")["concepts"].values() for name in group}
    assert named - used - {"{new}", "{sudden}"} == set()
