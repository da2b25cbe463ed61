"""Stand-ins for the worlds outside. They know nothing of the bot: only `bot/cli.py` imports them."""
