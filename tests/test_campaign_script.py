"""The script for Campaign's monitoring workflow: old enough for its engine, and understood by the webhook."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.campaign_script import LONGEST_MESSAGE, script
from bot.domain.instance import Execution, Instance, Mode
from bot.domain.report import Report, read_report

PARIS = ZoneInfo("Europe/Paris")
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed, so the script cannot be run")
SECRET = "whsec_SECRET"
URL = "https://bot.example.com/webhooks/campaign/prod"


def written(*accounts: str, base: str = "https://bot.example.com/") -> str:
    executions = tuple(Execution(name, f"mcSynch_{name}", (), None, probe=False) for name in accounts)
    instance = Instance("prod", PARIS, PARIS, Mode.PROPOSE, timedelta(minutes=1), (), executions)
    return script(instance, base)


# --- An engine from before ES6 --------------------------------------------------------------------

CODE = re.sub(r"//[^\n]*", "", written("mcExec1").replace("https://", ""))
WITHOUT_TEXT = re.sub(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'', '""', CODE)


@pytest.mark.parametrize(
    "newer",
    [
        r"\b(let|const|class|async|await|yield|import|export|of)\b",
        r"=>",
        r"`",
        r"\.\.\.",
        r"\*\*",
        r"\?\.|\?\?",
        r"\bJSON\b",
        r"\.(includes|startsWith|endsWith|padStart|repeat|forEach|map|find)\(",
        r"\bPromise\b|\bSymbol\b",
        r",\s*[)\]}]",
        r"function\s*\w*\([^)]*=",
    ],
)
def test_the_script_uses_nothing_that_the_engine_does_not_know(newer: str) -> None:
    assert not re.search(newer, WITHOUT_TEXT)


def test_the_script_is_plain_ascii() -> None:
    assert written("mcExec1", base="https://bøt.example.com").isascii()


def test_every_call_is_asynchronous_and_ends_after_ten_seconds() -> None:
    text = written("mcExec1")

    assert "var MCSYNC_TIMEOUT = 10000;" in text
    assert re.findall(r"\.execute\(([^)]*)\)", text) == ["false, true, false, MCSYNC_TIMEOUT, MCSYNC_TIMEOUT"]


def test_what_is_configured_stands_in_it_as_text_and_nothing_else() -> None:
    text = written("mcExec2", "mcExec1", base='https://bot.example.com/";alert(1);//')

    assert 'var MCSYNC_WORKFLOWS = ["mcSynch_mcExec1", "mcSynch_mcExec2"];' in text
    assert r'";alert' not in text.replace(r"\";alert", "")


# --- What it sends --------------------------------------------------------------------------------

SHIM = r"""
var play = JSON.parse(require("fs").readFileSync(0, "utf8"));
var sent = [], told = [], waits = [];
function logInfo(text) { told.push(["info", String(text)]); }
function logWarning(text) { told.push(["warning", String(text)]); }
function getOption(name) {
  if (play.noOption) throw "no option " + name;
  return name == "mcsync_webhookSecret" ? play.secret : "";
}
function HttpClientRequest(url) {
  if (play.notAllowed) throw "JST-310026 The URL '" + url + "' is not part of the authorized addresses";
  this.url = url;
  this.header = {};
}
HttpClientRequest.prototype.execute = function(hasProxy, async, reuseaddr, context, timeout) {
  if (!async) throw "a blocking call cannot be bounded";
  this.timeout = timeout;
  sent.push({url: this.url, method: this.method, header: this.header, body: this.body, timeout: timeout});
};
HttpClientRequest.wait = function(requests) {
  waits.push(requests.length);
  requests.forEach(function(request) {
    if (play.code) request.response = {code: play.code};
    request.complete(request, null, play.code ? "success" : "timeout");
  });
};
function attributes(record) {
  var shown = {};
  for (var name in record) shown["@" + name] = record[name];
  return shown;
}
var xtk = {queryDef: {create: function(query) {
  return {ExecuteQuery: function() {
    var schema = /schema="([^"]*)"/.exec(query)[1];
    if (schema == "xtk:workflow") {
      var name = /@internalName = '([^']*)'/.exec(query)[1];
      if (play.broken == name) throw "SOP-330011 while looking for " + name;
      return attributes(play.workflows[name] || {id: "", state: "", failed: ""});
    }
    var id = /\[@workflow-id\] = (-?\d+)/.exec(query)[1];
    return {workflowLog: (play.journal[id] || []).map(attributes)};
  }};
}}};
"""

REPORTING = r"""
process.stdout.write(JSON.stringify({sent: sent, told: told, waits: waits}));
"""


def translated(text: str) -> str:
    """Write E4X as what node knows: XML as text, its attributes as keys in brackets."""
    text = re.sub(r"<queryDef.*?</queryDef>", lambda m: _as_text(m[0]), text, flags=re.DOTALL)
    text = text.replace("for each (var line in lines.workflowLog)", "for (var line of lines.workflowLog)")
    return re.sub(r"\.@(\w+)", r'["@\1"]', text)


def _as_text(xml: str) -> str:
    return "`" + re.sub(r"=\{([^}]*)\}", r'="${\1}"', xml) + "`"


@dataclass(frozen=True)
class Played:
    """What the script did: the requests it sent, what it logged, how many requests each wait was for."""

    sent: list[dict[str, Any]]
    told: list[tuple[str, str]]
    waits: list[int]

    @property
    def reports(self) -> list[Report]:
        """Read the requests as the webhook does."""
        return [read_report(request["body"].encode()) for request in self.sent]


def play(text: str, **changes: Any) -> Played:  # noqa: ANN401 - what the shim is told
    """Run the script in node, in a Campaign that the shim plays."""
    assert NODE is not None
    told = {"secret": SECRET, "code": 202, "workflows": {}, "journal": {}, **changes}
    done = subprocess.run(
        [NODE, "-e", SHIM + translated(text) + REPORTING],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    return Played(answer["sent"], [tuple(line) for line in answer["told"]], answer["waits"])


PAUSED = {"id": "4900", "state": "13", "failed": "1"}


def line(number: int, at: str, message: str, **changes: str) -> dict[str, str]:
    plain = {"id": str(number), "logDate": at, "activity": "soapImport", "message": message}
    return {**plain, "error": "1", "logType": "0", **changes}


def one_failure(*lines: dict[str, str], **changes: Any) -> Played:  # noqa: ANN401 - as above
    told = {"workflows": {"mcSynch_mcExec1": PAUSED}, "journal": {"4900": list(lines)}, **changes}
    return play(written("mcExec1"), **told)


EMPTY_RETURN = "Empty return for method 'Logon' of service 'xtk:session'"


@needs_node
def test_a_failed_workflow_is_reported_with_its_journal_line() -> None:
    played = one_failure(line(-77, "2026-11-23 05:00:04.120Z", EMPTY_RETURN))

    assert played.reports == [
        Report(
            id="",
            workflow="mcSynch_mcExec1",
            workflow_id="4900",
            activity="soapImport",
            message=EMPTY_RETURN,
            logged_at=datetime(2026, 11, 23, 5, 0, 4, 120_000, tzinfo=UTC),
            log_id="-77",
        )
    ]
    (request,) = played.sent
    assert (request["url"], request["method"], request["timeout"]) == (URL, "POST", 10000)
    assert request["header"] == {
        "Content-Type": "application/json; charset=utf-8",
        "Authorization": f"Bearer {SECRET}",
    }
    assert played.told == [("info", "mcsync: reported mcSynch_mcExec1 (202)")]


@needs_node
def test_of_several_lines_the_newest_error_is_sent() -> None:
    played = one_failure(
        line(9, "2026-11-23 05:00:09Z", "paused", error="0", logType="2"),
        line(8, "2026-11-23 05:00:08Z", "the error"),
        line(7, "2026-11-23 05:00:07Z", "an older one"),
    )

    assert [report.message for report in played.reports] == ["the error"]


@needs_node
@pytest.mark.parametrize(
    ("error", "kind", "counts"), [("true", "2", True), ("", "0", True), ("", "2", False)]
)
def test_a_line_is_an_error_as_the_server_marks_it(error: str, kind: str, *, counts: bool) -> None:
    played = one_failure(line(8, "2026-11-23 05:00:08Z", "x", error=error, logType=kind))

    assert [report.log_id for report in played.reports] == ["8" if counts else ""]


@needs_node
def test_a_failure_without_a_line_is_reported_as_of_now() -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)

    (report,) = one_failure().reports

    assert before <= report.logged_at <= datetime.now(UTC) + timedelta(seconds=2)
    assert (report.log_id, report.message) == ("", "")


@needs_node
def test_a_line_without_a_date_is_reported_as_of_now() -> None:
    (report,) = one_failure(line(8, "", "x")).reports

    assert abs(report.logged_at - datetime.now(UTC)) < timedelta(seconds=5)


@needs_node
@pytest.mark.parametrize(
    "message",
    [
        'quotes " and \\ backslash',
        "lines\nand\ttabs\r\n",
        "umlaut ä, 日本語, \U0001f600, \u2028\u2029",
        "</script> <!channel> `code`",
        "\x01\x1f\x7f",
        "",
    ],
)
def test_any_message_arrives_as_json(message: str) -> None:
    played = one_failure(line(8, "2026-11-23 05:00:08Z", message))

    body = played.sent[0]["body"]
    assert json.loads(body)["message"] == message
    assert body.isascii()
    assert played.reports


@needs_node
def test_the_longest_message_still_fits_what_the_webhook_takes() -> None:
    (request,) = one_failure(line(8, "2026-11-23 05:00:08Z", "é" * 100_000)).sent

    assert json.loads(request["body"])["message"] == "é" * LONGEST_MESSAGE
    assert len(request["body"]) < 64 * 1024


@needs_node
def test_a_message_is_not_cut_in_the_middle_of_a_character() -> None:
    message = "x" * (LONGEST_MESSAGE - 1) + "\U0001f600"

    (report,) = one_failure(line(8, "2026-11-23 05:00:08Z", message)).reports

    assert report.message == "x" * (LONGEST_MESSAGE - 1)


@needs_node
@pytest.mark.parametrize(
    "record",
    [PAUSED | {"state": "11"}, PAUSED | {"failed": "0"}, PAUSED | {"state": "20"}, {"id": ""}],
)
def test_a_workflow_that_does_not_stand_paused_after_an_error_is_not_reported(record: dict[str, str]) -> None:
    played = play(written("mcExec1"), workflows={"mcSynch_mcExec1": {"state": "", "failed": "", **record}})

    assert played.sent == []
    assert played.told == []


@needs_node
def test_a_boolean_may_be_written_out() -> None:
    played = play(written("mcExec1"), workflows={"mcSynch_mcExec1": PAUSED | {"failed": "true"}})

    assert len(played.sent) == 1


@needs_node
def test_several_failures_are_waited_for_together() -> None:
    names = [f"mcExec{number}" for number in range(1, 6)]
    workflows = {f"mcSynch_{name}": PAUSED | {"id": str(index)} for index, name in enumerate(names, 1)}

    played = play(written(*names), workflows=workflows)

    assert len(played.reports) == 5
    assert played.waits == [5]


@needs_node
@pytest.mark.parametrize("code", [200, 202, 204])
def test_any_2xx_is_success(code: int) -> None:
    assert one_failure(code=code).told == [("info", f"mcsync: reported mcSynch_mcExec1 ({code})")]


@needs_node
@pytest.mark.parametrize("code", [199, 301, 401, 500])
def test_any_other_answer_is_a_warning(code: int) -> None:
    assert one_failure(code=code).told == [("warning", f"mcsync: mcSynch_mcExec1 was not taken ({code})")]


@needs_node
def test_no_answer_at_all_is_a_warning() -> None:
    assert one_failure(code=0).told == [("warning", "mcsync: mcSynch_mcExec1 was not taken (timeout)")]


@needs_node
@pytest.mark.parametrize("trouble", [{"notAllowed": True}, {"noOption": True}, {"broken": "mcSynch_mcExec1"}])
def test_every_error_is_caught_and_tells_no_secret(trouble: dict[str, Any]) -> None:
    played = one_failure(**trouble)

    ((kind, words),) = played.told
    assert kind == "warning"
    assert words.startswith("mcsync: mcSynch_mcExec1: ")
    assert SECRET not in words
    assert played.sent == []


@needs_node
def test_one_broken_workflow_does_not_hide_the_others() -> None:
    workflows = {"mcSynch_mcExec1": PAUSED, "mcSynch_mcExec2": PAUSED | {"id": "4901"}}

    played = play(written("mcExec1", "mcExec2"), workflows=workflows, broken="mcSynch_mcExec1")

    assert [report.workflow for report in played.reports] == ["mcSynch_mcExec2"]
