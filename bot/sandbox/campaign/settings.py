"""What of the stand-in can be turned while it runs: how long things take, and in which ways it is awkward."""

from dataclasses import dataclass


@dataclass
class Settings:
    """What `POST /_sandbox/settings` can turn.

    Attributes:
        run_seconds: how long a run takes.
        start_seconds, stop_seconds: how long Start and Stop take.
        saves_over: whether a waiting scheduler saves its own copy over a write.
        memo: `inline` serves definitions as `<activities>`, `text` as text inside `<data>`.
        bare_empty: serve "nothing found" as an empty `pdomOutput` instead of an empty element in it.
        run_error: what every run that leaves the house fails with, `""` for nothing.
        fault_status: the HTTP status of a SOAP fault: 500 as SOAP 1.1 says, or 200, the only one with which
            Adobe's own SDK takes a fault apart.
        journal_missing: lose the error lines of a failed run (KA-24179).
        is_admin: whether the operator has the Administration right.
        is_control: whether the package messageCenterControl is installed.
        slow_seconds: machine time that every SOAP call takes longer; the right answer comes then.
    """

    run_seconds: float = 40.0
    start_seconds: float = 6.0
    stop_seconds: float = 8.0
    saves_over: bool = False
    memo: str = "inline"
    bare_empty: bool = False
    run_error: str = ""
    fault_status: int = 500
    journal_missing: bool = False
    is_admin: bool = True
    is_control: bool = True
    slow_seconds: float = 0.0
