"""What a patient may suspect. Each switches on one daily yes-or-no question of the same name.

Medicine is not among them: it is taken because of pain, so it goes with bad days in every diary.
"""

SUSPECTS: tuple[str, ...] = (
    "stress",
    "long_sitting",
    "heavy_lifting",
    "exercise",
    "screens",
    "skipped_meal",
    "alcohol",
    "caffeine",
    "weather",
    "period",
)

MOST_SUSPECTS = 2
"""So many keep most of the allowance for false claims each (statistics, the suspects design)."""


def toggled(chosen: tuple[str, ...], suspect: str) -> tuple[str, ...] | None:
    """Tick or untick one; `None` where two are chosen already."""
    if suspect in chosen:
        return tuple(each for each in chosen if each != suspect)
    return None if len(chosen) >= MOST_SUSPECTS else (*chosen, suspect)
