"""The box in which a command is typed where slash commands do not work."""

from commands.cards import markup
from commands.cards.markup import Block
from commands.language import tell

VIEW = "mcsync_line"
"""The callback id of the box."""

LINE = "mcsync_line"
"""The id of its block."""

MOST_CHARACTERS = 500

EXAMPLES = "status, diagnose, snooze 30m, help"
"""As they are typed in every language."""


def box(place: str, command: str) -> Block:
    """Build the box; *place* comes back with what is typed, and *command* is what the line begins with."""
    line = {
        "type": "input",
        "block_id": LINE,
        "label": markup.plain(tell("What would follow {command}?", command=command)),
        "hint": markup.plain(tell("Such as: {examples}", examples=EXAMPLES)),
        "element": {
            "type": "plain_text_input",
            "action_id": "mcsync_text",
            "max_length": MOST_CHARACTERS,
            "initial_value": "status",
        },
    }
    return markup.box(
        VIEW, tell("Ask mcsync"), [line], submit=tell("Ask"), close=tell("Not now"), about=place
    )
