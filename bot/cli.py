"""The command line: each command reads its words, calls one function, and makes an error one sentence."""

import gc
import os
import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli_database import audit, db
from bot.cli_words import UNUSABLE, configuration, fail
from bot.diagnose_offline import diagnose
from bot.domain.errors import McsyncError
from bot.offline import forecast, shift
from bot.sandbox.scenes import COLLISION, SCENES

if TYPE_CHECKING:
    from bot.program import Program


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mcsync", prog_name="mcsync")
def main() -> None:
    """Finds, moves and proves the hourly Message Center archiving that meets the daily restart."""


main.add_command(forecast)
main.add_command(shift)
main.add_command(diagnose)
main.add_command(audit)
main.add_command(db)


@main.command()
@configuration
@click.option("--log", "style", type=click.Choice(["json", "console"]), default="console", show_default=True)
@click.option("--level", type=click.Choice(["debug", "info", "warning", "error"]), default="info")
@click.option(
    "--bell", type=click.FloatRange(0.01, 60), default=1.0, help="Seconds between looks for due work."
)
def run(path: Path, style: str, level: str, bell: float) -> None:
    """Run the bot against Slack and Campaign until SIGTERM or Ctrl-C."""
    # To look for garbage again and again among what is imported takes a tenth of the start.
    gc.disable()
    from threading import Thread

    from bot import app, end_signal, logs, settings_loading
    from bot.gateways.clock import clock_from
    from bot.gateways.metrics import Metrics

    gc.enable()
    metrics = Metrics()
    logs.configure(style=style, level=level, watchers=(metrics.count,))
    before = end_signal.hold_back()
    try:
        program = app.build(
            settings_loading.load(path, os.environ),
            clock_from(os.environ),
            bell_seconds=bell,
            metrics=metrics,
        )
        # In a thread of its own, since to open may take longer than whoever ends us has patience.
        ending = Thread(target=_close_when_told, args=(program,), name="ending", daemon=True)
        ending.start()
        opened = program.open()
    except McsyncError as error:
        end_signal.let_through(before)
        fail(error)
    if opened:
        click.echo(f"mcsync listens on port {program.web.port}")
        sys.stdout.flush()
    ending.join()


def _close_when_told(program: "Program") -> None:
    """Wait for the signal, then close; end the process where some thread does not end."""
    from bot import end_signal

    end_signal.wait()
    if not program.close():
        # Python would wait for threads that wait for a server, and what they do is handed back already.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


@main.command("manifest")
@click.option("--http", "url", metavar="URL", help="Where Slack reaches the bot; without it, Socket Mode.")
@click.option("--command", default="/mcsync", show_default=True, help="The slash command.")
def print_manifest(url: str | None, command: str) -> None:
    """Print the manifest from which the Slack app is created."""
    if url is not None and not re.fullmatch(r"https://[^/\s]+/?", url):
        raise click.BadParameter("write an address such as https://bot.example.com", param_hint="--http")
    if not re.fullmatch(r"/[a-z0-9_-]{1,31}", command):
        raise click.BadParameter("write a slash and up to 31 small letters", param_hint="--command")
    from bot import app, manifest

    click.echo(manifest.write(app.entrances(), command=command, url=url), nl=False)


@main.command()
@configuration
@click.option(
    "--save", "folder", type=click.Path(path_type=Path), help="Keep Campaign's redacted answers there."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(path: Path, folder: Path | None, *, as_json: bool) -> None:
    """Examine the installation; changes nothing. Exit status 3 when something must be repaired."""
    from bot import app, logs, manifest
    from bot.doctor import examine, report
    from bot.doctor.keep import Folder, FolderUnwritable
    from bot.gateways.clock import clock_from

    logs.configure(style="console", level="error")
    kept = Folder(folder) if folder else None
    findings = []
    try:
        if kept:
            kept.open()
        scopes = manifest.scopes(app.entrances().events)
        clock = clock_from(os.environ)
        for finding in examine(path, os.environ, clock, scopes=scopes, keep=kept.keep if kept else None):
            findings.append(finding)
            if not as_json:
                click.echo("\n".join(report.lines(finding)))
        if kept:
            kept.write("findings.json", report.as_json(findings))
    except FolderUnwritable as error:
        fail(error)
    click.echo(report.as_json(findings) if as_json else report.summary(findings))
    sys.exit(report.status_of(findings))


@main.command("campaign-script")
@configuration
@click.argument("instance")
@click.option(
    "--url", "base", required=True, help="Where Campaign reaches mcsync, such as https://bot.example.com."
)
def campaign_script(path: Path, instance: str, base: str) -> None:
    """Print the JavaScript of the monitoring workflow that reports failures of INSTANCE."""
    if not re.match(r"https?://[^/]", base):
        raise click.BadParameter(
            "write an address that begins with https:// (or http://)", param_hint="--url"
        )
    from bot import settings_loading
    from bot.campaign_script import script
    from bot.domain.server_address import IN_CLEAR, is_in_clear

    try:
        watched = settings_loading.load_instance(path, instance)
    except McsyncError as error:
        fail(error)
    if is_in_clear(base):
        click.echo(f"{base}: {IN_CLEAR.format(what='the webhook secret')} Write https://.", err=True)
    click.echo(script(watched, base))


@main.command()
@click.option("--scenario", type=click.Choice(list(SCENES)), default=COLLISION, show_default=True)
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Of the page; 6105, or any free one where that is taken."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of everything random.")
@click.option("--story", is_flag=True, help="Play the main job without a person and exit.")
@click.option("--no-webhook", is_flag=True, help="In the story: let the failure be found by polling only.")
@click.option(
    "--socket", "socket_mode", is_flag=True, help="Connect to Slack by Socket Mode instead of HTTP."
)
@click.option(
    "--keep", type=click.Path(path_type=Path), help="Keep the database and the logs of all calls there."
)
def sandbox(
    *,
    scenario: str,
    port: int | None,
    seed: int,
    story: bool,
    no_webhook: bool,
    socket_mode: bool,
    keep: Path | None,
) -> None:
    """Start a stand-in Slack, a stand-in Campaign and the bot on this machine, and a page to use them."""
    try:
        from bot.sandbox import story as telling
        from bot.sandbox.page import PageServer
        from bot.sandbox.process import Stuck
        from bot.sandbox.programs import Sandbox
    except ModuleNotFoundError as error:
        click.echo(
            f"The sandbox needs its extra: pip install 'mcsync[sandbox]' ({error.name} is missing).", err=True
        )
        sys.exit(UNUSABLE)
    if story and scenario != COLLISION:
        raise click.UsageError(f"The story is about {COLLISION}; leave --scenario out.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the programs end with us, however we end
    try:
        with Sandbox(keep=keep, seed=seed, socket_mode=socket_mode, scenario=scenario) as started:
            if story:
                sys.exit(telling.play(started, webhook=not no_webhook))
            with PageServer(started, port=port) as page:
                click.echo(page.url)
                started.wait()
    except (OSError, Stuck) as error:
        click.echo(str(error), err=True)
        sys.exit(UNUSABLE)


@main.command("sandbox-campaign")
@click.option("--port", type=int, default=0, help="0 takes any free port.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--journal", type=click.Path(path_type=Path), help="Append every SOAP call to this file.")
@click.option("--scenario", type=click.Choice(list(SCENES)), default=COLLISION, show_default=True)
def sandbox_campaign(port: int, seed: int, journal: Path | None, scenario: str) -> None:
    """Start the stand-in Campaign server alone."""
    from bot.sandbox.campaign.server import serve

    serve(port, seed=seed, log=journal, scenario=scenario)


@main.command("sandbox-slack")
@click.option("--port", type=int, default=0, help="0 takes any free port.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--log", "calls", type=click.Path(path_type=Path), help="Append every Web API call to this file."
)
@click.option("--mode", type=click.Choice(["http", "socket"]), default="http", show_default=True)
@click.option("--request-url", default="", help="Where the bot takes Slack's requests.")
def sandbox_slack(port: int, seed: int, calls: Path | None, mode: str, request_url: str) -> None:
    """Start the stand-in Slack alone."""
    from bot.sandbox.slack.server import serve

    serve(
        port,
        seed=seed,
        log=calls,
        mode=mode,
        request_url=request_url,
        ready=lambda url: click.echo(f"Slack: {url}"),
    )


if __name__ == "__main__":
    main()
