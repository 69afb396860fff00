"""Backtrack: a Telegram diary for people whose back and head hurt. `bot/app.py` puts the parts together."""
