"""Questions the FAQ had no answer to, kept for the clinic without a name and only where the patient agreed."""

from datetime import date

from storage.engine import Reader, Statement
from storage.identity import new_id


def shared(question: str, asked_on: date) -> Statement:
    """Keep one question; nothing ties it to who asked."""
    return Statement(
        "INSERT INTO unanswered_questions (question_id, asked_on, question)"
        " VALUES (:question_id, :asked_on, :question)",
        {"question_id": new_id(), "asked_on": asked_on, "question": question},
    )


async def by_frequency(database: Reader) -> list[tuple[str, int, str]]:
    """Give each question with how often it was asked and when last, most often first."""
    rows = await database.fetch_all(
        "SELECT LOWER(question) AS question, COUNT(*) AS times, MAX(asked_on) AS last_asked"
        " FROM unanswered_questions GROUP BY LOWER(question) ORDER BY times DESC, last_asked DESC",
        {},
    )
    return [(row["question"], row["times"], row["last_asked"]) for row in rows]
