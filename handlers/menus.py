"""Screens that several handlers lead back to."""

from bot.clinical.patient import Patient, PatientState
from bot.conversations.setup import Step
from bot.places import country_name
from bot.words import Words
from handlers.buttons import button
from handlers.render import Screen


def settings_menu(patient: Patient, words: Words) -> Screen:
    """Give the list of all that can be changed, with what is set now."""
    preferences = patient.preferences
    country = patient.profile.country
    values = {
        Step.COUNTRY: country_name(country) if country else words.text("setup.country.unset"),
        Step.ZONE: place_of(preferences.zone),
        Step.TIME: f"{preferences.checkin_time:%H:%M}",
        Step.WEEKDAY: words.text(f"setup.weekday.{preferences.summary_weekday}"),
    }
    rows = [
        (button(words.text(f"setup.{step}.current", value=value), "settings", step),)
        for step, value in values.items()
    ]
    name = patient.name or words.text("setup.name.unset")
    paused = patient.state is PatientState.PAUSED
    kind_note = "on" if preferences.crisis_follow_up else "off"
    rows += [
        (button(words.text("settings.about_you"), "settings", "about"),),
        (button(words.text("settings.suspects"), "settings", "suspects"),),
        (button(words.text("setup.name.current", value=name), "settings", "name"),),
        (button(words.text(f"settings.crisis_follow_up_{kind_note}"), "settings", "kind_note"),),
        (button(words.text("settings.resume" if paused else "settings.pause"), "settings", "pause"),),
        (button(words.text("settings.close"), "settings", "close"),),
    ]
    return Screen(words.text("settings.title"), tuple(rows))


def about_you_offer(words: Words) -> Screen:
    """Ask whether the patient wants to answer the profile questions now."""
    return Screen(
        words.text("onboarding.about_you"),
        (
            (button(words.text("onboarding.about_you_yes"), "start", "about"),),
            (button(words.text("onboarding.about_you_no"), "start", "done"),),
        ),
    )


def place_of(zone: str) -> str:
    """Give the plain name of a zone's place, such as `New York`."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")
