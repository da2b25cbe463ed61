"""What Campaign says of an execution instance. No rule lives here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """An execution instance as Campaign lists it in nms:extAccount.

    Attributes:
        name: such as `mcExec1`.
        label: for people.
        server: RT's base URL.
    """

    name: str
    label: str
    server: str
