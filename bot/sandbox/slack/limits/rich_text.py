"""Shapes of rich text: sections, lists, quotes and preformatted text, and the runs inside of them."""

from bot.sandbox.slack.limits.checks import Check, array, boolean, by_type, one_of, record, string, whole
from bot.sandbox.slack.limits.table import LIMITS

_style = record(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "highlight", "client_highlight", "unlink", "underline", "code"), boolean
    ),
)
_styled: dict[str, Check] = {"style": _style}
_name = string(least=1)

_RUNS: dict[str, Check] = {
    "text": record({"text": string(least=1)}, _styled),
    "link": record({"url": string(least=1)}, {**_styled, "text": string(), "unsafe": boolean}),
    "emoji": record({"name": _name}, {**_styled, "unicode": string(), "skin_tone": whole(1, 6)}),
    "user": record({"user_id": _name}, _styled),
    "usergroup": record({"usergroup_id": _name}, _styled),
    "channel": record({"channel_id": _name}, _styled),
    "broadcast": record({"range": one_of("here", "channel", "everyone")}, _styled),
    "color": record({"value": _name}, _styled),
    "date": record(
        {"timestamp": whole(), "format": _name},
        {**_styled, "url": string(), "fallback": string(), "timezone": _name},
    ),
    "team": record({"team_id": _name}, _styled),
}
_runs = array(by_type(_RUNS))


def _border(kind: str) -> Check:
    """Return the check of a border: none or one."""
    return whole(LIMITS[f"{kind}.border.min"], LIMITS[f"{kind}.border.max"])


_section = record({"elements": _runs})
_ELEMENTS: dict[str, Check] = {
    "rich_text_section": _section,
    "rich_text_list": record(
        {"style": one_of("bullet", "ordered"), "elements": array(by_type({"rich_text_section": _section}))},
        {
            "indent": whole(LIMITS["rich_text_list.indent.min"], LIMITS["rich_text_list.indent.max"]),
            "offset": whole(LIMITS["rich_text_list.offset.min"]),
            "border": _border("rich_text_list"),
        },
    ),
    "rich_text_quote": record({"elements": _runs}, {"border": _border("rich_text_quote")}),
    "rich_text_preformatted": record(
        {"elements": array(by_type({kind: _RUNS[kind] for kind in ("text", "link")}))},
        {"border": _border("rich_text_preformatted"), "language": string()},
    ),
}
elements = array(by_type(_ELEMENTS))
