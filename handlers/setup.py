"""Country, time zone, check-in time and summary day: one screen each, at the start and in the settings alike."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.clinical.patient import Patient
from bot.conversations.setup import (
    CHECKIN_TIMES,
    COUNTRIES,
    Step,
    following,
    preceding,
    time_typed,
    weekday_typed,
    with_country,
    with_preferences,
)
from bot.places import (
    city_named,
    country_name,
    country_named,
    large_city_named,
    main_zones,
    zone_at,
    zones_of,
)
from bot.runtime.parsing import Update
from bot.runtime.turn import Turn
from bot.words import Words
from handlers import prompts
from handlers.buttons import BadButtonError, Button, button, unpack
from handlers.menus import about_you_offer, place_of, settings_menu
from handlers.render import Screen
from handlers.screens import say, show, typed_text, words_of
from storage import patients

PREFIX = "set"
ONBOARDING, SETTINGS = "o", "s"


async def open_step(
    turn: Turn, update: Update, patient: Patient, step: Step, mode: str, lead: str = ""
) -> None:
    """Show one step, after the words `lead`, and take a typed text as its answer from now on."""
    zones = _zones(turn, patient)
    turn.save(patients.saved(patient.model_copy(update={"expects": f"set:{mode}:{step}"})))
    shown = screen(step, words_of(patient), mode, turn.now, zones)
    show(turn, update, Screen(f"{lead}\n\n{shown.text}", shown.rows))


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Take a tap on a step's screen: a choice, Back or Skip."""
    mode, name, choice = unpack(update.callback_query.data if update.callback_query else None, 3)
    step = _step(name)
    zones = _zones(turn, patient)
    if choice == "back":
        before = preceding(step, len(zones)) if mode == ONBOARDING else None
        await _go(turn, update, patient, before, mode)
    elif choice == "skip":
        await _go(turn, update, patient, following(step, len(zones)), mode)
    else:
        await _take(turn, update, _chosen(patient, step, choice), step, mode)


async def typed(turn: Turn, patient: Patient, update: Update) -> None:
    """Take a typed answer, or a shared location, for the step that was asked."""
    _, mode, name = (patient.expects or "").split(":")
    step = _step(name)
    words = words_of(patient)
    changed, problem = _read(patient, update, step)
    if changed is None:
        asked = screen(step, words, mode, turn.now, _zones(turn, patient))
        say(turn, Screen(words.text(problem), asked.rows))
    else:
        await _take(turn, update, changed, step, mode, _as_read(changed, step))


def screen(step: Step, words: Words, mode: str, now: datetime, zones: tuple[str, ...]) -> Screen:
    """Give the screen of one step."""
    options = {
        Step.COUNTRY: lambda: [_button(country_name(code), mode, step, code) for code in COUNTRIES],
        Step.ZONE: lambda: [_button(_zone_label(zone, words, now), mode, step, zone) for zone in zones[:8]],
        Step.TIME: lambda: [_button(f"{at:%H:%M}", mode, step, f"{at:%H%M}") for at in CHECKIN_TIMES],
        Step.WEEKDAY: lambda: [
            _button(words.text(f"setup.weekday.{day}"), mode, step, str(day)) for day in range(7)
        ],
    }[step]()
    width = {Step.TIME: 3, Step.ZONE: 1}.get(step, 2)
    rows = [tuple(options[start : start + width]) for start in range(0, len(options), width)]
    ways = [_button(words.text("setup.back"), mode, step, "back")]
    if mode == ONBOARDING:
        ways = ways if step is not Step.COUNTRY else []
        ways.append(_button(words.text("setup.skip"), mode, step, "skip"))
    asks = "question_typed" if step is Step.ZONE and not zones else "question"
    return Screen(words.text(f"setup.{step}.{asks}"), (*rows, tuple(ways)))


def _button(label: str, mode: str, step: Step, choice: str) -> Button:
    return button(label, PREFIX, mode, step, choice)


def _as_read(patient: Patient, step: Step) -> str:
    """Say what a typed answer was taken for: a slip of the finger may make another country of it."""
    preferences = patient.preferences
    value = {
        Step.COUNTRY: country_name(patient.profile.country or ""),
        Step.ZONE: place_of(preferences.zone),
        Step.TIME: f"{preferences.checkin_time:%H:%M}",
    }.get(step)
    return words_of(patient).text(f"setup.{step}.read", value=value) if value else ""


async def _take(turn: Turn, update: Update, patient: Patient, step: Step, mode: str, lead: str = "") -> None:
    zones = _zones(turn, patient)
    if (
        step is Step.COUNTRY
        and zones
        and patient.preferences.zone not in zones_of(patient.profile.country or "")
    ):
        patient = with_preferences(patient, zone=zones[0])
    if step is Step.COUNTRY and mode == SETTINGS and len(zones) > 1:
        await _go(turn, update, patient, Step.ZONE, mode, lead)
        return
    after = following(step, len(zones)) if mode == ONBOARDING else None
    await _go(turn, update, patient, after, mode, lead)


async def _go(
    turn: Turn, update: Update, patient: Patient, step: Step | None, mode: str, lead: str = ""
) -> None:
    if step is not None and (mode == ONBOARDING or step is Step.ZONE):
        turn.save(*await prompts.rescheduled(turn, patient))
        await open_step(turn, update, patient, step, mode, lead)
        return
    patient = patient.model_copy(update={"expects": None})
    turn.save(patients.saved(patient), *await prompts.rescheduled(turn, patient))
    words = words_of(patient)
    show(turn, update, about_you_offer(words) if mode == ONBOARDING else settings_menu(patient, words))


def _read(patient: Patient, update: Update, step: Step) -> tuple[Patient | None, str]:
    text = typed_text(update)
    location = update.message.location if update.message else None
    if step is Step.ZONE and location is not None:
        zone = zone_at(location.latitude, location.longitude)
        return (with_preferences(patient, zone=zone), "") if zone else (None, "setup.zone.at_sea")
    if step is Step.COUNTRY:
        return _read_country(patient, text)
    if step is Step.ZONE:
        place = city_named(text, patient.profile.country)
        return (with_preferences(patient, zone=place.zone), "") if place else (None, "setup.zone.unknown")
    if step is Step.TIME:
        at = time_typed(text)
        return (with_preferences(patient, checkin_time=at), "") if at else (None, "setup.time.unknown")
    names = [words_of(patient).text(f"setup.weekday.{day}") for day in range(7)]
    weekday = weekday_typed(text, names)
    if weekday is None:
        return None, "setup.weekday.unknown"
    return with_preferences(patient, summary_weekday=weekday), ""


def _read_country(patient: Patient, text: str) -> tuple[Patient | None, str]:
    """Take a country's name, or that of a large city, which tells the time zone too."""
    code = country_named(text)
    if code:
        return with_country(patient, code), ""
    city = large_city_named(text)
    if city is None:
        return None, "setup.country.unknown"
    return with_preferences(with_country(patient, city.country), zone=city.zone), ""


def _offered(country: str) -> str:
    if country not in COUNTRIES:
        raise ValueError("only a typed country may be another")
    return country


def _chosen(patient: Patient, step: Step, choice: str) -> Patient:
    try:
        if step is Step.COUNTRY:
            return with_country(patient, _offered(choice))
        if step is Step.ZONE:
            ZoneInfo(choice)
            return with_preferences(patient, zone=choice)
        if step is Step.TIME:
            return with_preferences(patient, checkin_time=time(int(choice[:2]), int(choice[2:])))
        return with_preferences(patient, summary_weekday=int(choice))
    except (ValueError, KeyError, OSError) as problem:
        raise BadButtonError(f"no such {step}") from problem


def _zones(turn: Turn, patient: Patient) -> tuple[str, ...]:
    country = patient.profile.country
    return main_zones(country, turn.now) if country else ()


def _zone_label(zone: str, words: Words, now: datetime) -> str:
    return words.text(
        "setup.zone.option", place=place_of(zone), clock=f"{now.astimezone(ZoneInfo(zone)):%H:%M}"
    )


def _step(name: str) -> Step:
    try:
        return Step(name)
    except ValueError:
        raise BadButtonError("no such step") from None
