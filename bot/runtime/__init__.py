"""How updates and messages move. Knows Telegram and the tables, and nothing of what the messages mean."""
