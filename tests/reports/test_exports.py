import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clinical.answers import CheckIn, Condition, MedicineClass, Profile, Tracks, WeeklyReview
from bot.clinical.appointment import Appointment, DoctorQuestion, VisitOutcome
from bot.clinical.patient import Consent, Patient
from bot.reports.exports import (
    DiaryExport,
    ExportedAdvice,
    advice_csv,
    days_csv,
    export_json,
    export_zip,
    medicines_csv,
    safe_cell,
)
from bot.reports.fhir import NotValidFhirError, fhir_bundle, validate
from bot.reports.imports import read_export
from bot.words import load_words
from tests.reports.diaries import NOW, TODAY, check_in, logged

WORDS = load_words()
PATIENT = Patient(
    patient_id=7,
    chat_id=70,
    consent=Consent(version="2026-11", given_at=NOW),
    profile=Profile(country="GB", birth_year=1980, conditions=frozenset({Condition.ULCER})),
    name="محمد <b>",
)
FULL = DiaryExport(
    exported_at=NOW,
    patient=PATIENT,
    check_ins=(
        check_in(
            TODAY, warning="none", back_pain=4, headache=7, migraine_like="yes", interference=2,
            medicine="several", medicine_picks=("nsaid", "triptan"), sleep="so_so", note="=cmd|' /C calc'!A0 <b>",
        ),
        check_in(TODAY - timedelta(days=1), warning="none", back_pain=0, headache=None, medicine="none"),
    ),
    reviews=(
        WeeklyReview(
            week_start=TODAY,
            answers=check_in(TODAY, impact_work=3, slow_signs=(), mood_interest=1, mood_low=2).answers,
        ),
    ),
    advice=(ExportedAdvice(local_date=TODAY, given_at=NOW, level="routine", rule_id="X-12", text="Book.", why="-"),),
    appointments=(Appointment(appointment_id=1, visit_date=TODAY, outcome=VisitOutcome.HAPPENED),),
    questions=(DoctorQuestion(question_id=2, asked_at=NOW, text="@SUM(1)"),),
)  # fmt: skip

answer_values = (
    st.none() | st.booleans() | st.integers(0, 10) | st.text(max_size=30) | st.tuples(st.text(max_size=9))
)
moments = st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year > 1)


@st.composite
def exports(draw: st.DrawFn) -> DiaryExport:
    names = st.sampled_from(["back_pain", "headache", "medicine_note", "note", "anything"])
    given_answers = st.dictionaries(names, answer_values, max_size=4)
    check_ins = []
    for on in draw(st.lists(st.dates(date(2016, 1, 1), TODAY), unique=True, max_size=5)):
        made = CheckIn(local_date=on, recalled=draw(st.booleans()))
        for name, value in draw(given_answers).items():
            made = made.answered(name, value, draw(moments))
        check_ins.append(made)
    profile = st.builds(
        Profile,
        country=st.none() | st.just("US"),
        tracks=st.sampled_from(list(Tracks)),
        conditions=st.none() | st.frozensets(st.sampled_from(list(Condition))),
        suspects=st.lists(st.text(max_size=10), max_size=2).map(tuple),
    )
    patient = PATIENT.model_copy(
        update={"profile": draw(profile), "name": draw(st.none() | st.text(max_size=20))}
    )
    return FULL.model_copy(
        update={"patient": patient, "check_ins": tuple(check_ins), "exported_at": draw(moments)}
    )


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(export=exports())
def test_the_document_comes_back_as_it_went(export):
    assert read_export(export_json(export)) == export


def test_a_zero_a_skipped_and_a_missing_answer_stay_apart():
    back = read_export(export_json(FULL)).check_ins[1]
    assert back.answers["back_pain"].value == 0
    assert back.answers["headache"].value is None
    assert "sleep" not in back.answers


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_starts_like_a_formula_is_text(start):
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"
    assert safe_cell(f"1{start}1") == f"1{start}1"


def test_a_number_below_zero_is_no_formula():
    assert safe_cell(-1.5) == "-1.5"
    assert safe_cell(None) == ""


def test_the_days_have_one_row_each_with_empty_cells_for_no_answer():
    heads, first, second = rows_of(days_csv(FULL.days))
    yesterday, today = (dict(zip(heads, row, strict=True)) for row in (first, second))
    assert today["medicines"] == "nsaid + triptan"
    assert today["note"].startswith("'=cmd")
    assert today["migraine_like"] == "yes"
    assert (yesterday["back_pain"], yesterday["headache"], yesterday["medicines"]) == ("0", "", "none")
    assert yesterday["state"] == "pain_free"


def test_factors_become_columns_made_safe_as_well():
    heads, row = rows_of(days_csv([replace(logged(0, 3), factors={"=evil": 1.0})]))
    assert (heads[-1], row[-1]) == ("'=evil", "1.0")


def test_medicines_and_advice_have_tables_of_their_own():
    assert rows_of(medicines_csv(FULL.days))[1:] == [["2026-11-22", "nsaid"], ["2026-11-22", "triptan"]]
    assert rows_of(advice_csv(FULL.advice))[1] == ["2026-11-22", "routine", "X-12", "Book.", "'-"]


def test_the_zip_holds_everything_and_is_the_same_each_time():
    packed = export_zip(FULL, WORDS)
    assert packed == export_zip(FULL, WORDS)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert set(archive.namelist()) == {
            "README.txt", "days.csv", "medicines.csv", "advice.csv", "diary.json", "fhir.json",
        }  # fmt: skip
        assert read_export(archive.read("diary.json")) == FULL
        assert "22 November 2026" in archive.read("README.txt").decode()


def bundle_of(export):
    return json.loads(
        fhir_bundle(export.patient, export.check_ins, export.reviews, export.exported_at, WORDS)
    )


def resources(bundle, kind):
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def test_fhir_holds_no_name_and_no_number_of_the_patient():
    bundle = bundle_of(FULL)
    (patient,) = resources(bundle, "Patient")
    assert patient == {
        "resourceType": "Patient", "id": "patient", "birthDate": "1980", "address": [{"country": "GB"}],
    }  # fmt: skip
    assert "محمد" not in json.dumps(bundle, ensure_ascii=False)


def test_fhir_codes_pain_and_tells_a_skipped_question_from_a_zero():
    pains = {each["id"]: each for each in resources(bundle_of(FULL), "Observation")}
    head = pains["headache-2026-11-22"]
    assert head["code"]["coding"][0]["code"] == "72514-3"
    assert head["bodySite"]["coding"][0]["code"] == "69536005"
    assert head["valueQuantity"]["value"] == 7
    assert pains["back-pain-2026-11-21"]["valueQuantity"]["value"] == 0
    skipped = pains["headache-2026-11-21"]
    assert "valueQuantity" not in skipped
    assert skipped["dataAbsentReason"]["coding"][0]["code"] == "asked-declined"
    assert pains["phq2-2026-11-22"]["valueQuantity"]["value"] == 3


def test_fhir_names_medicine_by_class_and_day_without_a_dose():
    taken = resources(bundle_of(FULL), "MedicationStatement")
    assert [each["medicationCodeableConcept"]["coding"][0]["code"] for each in taken] == ["M01A", "N02CC"]
    assert not any("dosage" in each for each in taken)


def test_fhir_keeps_every_answer_in_the_questions_own_words():
    day, _, review = resources(bundle_of(FULL), "QuestionnaireResponse")
    items = {item["linkId"]: item for item in day["item"]}
    assert items["back_pain"]["text"] == WORDS.text("checkin.back_pain.question")
    assert items["back_pain"]["answer"] == [{"valueInteger": 4}]
    assert [each["valueString"] for each in items["medicine_picks"]["answer"]] == ["nsaid", "triptan"]
    assert "answer" not in {item["linkId"]: item for item in review["item"]}["slow_signs"]


def test_every_class_of_medicine_has_a_code():
    each = [check_in(TODAY, medicine=medicine.value) for medicine in MedicineClass]
    codes = {one["medicationCodeableConcept"]["coding"][0]["code"] for one in resources(
        bundle_of(FULL.model_copy(update={"check_ins": tuple(each)})), "MedicationStatement")}  # fmt: skip
    assert len(codes) == len(MedicineClass)


def test_a_bundle_that_the_models_refuse_is_never_sent():
    with pytest.raises(NotValidFhirError):
        validate(
            {
                "resourceType": "Bundle",
                "type": "collection",
                "entry": [{"resource": {"resourceType": "Observation", "id": "without-a-status"}}],
            }
        )


def test_an_empty_diary_can_be_taken_away_too():
    empty = DiaryExport(exported_at=NOW, patient=PATIENT)
    assert len(resources(bundle_of(empty), "Patient")) == 1
    assert rows_of(days_csv(empty.days))[1:] == []
    assert read_export(export_json(empty)) == empty
