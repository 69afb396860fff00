"""Deleted means deleted: no table keeps a row of a patient who asked to be erased."""

from storage.due import erase_due
from storage.engine import Statement


def erased(patient_id: int) -> tuple[Statement, ...]:
    """Remove a patient from every table; what was said and given goes with the patient's row by cascade.

    The inbox holds no chat and no text of an update once it is handled; the turn itself empties the outbox.
    """
    return (
        Statement(
            "DELETE FROM patients WHERE patient_id = :patient_id", {"patient_id": patient_id}, erases=True
        ),
        erase_due(patient_id),
    )
