"""A bot of a few lines, straight on the sandbox's core, that shows the page everything it must be able to show."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from PIL import Image, ImageDraw

from bot.sandbox.parameters import Upload
from bot.sandbox.server import serve
from bot.sandbox.telegram import Telegram

COMMANDS = {"checkin": "Do today's check-in", "week": "See your week", "help": "What I can do"}
WELCOME = (
    "<b>Hello.</b> I keep a diary with <i>you</i>. See /help or <a href='https://example.org'>a page</a>.\n"
    "<blockquote expandable>One.\nTwo.\nThree.\nFour.\nFive.</blockquote>\n<code>a &lt; b</code>"
)
LONG = "Yes, and it came on all of a sudden, within a minute or so, for the first time"


def keyboard(*rows: list[str]) -> str:
    return json.dumps(
        {"inline_keyboard": [[{"text": label, "callback_data": label[:20]} for label in row] for row in rows]}
    )


SCORES = keyboard(["0", "1", "2", "3", "4", "5"], ["6", "7", "8", "9", "10"], ["Back", "Skip"])


def chart() -> bytes:
    picture = Image.new("RGB", (800, 450), "white")
    drawing = ImageDraw.Draw(picture)
    for day in range(28):
        drawing.rectangle((20 + day * 27, 430 - (day * 37 % 11) * 36, 38 + day * 27, 430), fill="teal")
    drawn = io.BytesIO()
    picture.save(drawn, "PNG")
    return drawn.getvalue()


class ScriptedBot:
    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    async def call(self, method: str, files: dict[str, Upload] | None = None, **values: Any) -> Any:
        status, body = await self._telegram.call(self._telegram.token, method, values, files)
        assert status == 200, (method, values, body)
        return body["result"]

    async def run(self) -> None:
        await self.call(
            "setMyCommands", commands=[{"command": c, "description": d} for c, d in COMMANDS.items()]
        )
        await self.call("setMyDescription", description="A diary for your back and head.")
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=30):
                offset = update["update_id"] + 1
                if "callback_query" in update:
                    await self._tapped(update["callback_query"])
                elif "message" in update:
                    await self._told(update["message"])
                elif "edited_message" in update:
                    edited = update["edited_message"]
                    await self.call(
                        "sendMessage", chat_id=edited["chat"]["id"], text=f"Now: {edited['text']}"
                    )

    async def _told(self, message: dict[str, Any]) -> None:
        chat, text = message["chat"]["id"], message.get("text", "something else")
        if text == "/start":
            await self.call(
                "sendMessage",
                chat_id=chat,
                text=WELCOME,
                parse_mode="HTML",
                reply_markup=keyboard(["Check in", "Tell me"]),
            )
        elif text == "/week":
            await self.call(
                "sendPhoto",
                {"photo": Upload("week.png", chart(), "image/png")},
                chat_id=chat,
                caption="Your week",
            )
        elif text == "/help":
            await self.call(
                "sendDocument",
                {"document": Upload("diary.json", b'{"days": []}', "application/json")},
                chat_id=chat,
            )
        elif text == "think":
            await self.call("sendChatAction", chat_id=chat, action="typing")
        elif text == "where":
            markup = {
                "keyboard": [[{"text": "Share my place", "request_location": True}, {"text": "Type a city"}]]
            }
            await self.call("sendMessage", chat_id=chat, text="Where are you?", reply_markup=markup)
        elif "location" in message:
            await self.call(
                "sendMessage",
                chat_id=chat,
                text=f"At {message['location']['latitude']}",
                reply_markup={"remove_keyboard": True},
            )
        elif text == "eleven":
            rows = [[str(number) for number in range(11)], [LONG, "No"], [LONG]]
            await self.call("sendMessage", chat_id=chat, text="How bad?", reply_markup=keyboard(*rows))
        else:
            kinds = [kind for kind in ("photo", "voice") if kind in message]
            await self.call("sendMessage", chat_id=chat, text=f"You said {kinds[0] if kinds else text}")

    async def _tapped(self, query: dict[str, Any]) -> None:
        chat, shown = query["message"]["chat"]["id"], query["message"]["message_id"]
        if query["data"] == "Tell me":
            await self.call(
                "answerCallbackQuery", callback_query_id=query["id"], text="Read this first", show_alert=True
            )
            return
        await self.call("answerCallbackQuery", callback_query_id=query["id"], text=f"Got {query['data']}")
        if query["data"] == "Check in":
            await self.call(
                "editMessageText",
                chat_id=chat,
                message_id=shown,
                text="How bad was your back pain?",
                reply_markup=SCORES,
            )
        else:
            await self.call(
                "editMessageText", chat_id=chat, message_id=shown, text=f"Back pain: {query['data']}. Done."
            )


@asynccontextmanager
async def running(telegram: Telegram) -> AsyncIterator[str]:
    """Serve the sandbox with the scripted bot behind it; give its address."""
    server = await serve(telegram)
    bot = asyncio.create_task(ScriptedBot(telegram).run())
    await telegram.wait_for(lambda: telegram.updates.polled, 30)
    try:
        yield server.address
    finally:
        bot.cancel()
        await asyncio.gather(bot, return_exceptions=True)
        await server.close()
