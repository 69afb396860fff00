from datetime import date

from bot.clinical.answers import Condition, Profile
from bot.clinical.conditions import Truth
from bot.clinical.facts import facts, has_condition


def test_an_empty_profile_hides_no_pregnancy_above_sixty():
    born = Profile(birth_year=1950)
    known = facts(born, [], [], date(2026, 3, 2))
    assert has_condition(known, Condition.PREGNANT) is Truth.NO
    assert has_condition(known, Condition.CANCER) is Truth.PROFILE_UNKNOWN
    unknown = facts(Profile(), [], [], date(2026, 3, 2))
    assert has_condition(unknown, Condition.PREGNANT) is Truth.PROFILE_UNKNOWN
