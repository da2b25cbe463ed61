"""The box in which a command is typed where slash commands do not work."""

from commands.cards.markup import Block

VIEW = "mcsync_line"
"""The callback id of the box."""

LINE = "mcsync_line"
"""The id of its block."""

MOST_CHARACTERS = 500


def box(place: str, command: str) -> Block:
    """Build the box; *place* comes back with what is typed, and *command* is what the line begins with."""
    return {
        "type": "modal",
        "callback_id": VIEW,
        "private_metadata": place,
        "title": {"type": "plain_text", "text": "Ask mcsync"},
        "submit": {"type": "plain_text", "text": "Ask"},
        "close": {"type": "plain_text", "text": "Not now"},
        "blocks": [
            {
                "type": "input",
                "block_id": LINE,
                "label": {"type": "plain_text", "text": f"What would follow {command}?"},
                "hint": {"type": "plain_text", "text": "Such as: status, diagnose, snooze 30m, help"},
                "element": {
                    "type": "plain_text_input",
                    "action_id": "mcsync_text",
                    "max_length": MOST_CHARACTERS,
                    "initial_value": "status",
                },
            }
        ],
    }
