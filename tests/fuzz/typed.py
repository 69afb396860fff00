"""What people type, tap and make up: from the plausible to the hostile."""

from hypothesis import strategies as st

from bot.words import load_words

_WORDS = load_words()

ANSWERS = (
    "7", "0", "10", "11", "-1", "3.5", "None", "yes", "no", "19:30", "7pm", "25:99", "2020", "1985-06-01",
    "12 March", "tomorrow", "31.12.2026", "29/02/2027", "1 Jan 0001", "31.12.9999", "London", "Nuuk", "Sunday",
    "Monday", "Germany", "Nora", "Dr. Miller", "Ω≈ç√", "…", "٣", "½", "1e9", "⁷",
)  # fmt: skip
QUESTIONS = (
    "how many headaches is too many", "are my back pain and headaches connected?", "can i run with a bad back",
    "what is ibuprofen", "am i dying", "which doctor should i see", "how do i delete my data", "asdfgh", "?",
    "slept badly, sat all day", "stress at work again <b>so much</b> & more", "Wie geht es dir heute?",
)  # fmt: skip
SIGNS = (
    "my legs went numb and i can't pee", "worst headache of my life, came on in a second",
    "my face droops and i can't speak properly", "fever and stiff neck since this morning",
    "numb between my legs", "i fell off a ladder and my back is broken i think", "is a droopy face a bad sign?",
    "my mother has chest pain", "i took 20 paracetamol today", "i lost weight without trying",
    "last year i had a numb saddle", "weak leg",
)  # fmt: skip
CRISIS = (
    "i want to kill myself", "i don't want to live any more", "i can't go on", "this pain is killing me",
    "everyone would be better off without me", "i wish i was dead lol", "i am going to end it tonight",
)  # fmt: skip
HOSTILE = (
    "<b>", "</b><i>", "&lt;script&gt;", "<a href='x'>", "**bold", "{EMERGENCY}", "{name} %s {0}", "' OR 1=1 --",
    "\u202eabc", "a\u0000b", "😀" * 50, "🏳️‍🌈", "x" * 4096, "😀" * 2048, "word " * 800, "\n\n\n.", "**" * 2000, "&" * 4096,
)  # fmt: skip
MENU = tuple(_WORDS.text(f"menu.{name}") for name in ("checkin_button", "warning_button", "unsafe_button"))
DOORS = (
    "/checkin", "/checkin", "/checkin", "/week", "/diary", "/settings", "/settings", "/visit", "/visit", "/privacy",
    "/faq", "/help", "/ask_doctor", "/trend", "how many headaches is too many", "i feel very worried", *MENU,
)  # fmt: skip
"""Where walks begin."""
COMMANDS = (
    "start", "checkin", "week", "faq", "diary", "settings", "privacy", "help", "visit", "ask_doctor", "trend",
    "export", "stop", "ask_doctor why does it hurt", "ask_doctor my legs went numb and i can't pee", "week 3",
    "start abc", "checkin@backtrack_bot", "",
)  # fmt: skip

texts = st.one_of(
    st.sampled_from(ANSWERS),
    st.sampled_from(ANSWERS),
    st.sampled_from(QUESTIONS),
    st.sampled_from(SIGNS),
    st.sampled_from(CRISIS),
    st.sampled_from(HOSTILE),
    st.sampled_from(MENU),
    st.text(min_size=1, max_size=40),
)
"""A message of 1 to 4,096 characters, white space aside."""

PREFIXES = (
    "consent", "crisis", "ci", "adv", "seen", "week", "rev", "diary", "faq", "visit", "start", "set", "you", "susp",
    "settings", "privacy", "help", "now", "old",
)  # fmt: skip
PARTS = (
    "fyo8", "g27w", "1", "0", "zzzzzz", "-1", "-end", "-start", "-back", "-skip", "-done", "go", "show", "note",
    "change", "none", "more", "less", "why", "page", "day", "edit", "yes", "no", "not_sure", "o", "s", "zone",
    "country", "time", "weekday", "GB", "2000", "Europe/London", "warning_signs", "back_pain", "headache",
    "medicine", "sleep", "7", "11", "share", "topic", "ask", "brief", "days", "set", "remove", "happened", "moved",
    "born_year", "conditions", "yes:no", "é", "’", "", "export", "erase", "off", "2026-11", "٣", "1_0", " 1",
)  # fmt: skip

made_up = st.one_of(
    st.builds(
        lambda prefix, parts: ":".join([prefix, *parts])[:64],
        st.sampled_from(PREFIXES),
        st.lists(st.sampled_from(PARTS), max_size=4),
    ),
    st.text(max_size=20),
)
"""Callback data that no button carries, or that one might."""
