"""What comes without being asked for: once a local day, by the patient's own clock, and never to those who left."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.clinical.patient import PatientState
from bot.commands.demo import example_patient
from bot.sandbox.clock import SandboxClock
from bot.sandbox.server import serve
from bot.sandbox.telegram import Telegram
from handlers.prompts import Planned, plan_missing
from storage import patients
from storage.due import cancel_due
from storage.engine import Statement, open_database
from tests.driver import PATIENCE_SECONDS
from tests.flows.conftest import START, heard, running

MONDAY = date(2026, 3, 2)


def prompts(patient):
    return [message for message in patient.from_bot if "How was your day" in message.text]


async def test_the_prompt_comes_at_the_local_time_and_not_before(bot):
    nora = await bot.onboarded(country="United States", zone="New York")
    await bot.jump(datetime(2026, 3, 3, 0, 59, 59, tzinfo=UTC))
    assert prompts(nora) == []
    await bot.jump(datetime(2026, 3, 3, 1, 0, 0, tzinfo=UTC))
    assert "Mon 2 Mar" in prompts(nora)[0].text


async def test_the_prompt_keeps_its_wall_clock_time_when_the_clocks_change(bot):
    nora = await bot.onboarded(country="United States", zone="New York")
    await bot.jump(datetime(2026, 3, 8, 1, 0, 0, tzinfo=UTC))
    before = len(prompts(nora))
    await bot.jump(datetime(2026, 3, 8, 23, 59, 59, tzinfo=UTC))
    assert len(prompts(nora)) == before
    await bot.jump(datetime(2026, 3, 9, 0, 0, 0, tzinfo=UTC))
    assert len(prompts(nora)) == before + 1


async def test_a_time_that_the_clocks_skip_is_asked_after_the_gap(bot):
    nora = await bot.onboarded(at="1:30")
    await bot.jump(datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC))
    before = len(prompts(nora))
    await bot.jump(datetime(2026, 3, 29, 1, 0, 0, tzinfo=UTC))
    assert len(prompts(nora)) == before + 1


async def test_one_prompt_a_day(bot):
    nora = await bot.onboarded()
    for day in range(3):
        await bot.to(date(2026, 3, 2 + day))
        assert len(prompts(nora)) == day + 1


async def test_a_prompt_that_is_over_four_hours_late_is_missed(bot):
    nora = await bot.onboarded()
    await bot.jump(datetime(2026, 3, 3, 0, 0, 1, tzinfo=UTC))
    assert prompts(nora) == []
    (row,) = [
        row for row in await bot.rows("due") if row["kind"] == "checkin" and row["local_date"] == "2026-03-02"
    ]
    assert row["state"] == "missed"
    await bot.to(date(2026, 3, 3))
    assert len(prompts(nora)) == 1


async def test_after_a_long_outage_todays_prompt_still_comes(bot):
    nora = await bot.onboarded()
    await bot.to(date(2026, 3, 5), time(21))
    (prompt,) = prompts(nora)
    assert "Thu 5 Mar" in prompt.text


async def test_a_pause_stops_prompts_and_summaries_until_it_ends(bot):
    nora = await bot.onboarded()
    await nora.send("/settings")
    await nora.tap("Pause check-ins")
    assert "paused" in nora.last.text
    said = len(nora.from_bot)
    for day in (2, 8):
        await bot.to(date(2026, 3, day))
    assert len(nora.from_bot) == said
    await nora.send("/settings")
    await nora.tap("Start check-ins again")
    assert "20:00" in nora.last.text
    await bot.to(date(2026, 3, 9))
    assert len(prompts(nora)) == 1


async def test_a_paused_patient_can_still_check_in_and_is_still_read(bot):
    nora = await bot.onboarded()
    await nora.send("/settings")
    await nora.tap("Pause check-ins")
    await bot.day(nora, back=4)
    assert (await bot.stored(nora)).value("back_pain") == 4
    await nora.send("I can't feel anything between my legs since this morning")
    assert "999" in nora.last.text
    await nora.send("I want to end my life")
    assert "116 123" in nora.last.text


async def test_who_blocks_the_bot_is_left_alone_until_start(bot):
    nora = await bot.onboarded()
    await nora.block()
    await bot.sandbox.wait_idle()
    assert (await bot.known(nora)).state is PatientState.UNREACHABLE
    assert [row for row in await bot.rows("due") if row["state"] == "open"] == []
    await nora.unblock()
    await bot.sandbox.wait_idle()
    await nora.send("/start")
    assert (await bot.known(nora)).state is PatientState.ACTIVE
    await bot.to(MONDAY)
    assert len(prompts(nora)) == 1


@pytest.mark.parametrize("back_by", ["unblocking", "start"])
async def test_who_was_paused_is_still_paused_after_a_block(bot, back_by):
    nora = await bot.onboarded()
    await nora.send("/settings")
    await nora.tap("Pause check-ins")
    if back_by == "unblocking":
        await nora.block()
        await bot.sandbox.wait_idle()
        await nora.unblock()
        await bot.sandbox.wait_idle()
    else:
        await bot.sandbox.fault("block", method="sendMessage", chat_id=nora.chat_id)
        await nora.send("/help")
        await bot.sandbox.wait_idle()
        assert (await bot.known(nora)).state is PatientState.UNREACHABLE
        await nora.send("/start")
    assert (await bot.known(nora)).state is PatientState.PAUSED
    await bot.to(MONDAY)
    assert prompts(nora) == []
    await nora.send("/settings")
    await nora.tap("Start check-ins again")
    await bot.next_day()
    assert len(prompts(nora)) == 1


async def test_a_refusal_of_telegram_stops_the_prompts_too(bot):
    nora = await bot.onboarded()
    await bot.sandbox.fault("block", method="sendMessage", chat_id=nora.chat_id)
    await bot.to(MONDAY)
    assert (await bot.known(nora)).state is PatientState.UNREACHABLE
    await nora.send("/start")
    await bot.next_day()
    assert len(prompts(nora)) == 1


async def test_who_writes_is_asked_again_though_nobody_said_that_they_are_back(bot):
    nora = await bot.onboarded()
    known = await bot.known(nora)
    await bot.database.commit(
        [patients.saved(known.unreachable()), cancel_due(known.patient_id, Planned.CHECKIN)]
    )
    await nora.send("/diary")
    assert (await bot.known(nora)).state is PatientState.ACTIVE
    await bot.to(MONDAY)
    assert len(prompts(nora)) == 1


@pytest.mark.parametrize("crisis", ["I want to kill myself", "tap"])
async def test_who_could_not_be_reached_and_writes_in_a_crisis_is_there_again(bot, crisis):
    nora = await bot.onboarded()
    if crisis == "tap":
        await nora.send("i cant go on")
    known = await bot.known(nora)
    await bot.database.commit(
        [patients.saved(known.unreachable()), cancel_due(known.patient_id, Planned.CHECKIN)]
    )
    await (nora.tap("Yes") if crisis == "tap" else nora.send(crisis))
    assert (await bot.known(nora)).state is PatientState.ACTIVE
    await bot.to(date(2026, 3, 3))
    assert heard(nora, "The other day you told me")
    assert len(prompts(nora)) == 1


async def test_a_later_time_moves_todays_prompt(bot):
    nora = await bot.onboarded(at="13:00")
    await nora.send("/settings")
    await bot.taps(nora, "Check-in: 13:00", "21:00")
    await bot.to(MONDAY)
    assert prompts(nora) == []
    await bot.to(MONDAY, time(21))
    assert len(prompts(nora)) == 1


async def test_a_later_time_after_the_prompt_does_not_ask_twice_on_one_day(bot):
    nora = await bot.onboarded(at="13:00")
    await bot.to(MONDAY, time(13))
    await nora.send("/settings")
    await bot.taps(nora, "Check-in: 13:00", "21:00")
    await bot.to(MONDAY, time(23))
    assert len(prompts(nora)) == 1
    await bot.to(date(2026, 3, 3), time(21))
    assert len(prompts(nora)) == 2


async def test_another_zone_does_not_ask_twice_for_one_local_date(bot):
    nora = await bot.onboarded(country="United States", zone="New York")
    await bot.jump(datetime(2026, 3, 3, 1, 0, 0, tzinfo=UTC))
    await nora.send("/settings")
    await nora.tap("Time zone: New York")
    await nora.tap(next(label for label in nora.last.buttons if label.startswith("Los Angeles")))
    await bot.jump(datetime(2026, 3, 3, 4, 0, 1, tzinfo=UTC))
    assert len(prompts(nora)) == 1
    await bot.jump(datetime(2026, 3, 4, 4, 0, 0, tzinfo=UTC))
    assert len(prompts(nora)) == 2


async def test_back_from_a_setting_leads_to_the_settings(bot):
    nora = await bot.onboarded(country="United States", zone="New York")
    await nora.send("/settings")
    for step in ("Country: ", "Time zone: ", "Check-in: ", "Summary: "):
        await nora.tap(next(label for label in nora.last.buttons if label.startswith(step)))
        await nora.tap("‹ Back")
        assert nora.last.text.startswith("Settings."), step


async def test_pausing_for_today_after_a_crisis_leaves_tomorrow(bot):
    nora = await bot.onboarded()
    await nora.send("I want to end my life")
    await nora.tap("Pause check-ins today")
    await bot.to(MONDAY)
    assert prompts(nora) == []
    await bot.to(date(2026, 3, 3))
    assert len(prompts(nora)) == 1
    assert heard(nora, "The other day you told me")


async def test_a_prompt_that_was_lost_is_planned_again_for_those_who_are_asked_alone(bot):
    nora, omar, lena = [await bot.onboarded(name) for name in ("Nora", "Omar", "Lena")]
    await omar.send("/settings")
    await omar.tap("Pause check-ins")
    kept = [row for row in await bot.rows("due") if row["chat_id"] == lena.chat_id]
    await bot.database.commit([Statement("DELETE FROM due WHERE chat_id <> :lena", {"lena": lena.chat_id})])
    await plan_missing(bot.database, bot.clock.now())
    rows = await bot.rows("due")
    assert [row for row in rows if row["chat_id"] == lena.chat_id] == kept
    assert {row["kind"] for row in rows if row["chat_id"] == nora.chat_id} == {"checkin", "weekly"}
    assert len(rows) == 4
    await bot.to(MONDAY)
    assert (len(prompts(nora)), len(prompts(omar)), len(prompts(lena))) == (1, 0, 1)


async def test_a_patient_who_cannot_be_read_costs_nobody_else_a_prompt(bot, caplog):
    nora, omar = [await bot.onboarded(name) for name in ("Nora", "Omar")]
    broken = Statement(
        "UPDATE patients SET document = :broken WHERE chat_id = :nora",
        {"broken": '{"words": "my secret"}', "nora": nora.chat_id},
    )
    await bot.database.commit([Statement("DELETE FROM due WHERE chat_id > 0", {}), broken])
    await plan_missing(bot.database, bot.clock.now())
    rows = await bot.rows("due")
    assert {row["chat_id"] for row in rows} == {omar.chat_id}
    told = [record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"]
    assert len(told) == 2
    assert "my secret" not in caplog.text


async def test_the_example_of_the_demo_has_all_planned_from_its_start(bot, caplog):
    await example_patient(bot.database, (await bot.patient()).chat_id, bot.clock.now())
    assert {row["kind"] for row in await bot.rows("due")} == {"checkin", "weekly"}
    await plan_missing(bot.database, bot.clock.now())
    assert caplog.records == []


async def test_what_was_lost_after_todays_prompt_is_planned_for_tomorrow(bot):
    nora = await bot.onboarded()
    await bot.to(MONDAY)
    await nora.send("/settings")
    await bot.taps(nora, "Check-in: 20:00", "21:00")
    await bot.database.commit([Statement("DELETE FROM due WHERE state = 'open'", {})])
    await plan_missing(bot.database, bot.clock.now())
    await bot.to(MONDAY, time(22))
    assert len(prompts(nora)) == 1
    await bot.to(MONDAY + timedelta(days=1), time(22))
    assert len(prompts(nora)) == 2


async def test_a_start_plans_what_was_lost(bot, tmp_path):
    nora = await bot.onboarded()
    known = await bot.known(nora)
    folder = tmp_path / "data"
    async with open_database(f"sqlite:///{folder}/backtrack.db") as database:
        await database.commit([patients.saved(known)])
    telegram = Telegram(SandboxClock(START, frozen=True))
    server = await serve(telegram)
    try:
        async with running(folder, telegram, server) as started, asyncio.timeout(PATIENCE_SECONDS):
            while len(await started.rows("due")) < 2:
                await asyncio.sleep(0.01)
            planned = await started.rows("due")
    finally:
        await server.close()
    assert {(row["chat_id"], row["kind"]) for row in planned} == {
        (nora.chat_id, "checkin"),
        (nora.chat_id, "weekly"),
    }
