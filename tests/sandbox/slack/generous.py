"""The manifest of an app that asks for more than ours does."""

from bot.sandbox.slack.manifest import Manifest

MANIFEST = Manifest(
    scopes=(
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "reactions:write",
        "usergroups:read",
        "users:read",
    ),
    commands=("/mcsync",),
    message_shortcuts={"diagnose": "Diagnose"},
    global_shortcuts={"diagnose": "Diagnose"},
    events=("app_home_opened", "app_mention", "subteam_members_changed"),
    has_home=True,
)
