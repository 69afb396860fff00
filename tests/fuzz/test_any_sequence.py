"""Several patients of the real bot do anything, in any order, at any time; what must hold, holds after each step."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.clinical.warning_signs import read_message
from bot.sandbox.user import User
from tests.fuzz import typed
from tests.fuzz.invariants import Watch
from tests.fuzz.world import World

EARLIEST, LATEST = datetime(2025, 1, 1, tzinfo=UTC), datetime(2033, 1, 1, tzinfo=UTC)
MOST_MOVES = 14

people = st.integers(0, 2)
places = st.integers(0, 200)
jumps = st.one_of(
    st.integers(1, 90).map(lambda minutes: timedelta(minutes=minutes)),
    st.integers(1, 30).map(lambda hours: timedelta(hours=hours)),
    st.integers(1, 40).map(lambda days: timedelta(days=days)),
    st.integers(1, 60).map(lambda weeks: timedelta(weeks=weeks)),
    st.integers(-72, -1).map(lambda hours: timedelta(hours=hours)),
    st.integers(-20, -1).map(lambda days: timedelta(days=days)),
)
moves = st.one_of(
    places,
    places,
    places,
    st.sampled_from((*typed.ANSWERS, *typed.SIGNS, *typed.CRISIS, *typed.QUESTIONS)),
    st.integers(-400, 400).map(lambda days: timedelta(days=days)),
)


class Patients(RuleBasedStateMachine):
    """Two patients and someone who has only just found the bot."""

    world: ClassVar[World]

    @initialize()
    def arrive(self) -> None:
        self.world.begin()
        self.watch = Watch(self.world)
        self.people = [self.world.person(name) for name in ("Nora", "Emil", "Stranger")]
        self.said = 0
        for person in self.people[:2]:
            self._says(person, "/start")
            for label in ("Yes, I agree", "United Kingdom", "20:00", "Sunday", "Skip this"):
                person.taps(label)
                self.world.settle()
        self._done()

    @rule(who=people, which=places)
    def tap_what_is_newest(self, who: int, which: int) -> None:
        self._tap(self.people[who], 0, which)

    @rule(who=people, message=places, which=places)
    def tap_what_is_old(self, who: int, message: int, which: int) -> None:
        self._tap(self.people[who], message, which)

    @rule(who=people, data=typed.made_up, message=places)
    def tap_what_is_made_up(self, who: int, data: str, message: int) -> None:
        person = self.people[who]
        shown = [each["message_id"] for each in person.transcript if each["from"]["is_bot"]]
        if shown:
            person.calls_back(data, shown[message % len(shown)])
            self._done()

    @rule(who=people, text=typed.texts)
    def type_something(self, who: int, text: str) -> None:
        self._says(self.people[who], text)
        self._done()

    @rule(who=people, name=st.sampled_from(typed.COMMANDS))
    def send_a_command(self, who: int, name: str) -> None:
        self._says(self.people[who], f"/{name}")
        self._done()

    @rule(who=people, which=places, text=typed.texts)
    def change_what_was_said(self, who: int, which: int, text: str) -> None:
        person = self.people[who]
        own = [
            each["message_id"] for each in person.transcript if not each["from"]["is_bot"] and "text" in each
        ]
        if own and text.strip():
            person.edits(own[which % len(own)], self._marked(person, text)[:4096])
            self._done()

    @rule(who=people, what=st.sampled_from(("photo", "voice", "place")), caption=typed.texts)
    def send_what_is_no_text(self, who: int, what: str, caption: str) -> None:
        person = self.people[who]
        if what == "photo":
            person.sends_photo(caption=self._marked(person, caption)[:1024])
        elif what == "voice":
            person.sends_voice()
        else:
            person.sends_location(51.5, -0.1)
        self._done()

    @rule(who=people, back=st.booleans())
    def block_or_unblock(self, who: int, back: bool) -> None:
        (self.people[who].unblocks if back else self.people[who].blocks)()
        self._done()

    @rule(by=jumps)
    def let_time_pass(self, by: timedelta) -> None:
        if EARLIEST < self.world.clock.now() + by < LATEST:
            self.world.jump(by)
            self._done()

    @rule()
    def wait_for_the_evening(self) -> None:
        now = self.world.clock.now()
        evening = now.replace(hour=21, minute=0, second=1)
        self.world.jump((evening if evening > now else evening + timedelta(days=1)) - now)
        self._done()

    @rule(who=people, door=st.sampled_from(typed.DOORS), moves=st.lists(moves, max_size=MOST_MOVES))
    def walk(self, who: int, door: str, moves: list[int | str | timedelta]) -> None:
        """Go through a door of the bot, and on by its newest buttons and by what it might be waiting for."""
        person = self.people[who]
        self._says(person, door)
        for move in moves:
            if isinstance(move, int):
                self._tap(person, 0, move)
            elif isinstance(move, str):
                self._says(person, move)
            else:
                self._says(person, f"{(self.world.clock.now() + move).date():%d.%m.%Y}")
        self._done()

    @rule(who=people)
    def open_a_checkin_from_anywhere(self, who: int) -> None:
        person = self.people[who]
        self._says(person, "/checkin")
        self._done()
        if self.world.rows("SELECT 1 FROM patients WHERE chat_id = ?", person.chat.chat_id):
            prefixes = {data.split(":")[0] for data in _data(person.last)}
            assert prefixes & {"ci", "seen"}, f"no check-in, but {person.last.get('text')!r}"

    @precondition(lambda self: self.said > 0)
    @rule()
    def hear_the_last_update_again(self) -> None:
        before = self.world.kept_text()
        self.world.telegram.updates.deliver_again()
        self.world.settle()
        self.world.fresh_requests()
        self._done()
        assert self.world.kept_text() == before

    def _tap(self, person: User, message: int, which: int) -> None:
        """Tap a button of the newest message that has any (0), or of an older one."""
        shown = [each for each in reversed(person.transcript) if _data(each)]
        if shown:
            found = shown[message % len(shown)]
            person.calls_back(_data(found)[which % len(_data(found))], found["message_id"])
            self._done()

    def _says(self, person: User, text: str) -> None:
        if text.strip():
            person.sends(self._marked(person, text)[:4096].strip() if len(text) < 4000 else text)
            self.said += 1
            self.world.settle()

    def _marked(self, person: User, text: str) -> str:
        """Mark words that must not be kept, so that they are found wherever they are."""
        known = self.world.rows("SELECT 1 FROM patients WHERE chat_id = ?", person.chat.chat_id)
        if text.startswith("/") or (known and read_message(text).crisis is None) or text in typed.MENU:
            return text
        self.said += 1
        mark = f"qzx{self.said}xzq"
        marked = f"{text} {mark}"
        if len(marked) > 1000 or (known and read_message(marked).crisis is None):
            return text
        self.watch.secrets.add(mark)
        return marked

    def _done(self) -> None:
        self.world.settle()
        self.watch.look()


def _data(message: dict[str, Any]) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


@pytest.fixture
def machine(shared_world: World) -> type[Patients]:
    Patients.world = shared_world
    return Patients


QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def test_whatever_people_do(machine: type[Patients]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=QUIET,
        ),
    )


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_whatever_people_do_for_long(machine: type[Patients]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=600,
            stateful_step_count=80,
            deadline=None,
            derandomize=False,
            suppress_health_check=QUIET,
        ),
    )
