import pytest
from lxml import etree

from bot.sandbox.campaign.server import CampaignServer
from tests.sandbox.soap_client import ENVELOPE, SoapClient, body, document, element, fault, result

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
SDK_ENVELOPE = (
    "<?xml version='1.0' encoding='UTF-8'?><SOAP-ENV:Envelope xmlns:xsd='http://www.w3.org/2001/XMLSchema'"
    " xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
    " xmlns:SOAP-ENV='http://schemas.xmlsoap.org/soap/envelope/' xmlns:ns='http://xml.apache.org/xml-soap'>"
    "<SOAP-ENV:Header><Cookie>__sessiontoken=x</Cookie></SOAP-ENV:Header><SOAP-ENV:Body>{0}</SOAP-ENV:Body>"
    "</SOAP-ENV:Envelope>"
)
QUERY = (
    "<queryDef schema='xtk:workflow' operation='get'><select><node expr='@id'/></select>"
    "<where><condition expr=\"@internalName='billing'\"/></where></queryDef>"
)


def test_log_on_gives_three_outputs_in_the_sessions_namespace(stranger: SoapClient) -> None:
    answer = stranger.log_on()

    assert body(answer).tag == "{urn:xtk:session}LogonResponse"
    assert [(etree.QName(one).localname, one.get(XSI_TYPE)) for one in result(answer)] == [
        ("pstrSessionToken", "xsd:string"),
        ("pSessionInfo", "ns:Element"),
        ("pstrSecurityToken", "xsd:string"),
    ]
    token, info, security = result(answer)
    assert (token.text or "").startswith("___")
    assert (security.text or "").startswith("@")
    server = info.find("{*}sessionInfo/{*}serverInfo")
    assert server is not None
    assert server.get("serverDate") == "2026-11-22 04:30:00.000Z"
    right = info.find("{*}sessionInfo/{*}userInfo/{*}login-right")
    assert right is not None
    assert right.get("right") == "admin"


def test_a_payload_inherits_the_namespace_of_its_answer(soap: SoapClient) -> None:
    answer = soap.query("xtk:workflow", "@id", operation="get", where="@id = 4900")

    assert document(answer).tag == "{urn:xtk:queryDef}workflow"
    assert b"xsi:type='ns:Element'" in answer.content
    assert b"xmlns:ns='urn:xtk:queryDef'" in answer.content


@pytest.mark.parametrize("action", ["xtk:persist#Write", "xtk:persist|xtk:session#Write"])
def test_methods_of_the_persist_interface_answer_in_their_own_namespace(
    soap: SoapClient, action: str
) -> None:
    service = action.partition("#")[0]
    inner = (
        f"<m:Write xmlns:m='urn:{service}' SOAP-ENV:encodingStyle='http://schemas.xmlsoap.org/soap/encoding/'>"
        "<sessiontoken xsi:type='xsd:string'>x</sessiontoken>"
        "<doc xsi:type='' SOAP-ENV:encodingStyle='http://xml.apache.org/xml-soap/literalxml'>"
        "<workflow xtkschema='xtk:workflow' id='4900' _operation='update' label='Neu' xsi:type=''/></doc>"
        "</m:Write>"
    )

    answer = soap.post(SDK_ENVELOPE.format(inner).encode(), {"SoapAction": action})

    assert answer.status_code == 200, answer.text
    assert body(answer).tag == "{urn:wpp:default}WriteResponse"
    assert len(body(answer)) == 0
    assert soap.rows("xtk:workflow", "@label", where="@id=4900") == [{"label": "Neu"}]


@pytest.mark.parametrize(
    "inner",
    [
        "<ExecuteQuery xmlns='urn:xtk:queryDef'><sessiontoken/><entity>{0}</entity></ExecuteQuery>",
        "<q:ExecuteQuery xmlns:q='urn:xtk:queryDef'><q:t/><q:entity>{0}</q:entity></q:ExecuteQuery>",
        "<q:ExecuteQuery xmlns:q='urn:xtk:queryDef'><a/><b>{0}</b></q:ExecuteQuery>",
        "<ExecuteQuery><sessiontoken/><!-- entity --><entity><!-- q -->{0}</entity></ExecuteQuery>",
        "<m:ExecuteQuery xmlns:m='urn:xtk:queryDef'><sessiontoken/><d xsi:type=''>{0}</d></m:ExecuteQuery>",
    ],
    ids=["inherited", "prefixed", "by position", "no namespace", "sdk"],
)
@pytest.mark.parametrize("quote", ["", '"'])
def test_parameters_count_by_position_however_they_are_named(
    soap: SoapClient, inner: str, quote: str
) -> None:
    request = SDK_ENVELOPE.format(inner.format(QUERY)).encode()

    answer = soap.post(request, {"SOAPAction": f"{quote}xtk:queryDef#ExecuteQuery{quote}"})

    assert document(answer).get("id") == "1219"


def test_without_a_soap_action_the_wrapper_names_the_method(soap: SoapClient) -> None:
    inner = f"<ExecuteQuery xmlns='urn:xtk:queryDef'><t/><e>{QUERY}</e></ExecuteQuery>"

    answer = soap.post(SDK_ENVELOPE.format(inner).encode(), {})

    assert document(answer).get("id") == "1219"


@pytest.mark.parametrize(
    ("request_body", "reason"),
    [
        (b"", "Document is empty"),
        (b"<a/>", "no method in its Body"),
        (SDK_ENVELOPE.format("").encode(), "no method in its Body"),
        (b"<a>", "not XML"),
    ],
)
def test_what_is_no_soap_call_is_a_fault(soap: SoapClient, request_body: bytes, reason: str) -> None:
    message, _ = fault(soap.post(request_body, {"SOAPAction": "xtk:session#Logon"}))

    assert message.startswith("SOP-330002")
    assert reason in message


def test_an_unknown_method_is_a_fault_with_campaigns_words(soap: SoapClient) -> None:
    message, detail = fault(soap.call("xtk:session#GetModifiedEntities"))

    assert (
        message == "SOP-330006 The method 'GetModifiedEntities' is not defined in SOAP service 'xtk:session'."
    )
    assert detail == ""


def test_a_method_under_the_wrong_service_is_not_found(soap: SoapClient) -> None:
    message, _ = fault(soap.call("xtk:workflow#Write", element("<workflow/>")))

    assert "SOP-330006" in message


def test_a_fault_comes_with_status_200_when_it_is_told_so(soap: SoapClient) -> None:
    soap.lever("settings", fault_status=200)

    answer = soap.call("xtk:session#Nope")

    assert answer.status_code == 200
    assert body(answer).tag == f"{{{ENVELOPE}}}Fault"


def test_server_time_option_and_user_are_served(soap: SoapClient) -> None:
    (time,) = result(soap.call("xtk:session#GetServerTime"))
    value, kind = result(soap.call("xtk:session#GetOption", "NmsServer_LastPostUpgrade"))
    missing, no_kind = result(soap.call("xtk:session#GetOption", "Nope"))
    user = soap.call("xtk:session#GetUserInfo")

    assert (time.get(XSI_TYPE), time.text) == ("xsd:dateTime", "2026-11-22 04:30:00.000Z")
    assert (value.text, kind.text, kind.get(XSI_TYPE)) == ("9396", "6", "xsd:byte")
    assert (missing.text, no_kind.text) == (None, "0")
    assert body(user).tag == "{urn:wpp:default}GetUserInfoResponse"
    assert document(user).get("login") == "mcsync"


def test_nothing_comes_back_from_a_connection_test(soap: SoapClient) -> None:
    assert result(soap.call("xtk:session#TestCnx")) == []


@pytest.mark.parametrize("schema", ["xtk:session", "xtk:queryDef", "xtk:workflow"])
def test_schemas_are_served_with_their_methods(soap: SoapClient, schema: str) -> None:
    answer = soap.call("xtk:persist#GetEntityIfMoreRecent", f"xtk:schema|{schema}", "", "false")

    assert body(answer).tag == "{urn:wpp:default}GetEntityIfMoreRecentResponse"
    found = document(answer)
    assert f"{found.get('namespace')}:{found.get('name')}" == schema
    assert found.find("{*}methods/{*}method") is not None


def test_a_schema_that_the_client_has_already_is_not_sent_again(soap: SoapClient) -> None:
    first = document(soap.call("xtk:persist#GetEntityIfMoreRecent", "xtk:schema|xtk:workflow", "", "0"))

    again = soap.call(
        "xtk:persist#GetEntityIfMoreRecent", "xtk:schema|xtk:workflow", first.get("md5") or "", "0"
    )

    assert len(result(again)[0]) == 0


def test_a_missing_entity_is_empty_or_a_fault_as_the_client_wishes(soap: SoapClient) -> None:
    optional = soap.call("xtk:persist#GetEntityIfMoreRecent", "xtk:schema|xtk:nope", "", "false")
    needed = soap.call("xtk:persist#GetEntityIfMoreRecent", "xtk:form|xtk:workflow", "", "1")

    assert len(result(optional)[0]) == 0
    assert "does not exist" in fault(needed)[1]


def test_text_of_every_kind_survives_the_way_there_and_back(soap: SoapClient) -> None:
    text = "é < & > ]]> \" ' 日本 &amp;"
    document_ = etree.Element(
        "workflow", xtkschema="xtk:workflow", id="4900", _operation="update", label=text
    )

    assert soap.call("xtk:persist#Write", document_).ok

    assert soap.rows("xtk:workflow", "@label", where="@id = 4900") == [{"label": text}]


def test_one_connection_carries_many_calls(soap: SoapClient, campaign: CampaignServer) -> None:
    for _ in range(5):
        assert soap.call("xtk:session#TestCnx").ok

    assert campaign.open_connections == 1
