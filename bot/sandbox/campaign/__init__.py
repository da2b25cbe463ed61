"""The Campaign stand-in: Adobe Campaign's wire protocol over real HTTP, and a world behind it that can fail.

`server.py` is the way in: `CampaignServer` for tests, `serve` for the command line. `world.py` holds the
state, `runs.py` and `scheduler.py` move it, `wire.py` speaks SOAP, `methods.py` lists what can be called,
`control.py` lists the levers. Imports nothing of the bot.
"""
