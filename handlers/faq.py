"""`/faq` and typed questions: the answer with its sources, which of two, or an honest "I can't answer that"."""

from hashlib import blake2s

from bot.clinical.contacts import fill
from bot.clinical.patient import Patient
from bot.clinical.sources import load_sources
from bot.diary.days import day_of
from bot.diary.ledger import headache_days, window
from bot.diary.medicines import medicine_days
from bot.faq.entries import Entry
from bot.reports.edition import connection_answer
from bot.runtime.parsing import Update
from bot.runtime.turn import Turn
from bot.words import Words
from handlers import weekly
from handlers.buttons import BadButtonError, Button, button, unpack
from handlers.knowledge import Questions, questions
from handlers.render import Screen
from handlers.screens import contacts_of, local_date, say, show, words_of
from storage import checkins, patients, unanswered

PREFIX = "faq"
_RECORD_DAYS = 30
LONGEST_BUTTON = 34
"""Characters of a button alone in its row that a phone shows whole; our own measure."""
LONGEST_SHARED = 500
"""Characters of a question that are kept until the patient says whether the clinic may read it."""


async def open_topics(turn: Turn, patient: Patient, update: Update) -> None:
    """Show the topics."""
    words = words_of(patient)
    topics = questions(words.language).topics
    buttons = [button(words.text(f"faq_topics.{group}"), PREFIX, "topic", group) for group in topics]
    show(turn, update, Screen(words.text("faq_chat.topics"), tuple((each,) for each in buttons)))


async def press(turn: Turn, patient: Patient, update: Update) -> None:
    """Take a tap on a topic, a question, its sources, or what is asked under an answer."""
    action, argument = unpack(update.callback_query.data if update.callback_query else None, 2)
    words = words_of(patient)
    if action == "topic":
        _show_topic(turn, update, questions(words.language), argument, words)
    elif action in ("show", "ask"):
        await _show_entry(turn, update, patient, _entry(words, argument), asked=action == "ask")
    elif action == "src":
        show(turn, update, _sources(_entry(words, argument), words))
    elif action == "yes":
        turn.answer_callback(words.text("faq_chat.thanks"))
        turn.save(patients.saved(patient.model_copy(update={"pending_question": None})))
        await _show_entry(turn, update, patient, _entry(words, argument), asked=False)
    elif action == "no":
        _say_none(turn, patient, patient.pending_question or "", questions(words.language))
    elif action == "share":
        _share(turn, update, patient, argument)
    elif action == "topics":
        await open_topics(turn, patient, update)
    else:
        raise BadButtonError("no such part of the questions")


async def answer(turn: Turn, patient: Patient, text: str) -> None:
    """Answer a typed question, or say honestly that there is no answer to it."""
    words = words_of(patient)
    known = questions(words.language)
    match = known.matcher.match(text)
    if match.kind == "answer" and match.answer is not None:
        _remember(turn, patient, text)
        if match.refusal:
            _refuse(turn, patient, match.refusal)
        say(turn, await _screen(turn, patient, known.entries[match.answer], asked=True))
    elif match.refusal:
        _refuse(turn, patient, match.refusal)
    elif match.kind == "choose":
        _remember(turn, patient, text)
        rows = tuple(
            (button(_label(known.entries[name], words), PREFIX, "ask", name),) for name in match.candidates
        )
        none = (button(words.text("faq_chat.neither"), PREFIX, "no", "-"),)
        say(turn, Screen(words.text("faq_chat.choose"), (*rows, none)))
    elif match.kind == "none":
        _remember(turn, patient, text)
        _say_none(turn, patient, text, known)
    elif match.kind == "refuse":
        _refuse(turn, patient, match.refusal or "off_topic")
    else:
        say(turn, Screen(fill(words.text(f"faq_chat.{match.kind}"), contacts_of(patient))))


def _refuse(turn: Turn, patient: Patient, reason: str) -> None:
    """Say what is not answered and why, with the way on: the warning signs, or the topics (specification, section 9.1)."""
    words = words_of(patient)
    on = (
        button(words.text("faq_chat.back"), PREFIX, "topics", "-")
        if reason == "off_topic"
        else button(words.text("menu.help.warning"), "help", "warning")
    )
    rows = ((on,), (button(words.text("menu.help.worried"), "help", "worried"),))
    say(turn, Screen(fill(words.text(f"refusals.{reason}.reply"), contacts_of(patient)), rows))


def _remember(turn: Turn, patient: Patient, text: str) -> None:
    turn.save(patients.saved(patient.model_copy(update={"pending_question": text[:LONGEST_SHARED]})))


def _say_none(turn: Turn, patient: Patient, text: str, known: Questions) -> None:
    words = words_of(patient)
    nearest = known.matcher.match(text).nearest
    rows: list[tuple[Button, ...]] = [
        (button(_label(known.entries[name], words), PREFIX, "show", name),) for name in nearest
    ]
    said = fill(words.text("faq_chat.none"), contacts_of(patient))
    if text:
        said = f"{said}\n\n{words.text('faq_chat.share_offer', question=text[:LONGEST_SHARED])}"
        rows.append(
            (
                button(words.text("faq_chat.share"), PREFIX, "share", _mark(text)),
                button(words.text("faq_chat.share_no"), PREFIX, "share", "no"),
            )
        )
    say(turn, Screen(said, tuple(rows)))


def _mark(question: str) -> str:
    """Tie the button to the words it is about: a later question must not be passed on in their place."""
    return blake2s(question[:LONGEST_SHARED].encode(), digest_size=6).hexdigest()


def _share(turn: Turn, update: Update, patient: Patient, mark: str) -> None:
    words = words_of(patient)
    question = patient.pending_question
    if mark == "no":
        show(turn, update, Screen(words.text("faq_chat.not_shared")))
    elif question is None or _mark(question) != mark:
        turn.answer_callback(words.text("faq_chat.share_gone"), alert=True)
        return
    else:
        turn.save(unanswered.shared(question, local_date(turn, patient)))
        show(turn, update, Screen(words.text("faq_chat.shared")))
    turn.save(patients.saved(patient.model_copy(update={"pending_question": None})))


def _show_topic(turn: Turn, update: Update, known: Questions, group: str, words: Words) -> None:
    if group not in questions(words.language).topics:
        raise BadButtonError("no such topic")
    rows = tuple(
        (button(_label(entry, words), PREFIX, "show", entry.id),)
        for entry in known.entries.values()
        if entry.group == group
    )
    back = (button(words.text("faq_chat.back"), PREFIX, "topics", "-"),)
    show(
        turn,
        update,
        Screen(words.text("faq_chat.topic", topic=words.text(f"faq_topics.{group}")), (*rows, back)),
    )


async def _show_entry(turn: Turn, update: Update, patient: Patient, entry: Entry, *, asked: bool) -> None:
    show(turn, update, await _screen(turn, patient, entry, asked=asked))


async def _screen(turn: Turn, patient: Patient, entry: Entry, *, asked: bool) -> Screen:
    words, contacts = words_of(patient), contacts_of(patient)
    parts = [f"**{entry.title}**", entry.answer]
    own = await _own_record(turn, patient, entry.id)
    if own:
        parts.append(words.text("faq_chat.link", text=own))
    if entry.what_you_can_do:
        parts.append(words.text("faq_chat.what_you_can_do", text=entry.what_you_can_do))
    if entry.when_to_get_help:
        parts.append(words.text("faq_chat.when_to_get_help", text=entry.when_to_get_help))
    if asked:
        parts.append(words.text("faq_chat.was_it"))
    return Screen(fill("\n\n".join(parts), contacts), _rows(entry, words, asked=asked))


def _rows(entry: Entry, words: Words, *, asked: bool) -> tuple[tuple[Button, ...], ...]:
    known = questions(words.language)
    rows: list[tuple[Button, ...]] = []
    if asked:
        rows.append(
            tuple(button(words.text(f"faq_chat.{each}"), PREFIX, each, entry.id) for each in ("yes", "no"))
        )
    if entry.kind == "safety":
        rows.append((button(words.text("menu.help.warning"), "help", "warning"),))
    related = (known.entries[name] for name in entry.related[:2])
    rows += [(button(_label(each, words), PREFIX, "show", each.id),) for each in related]
    sources = button(words.text("faq_chat.sources"), PREFIX, "src", entry.id)
    return (*rows, (sources, button(words.text("faq_chat.back"), PREFIX, "topics", "-")))


def _label(entry: Entry, words: Words) -> str:
    """Give what a button says: the title, or where a phone would cut that, a shorter one."""
    key = f"faq_short.{entry.id}"
    return words.text(key) if key in words and len(entry.title) > LONGEST_BUTTON else entry.title


def _sources(entry: Entry, words: Words) -> Screen:
    table = load_sources()
    lines = [words.text("faq_chat.sources_title")]
    for name in entry.sources:
        source = table.get(name)
        known = source is not None and name != "PROJECT"
        lines.append(
            words.text("faq_chat.source", citation=source.citation, url=source.url)
            if known and source is not None
            else words.text("faq_chat.own_source")
        )
    back = button(words.text("faq_chat.hide_sources"), PREFIX, "show", entry.id)
    return Screen("\n".join(lines), ((back,),))


async def _own_record(turn: Turn, patient: Patient, entry: str) -> str | None:
    """Give what the patient's own diary says to a question, where that helps."""
    words, today = words_of(patient), local_date(turn, patient)
    if entry in ("are-back-pain-and-headaches-connected", "how-to-find-the-link"):
        return await turn.in_background(connection_answer, await weekly.diary_until(turn, patient, today))
    if entry not in (
        "how-many-headaches-is-too-many",
        "can-painkillers-cause-headaches",
        "how-many-days-pain-relief",
    ):
        return None
    days = [
        day_of(each) for each in await checkins.recent(turn.database, patient.patient_id, today, _RECORD_DAYS)
    ]
    if entry == "how-many-headaches-is-too-many":
        heads = headache_days(window(days, today))
        record = words.text("faq_chat.record.headache_days", days=heads.days, answered=heads.answered)
        return record if heads.answered else None
    taken = medicine_days(days, today)
    if not taken.answered:
        return None
    return words.text("faq_chat.record.medicine_days", days=taken.any, answered=taken.answered)


def _entry(words: Words, name: str) -> Entry:
    entry = questions(words.language).entries.get(name)
    if entry is None:
        raise BadButtonError("no such question")
    return entry
