"""The Telegram edge: the ordered table of all handlers, the whole bot on one page. The first line that fits acts."""

from collections.abc import Awaitable, Callable, Mapping

from bot.clinical.patient import Patient
from bot.runtime.parsing import Update
from bot.runtime.turn import Due, Turn
from handlers import (
    advising,
    checkin,
    crisis,
    diary,
    errors,
    export,
    faq,
    intake,
    membership,
    onboarding,
    privacy,
    prompts,
    review,
    seen,
    settings,
    setup,
    suspects,
    text,
    trend,
    visit,
    weekly,
)
from handlers import (
    help as help_,
)
from handlers.buttons import BadButtonError
from handlers.prompts import Planned
from handlers.route import (
    Anyone,
    Patients,
    Route,
    any_command,
    any_tap,
    anything,
    command,
    group,
    location,
    tap,
)
from handlers.route import membership as membership_change
from handlers.route import text as typed
from storage import patients

ROUTES: tuple[Route, ...] = (
    # What Telegram says of the chat itself.
    Anyone(group, membership.leave_group),
    Anyone(membership_change, membership.changed),
    # Before there is a diary.
    Anyone(command("start"), onboarding.start),
    Anyone(tap("consent"), onboarding.press_anyone),
    # Help comes before everything that is asked, and to everyone.
    Anyone(tap(crisis.PREFIX), crisis.press_anyone),
    # Commands.
    Patients(command("checkin"), checkin.open_today),
    Patients(command("week"), weekly.open_now),
    Patients(command("diary"), diary.open_newest),
    Patients(command("trend"), trend.open_now),
    Patients(command("faq"), faq.open_topics),
    Patients(command("visit"), visit.open_page),
    Patients(command("ask_doctor"), visit.ask_doctor),
    Patients(command("settings"), settings.open_menu),
    Patients(command("privacy"), privacy.open_page),
    Patients(command("export"), export.send_files),
    Patients(command("help"), help_.open_page),
    # Buttons, by what their data starts with.
    Patients(tap(checkin.PREFIX), checkin.press),
    Patients(tap(advising.PREFIX), advising.press),
    Patients(tap(seen.PREFIX), seen.press),
    Patients(tap(weekly.PREFIX), weekly.press),
    Patients(tap(review.PREFIX), review.press),
    Patients(tap("diary"), diary.press),
    Patients(tap("faq"), faq.press),
    Patients(tap("visit"), visit.press),
    Patients(tap("start"), onboarding.press),
    Patients(tap(setup.PREFIX), setup.press),
    Patients(tap(intake.PREFIX), intake.press),
    Patients(tap(suspects.PREFIX), suspects.press),
    Patients(tap("settings"), settings.press),
    Patients(tap("privacy"), privacy.press),
    Patients(tap("help"), help_.press),
    Patients(tap(text.PREFIX), text.press),
    Anyone(any_tap, errors.old_button),
    # Words in which nothing urgent was read: an answer, or a question.
    Patients(any_command, help_.unknown_command),
    Patients(typed, text.read),
    Patients(location, text.location),
    Patients(anything, help_.unreadable),
)

DUE: Mapping[str, Callable[[Turn, Patient, Due], Awaitable[None]]] = {
    Planned.CHECKIN: checkin.prompt,
    Planned.WEEKLY: weekly.prompt,
    Planned.CHECKIN_LEFT: checkin.left_open,
    Planned.CRISIS_FOLLOW_UP: crisis.next_day,
    Planned.VISIT_EVE: visit.evening_before,
    Planned.VISIT_AFTER: visit.day_after,
    Planned.VISIT_COMPARED: visit.four_weeks_after,
}

COMMANDS: tuple[str, ...] = (
    "checkin",
    "week",
    "faq",
    "diary",
    "settings",
    "privacy",
    "help",
    "visit",
    "ask_doctor",
    "trend",
    "export",
)
"""In the order of Telegram's menu."""


async def handle_update(turn: Turn, update: Update) -> None:
    """Handle one update in its turn: words are read for what is urgent first, then its line in the table acts."""
    route = next(route for route in ROUTES if route.when(update))
    try:
        if not group(update) and await text.heard_urgent(turn, update):
            return
        if isinstance(route, Anyone):
            await route.handle(turn, update)
            return
        patient = await patients.by_chat(turn.database, turn.chat_id)
        if patient is None:
            await onboarding.welcome(turn, update)
        else:
            patient = await membership.welcomed_back(turn, patient)
            patient = text.ended(turn, patient) if any_command(update) else patient
            await route.handle(turn, patient, update)
    except BadButtonError:
        errors.refuse_button(turn)


async def handle_due(turn: Turn, due: Due) -> None:
    """Handle one thing that is due, for a patient who is still there."""
    patient = await patients.by_id(turn.database, due.patient_id)
    if patient is not None:
        await DUE[due.kind](turn, patient, due)


async def due_failed(turn: Turn, due: Due) -> None:
    """Plan the next prompt or summary after one that failed for good: what its own turn planned went with it."""
    patient = await patients.by_id(turn.database, due.patient_id)
    if patient is not None and due.kind in prompts.ASKED:
        turn.save(prompts.following(turn, patient, due))
