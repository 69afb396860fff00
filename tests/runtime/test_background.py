"""Heavy work runs in processes of its own, which are there only while there is work."""

import asyncio
import os

import pytest

from bot.runtime.background import ProcessBackground


async def test_work_is_done_in_another_process_that_is_kept_for_the_next():
    background = ProcessBackground(1)
    try:
        first, second = await background.run(os.getpid), await background.run(os.getpid)
        assert first == second != os.getpid()
    finally:
        await background.close()


async def test_processes_with_nothing_to_do_end_and_new_work_starts_new_ones():
    background = ProcessBackground(1, idle_seconds=0.0)
    try:
        first = await background.run(os.getpid)
        while background._pool is not None or background._ending:
            await asyncio.sleep(0)
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)
        assert await background.run(os.getpid) not in {first, os.getpid()}
    finally:
        await background.close()


async def test_what_the_work_raises_is_raised():
    background = ProcessBackground(1)
    try:
        with pytest.raises(ValueError, match="invalid literal"):
            await background.run(int, "x")
    finally:
        await background.close()


async def test_libraries_in_a_process_start_no_threads_of_their_own():
    background = ProcessBackground(1)
    try:
        assert await background.run(os.getenv, "RAYON_NUM_THREADS") == "1"
        assert await background.run(os.getenv, "OPENBLAS_NUM_THREADS") == "1"
    finally:
        await background.close()
