"""The courier: pushes updates to the bot's webhook one after another and tries again where it was refused."""

import asyncio
import contextlib

import aiohttp
import orjson

from bot.sandbox.telegram import Telegram

LONGEST_PAUSE_SECONDS = 30.0
ANSWER_SECONDS = 60.0
LARGEST_SUCCESS = 299


class Courier:
    """Watches the queue and posts each update with the secret token in its header."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop; what was not delivered stays in the queue."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def _something_to_push(self) -> bool:
        updates = self._telegram.updates
        return updates.webhook is not None and updates.waiting > 0

    async def _run(self) -> None:
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            pause = 0.5
            while True:
                if not await self._telegram.wait_for(self._something_to_push, LONGEST_PAUSE_SECONDS):
                    continue
                if await self._push(session):
                    pause = 0.5
                else:
                    await self._telegram.clock.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _push(self, session: aiohttp.ClientSession) -> bool:
        """Post the oldest update; give whether it was taken."""
        updates = self._telegram.updates
        hook, body = updates.webhook, updates.next_to_push()
        if hook is None or body is None:
            return True
        headers = {"Content-Type": "application/json"}
        if hook.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret_token
        try:
            async with session.post(hook.url, data=orjson.dumps(body), headers=headers) as response:
                if response.status <= LARGEST_SUCCESS:
                    updates.confirm(body["update_id"] + 1)
                    return True
                hook.last_error = f"Wrong response from the webhook: {response.status} {response.reason}"
        except (aiohttp.ClientError, TimeoutError) as error:
            hook.last_error = f"Connection failed: {type(error).__name__}"
        hook.last_error_at = self._telegram.clock.now()
        return False
