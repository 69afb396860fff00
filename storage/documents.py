"""The one door for what a patient said: whole documents in, whole documents out.

Columns hold only what queries use: ids, local dates, due times and states.
"""

from typing import TypeVar

from pydantic import BaseModel

Kept = TypeVar("Kept", bound=BaseModel)


def sealed(document: BaseModel) -> str:
    """Give the text that is kept for `document`."""
    return document.model_dump_json(exclude_defaults=True)


def unsealed(kind: type[Kept], text: str) -> Kept:
    """Give the document that `text` was kept for; raises pydantic's `ValidationError` where it is none."""
    return kind.model_validate_json(text)
