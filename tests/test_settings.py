"""The configuration: the documented example, every wrong key at once, and secrets that stay secret."""

import base64
import copy
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import ConfigurationError, NotFound
from bot.domain.instance import Mode
from bot.domain.policy import Roles
from bot.domain.restart import RestartWindow
from bot.settings import ImsSettings, Settings
from bot.settings_loading import load, parse

PARIS = ZoneInfo("Europe/Paris")

EXAMPLE = """\
[slack]
mode = "socket"                 # or "http"
api_url = "https://slack.com/api/"
channel = "C0123456789"
approvers = ["U0ADA", "S0ADMINS"]   # users or user groups; empty means nobody can approve
requesters = []                 # empty: everyone in the channel
administrators = []             # may also *Try once*, change settings in Slack
[store]
url = "sqlite:///mcsync.db"
[web]
listen = "127.0.0.1:8080"
[[campaign]]
name = "prod"
url = "https://marketing.example.com"
login = "mcsync"                # password: MCSYNC_CAMPAIGN_PROD_PASSWORD or password_file
# or: ims = { token_url = "...", client_id = "...", scope = "..." }   secret: MCSYNC_CAMPAIGN_PROD_IMS_SECRET
zone = "Europe/Paris"           # the application server's zone
database_zone = "Europe/Paris"  # optional
restart = "06:00:00"            # marketing restarts too
mode = "propose"                # "propose" | "shadow" | "off"
poll = "60s"
[[campaign.execution]]
account = "mcExec1"             # workflow defaults to mcSynch_<account>
url = "https://rt1.example.com"
restart = "06:00:00"            # or a list
zone = "Europe/Paris"
before = "1m"                   # a run this long before the restart is in danger too
takes = "3m"
margin = "1m"
tracking = "00:00"              # minute phase of RT's tracking workflow; leave out if unknown
probe = true
"""
"""The file as it is documented, verbatim."""

HOOK = "whsec_" + base64.b64encode(b"a webhook secret of 24 b").decode()
SECRETS = {
    "MCSYNC_SLACK_BOT_TOKEN": "xoxb-1-SECRET",
    "MCSYNC_SLACK_APP_TOKEN": "xapp-1-SECRET",
    "MCSYNC_SLACK_SIGNING_SECRET": "signing-SECRET",
    "MCSYNC_CAMPAIGN_PROD_PASSWORD": "password-SECRET",
    "MCSYNC_CAMPAIGN_PROD_IMS_SECRET": "ims-SECRET",
    "MCSYNC_CAMPAIGN_PROD_WEBHOOK_SECRET": HOOK,
}
IMS = {"token_url": "https://ims.example.com/token", "client_id": "id", "scope": "a,b"}

MINIMAL: dict[str, Any] = {
    "slack": {"channel": "C0123456789"},
    "campaign": [
        {
            "name": "prod",
            "url": "https://marketing.example.com",
            "login": "mcsync",
            "zone": "Europe/Paris",
            "execution": [
                {
                    "account": "mcExec1",
                    "url": "https://rt1.example.com",
                    "restart": "06:00",
                    "zone": "Europe/Paris",
                }
            ],
        }
    ],
}


def changed(place: str, value: object) -> dict[str, Any]:
    """Copy the smallest file there is, with one value put in place; `...` takes it away."""
    content = copy.deepcopy(MINIMAL)
    *way, last = place.split(".")
    spot: Any = content
    for key in way:
        spot = spot[int(key)] if key.isdigit() else spot.setdefault(key, {})
    if value is ...:
        del spot[last]
    else:
        spot[last] = value
    return content


def read(place: str = "", value: object = None, secrets: Mapping[str, str] = SECRETS) -> Settings:
    return parse(changed(place, value) if place else MINIMAL, secrets)


def problems(content: Mapping[str, Any], secrets: Mapping[str, str] = SECRETS) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        parse(content, secrets)
    return caught.value.problems


# --- What is read ---------------------------------------------------------------------------------


def test_the_documented_example_loads_verbatim(tmp_path: Path) -> None:
    file = tmp_path / "mcsync.toml"
    file.write_text(EXAMPLE, encoding="utf-8")

    settings = load(file, SECRETS)

    assert (settings.store.url, settings.host, settings.port) == ("sqlite:///mcsync.db", "127.0.0.1", 8080)
    assert settings.slack.mode == "socket"
    assert settings.slack.roles == Roles(approvers=("U0ADA", "S0ADMINS"))
    assert settings.slack.expiry == timedelta(minutes=60)
    assert settings.slack.bot_token == "xoxb-1-SECRET"
    campaign = settings.campaign("prod")
    assert (campaign.url, campaign.login, campaign.secret) == (
        "https://marketing.example.com",
        "mcsync",
        "password-SECRET",
    )
    assert campaign.webhook_secrets == (HOOK,)
    instance = campaign.instance
    assert (instance.name, instance.zone, instance.database_zone) == ("prod", PARIS, PARIS)
    assert (instance.mode, instance.poll) == (Mode.PROPOSE, timedelta(seconds=60))
    (execution,) = instance.executions
    assert (execution.account, execution.workflow) == ("mcExec1", "mcSynch_mcExec1")
    minute = timedelta(minutes=1)
    assert execution.windows == (RestartWindow(time(6), PARIS, minute, 3 * minute, minute),)
    assert execution.tracking == time(0)
    assert execution.probe
    assert campaign.probe_urls == {"mcSynch_mcExec1": "https://rt1.example.com"}


def test_everything_optional_may_be_left_out() -> None:
    settings = read()

    campaign = settings.campaigns[0]
    assert settings.slack.roles == Roles()
    assert campaign.instance.database_zone == PARIS
    assert campaign.instance.executions[0].tracking is None
    assert campaign.ims is None
    assert campaign.instance.windows[0].at == time(6)


def test_a_server_may_have_a_label_a_colour_and_an_emoji_of_its_own() -> None:
    content = changed("campaign.0.label", "Shop, Europe")
    content["campaign"][0] |= {"colour": "pink", "emoji": "🛍️"}
    content["slack"] |= {"command": "/archive", "thread_broadcast": True}

    settings = parse(content, SECRETS)

    assert str(settings.campaigns[0].instance.badge) == "🛍️ Shop, Europe (pink)"
    assert (settings.slack.command, settings.slack.thread_broadcast) == ("/archive", True)
    usual = parse(MINIMAL, SECRETS)
    assert str(usual.campaigns[0].instance.badge) == "🟥 prod (red)"
    assert (usual.slack.command, usual.slack.thread_broadcast) == ("/mcsync", False)


def test_marketings_restart_has_neither_lead_nor_margin() -> None:
    (window,) = read().campaigns[0].instance.windows

    assert (window.before, window.takes, window.margin) == (timedelta(), timedelta(minutes=3), timedelta())


def test_a_list_of_restarts_makes_one_window_each() -> None:
    windows = (
        read("campaign.0.execution.0.restart", ["06:00", time(18, 30)])
        .campaigns[0]
        .instance.executions[0]
        .windows
    )

    assert [window.at for window in windows] == [time(6), time(18, 30)]


@pytest.mark.parametrize(
    ("text", "at"), [("6:00", time(6)), ("06:00:30", time(6, 0, 30)), (" 23:59 ", time(23, 59))]
)
def test_a_time_of_day_may_be_short(text: str, at: time) -> None:
    assert read("campaign.0.restart", text).campaigns[0].instance.windows[0].at == at


@pytest.mark.parametrize(
    ("text", "span"),
    [("90s", timedelta(seconds=90)), ("2 m", timedelta(minutes=2)), ("1h", timedelta(hours=1))],
)
def test_a_span_has_a_unit(text: str, span: timedelta) -> None:
    assert read("campaign.0.poll", text).campaigns[0].instance.poll == span


@pytest.mark.parametrize(
    ("listen", "host", "port"),
    [("10.0.0.1:80", "10.0.0.1", 80), ("[::1]:0", "::1", 0), ("bot:65535", "bot", 65535)],
)
def test_the_web_server_listens_where_it_is_told(listen: str, host: str, port: int) -> None:
    settings = read("web", {"listen": listen})

    assert (settings.host, settings.port) == (host, port)


def test_slashes_at_the_end_of_addresses_do_not_matter() -> None:
    assert read("slack.api_url", "http://127.0.0.1:9/api").slack.api_url == "http://127.0.0.1:9/api/"
    assert read("campaign.0.url", "https://m.example.com//").campaigns[0].url == "https://m.example.com"


def test_ims_takes_the_place_of_a_login() -> None:
    content = changed("campaign.0.login", ...)
    content["campaign"][0]["ims"] = IMS

    campaign = parse(content, SECRETS).campaigns[0]

    assert campaign.ims == ImsSettings(IMS["token_url"], "id", "a,b")
    assert (campaign.login, campaign.secret) == ("", "ims-SECRET")


def test_a_campaign_is_found_by_its_name_or_refused_with_the_names_there_are() -> None:
    assert read().campaign("prod") is not None
    with pytest.raises(NotFound, match=r"no instance stage in the configuration\. There is: prod"):
        read().campaign("stage")


# --- What is refused ------------------------------------------------------------------------------

NAME_RULE = "write a name of letters, digits, - and _ that begins with a letter"
ADDRESS_RULE = "write an address that begins with https:// (or http://)"
TIME_RULE = 'write a time of day such as "06:00" or "06:00:00"'
ZONE_RULE = 'write an IANA zone such as "Europe/Paris"'
SPAN_RULE = 'write a span such as "90s", "3m" or "1h"'
LISTEN_RULE = 'write host and port, such as "127.0.0.1:8080"'
PERSON_RULE = "write the id of a user or of a user group, such as U012AB3CD"
SECRET_RULE = "a secret does not belong here; set the environment variable or the key"
PHRASE_RULE = "write the words as the journal does, 4 letters or more, at most 80 signs"
WITH_LOGIN = "https://u:SECRET@m.example.com"
RT = "campaign.0.execution.0"

WRONG: list[tuple[str, object, str]] = [
    ("slack", ..., "slack: is missing"),
    ("slack", "x", "slack: write it as a table, [slack]"),
    ("slack.channel", ..., "slack.channel: is missing"),
    ("slack.channel", "#ops", "slack.channel: write the channel's id, such as C0123456789"),
    ("slack.mode", "both", "slack.mode: write 'socket' or 'http'"),
    ("slack.api_url", "slack.com", f"slack.api_url: {ADDRESS_RULE}"),
    ("slack.approvers", "U0ADA", 'slack.approvers: write a list, such as ["..."]'),
    ("slack.approvers", ["U0ADA", "@ada"], f"slack.approvers.1: {PERSON_RULE}"),
    ("slack.aprovers", ["U0ADA"], "slack.aprovers: there is no such key; did you mean approvers?"),
    ("slack.zzz", 1, "slack.zzz: there is no such key"),
    ("slack.bot_token", "xoxb-SECRET", f"slack.bot_token: {SECRET_RULE} slack.bot_token_file"),
    ("slack.expiry", "0m", "slack.expiry: must be longer than 0"),
    ("slack.expiry", 60, f"slack.expiry: {SPAN_RULE}"),
    ("slack.allow_self_approval", "perhaps", "slack.allow_self_approval: write true or false"),
    ("slack.command", "mcsync", "slack.command: write a slash and up to 31 small letters, such as /mcsync"),
    ("slack.thread_broadcast", "perhaps", "slack.thread_broadcast: write true or false"),
    ("campaign.0.label", "<b>", "campaign.0.label: write 1 to 40 signs on one line"),
    ("campaign.0.colour", "Dark red", "campaign.0.colour: write one word of small letters, such as red"),
    ("campaign.0.emoji", ":fire:", "campaign.0.emoji: write one emoji, as a sign and not as a :name:"),
    ("web", {"listen": "8080"}, f"web.listen: {LISTEN_RULE}"),
    ("web", {"listen": "h:65536"}, f"web.listen: {LISTEN_RULE}"),
    ("campaign", ..., "campaign: is missing"),
    ("campaign", [], "campaign: needs at least one entry"),
    ("campaign", {"name": "prod"}, "campaign: write it as [[campaign]]"),
    ("campaign.0.name", "my prod", f"campaign.0.name: {NAME_RULE}"),
    ("campaign.0.url", "https://m.example.com/?a=b", f"campaign.0.url: {ADDRESS_RULE}"),
    ("campaign.0.url", WITH_LOGIN, "campaign.0.url: leave login and password out of the address"),
    ("campaign.0.login", ..., "campaign.0: give either login or ims"),
    ("campaign.0.ims", IMS, "campaign.0: give either login or ims"),
    ("campaign.0.password", "SECRET", f"campaign.0.password: {SECRET_RULE} campaign.0.password_file"),
    ("campaign.0.zone", "Paris", f"campaign.0.zone: {ZONE_RULE}"),
    ("campaign.0.zone", "Europe", f"campaign.0.zone: {ZONE_RULE}"),
    ("campaign.0.zone", "", f"campaign.0.zone: {ZONE_RULE}"),
    ("campaign.0.zone", 1, f"campaign.0.zone: {ZONE_RULE}"),
    ("campaign.0.mode", "on", "campaign.0.mode: write 'propose', 'shadow' or 'off'"),
    ("campaign.0.restart", "24:00", f"campaign.0.restart.0: {TIME_RULE}"),
    ("campaign.0.restart", 6, f"campaign.0.restart.0: {TIME_RULE}"),
    ("campaign.0.poll", "-5s", f"campaign.0.poll: {SPAN_RULE}"),
    ("campaign.0.ca_file", "/nowhere", "campaign.0.ca_file: the file cannot be read (FileNotFoundError)"),
    ("campaign.0.ca_file", 1, "campaign.0.ca_file: write a path in quotes"),
    ("campaign.0.execution", [], "campaign.0.execution: needs at least one entry"),
    (f"{RT}.account", ..., f"{RT}.account: is missing"),
    (f"{RT}.account", 7, f"{RT}.account: write text in quotes"),
    (f"{RT}.url", ..., f"{RT}.url: is missing"),
    (f"{RT}.restart", [], f"{RT}.restart: needs at least one entry"),
    (f"{RT}.tracking", "hourly", f"{RT}.tracking: {TIME_RULE}"),
    ("diagnosis", {"phrases": ["ab"]}, f"diagnosis.phrases.0: {PHRASE_RULE}"),
    ("diagnosis", {"phrases": ["empty"] * 51}, "diagnosis.phrases: at most 50 entries"),
]


@pytest.mark.parametrize(("place", "value", "sentence"), WRONG)
def test_a_wrong_key_is_named_and_told_how_to_be_right(place: str, value: object, sentence: str) -> None:
    assert problems(changed(place, value)) == (sentence,)


def test_every_wrong_key_is_named_at_once() -> None:
    content = changed("slack.channel", "#ops")
    content["web"] = {"listen": "8080"}
    content["campaign"][0] |= {"zone": "Mars", "nonsense": 1}
    content["campaign"][0]["execution"][0]["url"] = "rt1"
    content["campaign"].append(copy.deepcopy(MINIMAL["campaign"][0]) | {"name": "PROD", "login": ""})

    found = problems(content, {})

    assert [sentence.partition(":")[0] for sentence in found] == [
        "slack.channel",
        "web.listen",
        "campaign.0.zone",
        "campaign.0.execution.0.url",
        "campaign.0.nonsense",
        "slack.bot_token_file",
        "slack.app_token_file",
        "campaign.0.password_file",
        "campaign.1",
        "campaign.1.password_file",
        "campaign.1.name",
    ]


def test_a_missing_secret_names_the_variable_and_the_key() -> None:
    asked = {
        "slack.bot_token_file": "MCSYNC_SLACK_BOT_TOKEN",
        "slack.app_token_file": "MCSYNC_SLACK_APP_TOKEN",
        "campaign.0.password_file": "MCSYNC_CAMPAIGN_PROD_PASSWORD",
    }

    assert problems(MINIMAL, {}) == tuple(
        f"{key}: set the environment variable {variable} or the key {key}" for key, variable in asked.items()
    )


def test_http_mode_needs_the_signing_secret_and_no_app_token() -> None:
    found = problems(changed("slack.mode", "http"), {"MCSYNC_CAMPAIGN_PROD_PASSWORD": "x"})

    assert [sentence.partition(":")[0] for sentence in found] == [
        "slack.bot_token_file",
        "slack.signing_secret_file",
    ]


def test_ims_needs_its_own_secret() -> None:
    content = changed("campaign.0.login", ...)
    content["campaign"][0]["ims"] = IMS
    secrets = {name: value for name, value in SECRETS.items() if "IMS" not in name}

    (sentence,) = problems(content, secrets)

    assert "MCSYNC_CAMPAIGN_PROD_IMS_SECRET" in sentence


def test_a_name_with_a_dash_has_an_underscore_in_its_variables() -> None:
    content = changed("campaign.0.name", "eu-prod")
    secrets = SECRETS | {"MCSYNC_CAMPAIGN_EU_PROD_PASSWORD": "x"}

    assert parse(content, secrets).campaigns[0].secret == "x"


def test_names_that_would_share_their_variables_are_refused() -> None:
    content = changed("campaign.0.name", "eu-prod")
    content["campaign"].append(copy.deepcopy(content["campaign"][0]) | {"name": "EU_PROD"})
    secrets = SECRETS | {"MCSYNC_CAMPAIGN_EU_PROD_PASSWORD": "x"}

    assert problems(content, secrets) == (
        "campaign.1.name: EU_PROD and an earlier name would share their environment variables",
    )


def test_a_workflow_may_be_configured_once_only() -> None:
    content = changed("campaign.0.execution.0.workflow", "mcSynch_mcExec1")
    content["campaign"][0]["execution"].append(MINIMAL["campaign"][0]["execution"][0])

    assert problems(content) == ("campaign.0.execution.1.workflow: mcSynch_mcExec1 is used twice",)


# --- Secrets --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "key", "variable"),
    [
        ("slack", "bot_token_file", "MCSYNC_SLACK_BOT_TOKEN"),
        ("slack", "app_token_file", "MCSYNC_SLACK_APP_TOKEN"),
        ("campaign.0", "password_file", "MCSYNC_CAMPAIGN_PROD_PASSWORD"),
        ("campaign.0", "webhook_secret_file", "MCSYNC_CAMPAIGN_PROD_WEBHOOK_SECRET"),
    ],
)
def test_a_secret_may_come_from_a_file_which_goes_before_the_environment(
    tmp_path: Path, table: str, key: str, variable: str
) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRETS[variable]}\n", encoding="utf-8")

    settings = parse(changed(f"{table}.{key}", str(file)), SECRETS | {variable: "wrong"})

    assert settings == parse(changed(f"{table}.{key}", str(file)), SECRETS)
    assert SECRETS[variable] in {
        settings.slack.bot_token,
        settings.slack.app_token,
        settings.campaigns[0].secret,
        *settings.campaigns[0].webhook_secrets,
    }


def test_only_the_end_of_the_line_is_no_part_of_a_secret(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(b" p\xc3\xa4ss word \r\n")

    assert read("campaign.0.password_file", str(file)).campaigns[0].secret == " päss word "


def test_the_signing_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from-file", encoding="utf-8")
    content = changed("slack.signing_secret_file", str(file))
    content["slack"]["mode"] = "http"

    assert parse(content, SECRETS).slack.signing_secret == "from-file"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot be read (FileNotFoundError)"),
        (b"\xff", "cannot be read (UnicodeDecodeError)"),
        (b"\n", "is empty"),
    ],
)
def test_a_file_without_a_secret_is_a_problem_of_its_own(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)

    assert problems(changed("slack.bot_token_file", str(file))) == (f"slack.bot_token_file: the file {why}",)


@pytest.mark.parametrize(
    "secret",
    [
        "SECRET",
        "whsec_",
        "whsec_not base64",
        "whsec_§SECRET",
        HOOK.removeprefix("whsec_"),
        f"{HOOK} SECRET",
        HOOK[:-4],
    ],
)
def test_a_webhook_secret_is_whsec_and_the_base64_of_24_bytes(secret: str) -> None:
    found = problems(MINIMAL, SECRETS | {"MCSYNC_CAMPAIGN_PROD_WEBHOOK_SECRET": secret})

    (sentence,) = found
    assert sentence.startswith(
        "campaign.0.webhook_secret_file: a webhook secret is whsec_ and the base64 of 24 bytes"
    )


def test_two_webhook_secrets_are_valid_while_one_takes_over_from_the_other() -> None:
    both = f"{HOOK}\n{HOOK[:-1]}j"

    secrets = (
        read(secrets=SECRETS | {"MCSYNC_CAMPAIGN_PROD_WEBHOOK_SECRET": both}).campaigns[0].webhook_secrets
    )

    assert secrets == tuple(both.split())


def test_without_a_webhook_secret_the_webhook_is_closed() -> None:
    secrets = {name: value for name, value in SECRETS.items() if "WEBHOOK" not in name}

    assert read(secrets=secrets).campaigns[0].webhook_secrets == ()


def test_no_secret_is_repeated_in_what_is_printed() -> None:
    content = changed("store", {"url": "postgresql://mcsync:SECRET@db/mcsync"})

    shown = repr(parse(content, SECRETS))

    assert "SECRET" not in shown
    assert "whsec_" not in shown
    assert "C0123456789" in shown


@pytest.mark.parametrize(("place", "value", "_sentence"), [row for row in WRONG if "SECRET" in repr(row[1])])
def test_no_secret_is_repeated_in_a_refusal(place: str, value: object, _sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse(changed(place, value), {})

    assert "SECRET" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


# --- The file itself ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "there is no such file; copy the example from the README"),
        (b"\xff\xfe", "cannot be read (UnicodeDecodeError)"),
        (b"[slack\nbot = 'SECRET'", "is not valid TOML"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: bytes | None, why: str) -> None:
    file = tmp_path / "mcsync.toml"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(ConfigurationError) as caught:
        load(file, SECRETS)

    (sentence,) = caught.value.problems
    assert sentence.startswith(f"{file}: {why}")
    assert "SECRET" not in sentence


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be read \(IsADirectoryError\)"):
        load(tmp_path, SECRETS)


def test_an_empty_file_names_what_is_missing() -> None:
    assert problems({})[:2] == ("slack: is missing", "campaign: is missing")


@pytest.mark.parametrize("value", [1, "x", ["y"], [1, {"name": 3}], {"a": {"b": 1}}, None])
@pytest.mark.parametrize("table", ["slack", "store", "web", "diagnosis", "campaign"])
def test_no_shape_of_a_table_is_more_than_a_problem(table: str, value: object) -> None:
    assert problems({**MINIMAL, table: value}, {})
