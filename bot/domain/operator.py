"""Who mcsync is to a marketing server, as the server tells it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Operator:
    """The operator that a session belongs to.

    Attributes:
        login: such as `mcsync`.
        rights: named rights, such as `admin`.
        packages: what is installed on the server, such as `nms:messageCenterControl`.
        timezone: the operator's own zone, `""` when not told.
    """

    login: str
    rights: frozenset[str]
    packages: frozenset[str]
    timezone: str
