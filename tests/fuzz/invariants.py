"""What holds after every step, whatever people do."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from bot.clinical.answers import CheckIn
from bot.clinical.patient import Patient
from bot.diary.days import day_of
from bot.diary.ledger import DayState, answered, back_pain_days, days_with_both, headache_days, window
from bot.runtime.refusals import Remedy, remedy
from bot.runtime.transport import RefusedError
from handlers.prompts import Planned
from tests.fuzz.world import World

LENGTHS = (7, 30, 90)
_MAY_COME_AGAIN = {Planned.CHECKIN_LEFT}
"""A check-in that was left is looked at again where a sign was added since."""


class Watch:
    """Looks at one example after every step."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._latest: dict[int, date] = {}
        self.secrets: set[str] = set()
        """Words that must never be kept: of a crisis, or of a person who has not agreed."""

    def look(self) -> None:
        """Raise `AssertionError` where something does not hold."""
        self._turns_go_well()
        self._telegram_takes_what_is_said()
        known = self._patients()
        self._nothing_of_strangers(known)
        for patient in known.values():
            self._diary_adds_up(patient)

    def _turns_go_well(self) -> None:
        seen = self._world.seen
        assert not seen.failures, seen.failures[-1]
        assert not self._world.rows("SELECT * FROM inbox WHERE state <> 'done'")
        assert not self._world.rows("SELECT * FROM due WHERE state = 'failed'")
        assert not seen.late_advice, f"said before the emergency advice: {seen.late_advice}"
        twice = [key for key, times in seen.prompts.items() if times > 1 and key[1] not in _MAY_COME_AGAIN]
        assert not twice, f"asked twice: {twice}"

    def _telegram_takes_what_is_said(self) -> None:
        telegram = self._world.telegram
        assert not telegram.spinners(), "a tap is still waiting"
        for request in self._world.fresh_requests():
            if request.status in (0, 200):
                continue
            means = remedy(RefusedError(request.status, request.description))
            chat = telegram.chats.find(request.chat_id)
            blocked = means is Remedy.UNREACHABLE and chat is not None and chat.blocked
            assert blocked or means is Remedy.COUNT_AS_SENT, (
                f"{request.method}: {request.status} {request.description}"
            )

    def _patients(self) -> dict[int, Patient]:
        rows = self._world.rows("SELECT chat_id, document FROM patients")
        return {row["chat_id"]: Patient.model_validate_json(row["document"]) for row in rows}

    def _nothing_of_strangers(self, known: dict[int, Patient]) -> None:
        for table in ("inbox", "outbox", "due"):
            rows = self._world.rows(f"SELECT * FROM {table} WHERE chat_id IS NOT NULL")  # noqa: S608
            strangers = [dict(row) for row in rows if row["chat_id"] not in known]
            assert not strangers, f"{table} keeps rows of people who have not agreed: {strangers}"
        kept = self._world.kept_text()
        told = [secret for secret in self.secrets if secret in kept]
        assert not told, "words are kept that must not be"

    def _diary_adds_up(self, patient: Patient) -> None:
        today = self._world.clock.now().astimezone(patient.preferences.zone_info).date()
        latest = max(self._latest.get(patient.patient_id, today), _latest_date(self._world.clock.now()))
        self._latest[patient.patient_id] = latest
        rows = self._world.rows(
            "SELECT local_date, document FROM checkins WHERE patient_id = ?", patient.patient_id
        )
        stored = [CheckIn.model_validate_json(row["document"]) for row in rows]
        assert [each.local_date.isoformat() for each in stored] == [row["local_date"] for row in rows]
        assert all(each.local_date <= latest for each in stored), "a day is answered that has not come"
        days = [day_of(each) for each in stored]
        for length in LENGTHS:
            counted = window(days, today, length)
            states = Counter(day.state for day in counted)
            assert sum(states[state] for state in DayState) == length == len(counted)
            told = answered(counted)
            assert told.days == states[DayState.PAIN] + states[DayState.PAIN_FREE]
            assert told.answered == length
            for count in (back_pain_days(counted), headache_days(counted), days_with_both(counted)):
                assert 0 <= count.days <= count.answered <= length
            assert headache_days(counted).answered + back_pain_days(counted).answered >= told.days

    def checkin_prompts_of(self, patient_id: int) -> int:
        """Give for how many local dates a patient was asked."""
        return sum(
            1 for who, kind, _ in self._world.seen.prompts if who == patient_id and kind == Planned.CHECKIN
        )


def _latest_date(now: datetime) -> date:
    """Give the latest date that it is anywhere on Earth."""
    return (now.astimezone(UTC) + timedelta(hours=14)).date()
