"""Each rule fires exactly at its threshold, and not a step below: two scenes for each of the 109."""

from collections.abc import Callable

import pytest

from bot.clinical.facts import Facts
from bot.clinical.rules import Timing, load_rules, rule_by_id
from tests.clinical.scenes import day, diary, fired, judged, person, review, seen, signs

Scene = Callable[[], Facts]

AT_WEEK_END = {Timing.WEEKLY, Timing.FOUR_WEEKLY}


def flag(*ticked: str, **answers: object) -> Scene:
    return lambda: seen(signs(*ticked, **answers))


def one(who=None, reviews=(), heard=(), **answers: object) -> Scene:
    return lambda: seen(day(**answers), who=who, reviews=reviews, heard=heard)


def ticked(*options: str, who=None, **answers: object) -> Scene:
    return lambda: seen(signs(*options, **answers), who=who)


def slow(*names: str, who=None, **series: object) -> Scene:
    return lambda: seen(diary(**(series or {"back_pain": [3] * 7})), who=who, reviews=[review(slow=names)])


def kept(who=None, reviews=(), **series: object) -> Scene:
    return lambda: seen(diary(**series), who=who, reviews=reviews)


def impacts(*scores: tuple[int, int, int]) -> Scene:
    return lambda: seen(day(), reviews=[review(ago, impact=score) for ago, score in enumerate(scores)])


def moods(*scores: tuple[int, int] | None) -> Scene:
    return lambda: seen(day(), reviews=[review(4 * ago, mood=score) for ago, score in enumerate(scores)])


def pills(name: str, days: int, of: int = 30, **others: object) -> dict[str, object]:
    """Headache on four days, and a medicine on `days` of `of` days, on every other day where there is room."""
    taken = ["none"] * of
    for place in sorted(range(of), key=lambda ago: (ago % 2, ago))[:days]:
        taken[place] = name
    return {"headache": [2] * 4 + [0] * (of - 4), "medicine": taken, **others}


def mixed(paracetamol: int, triptan: int) -> dict[str, object]:
    taken = ["paracetamol"] * paracetamol + ["triptan"] * triptan
    spread = [value for pill in taken for value in (pill, "none")]
    return {"headache": [2] * 4 + [0] * 26, "medicine": spread[:30]}


def some(count: int, of: int = 30, score: int = 3) -> list[int]:
    return [score] * count + [0] * (of - count)


PREGNANT = person("preg_or_6wk")
CANCER = person("cancer", back_days=200)
THIN = person("blood_thinner")
WEAK = person("immune_weak")
OLD = person(age=70)
FOUR_POINTS = ("relative", "psoriasis", "arthritis", "better_moving")

SCENES: dict[str, tuple[Scene, Scene]] = {
    "B-01": (flag("saddle"), flag("both_legs")),
    "B-02": (flag("bladder"), flag("bowel")),
    "B-03": (flag("bowel"), flag("bladder")),
    "B-04": (flag("sexual", back_pain=1), flag("sexual", back_pain=0)),
    "B-05": (flag("both_legs"), flag("leg_pain")),
    "B-06": (flag("legs_weak_severe"), flag("foot_weak")),
    "B-07": (flag("trauma", back_pain=1), flag("trauma", back_pain=0)),
    "B-08": (flag("chest"), flag("side_pee")),
    "B-09": (flag("faint", back_pain=7), flag("faint", back_pain=6)),
    "B-10": (ticked("foot_weak", who=CANCER), ticked("foot_weak", who=person())),
    "B-11": (
        flag("fever", back_pain=1, follow={"infection_risk": "yes"}),
        flag("fever", back_pain=0, follow={"infection_risk": "yes"}),
    ),
    "B-12": (
        flag("fever", back_pain=1, follow={"very_unwell": "yes"}),
        flag("fever", back_pain=1, follow={"very_unwell": "no"}),
    ),
    "B-20": (flag("fever", back_pain=1), flag("fever", back_pain=0)),
    "B-21": (flag("foot_weak"), flag("leg_pain")),
    "B-22": (
        kept(who=CANCER, back_pain=[5] + [3] * 7),
        kept(who=CANCER, back_pain=[4] + [3] * 7),
    ),
    "B-23": (
        ticked("minor_fall", who=OLD, interference=3),
        ticked("minor_fall", who=OLD, interference=2),
    ),
    "B-24": (flag("side_pee", "blood_pee"), flag("side_pee")),
    "B-25": (
        ticked("preg_warning", who=person("pregnant"), back_pain=4),
        ticked("preg_warning", who=person("pregnant"), back_pain=3),
    ),
    "B-26": (
        kept(back_pain=[9, 9], interference=[3, 3]),
        kept(back_pain=[9, 8], interference=[3, 3]),
    ),
    "B-30": (
        ticked("minor_fall", who=OLD, interference=2),
        ticked("minor_fall", who=person(age=69), interference=2),
    ),
    "B-31": (slow("weight", back_pain=[1] * 4), slow("weight", back_pain=[1, 1, 1, 0])),
    "B-32": (slow("weight", who=person(age=60)), slow("weight", who=person(age=59))),
    "B-33": (slow("night"), slow("upper")),
    "B-34": (slow("shape"), slow("upper")),
    "B-35": (slow("upper"), slow("shape")),
    "B-36": (slow("strain", who=person(back_days=30)), slow("strain", who=person(back_days=31))),
    "B-37": (slow("numb_one_leg"), slow("clumsy")),
    "B-38": (slow("clumsy"), slow("numb_one_leg")),
    "B-39": (slow("belly_pulse", who=person(age=60)), slow("belly_pulse", who=person(age=59))),
    "B-40": (kept(back_pain=[7, 7, 7]), kept(back_pain=[7, 7, 6, 7])),
    "B-41": (
        kept(back_pain=[6] * 7 + [5] * 7 + [4] * 7),
        kept(back_pain=[5] * 7 + [4] * 7 + [4] * 7),
    ),
    "B-42": (impacts((7, 7, 7), (7, 7, 7)), impacts((7, 7, 7), (7, 7, 6))),
    "B-50": (
        kept(who=person(back_days=28), back_pain=[4] * 21 + [5] * 7),
        kept(who=person(back_days=27), back_pain=[4] * 20 + [5] * 7),
    ),
    "B-51": (
        kept(who=person(back_days=42), back_pain=[3] * 7),
        kept(who=person(back_days=41), back_pain=[3] * 7),
    ),
    "B-52": (
        kept(who=person(back_days=84), back_pain=[3] * 7),
        kept(who=person(back_days=83), back_pain=[3] * 7),
    ),
    "B-53": (
        lambda: seen(diary(back_pain=[5] * 28), signs("leg_pain", ago=28, back_pain=6)),
        lambda: seen(diary(back_pain=[5] * 27), signs("leg_pain", ago=27, back_pain=6)),
    ),
    "B-54": (kept(back_pain=[5] * 7 + [3] * 7), kept(back_pain=[5] * 6 + [4] + [3] * 7)),
    "B-55": (
        impacts((6, 6, 7), (5, 5, 5), (5, 5, 4)),
        impacts((6, 6, 6), (5, 5, 5), (5, 5, 4)),
    ),
    "B-56": (
        kept(who=person(age=60, back_days=42), back_pain=[1] * 7),
        kept(who=person(age=59, back_days=42), back_pain=[1] * 7),
    ),
    "B-57": (
        one(
            who=person(age=45, back_days=400),
            reviews=[review(inflammatory=["relative", "psoriasis", "arthritis", "better_moving"])],
        ),
        one(
            who=person(age=45, back_days=400),
            reviews=[review(inflammatory=["relative", "psoriasis", "arthritis"])],
        ),
    ),
    "B-58": (
        kept(back_pain=[3] * 7, interference=[2] * 4 + [0] * 3),
        kept(back_pain=[3] * 7, interference=[2] * 3 + [1] * 4),
    ),
    "B-70": (
        kept(who=CANCER, back_pain=[8] * 7 + [10] * 7),
        kept(who=CANCER, back_pain=[4] * 7 + [5] * 7),
    ),
    "B-71": (impacts((7, 7, 7), (10, 10, 10)), impacts((8, 7, 7), (10, 10, 10))),
    "B-72": (one(back_pain=6, interference=1), one(back_pain=7, interference=1)),
    "H-01": (flag("thunderclap"), flag("new_headache")),
    "H-02": (
        lambda: seen(day(headache=1), heard=["stiff_neck_rash"]),
        lambda: seen(day(headache=0), heard=["stiff_neck_rash"]),
    ),
    "H-03": (flag("stroke_sign"), flag("vision_blur")),
    "H-04": (flag("blackout"), flag("vision_blur")),
    "H-05": (flag("vision_loss"), flag("vision_blur")),
    "H-06": (flag("red_eye"), flag("vision_blur")),
    "H-07": (
        flag("head_injury", headache=1, follow={"head_injury_when": "week"}),
        flag("head_injury", headache=0, follow={"head_injury_when": "week"}),
    ),
    "H-08": (
        ticked("head_injury", who=THIN, headache=0, follow={"head_injury_when": "week"}),
        ticked("head_injury", who=THIN, headache=0, follow={"head_injury_when": "three_months"}),
    ),
    "H-09": (
        ticked("new_headache", who=THIN, headache=7),
        ticked("new_headache", who=THIN, headache=6),
    ),
    "H-10": (one(who=PREGNANT, headache=7), one(who=PREGNANT, headache=6)),
    "H-11": (flag("co"), flag("vomit")),
    "H-12": (
        flag("neck_head_new", follow={"neck_signs": ("droopy_eye",)}),
        flag("neck_head_new"),
    ),
    "H-13": (
        ticked("gca", "vision_blur", who=person(age=50)),
        ticked("gca", "vision_blur", who=person(age=49)),
    ),
    "H-14": (ticked("fever", who=WEAK, headache=1), ticked("fever", who=WEAK, headache=0)),
    "H-15": (
        flag("aura", follow={"aura_length": "over_hour"}),
        flag("aura", follow={"aura_length": "hour_or_less"}),
    ),
    "H-20": (ticked("gca", who=person(age=50)), ticked("gca", who=person(age=49))),
    "H-21": (
        lambda: seen(signs("fever", headache=4), day(1, headache=3)),
        lambda: seen(signs("fever", headache=3), day(1, headache=3)),
    ),
    "H-22": (
        lambda: seen(
            signs("head_injury", follow={"head_injury_when": "three_months"}, headache=4), day(1, headache=3)
        ),
        lambda: seen(
            signs("head_injury", follow={"head_injury_when": "three_months"}, headache=3), day(1, headache=3)
        ),
    ),
    "H-23": (flag("upright", follow={"spine_needle": "yes"}), flag("upright")),
    "H-24": (flag("neck_head_new"), flag("neck_head_new", follow={"neck_signs": ("swallow",)})),
    "H-25": (flag("vision_dims"), flag("vision_blur")),
    "H-26": (flag("cannot_keep_fluids"), flag("vomit")),
    "H-27": (
        one(who=PREGNANT, headache=4, headache_lasts="yes"),
        one(who=PREGNANT, headache=3),
    ),
    "H-28": (kept(headache=[7, 7, 7]), kept(headache=[7, 7, 6, 7])),
    "H-29": (slow("cognitive"), slow("clumsy")),
    "H-40": (
        ticked("new_headache", who=person(age=50)),
        ticked("new_headache", who=person(age=49)),
    ),
    "H-41": (
        ticked("new_headache", who=CANCER),
        ticked("new_headache", who=person()),
    ),
    "H-42": (ticked("new_headache", who=WEAK), ticked("new_headache", who=person())),
    "H-43": (slow("head_cough"), slow("head_lying")),
    "H-44": (slow("head_pattern"), slow("head_lying")),
    "H-45": (
        kept(headache=[5] * 5 + [0] * 2 + [4] * 4 + [0] * 3 + [3] * 3 + [0] * 4 + [2] * 2 + [0] * 5),
        kept(headache=[5] * 5 + [0] * 2 + [4] * 4 + [0] * 3 + [3] * 3 + [0] * 4 + [2] * 3 + [0] * 4),
    ),
    "H-46": (flag("upright"), flag("upright", follow={"spine_needle": "yes"})),
    "H-47": (slow("eye_tear"), slow("head_lying")),
    "H-48": (
        flag("new_headache", "vomit"),
        flag("new_headache", "vomit", follow={"vomit_cause": "yes"}),
    ),
    "H-49": (slow("head_lying"), slow("head_cough")),
    "H-60": (kept(headache=some(15)), kept(headache=some(14))),
    "H-61": (
        kept(headache=some(15), migraine_like=["yes"] * 8 + ["no"] * 7),
        kept(headache=some(15), migraine_like=["yes"] * 7 + ["no"] * 8),
    ),
    "H-62": (
        kept(headache=some(4), migraine_like=["yes"] * 4),
        kept(headache=some(4), migraine_like=["yes"] * 3),
    ),
    "H-63": (
        kept(headache=some(12) + some(8)),
        kept(headache=some(11) + some(8)),
    ),
    "H-64": (
        kept(headache=[7, 0, 7, 0, 7, 0], medicine=["none", "nsaid"] * 3),
        kept(headache=[7, 0, 7, 0, 6, 0], medicine=["none", "nsaid"] * 3),
    ),
    "H-80": (flag("aura"), flag("aura", follow={"limb_weak": "yes"})),
    "H-81": (one(headache=6), one(headache=7)),
    "X-01": (flag("gi_bleed"), flag("worried")),
    "X-02": (flag("overdose"), flag("worried")),
    "X-03": (flag("allergy"), flag("worried")),
    "X-10": (
        one(who=person("pregnant"), medicine="nsaid"),
        one(who=person("pregnant"), medicine="paracetamol"),
    ),
    "X-11": (one(who=person(age=65), medicine="nsaid"), one(who=person(age=64), medicine="nsaid")),
    "X-12": (kept(**pills("triptan", 10)), kept(**pills("triptan", 9))),
    "X-13": (kept(**pills("paracetamol", 15)), kept(**pills("paracetamol", 14))),
    "X-14": (kept(**mixed(5, 5)), kept(**mixed(5, 4))),
    "X-15": (
        kept(headache=some(4), medicine=["nsaid"] * 3 + ["none"] * 4 + ["nsaid"] * 3),
        kept(headache=some(4), medicine=["nsaid"] * 3 + ["none"] * 4 + ["nsaid"] * 2),
    ),
    "X-16": (kept(medicine=["nsaid"] * 10), kept(medicine=["nsaid"] * 9)),
    "X-17": (kept(medicine=["paracetamol"] * 10), kept(medicine=["paracetamol"] * 9)),
    "X-18": (
        kept(medicine=["opioid_or_combination"] * 4),
        kept(medicine=["opioid_or_combination"] * 3),
    ),
    "X-19": (
        kept(who=person("opioid_prescribed"), **pills("opioid_or_combination", 10)),
        kept(who=person("opioid_prescribed"), **pills("opioid_or_combination", 9)),
    ),
    "M-01": (one(heard=["crisis.has_acted"]), one(heard=["crisis.thoughts"])),
    "M-02": (one(heard=["crisis.thoughts"]), one(heard=["crisis.denied"])),
    "M-03": (moods((2, 1)), moods((1, 1))),
    "M-04": (moods((2, 1), (3, 0)), moods((2, 1), (1, 1))),
    "M-05": (one(heard=["crisis.hopeless", "crisis.denied"]), one(heard=["crisis.hopeless"])),
    "C-01": (
        kept(back_pain=some(8, score=4), headache=some(8, score=1)),
        kept(back_pain=some(8, score=4), headache=some(7, score=1)),
    ),
    "C-02": (
        kept(sleep=(["badly"] * 4 + ["well"] * 3) * 3),
        kept(sleep=(["badly"] * 4 + ["well"] * 3) * 2 + ["badly"] * 3 + ["well"] * 4),
    ),
    "C-03": (flag("worried"), flag("preg_warning")),
    "C-04": (one(who=person(age=17)), one(who=person(age=18))),
    "C-05": (one(back_pain=0, headache=0), one(back_pain=1, interference=0)),
}


def test_every_rule_has_its_two_scenes() -> None:
    assert set(SCENES) == {rule.id for rule in load_rules()}
    assert len(SCENES) == 109


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.id)
def test_a_rule_fires_at_its_threshold(rule) -> None:
    found = judged(SCENES[rule.id][0](), timing_of(rule))
    held = [one for one in found.fired if one.rule.id == rule.id]
    assert held, fired(found)
    assert held[0].level is rule.level
    assert not held[0].conditional


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.id)
def test_a_rule_does_not_fire_a_step_below(rule) -> None:
    found = judged(SCENES[rule.id][1](), timing_of(rule))
    assert rule.id not in fired(found) | {one.rule.id for one in found.if_lines}


def timing_of(rule) -> Timing:
    if rule.timing in AT_WEEK_END:
        return Timing.WEEKLY
    return Timing.ANY if rule.timing is Timing.ANY else Timing.DAILY


def took(hd_days: int = 4, **days: int) -> dict[str, object]:
    """Headache on some days, and each medicine on so many days of its own."""
    taken = [pill for pill, count in days.items() for _ in range(count)]
    return {"headache": some(hd_days, score=2), "medicine": taken + ["none"] * (30 - len(taken))}


def expecting(headache: int, *conditions: str) -> Scene:
    return one(who=person(*conditions), headache=headache, heard=["headache_lasts"])


LEG = {"ago": 28, "back_pain": 10}
ALSO: list[tuple[str, Scene]] = [
    ("B-04", flag("sexual", "leg_pain", back_pain=0)),
    ("B-09", flag("tearing", back_pain=0)),
    *(("B-10", ticked(sign, who=CANCER)) for sign in ("both_legs", "legs_weak_severe", "bladder", "bowel")),
    ("B-10", ticked("neck_head_new", who=CANCER, follow={"neck_signs": ("unsteady",)})),
    ("B-12", flag("fever", "confused", back_pain=1)),
    ("B-22", one(who=person("cancer", back_days=30), back_pain=1)),
    *(("B-22", slow(sign, who=CANCER, back_pain=[0] * 7)) for sign in ("night", "strain", "upper")),
    ("B-23", ticked("minor_fall", who=person("bone_risk"), interference=3)),
    ("B-24", flag("side_pee", "fever")),
    ("B-24", flag("side_pee", "vomit")),
    ("B-41", kept(back_pain=[8] * 7 + [7] * 7 + [6] * 7)),
    ("B-41", kept(back_pain=[9] * 5 + [10] * 2 + [8] * 7 + [7] * 6 + [8])),
    ("B-53", lambda: seen(diary(back_pain=[8] * 4 + [7] * 3 + [10] * 21), signs("leg_pain", **LEG))),
    ("B-54", kept(back_pain=[8] * 7 + [6] * 7)),
    ("B-54", kept(back_pain=[9] * 5 + [10] * 2 + [7] * 6 + [8])),
    ("B-55", impacts((9, 9, 8), (7, 7, 6), (7, 7, 6))),
    ("B-57", one(who=person(age=44, back_days=90), reviews=[review(inflammatory=FOUR_POINTS)])),
    ("B-70", kept(who=CANCER, back_pain=[2] * 7 + [3] * 7)),
    ("B-70", kept(who=CANCER, back_pain=[1] * 4 + [0] * 3 + [1] * 7)),
    ("B-70", kept(who=CANCER, back_pain=[1] * 7 + [1] * 4 + [2] * 3)),
    ("B-71", impacts((0, 0, 0), (1, 1, 1))),
    ("B-72", one(back_pain=1, interference=1)),
    ("H-02", flag("stiff_neck_rash")),
    ("H-04", flag("confused")),
    ("H-04", one(heard=["seizure"])),
    ("H-10", ticked("preeclampsia_sign", who=PREGNANT, headache=1)),
    *(("H-12", flag("neck_head_new", follow={"neck_signs": (sign,)})) for sign in ("unsteady", "swallow")),
    ("H-12", flag("neck_head_new", "stroke_sign")),
    ("H-15", flag("aura", follow={"aura_kind": "first"})),
    ("H-15", flag("aura", follow={"aura_kind": "different"})),
    ("H-15", flag("aura", follow={"limb_weak": "yes"})),
    ("H-22", flag("head_injury", "new_headache", headache=0, follow={"head_injury_when": "three_months"})),
    ("H-25", one(heard=["ear_whoosh"])),
    ("H-27", expecting(6, "preg_or_6wk")),
    ("H-27", expecting(4, "pregnant")),
    ("H-42", ticked("new_headache", "fever", who=WEAK, headache=0)),
    ("H-42", ticked("new_headache", who=WEAK, headache=1)),
    ("H-43", slow("head_exercise")),
    ("H-60", kept(headache=some(15), migraine_like=["yes"] * 7)),
    ("H-62", kept(headache=some(4), interference=[2] * 3)),
    ("H-62", kept(headache=some(14), migraine_like=["yes"] * 4)),
    ("H-81", one(headache=1)),
    *(
        ("X-11", one(who=person(condition), medicine="nsaid"))
        for condition in ("blood_thinner", "ulcer", "kidney", "heart")
    ),
    ("X-12", kept(**pills("opioid_or_combination", 10))),
    ("X-13", kept(**took(paracetamol=8, nsaid=7))),
    ("X-14", kept(**took(triptan=9, paracetamol=1))),
    ("X-14", kept(**took(opioid_or_combination=9, paracetamol=1))),
    ("X-14", kept(**took(paracetamol=14, triptan=1))),
    ("X-19", kept(who=person("opioid_prescribed"), **pills("triptan", 10))),
    ("M-01", one(heard=["crisis.danger_now"])),
    ("M-04", moods((3, 2))),
]
"""The other ways in which a rule holds, each at its own limit."""

NOR: list[tuple[str, Scene]] = [
    ("B-12", flag("fever", back_pain=0, follow={"very_unwell": "yes"})),
    ("B-22", one(who=person("cancer", back_days=31), back_pain=1)),
    ("B-22", one(who=person("cancer", back_days=30), back_pain=0)),
    ("B-23", ticked("minor_fall", who=person(age=69), interference=3)),
    ("B-26", kept(back_pain=[9, 9], interference=[3, 2])),
    ("B-30", ticked("minor_fall", who=OLD, interference=3)),
    ("B-41", kept(back_pain=[6] * 6 + [5] + [5] * 7 + [4] * 7)),
    ("B-41", kept(back_pain=[9] * 7 + [8] * 7 + [7] * 7)),
    ("B-41", kept(back_pain=[6] * 7 + [4] * 7 + [4] * 7)),
    ("B-50", kept(who=person(back_days=28), back_pain=[4] * 6 + [3] + [5] * 21)),
    ("B-50", kept(who=person(back_days=28), back_pain=[7] * 21 + [10] * 7)),
    ("B-51", kept(who=person(back_days=42), back_pain=[3] * 6 + [2])),
    ("B-52", kept(who=person(back_days=84), back_pain=[3] * 6 + [2])),
    ("B-53", lambda: seen(diary(back_pain=[7] * 7 + [10] * 21), signs("leg_pain", **LEG))),
    ("B-54", kept(back_pain=[9] * 7 + [7] * 7)),
    ("B-55", impacts((8, 8, 7), (6, 6, 6), (6, 6, 6))),
    ("B-55", impacts((3, 3, 3), (2, 2, 2), (2, 2, 2))),
    ("B-56", kept(who=person(age=60, back_days=41), back_pain=[1] * 7)),
    ("B-56", kept(who=person(age=60, back_days=42), back_pain=[1] * 6 + [0])),
    ("B-57", one(who=person(age=46, back_days=400), reviews=[review(inflammatory=FOUR_POINTS)])),
    ("B-57", one(who=person(age=44, back_days=89), reviews=[review(inflammatory=FOUR_POINTS)])),
    ("B-72", one(back_pain=0, interference=0)),
    ("B-72", one(back_pain=1, interference=2)),
    ("H-10", ticked("preeclampsia_sign", who=PREGNANT, headache=0)),
    *(("H-24", flag("neck_head_new", follow={"neck_signs": (sign,)})) for sign in ("droopy_eye", "unsteady")),
    ("H-24", flag("neck_head_new", "stroke_sign")),
    ("H-27", expecting(3, "preg_or_6wk")),
    ("H-27", expecting(7, "preg_or_6wk")),
    ("H-27", expecting(4)),
    ("H-42", ticked("new_headache", "fever", who=WEAK, headache=1)),
    ("H-60", kept(headache=some(15), migraine_like=["yes"] * 8)),
    ("H-61", kept(headache=some(14), migraine_like=["yes"] * 8)),
    ("H-62", kept(headache=some(3), interference=[2] * 3)),
    ("H-62", kept(headache=some(15), migraine_like=["yes"] * 4)),
    ("H-62", kept(headache=some(4), interference=[1] * 3)),
    ("H-62", kept(headache=some(4), interference=[2] * 2)),
    ("H-63", kept(headache=some(9) + some(6))),
    ("H-63", kept(headache=some(14) + some(10))),
    ("H-81", one(headache=0)),
    ("X-12", kept(**pills("opioid_or_combination", 9))),
    ("X-12", kept(**took(hd_days=3, triptan=10))),
    ("X-13", kept(**took(hd_days=3, paracetamol=15))),
    ("X-14", kept(**took(paracetamol=10))),
    ("X-14", kept(**took(triptan=10, paracetamol=1))),
    ("X-14", kept(**took(opioid_or_combination=10, paracetamol=1))),
    ("X-14", kept(**took(paracetamol=15, triptan=1))),
    ("X-14", kept(**took(hd_days=3, paracetamol=5, triptan=5))),
    ("X-15", kept(headache=some(4), medicine=["nsaid"] * 2 + ["none"] * 5 + ["nsaid"] * 3)),
    ("X-15", kept(headache=some(3), medicine=["nsaid"] * 3 + ["none"] * 4 + ["nsaid"] * 3)),
    ("X-19", kept(who=person("opioid_prescribed"), **pills("triptan", 9))),
    ("X-19", kept(who=person("opioid_prescribed"), **took(hd_days=3, triptan=10))),
    ("M-04", moods((2, 2))),
    ("C-01", kept(back_pain=some(8, score=3), headache=some(8, score=1))),
]
"""Where a rule does not hold, each a step below one of its other limits."""


@pytest.mark.parametrize(("rule_id", "scene"), ALSO)
def test_a_rule_holds_in_each_of_its_ways(rule_id: str, scene: Scene) -> None:
    assert rule_id in fired(judged(scene(), timing_of(rule_by_id(rule_id))))


@pytest.mark.parametrize(("rule_id", "scene"), NOR)
def test_a_rule_holds_at_none_of_its_limits_a_step_below(rule_id: str, scene: Scene) -> None:
    found = judged(scene(), timing_of(rule_by_id(rule_id)))
    assert rule_id not in fired(found) | {one.rule.id for one in found.if_lines}


def test_what_many_weeks_add_up_to_is_judged_with_the_weekly_questions_alone() -> None:
    """Between them only the reviews of the last weeks are loaded (`storage.reviews.standing`)."""
    of_many_weeks = {"impact3", "impact_before", "impact_first", "impact_run", "phq2", "phq2_run"}
    between = [
        rule for rule in load_rules() if rule.slow or rule.timing not in {Timing.WEEKLY, Timing.FOUR_WEEKLY}
    ]
    named = {term.partition("(")[0] for rule in between for term in rule.condition.terms}
    assert {"bp_first7", "inflammatory_count"} <= named
    assert not named & of_many_weeks
