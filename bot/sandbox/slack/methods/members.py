"""The methods about people and user groups."""

import datetime as dt
import zoneinfo

from bot.sandbox.slack import people
from bot.sandbox.slack.methods.call import Call, Method
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.refusal import Json, SlackRefusal


def _user(call: Call, person: Person) -> Json:
    """Describe a person as `users.info` does."""
    now = dt.datetime.fromtimestamp(call.workspace.now(), tz=dt.UTC)
    offset = zoneinfo.ZoneInfo(person.zone).utcoffset(now)
    profile: Json = {"real_name": person.real_name, "display_name": person.name, "team": person.team}
    if "users:read.email" in call.scopes and not person.is_stranger and not person.is_bot:
        profile["email"] = f"{person.name}@example.com"
    user: Json = {
        "id": person.id,
        "team_id": person.team,
        "name": person.name,
        "deleted": person.deleted,
        "profile": profile,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if person.deleted:
        return user
    user |= {
        "real_name": person.real_name,
        "tz": person.zone,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": False,
    }
    if person.is_stranger:
        user["is_stranger"] = True
    if call.flag("include_locale"):
        user["locale"] = person.locale
    return user


def _users_info(call: Call) -> Json:
    """Describe one person."""
    return {"user": _user(call, call.workspace.person(call.text("user")))}


def _users_list(call: Call) -> Json:
    """Describe everybody of the workspace itself."""
    members = [_user(call, p) for p in call.workspace.people.values() if p.team == people.TEAM]
    return {
        "members": members,
        "cache_ts": int(call.workspace.now()),
        "response_metadata": {"next_cursor": ""},
    }


def _groups_list(call: Call) -> Json:
    """Describe every user group."""
    found: list[Json] = []
    for group in people.GROUPS:
        users = call.workspace.groups[group.id]
        about: Json = {
            "id": group.id,
            "team_id": people.TEAM,
            "is_usergroup": True,
            "name": group.name,
            "handle": group.handle,
            "date_delete": 0,
        }
        if call.flag("include_count"):
            about["user_count"] = len(users)
        if call.flag("include_users"):
            about["users"] = list(users)
        found.append(about)
    return {"usergroups": found}


def _group_users(call: Call) -> Json:
    """List the ids of a group's members."""
    users = call.workspace.groups.get(call.required("usergroup"))
    if users is None:
        raise SlackRefusal("no_such_subteam")
    active = [user for user in users if not call.workspace.people[user].deleted]
    return {"users": list(users) if call.flag("include_disabled") else active}


METHODS = {
    "users.info": Method(_users_info, ("users:read",)),
    "users.list": Method(_users_list, ("users:read",)),
    "usergroups.list": Method(_groups_list, ("usergroups:read",)),
    "usergroups.users.list": Method(_group_users, ("usergroups:read",)),
}
