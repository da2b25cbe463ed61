"""`python -m bot.sandbox.campaign`: the stand-in on its own, without the rest of the product."""

import argparse
import sys
from collections.abc import Sequence
from datetime import time, timedelta
from pathlib import Path

from bot.sandbox.campaign.seed import SCENES
from bot.sandbox.campaign.server import serve


def main(arguments: Sequence[str]) -> None:
    """Read the command line and serve until told to stop."""
    parser = argparse.ArgumentParser(prog="campaign", description="A stand-in for an Adobe Campaign server.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any that is free")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is random")
    parser.add_argument("--journal", type=Path, help="append every SOAP call to this JSON Lines file")
    parser.add_argument("--zone", default="Europe/Paris", help="the marketing server's time zone")
    parser.add_argument("--rt-restart", type=time.fromisoformat, default=time(6), help="daily, local time")
    parser.add_argument("--rt-zone", default="Europe/Paris", help="the execution instance's time zone")
    parser.add_argument("--rt-takes", type=float, default=180.0, help="seconds a restart lasts")
    parser.add_argument("--scenario", choices=sorted(SCENES), default="collision")
    chosen = parser.parse_args(arguments)
    serve(
        chosen.port,
        seed=chosen.seed,
        log=chosen.journal,
        zone=chosen.zone,
        rt_restart=chosen.rt_restart,
        rt_zone=chosen.rt_zone,
        rt_takes=timedelta(seconds=chosen.rt_takes),
        scenario=chosen.scenario,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
