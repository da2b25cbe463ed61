"""Calls one method of Campaign by zeep, from WSDLs of our own. Knows nothing of sessions or of meanings.

The WSDLs are bundled: a server gives its own only to a session, publishes an internal address in them, and
the public copies of `xtk:session` lack the security token that servers send. They are read at the first call.
"""

import functools
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from time import monotonic

import zeep
from lxml import etree
from zeep import xsd
from zeep.wsdl import Document

from bot.domain.errors import CampaignError
from bot.gateways.campaign.connection import CampaignConnection
from bot.gateways.campaign.errors import border
from bot.gateways.campaign.exchange import Exchange, exchanging
from bot.gateways.campaign.plugin import CampaignAnswers
from bot.gateways.campaign.transport import Transport

Timed = Callable[[str, float, str], None]
"""Note a call: its method, how long it took in seconds, and `ok` or the name of its error."""

NO_ELEMENT = {"_value_1": xsd.SkipValue}
"""An XML parameter that is present and empty."""


@dataclass(frozen=True)
class Method:
    """A method of one of Campaign's services.

    Attributes:
        schema: such as `workflow`, of the namespace `xtk`.
        name: such as `Stop`.
        outputs: what its answer must hold, if only an empty element.
    """

    schema: str
    name: str
    outputs: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"xtk:{self.schema}#{self.name}"

    @property
    def answer(self) -> str:
        """Give the qualified name of the element that answers it."""
        return f"{{urn:xtk:{self.schema}}}{self.name}Response"


LOGON = Method("session", "Logon", ("pstrSessionToken", "pstrSecurityToken"))
LOGOFF = Method("session", "Logoff")
GET_USER_INFO = Method("session", "GetUserInfo", ("pUserInfo",))
GET_SERVER_TIME = Method("session", "GetServerTime", ("ptmServerTime",))
WRITE = Method("persist", "Write")
EXECUTE_QUERY = Method("queryDef", "ExecuteQuery", ("pdomOutput",))
START = Method("workflow", "Start")
STOP = Method("workflow", "Stop")


def element(xml: etree._Element) -> dict[str, etree._Element]:
    """Wrap *xml* as a parameter. zeep moves it into the envelope, so it serves one attempt only."""
    return {"_value_1": xml}


class Soap:
    """The SOAP endpoint of one server; several threads may share it."""

    def __init__(
        self, connection: CampaignConnection, transport: Transport, timed: Timed | None = None
    ) -> None:
        self._connection = connection
        self._transport = transport
        self._timed = timed

    def open(self) -> None:
        """Read the WSDLs, some 15 ms once per process."""
        for schema in ("session", "persist", "queryDef", "workflow"):
            _document(schema)

    def call(
        self,
        method: Method,
        arguments: Mapping[str, object],
        *,
        headers: Mapping[str, str],
        secrets: tuple[str, ...],
    ) -> object:
        """Call *method* once; return what zeep makes of the answer.

        Args:
            method: which.
            arguments: by the names in the WSDL, without the session token, which travels in the headers.
            headers: the session.
            secrets: what must not appear in the text of an error.

        Raises:
            CampaignError: it failed; the class says whether the method may have run.
        """
        with self._timing(method):
            exchange = Exchange(
                self._connection.endpoint,
                str(method),
                self._connection.deadline_seconds,
                answer=method.answer,
                outputs=method.outputs,
                secrets=secrets,
            )
            document = _document(method.schema)
            client = zeep.Client(  # type: ignore[no-untyped-call] # zeep has types in places only
                document,
                transport=self._transport,
                plugins=[CampaignAnswers()],
                settings=document.settings,
            )
            service = client.create_service(  # type: ignore[no-untyped-call] # the same
                f"{{urn:xtk:{method.schema}}}{method.schema}Methods", self._connection.endpoint
            )
            with exchanging(exchange), border(exchange), client.settings(extra_http_headers=dict(headers)):
                answer: object = service[method.name](sessiontoken="", **arguments)
        return answer

    @contextmanager
    def _timing(self, method: Method) -> Iterator[None]:
        began, outcome = monotonic(), "ok"
        try:
            yield
        except CampaignError as error:
            outcome = type(error).__name__
            raise
        finally:
            if self._timed is not None:
                self._timed(str(method), monotonic() - began, outcome)


@functools.cache
def _document(schema: str) -> Document:
    """Read a WSDL of ours; it never changes, so every gateway of the process shares it."""
    # At DEBUG zeep logs whole envelopes, passwords and sessions included.
    logging.getLogger("zeep").setLevel(logging.INFO)
    settings = zeep.Settings(
        # False would also make lxml repair what is broken: a cut text would pass for a whole one.
        strict=True,
        forbid_dtd=True,
        forbid_entities=True,
        forbid_external=True,
        # Texts above 10 MB; the transport has a limit of its own.
        xml_huge_tree=True,
    )
    with files(__package__).joinpath("wsdl", f"{schema}.wsdl").open("rb") as wsdl:
        # Nothing is fetched, so no transport is needed; zeep's annotation asks for a class by mistake.
        return Document(wsdl, None, settings=settings)  # type: ignore[arg-type] # see above
