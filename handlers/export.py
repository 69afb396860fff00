"""`/export` and "Get my data": everything about one patient, as files."""

from bot.clinical.patient import Patient
from bot.reports.exports import DiaryExport, ExportedAdvice, export_json, export_zip
from bot.runtime.parsing import Update
from bot.runtime.turn import MessageKind, Turn
from handlers import advising
from handlers.render import Attachment, Screen, document
from handlers.screens import words_of
from storage import advice, appointments, checkins, crisis, reviews


async def send_json(turn: Turn, patient: Patient) -> None:
    """Send everything as one file that can be read back."""
    content = await turn.in_background(export_json, await collect(turn, patient))
    _send(turn, patient, Attachment(content, "backtrack-diary.json"))


async def send_files(turn: Turn, patient: Patient, update: Update) -> None:  # noqa: ARG001 -- handlers share one form
    """Send everything as tables, as one file that can be read back, and in the form that clinics exchange."""
    content = await turn.in_background(export_zip, await collect(turn, patient), words_of(patient))
    _send(turn, patient, Attachment(content, "backtrack-diary.zip"))


async def collect(turn: Turn, patient: Patient) -> DiaryExport:
    """Load every row that names this patient."""
    database, patient_id = turn.database, patient.patient_id
    given = await advice.everything(database, patient_id)
    return DiaryExport(
        exported_at=turn.now,
        patient=patient,
        check_ins=tuple(await checkins.everything(database, patient_id)),
        reviews=tuple(await reviews.everything(database, patient_id)),
        advice=tuple(
            ExportedAdvice(
                local_date=one.local_date,
                given_at=one.given_at,
                level=one.level.label,
                rule_id=one.rule_id,
                text=line.text,
                why=line.why,
            )
            for one, line in advising.worded(given, patient)
        ),
        appointments=tuple(await appointments.of_patient(database, patient_id)),
        questions=tuple(await appointments.questions(database, patient_id)),
        advice_given=tuple(given),
        crisis_messages=tuple(await crisis.times_shown(database, patient_id)),
    )


def _send(turn: Turn, patient: Patient, attachment: Attachment) -> None:
    caption = Screen(words_of(patient).text("privacy.file_ready"))
    turn.say(
        document(turn.chat_id, Attachment(attachment.content, attachment.name, caption), MessageKind.REPLY)
    )
