"""Makes Campaign's answers fit a WSDL, and tells empty answers from full ones. zeep calls it on every answer.

Measured on zeep 4.3.3: an `xsi:type='ns:Element'` fails to resolve (python-zeep 1086), an empty `<Body/>` is
an IndexError without a word, and an output that is missing is None like one that is rightly empty.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from lxml import etree

from bot.domain.errors import Unavailable, UnreadableAnswer
from bot.domain.sentence import say
from bot.gateways.campaign.errors import empty
from bot.gateways.campaign.exchange import Exchange, current

_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_FAULT = f"{{{_ENVELOPE}}}Fault"
# Methods that a service inherits are answered here (Write), whatever the service.
_FOREIGN = {"urn:wpp:default", ""}


class CampaignAnswers:
    """A zeep plugin; the names of its methods are zeep's."""

    def egress(
        self,
        envelope: etree._Element,
        http_headers: Mapping[str, str],
        _operation: object,
        _options: object,
    ) -> tuple[etree._Element, Mapping[str, str]]:
        """Send every envelope as it is."""
        return envelope, http_headers

    def ingress(
        self,
        envelope: etree._Element,
        http_headers: Mapping[str, str],
        _operation: object,
    ) -> tuple[etree._Element, Mapping[str, str]]:
        """Drop `xsi:type` from the response and its direct children; put them into the service's namespace.

        Raises:
            EmptyReturn: there is no body, nothing in it, or an output is missing.
            Unavailable: an HTTP error came with an envelope that is no fault.
            UnreadableAnswer: it is no SOAP 1.1, or answers something else.
        """
        exchange = current()
        response = _response(exchange, envelope)
        if response.tag == _FAULT:
            return envelope, http_headers
        expected = etree.QName(exchange.answer)
        if exchange.status != HTTPStatus.OK:
            raise Unavailable(
                say(
                    "{host} answered {what} with HTTP {status}.",
                    host=exchange.host,
                    what=exchange.what,
                    status=exchange.status,
                ),
                status=exchange.status,
            )
        if etree.QName(response).localname != expected.localname:
            raise UnreadableAnswer(
                say(
                    "{host} answered {what} with {answer}.",
                    host=exchange.host,
                    what=exchange.what,
                    answer=exchange.quote(str(response.tag)),
                )
            )
        elements = (response, *response.iterchildren(etree.Element))
        for element in elements:
            if _XSI_TYPE in element.attrib:
                del element.attrib[_XSI_TYPE]
            name = etree.QName(element)
            if (name.namespace or "") in _FOREIGN:
                element.tag = f"{{{expected.namespace}}}{name.localname}"
        _check_outputs(exchange, elements)
        return envelope, http_headers


def _response(exchange: Exchange, envelope: etree._Element) -> etree._Element:
    if envelope.tag != f"{{{_ENVELOPE}}}Envelope":
        raise UnreadableAnswer(
            say(
                "{host} answered {what} with another kind of envelope.",
                host=exchange.host,
                what=exchange.what,
            )
        )
    body = envelope.find(f"{{{_ENVELOPE}}}Body")
    if body is None:
        raise empty(exchange, say("an envelope without a body"))
    response = next(body.iterchildren(etree.Element), None)
    if response is None:
        raise empty(exchange, say("an empty envelope"))
    return response


def _check_outputs(exchange: Exchange, elements: Sequence[etree._Element]) -> None:
    present = {etree.QName(element).localname: element for element in elements}
    for output in exchange.outputs:
        if output not in present:
            raise empty(exchange, say("an answer that lacks {output}", output=output))
    records = present.get("pdomOutput")
    # Text where XML belongs is None for zeep as well.
    if records is not None and len(records) == 0 and (records.text or "").strip():
        raise UnreadableAnswer(
            say(
                "{host} answered {what} with text in place of records.",
                host=exchange.host,
                what=exchange.what,
            )
        )
