"""The kept look, on both databases: it stands until a day before it is changed, and goes with its patient."""

from datetime import UTC, date, datetime, timedelta

from bot.clinical.answers import CheckIn
from bot.clinical.patient import Consent, Patient
from storage import checkins, erasure, looks, patients

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LOOKED_ON = date(2026, 2, 23)
PATIENT = Patient(patient_id=1, chat_id=1, consent=Consent(version="1", given_at=NOW))


async def keep(database):
    await database.commit([patients.saved(PATIENT), looks.saved(1, LOOKED_ON, "what was told")])


async def change(database, day):
    await database.commit(checkins.saved(1, CheckIn(local_date=day)))


async def test_the_latest_look_takes_the_place_of_the_one_before(database):
    await keep(database)
    await database.commit([looks.saved(1, LOOKED_ON + timedelta(days=28), "what is told")])
    assert await looks.latest(database, 1, LOOKED_ON + timedelta(days=27)) is None
    assert await looks.latest(database, 1, LOOKED_ON + timedelta(days=28)) == (
        LOOKED_ON + timedelta(days=28),
        "what is told",
    )


async def test_a_look_goes_when_a_day_before_it_is_changed(database):
    await keep(database)
    await change(database, LOOKED_ON)
    assert await looks.latest(database, 1, LOOKED_ON) == (LOOKED_ON, "what was told")
    await change(database, LOOKED_ON - timedelta(days=1))
    assert await looks.latest(database, 1, LOOKED_ON) is None


async def test_a_look_goes_with_its_patient(database):
    await keep(database)
    await database.commit(erasure.erased(1))
    assert await database.fetch_all("SELECT * FROM looks") == []
