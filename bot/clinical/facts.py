"""What the rules stand on: today's answers, the profile, and what the days and weeks before add up to.

Definitions are those of the specification, section 8.4. Windows are calendar days that end today. A mean needs
four of seven entries, and a count is the least it could be (L-7): a day without an answer never counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta, tzinfo
from functools import cached_property

from bot.clinical.answers import Answer, CheckIn, Condition, MedicineClass, Profile, Tracks, WeeklyReview
from bot.clinical.checkin import medicines, old_signs, signs
from bot.clinical.conditions import Number, Truth
from bot.clinical.review import impact, inflammatory_signs, mood, slow_signs

LOOKBACK_DAYS = 60
"""How many days, today among them, the windows reach back: this month of 30 days and the one before."""

FIRST_DAYS = 7
"""The first days of the diary or of the episode, which a later week is compared with; see `baseline_start`."""

MEAN_NEEDS = 4
"""The fewest of seven entries that a mean is made from (L-7)."""

SLOW_SIGNS_STAND = timedelta(days=7)
"""How long the slow signs of a weekly review stand: until the next one is due."""

INFLAMMATORY_STANDS = timedelta(days=28)
"""How long the list for joint doctors stands: it is asked at day 84, and B-57 holds from day 90 on."""

INFLAMMATORY_ONSET = 35
"""Onset before this age is itself one of the nine points of the list for joint doctors (NICE-NG65)."""

SIMPLE = frozenset({MedicineClass.PARACETAMOL, MedicineClass.NSAID})
"""The classes that ICHD-3 counts together as simple pain relief (ICHD-MOH)."""

_CONCERNS: Mapping[str, tuple[Tracks, str]] = {
    "back_pain": (Tracks.BACK, "signs_back"),
    "headache": (Tracks.HEAD, "signs_head"),
}

OLDEST_PREGNANCY = 60
"""Above this age an empty profile is not taken to hide a pregnancy: our own choice, far on the safe side."""

_PREGNANCY = frozenset({Condition.PREGNANT, Condition.PREG_OR_6WK})

Scores = Sequence[int | None]


@dataclass(frozen=True)
class Facts:
    """Everything a rule may ask of one patient at one moment. Windows are worked out when first asked for."""

    today: date
    profile: Profile
    days: Mapping[date, CheckIn]
    reviews: tuple[WeeklyReview, ...]
    flags: frozenset[str]
    """The warning signs that stand today, of the check-in and of what was typed."""
    old: frozenset[str]
    """The signs of today that the patient called old, unchanged and already checked (L-4)."""
    typed: frozenset[str]
    """Those of the warning signs that were typed."""
    crisis: frozenset[str]
    typed_slow: frozenset[str]
    """The slow signs that were typed today, which a weekly review has not asked about."""
    told: frozenset[str]
    """The conditions that were typed today, whatever the profile says."""
    pending: frozenset[str]
    """The questions of today that are still to come. A rule waits for them, and guesses nothing."""
    zone: tzinfo = UTC
    """The patient's own time zone: `today` is a date there."""

    @cached_property
    def checkin(self) -> CheckIn | None:
        """Today's check-in, if there is one."""
        return self.days.get(self.today)

    @cached_property
    def at_risk(self) -> "Facts":
        """The same for someone whose profile has every condition."""
        profile = self.profile.model_copy(update={"conditions": frozenset(Condition)})
        return replace(self, profile=profile)

    @cached_property
    def back(self) -> Scores:
        """Back pain by days ago, 0 to 10."""
        return self._scores("back_pain")

    @cached_property
    def head(self) -> Scores:
        """Worst headache by days ago, 0 to 10."""
        return self._scores("headache")

    @cached_property
    def life(self) -> Scores:
        """How much pain got in the way by days ago, 0 to 3."""
        return self._scores("interference")

    @cached_property
    def taken(self) -> Sequence[frozenset[MedicineClass]]:
        """The classes of acute medicine by days ago. A day that does not say counts as none (L-7)."""
        return [(medicines(day) or frozenset()) if day is not None else frozenset() for day in self._window]

    @cached_property
    def taken_today(self) -> frozenset[MedicineClass]:
        """The classes of acute medicine of today, without a look at the days before."""
        return (medicines(self.checkin) if self.checkin is not None else None) or frozenset()

    @cached_property
    def sleep(self) -> Sequence[str | None]:
        """How the night was by days ago."""
        return [self._text(day, "sleep") for day in self._window]

    @cached_property
    def migraine_like(self) -> Sequence[bool]:
        """Whether a day was migraine-like, by days ago (criterion D of ICHD-3 migraine, ICHD-11)."""
        return [self._text(day, "migraine_like") == "yes" for day in self._window]

    @cached_property
    def slow(self) -> frozenset[str]:
        """The slow signs that stand: of a review answered in the last seven days, and those typed today."""
        for review in reversed(self.reviews):
            answer = review.answers.get("slow_signs")
            if answer is not None and self.today - self._date_of(answer) < SLOW_SIGNS_STAND:
                return slow_signs(review) | self.typed_slow
        return self.typed_slow

    @cached_property
    def age(self) -> int | None:
        """The age reached this year, so at most one year too high."""
        return None if self.profile.birth_year is None else self.today.year - self.profile.birth_year

    @cached_property
    def onset_age(self) -> int | None:
        """The age at which this back pain began."""
        since, born = self.profile.back_pain_since, self.profile.birth_year
        return None if since is None or born is None else since.year - born

    @cached_property
    def episode_days(self) -> int | None:
        """The days since the back pain began, as the patient told."""
        since = self.profile.back_pain_since
        return None if since is None else (self.today - since).days

    @cached_property
    def first_back(self) -> Number:
        """The mean back pain of the first seven days, none of which is in the last seven."""
        start = baseline_start(self.profile, min(self.days, default=self.today))
        if start + timedelta(days=FIRST_DAYS) > self.today - timedelta(days=FIRST_DAYS - 1):
            return Truth.NO_DATA
        return self._mean_from(start)

    @cached_property
    def leg_pain_start(self) -> date | None:
        """The first day of the window on which pain down a leg was named."""
        screens = ((day, day.value("signs_back")) for day in self.days.values())
        named = (day for day, ticked in screens if isinstance(ticked, tuple) and "leg_pain" in ticked)
        floor = self.today - timedelta(days=LOOKBACK_DAYS)
        return min((day.local_date for day in named if day.local_date > floor), default=None)

    @cached_property
    def first_leg_pain(self) -> Number:
        """The mean back pain of the seven days from the first leg pain on."""
        return Truth.NO_DATA if self.leg_pain_start is None else self._mean_from(self.leg_pain_start)

    @cached_property
    def impacts(self) -> Sequence[float | None]:
        """The impact score by weeks ago, the week of the newest review first; `None` for a week without."""
        if not self.reviews:
            return ()
        newest = self.reviews[-1].week_start
        by_week = {(newest - review.week_start).days // 7: impact(review) for review in self.reviews}
        return [by_week.get(week) for week in range(4)]

    @cached_property
    def first_impact(self) -> Number:
        """The first impact score there is, if it is not the newest."""
        scores = [score for score in map(impact, self.reviews) if score is not None]
        return scores[0] if len(scores) > 1 else Truth.NO_DATA

    @cached_property
    def moods(self) -> Sequence[int]:
        """The mood scores, newest first, if the newest review has one."""
        scores = [score for score in map(mood, reversed(self.reviews)) if score is not None]
        return scores if self.reviews and mood(self.reviews[-1]) is not None else ()

    @cached_property
    def inflammatory(self) -> Number:
        """How many of the nine points of the list for joint doctors hold (NICE-NG65)."""
        for review in reversed(self.reviews):
            answer = review.answers.get("inflammatory")
            if answer is not None and self.today - self._date_of(answer) < INFLAMMATORY_STANDS:
                early = self.onset_age is not None and self.onset_age < INFLAMMATORY_ONSET
                return float(len(inflammatory_signs(review)) + early)
        return Truth.NO_DATA

    def score(self, question: str) -> Number:
        """Give today's score. A question still to come is no data; a gap in what is told counts as skipped."""
        value = self.checkin.value(question) if self.checkin is not None else None
        if isinstance(value, int):
            return float(value)
        untold = question in self.pending or self._not_concerned(question)
        return Truth.NO_DATA if untold else Truth.SKIPPED

    def _not_concerned(self, question: str) -> bool:
        """Tell whether a pain is neither tracked nor hinted at.

        A fever of someone who tracks headaches only says nothing of the back, unless they ticked it among the
        signs of the back, or typed it.
        """
        tracked, screen = _CONCERNS.get(question, (None, ""))
        if tracked is None or self.profile.tracks in {tracked, Tracks.BOTH} or self.typed:
            return False
        return self.checkin is None or not self.checkin.value(screen)

    def _date_of(self, answer: Answer) -> date:
        return answer.given_at.astimezone(self.zone).date()

    def _scores(self, question: str) -> Scores:
        values = [day.value(question) if day is not None else None for day in self._window]
        return [value if isinstance(value, int) else None for value in values]

    @cached_property
    def _window(self) -> Sequence[CheckIn | None]:
        today = self.today.toordinal()
        return [self.days.get(date.fromordinal(today - ago)) for ago in range(LOOKBACK_DAYS)]

    @staticmethod
    def _text(day: CheckIn | None, question: str) -> str | None:
        value = day.value(question) if day is not None else None
        return value if isinstance(value, str) else None

    def _mean_from(self, start: date) -> Number:
        values = [self.days.get(start + timedelta(days=later)) for later in range(FIRST_DAYS)]
        return mean([day.value("back_pain") if day is not None else None for day in values])


def facts(
    profile: Profile,
    days: Sequence[CheckIn],
    reviews: Sequence[WeeklyReview],
    today: date,
    text_flags: frozenset[str] = frozenset(),
    *,
    pending: frozenset[str] = frozenset(),
    zone: tzinfo = UTC,
) -> Facts:
    """Give the facts of one patient at one moment.

    `days` hold the last `LOOKBACK_DAYS` days and, for the comparison with the beginning, the `FIRST_DAYS` from
    `baseline_start` on; `reviews` hold all weeks. `text_flags` are what was found in words typed today: warning
    signs, `slow.` signs, `profile.` conditions, and what the crisis flow heard, such as `crisis.thoughts`. `pending` are the questions of a check-in that is
    under way (`bot.clinical.checkin.pending`); leave it empty once the check-in has ended or was left.
    """
    by_date = {day.local_date: day for day in days}
    checkin = by_date.get(today)
    typed = _named(text_flags, "")
    ticked = (signs(checkin, profile) if checkin is not None else frozenset()) | typed
    old = _still_old(days, checkin, pending) & ticked - typed
    return Facts(
        today=today,
        profile=profile,
        days=by_date,
        reviews=tuple(sorted(reviews, key=lambda review: review.week_start)),
        flags=ticked - old,
        old=old,
        typed=typed,
        crisis=_named(text_flags, "crisis"),
        typed_slow=_named(text_flags, "slow"),
        told=_named(text_flags, "profile"),
        pending=pending,
        zone=zone,
    )


def _named(text_flags: frozenset[str], kind: str) -> frozenset[str]:
    """Give the names of one kind: `slow.night` is `night` of `slow`, and `saddle` is of no kind."""
    parts = (flag.rpartition(".") for flag in text_flags)
    return frozenset(name for root, _, name in parts if root == kind)


def _still_old(days: Sequence[CheckIn], checkin: CheckIn | None, pending: frozenset[str]) -> frozenset[str]:
    """Give the signs that count as old today: called so today, or said to be the same, or about to be asked (L-4).

    A sign that is named again and not said to be the same counts as new.
    """
    if checkin is None:
        return frozenset()
    if checkin.value("still_same") == "same" or "still_same" in pending:
        return old_signs(days, checkin.local_date)
    return old_signs([checkin], checkin.local_date)


def baseline_start(profile: Profile, first_day: date) -> date:
    """Give the first of the days that later weeks are compared with: of the diary, or of a newer episode."""
    since = profile.back_pain_since
    return first_day if since is None else max(first_day, since)


def mean(values: Sequence[object]) -> Number:
    """Give the mean of seven days, or no data under four entries (L-7)."""
    known = [value for value in values if isinstance(value, int)]
    return sum(known) / len(known) if len(known) >= MEAN_NEEDS else Truth.NO_DATA


def has_condition(subject: Facts, condition: Condition) -> Truth:
    """Tell what the profile says of a condition. A sign that only a pregnant person names says it too."""
    known = subject.profile.conditions
    if condition in subject.told:
        return Truth.YES
    if condition is Condition.PREGNANT and subject.flags & {"preeclampsia_sign", "preg_warning"}:
        return Truth.YES
    if condition is Condition.PREG_OR_6WK and (has_condition(subject, Condition.PREGNANT) is Truth.YES):
        return Truth.YES
    if known is None:
        past = condition in _PREGNANCY and subject.age is not None and subject.age > OLDEST_PREGNANCY
        return Truth.NO if past else Truth.PROFILE_UNKNOWN
    return Truth.YES if condition in known else Truth.NO
