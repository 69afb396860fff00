"""`/trend`: the last 90 days and the month, and whether the two pains go together."""

from bot.clinical.patient import Patient
from bot.diary.ledger import answered, window
from bot.reports.edition import TREND_DAYS, connection_answer, trend
from bot.runtime.parsing import Update
from bot.runtime.turn import MessageKind, Turn
from handlers import weekly
from handlers.render import Attachment, Screen, picture
from handlers.screens import local_date, say, words_of


async def open_now(turn: Turn, patient: Patient, update: Update) -> None:  # noqa: ARG001 -- handlers share one form
    """Send the two pictures and the answer about the connection; one sentence where there is nothing to draw."""
    today = local_date(turn, patient)
    diary = await weekly.diary_until(turn, patient, today)
    if not answered(window(diary.days, today, TREND_DAYS)).days:
        say(turn, Screen(words_of(patient).text("chart.trend.empty")))
        return
    ninety, month = await turn.in_background(trend, diary)
    for name, made in (("trend.png", ninety), ("month.png", month)):
        turn.say(picture(turn.chat_id, Attachment(made.image, name, Screen(made.caption)), MessageKind.REPLY))
    say(turn, Screen(await turn.in_background(connection_answer, diary)))
