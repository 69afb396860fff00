"""A Telegram to run on your own machine: a Bot API emulator and a chat page."""
