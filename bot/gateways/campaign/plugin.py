"""Makes Campaign's answers fit a WSDL, and tells empty envelopes from answers. zeep calls it on every answer.

Measured on zeep 4.3.3: an `xsi:type='ns:Element'` fails to resolve (python-zeep 1086), and an empty `<Body/>`
is an IndexError without a word.
"""

from collections.abc import Mapping
from http import HTTPStatus

from lxml import etree

from bot.domain.errors import Unavailable, UnreadableAnswer
from bot.gateways.campaign.errors import empty
from bot.gateways.campaign.exchange import current

_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_FAULT = f"{{{_ENVELOPE}}}Fault"
# Methods that a service inherits are answered here (Write), whatever the service.
_FOREIGN = {"urn:wpp:default", ""}


class CampaignAnswers:
    """A zeep plugin; the names and parameters of its methods are zeep's."""

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
            EmptyReturn: there is no body, or nothing in it.
            Unavailable: an HTTP error came with an envelope that is no fault.
            UnreadableAnswer: the body answers something else.
        """
        exchange = current()
        body = envelope.find(f"{{{_ENVELOPE}}}Body")
        if body is None:
            raise empty(exchange, "an envelope without a body")
        if len(body) == 0:
            raise empty(exchange, "an empty envelope")
        response = body[0]
        if response.tag == _FAULT:
            return envelope, http_headers
        if exchange.status != HTTPStatus.OK:
            raise Unavailable(
                f"{exchange.host} answered {exchange.what} with HTTP {exchange.status}.",
                status=exchange.status,
            )
        expected = etree.QName(exchange.answer)
        if etree.QName(response).localname != expected.localname:
            raise UnreadableAnswer(
                f"{exchange.host} answered {exchange.what} with {exchange.quote(str(response.tag))}."
            )
        for element in (response, *response):
            if not isinstance(element.tag, str):
                continue
            element.attrib.pop(_XSI_TYPE, None)
            name = etree.QName(element)
            if (name.namespace or "") in _FOREIGN:
                element.tag = f"{{{expected.namespace}}}{name.localname}"
        return envelope, http_headers
