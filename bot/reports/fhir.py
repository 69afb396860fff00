"""The diary as an HL7 FHIR R4 bundle, for systems of clinics. The patient in it has no name and no identifier.

Pain scores are Observations with LOINC 72514-3 (pain severity, 0 to 10, reported) and a SNOMED CT body site; the
PHQ-2 sum has LOINC 55758-7. What has no code stands in QuestionnaireResponses in the diary's own words.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from importlib import import_module
from typing import Any

from bot.clinical.answers import Answer, CheckIn, MedicineClass, WeeklyReview
from bot.clinical.patient import Patient
from bot.clinical.review import MOOD
from bot.diary.days import day_of
from bot.words import Words

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ATC = "http://www.whocc.no/atc"
SCORE_UNIT = "{score}"
_SUBJECT = {"reference": "Patient/patient"}

_PAIN = {
    "system": LOINC,
    "code": "72514-3",
    "display": "Pain severity - 0-10 verbal numeric rating [Score] - Reported",
}
_PHQ2 = {
    "system": LOINC,
    "code": "55758-7",
    "display": "Patient Health Questionnaire 2 item (PHQ-2) total score [Reported]",
}
_SITES = {
    "back_pain": {"system": SNOMED, "code": "77568009", "display": "Structure of back of trunk"},
    "headache": {"system": SNOMED, "code": "69536005", "display": "Head structure"},
}
_SURVEY = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "survey"}]
}
_DECLINED = {
    "coding": [
        {"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "asked-declined"}
    ]
}
_CLASSES = {
    MedicineClass.PARACETAMOL: {"system": ATC, "code": "N02BE01", "display": "paracetamol"},
    MedicineClass.NSAID: {
        "system": ATC,
        "code": "M01A",
        "display": "Antiinflammatory and antirheumatic products, non-steroids",
    },
    MedicineClass.TRIPTAN: {"system": ATC, "code": "N02CC", "display": "Selective serotonin (5HT1) agonists"},
    MedicineClass.OPIOID_OR_COMBINATION: {"system": ATC, "code": "N02A", "display": "Opioids"},
}


class NotValidFhirError(ValueError):
    """A bundle that the FHIR models do not accept: a defect of ours, never sent."""


def fhir_bundle(
    patient: Patient,
    check_ins: Sequence[CheckIn],
    reviews: Sequence[WeeklyReview],
    made_at: datetime,
    words: Words,
) -> bytes:
    """Give the bundle as JSON, checked against the FHIR models; raises `NotValidFhirError`."""
    resources = [
        _patient(patient),
        *(resource for checkin in check_ins for resource in _of_day(checkin, words)),
        *(resource for review in reviews for resource in _of_week(review, words)),
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": made_at.isoformat(timespec="seconds"),
        "entry": [{"resource": resource} for resource in resources],
    }
    validate(bundle)
    return json.dumps(bundle, ensure_ascii=False, separators=(",", ":")).encode()


def validate(bundle: Mapping[str, Any]) -> None:
    """Check a bundle against the models of FHIR R4; raises `NotValidFhirError`.

    The models take half a second to load, which only an export should pay.
    """
    models = import_module("fhir.resources.R4B.bundle")
    try:
        models.Bundle.model_validate(bundle)
    except ValueError as error:
        raise NotValidFhirError(str(error)) from error


def _patient(patient: Patient) -> dict[str, Any]:
    profile = patient.profile
    born = {"birthDate": str(profile.birth_year)} if profile.birth_year else {}
    lives = {"address": [{"country": profile.country}]} if profile.country else {}
    return {"resourceType": "Patient", "id": "patient", **born, **lives}


def _of_day(checkin: CheckIn, words: Words) -> Iterator[dict[str, Any]]:
    day = day_of(checkin)
    for name, score in (("back_pain", day.back_pain), ("headache", day.headache)):
        if name in checkin.answers:
            yield _pain(name, score, checkin, words)
    for medicine in sorted(day.medicines or ()):
        yield _medicine(medicine, checkin.local_date, words)
    if checkin.answers:
        asked = {name: f"checkin.{name}.question" for name in checkin.answers}
        yield _questionnaire(f"day-{checkin.local_date}", checkin.answers, asked, words)


def _pain(name: str, score: int | None, checkin: CheckIn, words: Words) -> dict[str, Any]:
    told = {"dataAbsentReason": _DECLINED} if score is None else {"valueQuantity": _score(score)}
    note = {"note": [{"text": words.text("weekly.more.recalled")}]} if checkin.recalled else {}
    return {
        "resourceType": "Observation",
        "id": f"{name.replace('_', '-')}-{checkin.local_date}",
        "status": "final",
        "category": [_SURVEY],
        "code": {"coding": [_PAIN], "text": words.text(f"checkin.{name}.question")},
        "bodySite": {"coding": [_SITES[name]]},
        "subject": _SUBJECT,
        "effectiveDateTime": checkin.local_date.isoformat(),
        **told,
        **note,
    }


def _score(value: int) -> dict[str, Any]:
    return {"value": value, "unit": SCORE_UNIT, "system": "http://unitsofmeasure.org", "code": SCORE_UNIT}


def _medicine(medicine: MedicineClass, local_date: date, words: Words) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "id": f"{medicine.value.replace('_', '-')}-{local_date}",
        "status": "completed",
        "medicationCodeableConcept": {
            "coding": [_CLASSES[medicine]],
            "text": words.text(f"weekly.medicine_name.{medicine.value}"),
        },
        "subject": _SUBJECT,
        "effectiveDateTime": local_date.isoformat(),
        "informationSource": _SUBJECT,
    }


def _of_week(review: WeeklyReview, words: Words) -> Iterator[dict[str, Any]]:
    mood = [review.answers[name].value for name in MOOD if name in review.answers]
    scores = [value for value in mood if isinstance(value, int) and not isinstance(value, bool)]
    if len(scores) == len(MOOD):
        yield {
            "resourceType": "Observation",
            "id": f"phq2-{review.week_start}",
            "status": "final",
            "category": [_SURVEY],
            "code": {"coding": [_PHQ2]},
            "subject": _SUBJECT,
            "effectiveDateTime": review.week_start.isoformat(),
            "valueQuantity": _score(sum(scores)),
        }
    if review.answers:
        asked = {name: f"review.{name}.question" for name in review.answers}
        yield _questionnaire(f"week-{review.week_start}", review.answers, asked, words)


def _questionnaire(
    resource_id: str, answers: Mapping[str, Answer], asked: Mapping[str, str], words: Words
) -> dict[str, Any]:
    return {
        "resourceType": "QuestionnaireResponse",
        "id": resource_id,
        "status": "completed",
        "subject": _SUBJECT,
        "authored": max(answer.given_at for answer in answers.values()).isoformat(timespec="seconds"),
        "item": [_item(name, answer, asked[name], words) for name, answer in answers.items()],
    }


def _item(name: str, answer: Answer, key: str, words: Words) -> dict[str, Any]:
    """Give one question with its answers; a question that was skipped stands there without one."""
    text = {"text": words.text(key)} if key in words else {}
    values = answer.value if isinstance(answer.value, tuple) else (answer.value,)
    given = [_answer(value) for value in values if value is not None and value != ""]
    return {"linkId": name, **text, **({"answer": given} if given else {})}


def _answer(value: str | int | bool) -> dict[str, Any]:  # noqa: FBT001 - one answer of any kind
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, int):
        return {"valueInteger": value}
    return {"valueString": value}
