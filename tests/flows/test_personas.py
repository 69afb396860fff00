"""Three people through their days, with the right advice at each step."""

from datetime import date

from bot.clinical.answers import Condition, Level, Tracks
from storage import advice, patients
from tests.flows.conftest import heard


async def given(bot, patient, rule=None):
    known = await bot.known(patient)
    everything = await advice.everything(bot.database, known.patient_id)
    return [one for one in everything if rule is None or one.rule_id == rule]


async def told(bot, patient, **changes):
    known = await bot.known(patient)
    made = known.profile.model_copy(update={"conditions": frozenset()} | changes)
    await bot.database.commit([patients.saved(known.model_copy(update={"profile": made}))])


async def test_painkillers_on_sixteen_days_for_migraine_and_period_headaches(bot):
    ana = await bot.onboarded("Ana")
    await told(bot, ana, birth_year=1990, headaches_new=False, usual_aura=False, tracks=Tracks.HEAD)
    for number in range(16):
        await ana.send("/checkin")
        migraine = number % 4 == 0
        await bot.taps(ana, "None", "7" if migraine else "4", "Yes" if migraine else "No", "A bit")
        await bot.taps(ana, "Ibuprofen type or aspirin", "Well")
        levels = {one.level for one in await given(bot, ana)}
        assert Level.EMERGENCY not in levels, number
        assert bool(await given(bot, ana, "X-13")) is (number + 1 >= 15), number
        await bot.next_day()
    (overuse,) = await given(bot, ana, "X-13")
    assert (overuse.level, overuse.facts["days30(simple)"]) == (Level.ROUTINE, 15)
    await ana.send("/week")
    assert any("16" in message.text for message in ana.from_bot[-3:])


async def test_rare_severe_attacks_and_a_lasting_headache_after_a_road_accident(bot):
    ben = await bot.onboarded("Ben", country="United States", zone="New York")
    await told(bot, ben, birth_year=1980, headaches_new=False, usual_aura=False)
    await ben.send("/checkin")
    await bot.taps(ben, "None", "0", "9", "Yes", "Could not do my day", "Triptan", "Not well")
    assert max(one.level for one in await given(bot, ben)) <= Level.ROUTINE
    await bot.next_day(10)
    await ben.send("/checkin")
    await bot.taps(ben, "Head, eyes or face", "A knock to the head", "A new kind of headache", "Done")
    await bot.taps(ben, "In the last 3 months", "3", "6", "No", "A lot", "Paracetamol", "Not well")
    highest = max(await given(bot, ben), key=lambda one: one.level)
    assert highest.level >= Level.SAME_DAY
    assert "head_injury" in str(highest.facts)
    await bot.next_day()
    await ben.send("/checkin")
    assert heard(ben, "Have you been seen")
    await bot.taps(ben, "Yes", "Go on with my check-in")
    await bot.taps(ben, "Head, eyes or face", "Sudden, worst in 5 minutes")
    assert "911" in ben.last.text
    assert max(one.level for one in await given(bot, ben)) is Level.EMERGENCY


async def test_long_standing_back_pain_with_new_numbness_between_the_legs(bot):
    cleo = await bot.onboarded("Cleo")
    await told(
        bot,
        cleo,
        birth_year=1955,
        back_pain_since=date(2020, 1, 1),
        conditions=frozenset({Condition.HEART}),
    )
    for _ in range(5):
        await bot.day(cleo, back=5, life="A lot", medicine="Paracetamol")
        await bot.next_day()
    assert max(one.level for one in await given(bot, cleo)) <= Level.ROUTINE
    await cleo.send("/checkin")
    await bot.taps(cleo, "Back or legs", "Pain down one leg", "Numb between the legs")
    assert "Go to A&E now" in cleo.last.text
    assert "999" in cleo.last.text
    assert "It is old and was checked" not in cleo.last.buttons
    (one,) = await given(bot, cleo, "B-01")
    assert one.level is Level.EMERGENCY
    await cleo.send("my back hurts as always but the skin between my legs has gone numb today")
    assert "Get help now" in cleo.last.text
    await bot.next_day()
    assert heard(cleo, "Have you been seen")
