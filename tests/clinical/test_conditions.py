"""The small typed form: what it takes, what it refuses, and what it makes of things that are not known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clinical.conditions import ConditionError, Term, Truth, UnknownFactError, parse


def vocabulary(name, arguments):
    if name in {"bp", "hd"} and not arguments:
        return Term(number=lambda subject: subject.get(name, Truth.NO_DATA))
    if name.startswith("flag."):
        return Term(truth=lambda subject: subject.get(name, Truth.NO))
    if name == "days30" and len(arguments) == 1:
        return Term(number=lambda subject: subject.get(arguments[0], 0.0))
    raise UnknownFactError(name)


def holds(text, **subject):
    return parse(text, vocabulary).holds({name.replace("__", "."): value for name, value in subject.items()})


@pytest.mark.parametrize(
    ("text", "subject", "expected"),
    [
        ("bp >= 4", {"bp": 4.0}, Truth.YES),
        ("bp >= 4", {"bp": 3.0}, Truth.NO),
        ("bp > 4", {"bp": 4.0}, Truth.NO),
        ("4 <= bp <= 6", {"bp": 6.0}, Truth.YES),
        ("4 <= bp < 6", {"bp": 6.0}, Truth.NO),
        ("bp == 3", {"bp": 3.0}, Truth.YES),
        ("bp > 0.7 * hd", {"bp": 4.2, "hd": 6.0}, Truth.NO),
        ("bp >= 0.7 * hd", {"bp": 4.2, "hd": 6.0}, Truth.YES),
        ("bp - hd >= 2", {"bp": 5.0, "hd": 3.0}, Truth.YES),
        ("bp + hd >= 9", {"bp": 5.0, "hd": 3.0}, Truth.NO),
        ("days30(nsaid) >= 10", {"nsaid": 10.0}, Truth.YES),
        ("not flag.fever and bp >= 1", {"bp": 1.0}, Truth.YES),
        ("not (flag.fever or bp >= 1)", {"bp": 1.0}, Truth.NO),
    ],
)
def test_what_a_condition_says(text, subject, expected) -> None:
    assert holds(text, **subject) is expected


def test_the_reason_for_not_knowing_is_kept() -> None:
    assert holds("flag.fever and bp >= 1", flag__fever=Truth.YES, bp=Truth.SKIPPED) is Truth.SKIPPED
    assert holds("flag.cancer and bp >= 1", flag__cancer=Truth.PROFILE_UNKNOWN, bp=Truth.SKIPPED) is (
        Truth.PROFILE_UNKNOWN
    )
    assert holds("flag.cancer or bp >= 1", flag__cancer=Truth.PROFILE_UNKNOWN, bp=1.0) is Truth.YES
    assert holds("not flag.cancer", flag__cancer=Truth.PROFILE_UNKNOWN) is Truth.PROFILE_UNKNOWN
    assert holds("bp - hd >= 2", bp=5.0) is Truth.NO_DATA
    assert holds("flag.fever and bp >= 1", flag__fever=Truth.NO) is Truth.NO


@pytest.mark.parametrize(
    "text",
    [
        "bp >=",
        "bp",
        "flag.fever >= 1",
        "bp in hd",
        "bp != 3",
        "bp / 2 >= 1",
        "__import__('os')",
        "flag['fever']",
        "bp >= '4'",
        "bp >= True",
        "(lambda: 1)() >= 1",
        "days30(nsaid=1) >= 1",
        "1 if bp >= 1 else 0",
    ],
)
def test_anything_else_is_refused(text) -> None:
    with pytest.raises(ConditionError):
        parse(text, vocabulary)


def test_an_unknown_name_is_refused_by_its_name() -> None:
    with pytest.raises(UnknownFactError, match="bq"):
        parse("bq >= 1", vocabulary)


def test_the_terms_are_kept_for_the_record() -> None:
    condition = parse("flag.fever and (bp >= 1 or days30(nsaid) >= 3)", vocabulary)
    subject = {"flag.fever": Truth.YES, "bp": Truth.SKIPPED, "nsaid": 4.0}
    assert condition.facts(subject) == {"flag.fever": True, "bp": None, "days30(nsaid)": 4.0}


truths = st.sampled_from(Truth)


@given(a=truths, b=truths, c=truths, up=truths)
def test_knowing_more_of_a_sign_never_lowers_a_condition_without_not(a, b, c, up) -> None:
    text = "flag.a and (flag.b or flag.c)"
    before = holds(text, flag__a=a, flag__b=b, flag__c=c)
    after = holds(text, flag__a=max(a, up, key=lambda t: t.value), flag__b=b, flag__c=c)
    assert after.value >= before.value
