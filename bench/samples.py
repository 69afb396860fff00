"""Ten patients, from nothing to ten years, and every text and picture that each of them gets: `make samples`.

Everything is drawn from fixed seeds, so that a change in `docs/samples` is a change in what patients see.
"""

import io
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
from PIL import Image

from bot.clinical.answers import Level, MedicineClass, Profile, Sleep, Tracks
from bot.clinical.contacts import contacts_for, fill
from bot.diary.ledger import Day, DayState
from bot.diary.series import series_of
from bot.reports.chart import Theme, month_caption, month_strip, trend_caption, trend_chart, weekly_chart
from bot.reports.insights import insights
from bot.reports.material import AdviceLine, Impact, Marks
from bot.reports.read_aloud import read_aloud
from bot.reports.tips import tip_for
from bot.reports.visit_brief import VisitMaterial, visit_brief
from bot.reports.weekly import WeeklySummary, WeekMaterial, weekly_summary
from bot.words import load_words

TODAY = date(2026, 11, 22)
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "samples"
WORDS = load_words()
BRITISH = Profile(country="GB", birth_year=1984)


@dataclass(frozen=True)
class Sample:
    """One patient on the evening of a weekly summary."""

    slug: str
    about: str
    days: tuple[Day, ...]
    profile: Profile = BRITISH
    name: str | None = None
    rules: tuple[tuple[str, int], ...] = ()
    """Ids of advice that was given, each with how many days ago."""
    impact: Impact | None = None
    visit: int | None = None
    """How many days ago the last visit was."""
    changed: str | None = None
    questions: tuple[str, ...] = ()
    with_days: bool = False

    @property
    def advice(self) -> tuple[AdviceLine, ...]:
        """Give the advice in the words of the product."""
        contacts = contacts_for(self.profile.country)
        return tuple(
            AdviceLine(
                level=LEVELS[rule],
                text=fill(WORDS.text(f"advice.{rule}.advice"), contacts),
                why=WORDS.text(f"advice.{rule}.why"),
                local_date=TODAY - timedelta(days=ago),
                rule_id=rule,
            )
            for rule, ago in self.rules
        )

    @property
    def last_visit(self) -> date | None:
        """Give the date of the last visit."""
        return None if self.visit is None else TODAY - timedelta(days=self.visit)


LEVELS = {
    "X-12": Level.ROUTINE,
    "X-15": Level.SELF_CARE,
    "B-58": Level.ROUTINE,
    "H-28": Level.SAME_DAY,
    "B-01": Level.EMERGENCY,
    "B-20": Level.SAME_DAY,
    "C-02": Level.ROUTINE,
    "H-61": Level.ROUTINE,
}
"""The levels of `bot/content/rules.toml` for the rules used here."""


@dataclass(frozen=True)
class Person:
    """How one simulated patient's days come about. Rates are per day, scores 0 to 10."""

    back: float
    headache_rate: float
    link: float = 0.0
    """By how much a bad back day raises the chance of a headache."""
    answered: float = 0.9
    medicine: MedicineClass = MedicineClass.NSAID
    medicine_rate: float = 0.5
    drop: float = 0.0
    """By how much back pain falls over the diary."""


def simulate(person: Person, length: int, seed: int) -> tuple[Day, ...]:
    """Draw the last `length` days of a patient; days without an answer are left out."""
    rng = random.Random(seed)
    drift, days = 0.0, []
    for ago in range(length - 1, -1, -1):
        drift = 0.75 * drift + rng.gauss(0, 1.1)
        fall = person.drop * (1 - ago / max(1, length))
        back = round(min(10, max(0, person.back + drift - fall)))
        chance = person.headache_rate + (person.link if back > person.back - fall else 0.0)
        head = rng.choice([3, 4, 5, 6, 7, 8]) if rng.random() < chance else 0
        day = _logged(rng, person, TODAY - timedelta(days=ago), back, head)
        if rng.random() < person.answered:
            days.append(day)
        elif rng.random() < 0.3:
            days.append(Day(day.date, DayState.SKIPPED))
    return tuple(days)


def _logged(rng: random.Random, person: Person, on: date, back: int, head: int) -> Day:
    took = (head > 0 or back > 5) and rng.random() < person.medicine_rate
    worst = max(back, head)
    return Day(
        date=on,
        state=DayState.PAIN if worst else DayState.PAIN_FREE,
        back_pain=back,
        headache=head,
        migraine_like=head >= 6 if head else None,
        interference=0 if worst == 0 else 1 if worst < 5 else 2 if worst < 8 else 3,
        medicines=frozenset({person.medicine}) if took else frozenset(),
        sleep=rng.choices(list(Sleep), weights=[5, 3, 1 + worst])[0],
    )


def constant(score: int, length: int) -> tuple[Day, ...]:
    """Give days that are all the same."""
    state = DayState.PAIN if score else DayState.PAIN_FREE
    return tuple(
        Day(TODAY - timedelta(days=ago), state, score, score, score > 0, min(3, score), frozenset())
        for ago in range(length - 1, -1, -1)
    )


def with_flags(days: Sequence[Day], ago: int, *flags: str) -> tuple[Day, ...]:
    """Report warning signs on one day."""
    on = TODAY - timedelta(days=ago)
    return tuple(replace(day, flags=frozenset(flags)) if day.date == on else day for day in days)


def without(days: Iterable[Day], first: int, last: int) -> tuple[Day, ...]:
    """Leave out the days from `first` to `last` days ago."""
    return tuple(day for day in days if not last <= (TODAY - day.date).days <= first)


MIGRAINE = Person(back=1.5, headache_rate=0.6, medicine=MedicineClass.TRIPTAN, medicine_rate=0.95)
LINKED = Person(back=4.5, headache_rate=0.12, link=0.5, medicine_rate=0.4)
EASING = Person(back=6.0, headache_rate=0.25, drop=3.5)
COMMON = Person(back=4.0, headache_rate=0.3)

SAMPLES: tuple[Sample, ...] = (
    Sample("01-nothing", "Said yes and has not logged a day yet", ()),
    Sample("02-one-day", "One single day", simulate(replace(COMMON, answered=1.0), 1, 2), name="Ana"),
    Sample("03-thin-week", "Three days of the first week", simulate(replace(COMMON, answered=1.0), 7, 3)[1:7:2]),
    Sample(
        "04-first-week", "A full first week", simulate(replace(COMMON, answered=1.0), 7, 4), name="Zoë <b>&",
        questions=("Do I need a scan?",),
    ),
    Sample(
        "05-five-weeks", "Five weeks, the patient of the demo", simulate(COMMON, 35, 5), name="Sam",
        rules=(("B-58", 3), ("X-15", 1)), impact=Impact(4.3, 5.0),
    ),
    Sample(
        "06-migraine", "90 days, triptans over the line", simulate(MIGRAINE, 90, 6), name="محمد علي",
        rules=(("X-12", 4), ("H-61", 2)), impact=Impact(6.0, 5.7), visit=40,
        changed="Started a tablet each night. Physio once a week.",
        questions=("Could the pills be part of it?", "Is there a way to stop these before they start?"),
    ),
    Sample("07-all-zeros", "30 days, no pain on any of them", constant(0, 30), name="李小龙"),
    Sample(
        "08-all-tens", "30 days of ten out of ten, and warning signs",
        with_flags(constant(10, 30), 2, "saddle", "bladder"), name="😀 Ойка",
        rules=(("B-01", 2), ("H-28", 1)), impact=Impact(10.0, 10.0),
    ),
    Sample(
        "09-linked", "Half a year, both pains go together, US Letter",
        without(simulate(LINKED, 180, 9), 75, 68), Profile(country="US", birth_year=1971), name="Maria G.",
        rules=(("C-02", 5),), impact=Impact(5.7, 4.0), visit=30, changed="Less desk work.",
        questions=("Is it safe to run again?",), with_days=True,
    ),
    Sample(
        "10-ten-years", "Ten years, easing, back pain only in front",
        without(without(simulate(EASING, 3650, 10), 2000, 1500), 400, 380),
        Profile(country="DE", birth_year=1950, tracks=Tracks.BOTH), name="Ελένη",
        rules=(("B-20", 10),), impact=Impact(2.0, 2.3), visit=60, changed="Injection in September.",
    ),
)  # fmt: skip


def summary_of(sample: Sample) -> WeeklySummary:
    """Put the sample's week into words."""
    material = WeekMaterial(
        days=sample.days,
        today=TODAY,
        profile=sample.profile,
        emergency=contacts_for(sample.profile.country).emergency,
        advice=sample.advice,
        found=insights(series_of(sample.days), TODAY, sample.profile.suspects),
        impact=sample.impact,
        tip=tip_for(sample.days, TODAY, WORDS),
        visits=[sample.last_visit] if sample.last_visit else [],
    )
    return weekly_summary(material, WORDS)


def visit_of(sample: Sample) -> VisitMaterial:
    """Give what the sample's page for the doctor is made from."""
    return VisitMaterial(
        days=sample.days,
        today=TODAY,
        profile=sample.profile,
        name=sample.name,
        visit_date=TODAY + timedelta(days=2),
        with_whom="Dr Lee",
        advice=sample.advice,
        found=insights(series_of(sample.days), TODAY, sample.profile.suspects),
        impact=sample.impact,
        last_visit=sample.last_visit,
        changed=sample.changed,
        questions=sample.questions,
        with_days=sample.with_days,
    )


def pictures_of(sample: Sample) -> dict[str, Callable[[], bytes]]:
    """Give each picture of the sample by its file name."""
    days, visits = sample.days, [sample.last_visit] if sample.last_visit else []
    marks = Marks.of(sample.advice, visits)
    return {
        "week-light.png": lambda: weekly_chart(days, TODAY, Theme.LIGHT, WORDS, marks),
        "week-dark.png": lambda: weekly_chart(days, TODAY, Theme.DARK, WORDS, marks),
        "month.png": lambda: month_strip(days, TODAY, Theme.LIGHT, WORDS),
        "trend.png": lambda: trend_chart(days, TODAY, Theme.LIGHT, WORDS, visits),
    }


def page_of(sample: Sample) -> str:
    """Give the sample's page: each text as a patient reads it, each picture with its words."""
    summary, visits = summary_of(sample), [sample.last_visit] if sample.last_visit else []
    name = sample.slug
    return f"""# {sample.about}

## The week

![{summary.caption.splitlines()[0]}]({name}/week-light.png)

Under the picture:

{_quoted(summary.caption)}

Read at first ({len(summary.front)} characters):

{_quoted(summary.front)}

Behind "More":

{_quoted(summary.more)}

The same picture in the dark: [week-dark.png]({name}/week-dark.png)

## 30 and 90 days

![{month_caption(sample.days, TODAY, WORDS)}]({name}/month.png)

![{trend_caption(sample.days, TODAY, WORDS, visits)}]({name}/trend.png)

## The page for the doctor

[visit.pdf]({name}/visit.pdf)

![The first page, drawn from the PDF]({name}/visit.png)

Read aloud ({len(read_aloud(visit_of(sample), WORDS).split())} words):

{_quoted(read_aloud(visit_of(sample), WORDS))}
"""


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}  " if line else ">" for line in text.splitlines())


def write(sample: Sample, folder: Path) -> int:
    """Write everything of one sample and give its size in bytes; pictures with fewer colours, to keep the repository small."""
    place = folder / sample.slug
    place.mkdir(parents=True, exist_ok=True)
    (folder / f"{sample.slug}.md").write_text(page_of(sample), encoding="utf-8")
    for name, draw in pictures_of(sample).items():
        picture = Image.open(io.BytesIO(draw())).convert("RGB").quantize(160, dither=Image.Dither.NONE)
        picture.save(place / name, optimize=True)
    page = visit_brief(visit_of(sample), WORDS)
    (place / "visit.pdf").write_bytes(page)
    pypdfium2.PdfDocument(page)[0].render(scale=1.5).to_pil().quantize(64).save(
        place / "visit.png", optimize=True
    )
    return sum(file.stat().st_size for file in place.iterdir())


def main() -> int:
    """Write `docs/samples` and say how large it is."""
    sizes = {sample.slug: write(sample, FOLDER) for sample in SAMPLES}
    lines = [f"- [{sample.about}]({sample.slug}.md)" for sample in SAMPLES]
    index = "# Ten sample patients\n\nMade by `make samples` from fixed seeds. Nobody in here is real.\n\n"
    (FOLDER / "README.md").write_text(index + "\n".join(lines) + "\n", encoding="utf-8")
    for slug, size in sizes.items():
        print(f"{slug:16} {size / 1000:7.0f} kB")
    print(f"{'all':16} {sum(sizes.values()) / 1000:7.0f} kB in {FOLDER.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
