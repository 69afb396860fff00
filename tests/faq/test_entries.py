import json
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from bot.faq.entries import EntryFileError, load_entries
from bot.faq.examples import load_out_of_scope, load_phrasings

SOURCES = tomllib.loads((resources.files("bot") / "content" / "sources.toml").read_text(encoding="utf-8"))

PHRASINGS = load_phrasings()

STABLE_IDS = """
are-back-pain-and-headaches-connected why-back-pain-and-headaches-together can-neck-problems-cause-headaches
can-lower-back-cause-headaches how-to-find-the-link why-keep-a-diary what-to-log what-does-the-score-mean
what-to-bring-to-appointment what-causes-back-pain why-the-lower-back herniated-or-bulging-disc
degenerative-disc-disease spinal-arthritis-and-bone-spurs will-my-spine-keep-getting-worse what-is-sciatica
how-long-does-back-pain-last do-i-need-a-scan what-can-i-do-for-back-pain rest-or-stay-active ice-or-heat-for-back
ice-or-heat-for-headache best-exercise-for-back exercise-and-headache does-posture-matter desk-and-work-setup
sleep-and-pain best-mattress water-and-headache food-weight-and-alcohol caffeine-and-headache stress-and-headache
eye-strain-and-headache what-causes-headaches is-migraine-a-blood-vessel-problem migraine-or-tension-headache
how-many-headaches-is-too-many can-headaches-be-prevented migraine-and-the-pill otc-medicine-for-back
are-anti-inflammatories-safe how-many-days-pain-relief can-painkillers-cause-headaches stopping-overused-painkillers
opioids-for-pain does-physical-therapy-help massage-manipulation-acupuncture when-is-surgery-considered
minimally-invasive-surgery is-my-back-pain-serious what-is-cauda-equina when-to-see-a-doctor-back
when-to-worry-about-headache feeling-low-with-pain is-this-bot-a-doctor what-do-the-levels-mean is-my-data-private
what-is-wrong-with-me how-much-should-i-take should-i-stop-my-medicine spinal-injections recovery-after-spine-surgery
migraine-treatments what-can-this-bot-do change-my-check-in-time missed-a-day fix-an-answer read-my-weekly-summary
get-my-data-out erase-my-data
""".split()

GOOD = {
    "title": "Where do I park?",
    "group": "diary",
    "answer": "Park behind the clinic.",
    "sources": ["PROJECT"],
    "phrasings": [
        "where do i park",
        "parking",
        "is there a car park",
        "can i park at the clinic",
        "park my car",
    ],
}


def write(folder, name, table):
    lines = [f"{key} = {value!r}" for key, value in table.items()]
    (folder / f"{name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_every_stable_id_has_an_entry():
    assert len(STABLE_IDS) == 70
    assert set(STABLE_IDS) <= set(load_entries())


@pytest.mark.parametrize("entry", load_entries().values(), ids=lambda entry: entry.id)
def test_an_entry_is_whole(entry):
    assert set(entry.sources) <= set(SOURCES)
    assert "M" not in entry.sources
    assert len(set(PHRASINGS[entry.id])) >= 40
    assert 2 <= entry.answer.count(".") + entry.answer.count("?") + entry.answer.count("!") <= 9
    assert entry.id not in entry.related
    assert len(entry.title) <= 64
    for text in (entry.answer, entry.what_you_can_do or "", entry.when_to_get_help or ""):
        assert " mg" not in text
        text.format(EMERGENCY="", ED="", URGENT="", CRISIS="")


def test_no_phrasing_belongs_to_two_entries():
    owner = {}
    for entry, phrasings in (PHRASINGS | load_out_of_scope()).items():
        for phrasing in phrasings:
            assert owner.setdefault(phrasing.lower(), entry) == entry, phrasing


def test_phrasings_are_of_our_entries_and_of_no_test():
    assert set(PHRASINGS) == set(load_entries())
    tests = Path(__file__).parent.glob("questions_*.jsonl")
    asked = {
        json.loads(line)["text"].lower() for path in tests for line in path.read_text("utf-8").splitlines()
    }
    assert not [
        each
        for phrasings in (PHRASINGS | load_out_of_scope()).values()
        for each in phrasings
        if each.lower() in asked
    ]


def test_at_most_ten_groups():
    assert len({entry.group for entry in load_entries().values()}) <= 10


def test_a_clinic_adds_and_overrides(tmp_path):
    write(tmp_path, "where-to-park", GOOD)
    write(tmp_path, "best-mattress", {**GOOD, "title": "Our own words"})
    entries = load_entries("en", tmp_path)
    assert entries["where-to-park"].answer == "Park behind the clinic."
    assert entries["best-mattress"].title == "Our own words"
    assert len(entries) == len(load_entries()) + 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": ""}, "title: missing"),
        ({"answer": 3}, "answer: want a text"),
        ({"phrasings": "one"}, "phrasings: want a list"),
        ({"phrasings": []}, "phrasings: want at least 5"),
        ({"phrasings": ["only one"]}, "phrasings: want at least 5"),
        ({"phrasings": ["a", "b", "c", "d", 5]}, "phrasings.4: want a text"),
        ({"kind": "joke"}, "kind: want one of"),
        ({"anwser": "x"}, "anwser: not a key"),
        ({"group": "parking"}, "group: 'parking' is none of"),
        ({"related": ["no-such-entry"]}, "related: there is no entry 'no-such-entry'"),
        ({"answer": "x" * 1201}, "answer: 1201 characters"),
    ],
)
def test_a_broken_entry_is_refused_with_file_and_key(tmp_path, change, says):
    write(tmp_path, "where-to-park", {**GOOD, **change})
    with pytest.raises(EntryFileError, match=r"where-to-park\.toml") as refused:
        load_entries("en", tmp_path)
    assert says in str(refused.value)


def test_a_file_that_is_no_toml_is_refused_with_its_line(tmp_path):
    (tmp_path / "where-to-park.toml").write_text('title = "x"\nanswer = \n', encoding="utf-8")
    with pytest.raises(EntryFileError, match=r"where-to-park.toml: .*line 2"):
        load_entries("en", tmp_path)


def test_a_file_name_that_is_no_id_is_refused(tmp_path):
    write(tmp_path, "Where To Park", GOOD)
    with pytest.raises(EntryFileError, match="file name"):
        load_entries("en", tmp_path)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load_entries("en", tmp_path / "nowhere")
