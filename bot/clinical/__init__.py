"""What is asked and advised. Pure: no Telegram, no database, no clock, no event loop."""
