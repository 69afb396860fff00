import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.faq.entries import load_entries
from bot.faq.examples import digest
from bot.faq.library import load_learned, load_matcher
from bot.faq.vectors import load_vectors

HERE = Path(__file__).parent
MATCHER = load_matcher()


def read(name):
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def answer_to(text):
    found = MATCHER.match(text)
    return None if found.kind == "choose" else found.answer


def shares(rows):
    inside = [(answer_to(row["text"]), row["accept"]) for row in rows if row["accept"]]
    outside = [answer_to(row["text"]) for row in rows if not row["accept"]]
    return (
        sum(answer in accept for answer, accept in inside) / len(inside),
        sum(answer is not None and answer not in accept for answer, accept in inside) / len(inside),
        sum(answer is not None for answer in outside) / max(len(outside), 1),
    )


@pytest.mark.parametrize(
    ("name", "right", "wrong", "answered"),
    [
        ("questions_blind.jsonl", 0.86, 0.065, 0.015),
        ("questions_unseen.jsonl", 0.88, 0.06, 0.02),
        ("questions_patients.jsonl", 0.96, 0.03, 0.0),
        ("questions_forum.jsonl", 0.82, 0.08, 0.02),
    ],
)
def test_questions_in_other_words_find_their_answer(name, right, wrong, answered):
    measured = shares(read(name))
    assert measured[0] >= right
    assert measured[1] <= wrong
    assert measured[2] <= answered


def test_what_was_learned_is_that_of_these_phrasings():
    assert load_learned().digest == digest(), "run python bench/faq_learned.py"
    assert set(load_entries()) <= set(load_learned().labels), "run python bench/faq_learned.py"


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    folder = tmp_path_factory.mktemp("entries")
    shared = 'group = "diary"\nsources = ["PROJECT"]\nanswer = "Behind the clinic. It is free."\n'
    asked = [
        "where do i park",
        "is there a car park",
        "parking at the clinic",
        "car park cost",
        "zorbing lot",
    ]
    (folder / "where-to-park.toml").write_text(
        f'title = "Where do I park?"\n{shared}phrasings = {asked}\n', "utf-8"
    )
    (folder / "best-mattress.toml").write_text(f'title = "Our own words on beds"\n{shared}', "utf-8")
    return load_matcher("en", folder)


@pytest.mark.parametrize(
    "text", ["where can I park?", "car park near the clinic?", "zorbing lot", "cost of parking"]
)
def test_a_clinics_entry_joins_what_was_learned(clinic, text):
    assert clinic.match(text).nearest[0] == "where-to-park"
    assert MATCHER.match(text).answer is None


def test_an_entry_in_a_clinics_words_is_found_by_our_phrasings(clinic):
    assert clinic.match("what mattress is best for my back").answer == "best-mattress"


def test_joining_leaves_other_answers_as_they_were(clinic):
    texts = [row["text"] for row in read("questions_unseen.jsonl")[::9]]
    same = [clinic.match(text).answer == MATCHER.match(text).answer for text in texts]
    assert sum(same) >= 0.98 * len(same)


def test_a_word_that_no_example_has_is_understood_by_its_likes():
    vectors = load_vectors()
    ache, dull, train = (vectors.mean({word: 1.0}) for word in ("ache", "pain", "railway"))
    assert ache @ dull > 0.4 > ache @ train
    assert not vectors.mean({"qqqzzz": 1.0}).any()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("😀😀🔥", "empty"),
        ("12 34 ???", "empty"),
        ("me duele mucho la espalda que puedo hacer", "other_language"),
        ("у меня болит спина", "other_language"),
        ("我的背很痛", "other_language"),
        ("ich habe kopfschmerzen was kann ich tun", "other_language"),
        ("wie lange dauern rückenschmerzen normalerweise", "other_language"),
        ("Wie kann ich meine Daten löschen?", "other_language"),
        ("tengo un dolor de cabeza muy fuerte", "other_language"),
        ("cuanto dura el dolor", "other_language"),
        ("j'ai mal au dos depuis trois jours que faire", "other_language"),
        ("quel médicament pour la migraine", "other_language"),
        ("you stupid useless thing", "insult"),
        ("you are a stupid useless bot", "insult"),
        ("this app is rubbish", "insult"),
        ("hello", "greeted"),
        ("Good morning doctor!", "greeted"),
        ("thank you so much for your help", "thanked"),
        ("ok thanks", "thanked"),
        ("hello and thanks", "thanked"),
        ("good night", "parted"),
        ("bye for now", "parted"),
        ("talk to you soon, bye", "parted"),
        ("hi help", "none"),
        ("thanks for the tip about heat", "none"),
        ("tell me a joke about cars", "none"),
        ("asdf jkl qwer", "none"),
    ],
)
def test_a_message_without_a_question_is_told_apart(text, kind):
    found = MATCHER.match(text)
    assert found.kind == kind
    assert found.answer is None


@pytest.mark.parametrize(
    ("text", "refusal", "answer"),
    [
        ("i took too many painkillers for my back", "took_too_many", "how-much-should-i-take"),
        ("I accidentally took 12 ibuprofen", "took_too_many", "how-much-should-i-take"),
        ("how much naproxen can i take", "dose", "how-much-should-i-take"),
        ("can i take ibuprofen with paracetamol", "dose", "how-much-should-i-take"),
        ("should i stop taking my amitriptyline", "change_medicine", "should-i-stop-my-medicine"),
        ("recommend a spine surgeon in Leeds", "provider", None),
        ("best chiropractor near me for back pain", "provider", None),
        ("i need a sick note for my back", "paperwork", None),
        ("can i get disability benefits for my back", "paperwork", None),
        ("write me a sick note", "paperwork", None),
        ("help with my insurance claim", "paperwork", None),
        ("my 8 year old son has headaches", "child", None),
        ("My daughter, 16, misses school with migraine. Can it be prevented?", "child", None),
        ("my 15 year old has back pain after football", "child", None),
        ("my son says his head hurts every day", "child", None),
        ("my daughter wakes with a headache", "child", None),
        ("I picked my son up from school with a headache", "child", None),
        ("my son has had 20 headaches this month", "child", None),
        ("my 3 year old jumped off the bed and hurt his back", "child", None),
        ("I feel sorry for my son, 9, who gets migraines", "child", None),
        ("can i take ibuprofen with the pill for my headache", "dose", "how-much-should-i-take"),
        ("I logged my naproxen, how many more can I take", "dose", "how-much-should-i-take"),
        ("my son is 22 and has a slipped disc, what is that", "someone_else", "herniated-or-bulging-disc"),
        ("do i need to go to a&e", "safe_to_wait", None),
        ("is it safe to wait until monday?", "safe_to_wait", None),
        ("book me a flight", "off_topic", None),
        ("do i have a slipped disc", "diagnosis", "what-is-wrong-with-me"),
        ("what is sciatica, my husband has it", "someone_else", "what-is-sciatica"),
    ],
)
def test_what_must_be_refused_is_refused_by_rule(text, refusal, answer):
    found = MATCHER.match(text)
    assert (found.refusal, found.answer) == (refusal, answer)


@pytest.mark.parametrize(
    "text", ["is it safe to wait with this back pain", "should i go to the ER for my headache"]
)
def test_whether_to_wait_is_refused_and_the_warning_signs_follow(text):
    found = MATCHER.match(text)
    assert found.refusal == "safe_to_wait"
    assert found.answer in {
        "is-my-back-pain-serious",
        "when-to-worry-about-headache",
        "when-to-see-a-doctor-back",
    }


@pytest.mark.parametrize(
    "text",
    [
        "how many days can i take ibuprofen",
        "how many painkillers before they cause rebound headaches",
        "what kind of doctor do i see for my back",
        "how much exercise is good for my back",
        "is my back pain serious",
        "do i have to answer every day",
        "my wife says heat is better for my back than ice",
        "why do headaches run in my family, my mum has them so will i",
        "how long should i wait after a spinal injection",
        "I can't lift my toddler since my back went, how long will this last",
        "my daughter says ice is better for my back, is she right",
        "I get headaches and snap at my kids, what can I do about the stress",
        "since having my son I get migraines, are they hormones",
        "can i take the combined pill with migraine",
        "my 3 year old kicked me in the back, how long will it hurt",
        "my son is a nurse and says heat is best for my back",
        "carrying my daughter makes the sciatica worse, what helps",
        "should i take my scan results and medicines to the visit",
        "I typed the wrong number of tablets, how many clicks to fix it",
        "my doctor gave me maxalt for migraine, is it any good",
        "what is the max number of days in a row for codeine",
        "gp gave me a sick note for two weeks, should i rest my back all that time",
    ],
)
def test_look_alikes_of_a_refusal_are_not_refused(text):
    assert MATCHER.match(text).refusal is None


@pytest.mark.parametrize(
    "text",
    [
        "delete my facebook account",
        "export my photos",
        "change my flight time",
        "i missed my train",
        "fix my car",
        "is my bank data private",
        "pain in my knee",
        "rash on the back of my hand",
    ],
)
def test_look_alikes_of_ours_are_left_alone(text):
    assert MATCHER.match(text).answer is None


@pytest.mark.parametrize(
    "text",
    ["change the reminder time to 8 pm", "can the questions come at noon", "stop messaging me at weekends"],
)
def test_what_is_asked_about_the_bot_itself_is_answered(text):
    assert MATCHER.match(text).answer == "change-my-check-in-time"


def test_who_feels_useless_is_not_told_off():
    assert (
        MATCHER.match("i feel so useless and worthless because of this pain").answer
        == "feeling-low-with-pain"
    )
    assert MATCHER.match("am i useless").kind != "insult"


def test_markup_does_not_change_the_answer():
    plain = MATCHER.match("what is sciatica")
    assert (
        MATCHER.match("<b>what</b> is <script>sciatica</script>").answer == plain.answer == "what-is-sciatica"
    )


def test_a_slip_of_spelling_does_not_change_the_answer():
    assert MATCHER.match("what is sciatcia").answer == "what-is-sciatica"
    assert MATCHER.match("do i need sugery for my spine").answer == "when-is-surgery-considered"


def test_the_longest_message_is_read():
    found = MATCHER.match("my back hurts a lot. " * 195 + "Do I need an MRI?")
    assert found.answer == "do-i-need-a-scan"


def test_matching_twice_gives_the_same():
    again = load_matcher()
    texts = [row["text"] for row in read("questions_unseen.jsonl")[::25]]
    assert [MATCHER.match(text) for text in texts] == [again.match(text) for text in texts]


def test_two_good_candidates_are_both_named():
    chosen = [
        found
        for row in read("questions_unseen.jsonl")
        if (found := MATCHER.match(row["text"])).kind == "choose"
    ]
    assert chosen
    assert all(len(found.candidates) == 2 and found.answer == found.candidates[0] for found in chosen)


def test_which_of_two_is_not_asked_of_related_entries():
    entries = load_entries()
    pairs = [
        found.candidates
        for name in ("questions_unseen.jsonl", "questions_fresh.jsonl")
        for row in read(name)[::3]
        if (found := MATCHER.match(row["text"])).kind == "choose"
    ]
    assert pairs
    assert not [
        pair for pair in pairs if pair[1] in entries[pair[0]].related or pair[0] in entries[pair[1]].related
    ]


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_it(text):
    found = MATCHER.match(text)
    assert 0.0 <= found.score <= 1.0
    assert len(set(found.nearest)) == len(found.nearest) <= 3
