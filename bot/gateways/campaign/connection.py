"""How one marketing server is reached, as values. Nothing here connects to anything."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ImsConnection:
    """The token endpoint of a technical account (OAuth server-to-server, client credentials).

    Attributes:
        token_url: such as `https://ims-na1.adobelogin.com/ims/token/v3`.
        client_id: of the technical account.
        scope: as the developer console lists it, comma separated.
    """

    token_url: str
    client_id: str
    scope: str


@dataclass(frozen=True)
class CampaignConnection:
    """The address and the credentials of one marketing server.

    Attributes:
        name: the configured name of the instance, such as `prod`.
        url: the base URL, such as `https://marketing.example.com`.
        login: the operator; for people only when `ims` is given.
        secret: the operator's password, or the technical account's client secret. Never shown.
        ims: where bearer tokens come from, or `None` for login and password.
        ca_file: a file of certificate authorities to trust instead of the public ones, or `None`.
        deadline_seconds: how long one call may take in all.
        max_bytes: how large one answer may be.
    """

    name: str
    url: str
    login: str
    secret: str = field(repr=False)
    ims: ImsConnection | None = None
    ca_file: str | None = None
    deadline_seconds: float = 20.0
    max_bytes: int = 16 * 1024 * 1024

    @property
    def endpoint(self) -> str:
        """Give the address that takes every SOAP call."""
        return f"{self.url.rstrip('/')}/nl/jsp/soaprouter.jsp"
