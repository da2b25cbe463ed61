"""What the gateway asks and how it reads the answers, on answers in the shapes that Campaign gives them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import etree

from bot.domain.account import Account
from bot.domain.errors import (
    CampaignFault,
    EmptyReturn,
    Fenced,
    NotFound,
    NotSent,
    OutcomeUnknown,
    SessionExpired,
    UnreadableAnswer,
    UnreadableDefinition,
    UnreadableInput,
)
from bot.domain.journal import JournalEntry
from bot.domain.workflow import Status, Workflow
from tests.gateways.campaign import answers
from tests.gateways.campaign.conftest import House
from tests.gateways.campaign.raw_server import Request, http

QUERY = "xtk:queryDef#ExecuteQuery"
WRITE = "xtk:persist#Write"
START = "xtk:workflow#Start"
STOP = "xtk:workflow#Stop"
MOVED = answers.MOVED
LOGIN_PAGE = http(302, "", Location="/nl/jsp/logon.jsp")
EXPIRED = http(403, "XSV-350008 Session has expired or is invalid. Please reconnect.")


def asked(house: House, action: str = QUERY) -> etree._Element:
    """Parse the payload of the last request: what stands in the last parameter."""
    return payload(house.server.last(action))


def payload(request: Request) -> etree._Element:
    body = etree.fromstring(request.body.encode())
    parameter = body[0][0][-1]
    return parameter[0] if len(parameter) else parameter


def read_workflow(house: House, content: str = answers.ACTIVITIES, **changed: str) -> Workflow:
    house.server.on(QUERY, http(200, answers.query(answers.workflow(content, **changed))))
    return house.gateway().workflow("mcSynch_mcExec1")


class TestStatuses:
    def test_are_read_from_one_query_for_all_names(self, house: House) -> None:
        house.workflows = frozenset({"mcSynch_mcExec1", "mcSynch_mcExec"})
        failed = answers.status(
            internalName="mcSynch_mcExec",
            id="4899",
            state="13",
            failed="1",
            errorCount="1",
            nextProcessingDate="",
        )
        house.server.on(
            QUERY, http(200, answers.query(answers.collection("workflow", failed, answers.status())))
        )

        assert house.gateway().statuses() == (
            Status("mcSynch_mcExec", "4899", 13, True, 1, 0, None),
            Status(
                "mcSynch_mcExec1",
                "4900",
                11,
                False,
                0,
                0,
                datetime(2026, 1, 31, 7, tzinfo=UTC),
            ),
        )
        assert house.server.count(QUERY) == 1
        query = asked(house)
        assert query.get("schema") == "xtk:workflow"
        assert query.get("operation") == "select"
        assert query.get("lineCount") == "3"
        assert [c.get("expr") for c in query.iter("condition")] == [
            "@internalName IN ('mcSynch_mcExec', 'mcSynch_mcExec1')"
        ]

    @pytest.mark.parametrize("output", ["", "<workflow-collection/>"])
    def test_leave_out_what_is_not_there(self, house: House, output: str) -> None:
        house.server.on(QUERY, http(200, answers.query(output)))

        assert house.gateway().statuses() == ()

    def test_ask_nothing_when_no_workflow_is_configured(self, house: House) -> None:
        house.workflows = frozenset()

        assert house.gateway().statuses() == ()
        assert house.server.requests == []

    def test_take_absent_counters_for_zero(self, house: House) -> None:
        bare = answers.status(errorCount="", processId="", failed="")
        house.server.on(QUERY, http(200, answers.query(answers.collection("workflow", bare))))

        (status,) = house.gateway().statuses()

        assert (status.failed, status.error_count, status.process_id) == (False, 0, 0)

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"state": ""}, "Campaign gave a workflow without its state."),
            ({"internalName": ""}, "Campaign gave a workflow without its internalName."),
            ({"state": "eleven"}, "Campaign gave 'eleven' as state of a workflow, which is no whole number."),
            (
                {"failed": "perhaps"},
                "Campaign gave 'perhaps' as failed of a workflow, which is neither 0 nor 1.",
            ),
            (
                {"nextProcessingDate": "soon"},
                "Campaign gave 'soon' as nextProcessingDate of a workflow, which is no instant with a zone.",
            ),
            ({"nextProcessingDate": "2026-01-31"}, "Campaign gave '2026-01-31' as nextProcessingDate of a "),
        ],
    )
    def test_name_a_strange_attribute(self, house: House, changed: dict[str, str], sentence: str) -> None:
        strange = answers.status(**changed)
        house.server.on(QUERY, http(200, answers.query(answers.collection("workflow", strange))))

        with pytest.raises(UnreadableAnswer) as caught:
            house.gateway().statuses()

        assert str(caught.value).startswith(sentence)

    @pytest.mark.parametrize(
        ("content", "error"),
        [
            ("", EmptyReturn),
            ("<pdomOutput><extAccount-collection/></pdomOutput>", UnreadableAnswer),
            ("<pdomOutput><workflow/></pdomOutput>", UnreadableAnswer),
            ("<pdomOutput><workflow-collection/><workflow-collection/></pdomOutput>", UnreadableAnswer),
            ("<pdomOutput>no records here</pdomOutput>", UnreadableAnswer),
        ],
    )
    def test_are_not_taken_for_none_when_something_else_came(
        self, house: House, content: str, error: type[Exception]
    ) -> None:
        house.server.on(QUERY, http(200, answers.answer("ExecuteQuery", content, ns="urn:xtk:queryDef")))

        with pytest.raises(error):
            house.gateway().statuses()


class TestWorkflow:
    def test_is_read_in_full(self, house: House) -> None:
        workflow = read_workflow(house)

        assert workflow.status.id == "4900"
        assert workflow.label == "Message Center mcExec1"
        assert workflow.timezone == "_inherit_"
        assert workflow.on_error == 0
        assert workflow.last_start == datetime(2026, 1, 31, 6, tzinfo=UTC)
        assert workflow.last_modified == "2025-11-02 09:12:44.120Z"
        assert workflow.modified_by == "ada"
        assert workflow.definition.period == answers.PERIOD
        assert [a.name for a in workflow.definition.activities] == ["schedule", "connection", "end"]

    def test_is_asked_for_by_its_name_and_for_no_more_than_is_used(self, house: House) -> None:
        read_workflow(house)

        query = asked(house)
        assert query.get("operation") == "getIfExists"
        assert query.get("lineCount") == "1"
        assert [c.get("expr") for c in query.iter("condition")] == ["@internalName = 'mcSynch_mcExec1'"]
        expressions = {node.get("expr") for node in query.iterfind("select/node")}
        assert {"data", "[modifiedBy/@name]", "@lastModified"} <= expressions

    @pytest.mark.parametrize("output", ["", "<workflow/>"])
    def test_that_is_not_there_is_named(self, house: House, output: str) -> None:
        house.server.on(QUERY, http(200, answers.query(output)))

        with pytest.raises(NotFound, match="no workflow mcSynch_mcExec1"):
            house.gateway().workflow("mcSynch_mcExec1")

    def test_of_another_name_is_not_taken_for_it(self, house: House) -> None:
        house.server.on(QUERY, http(200, answers.query(answers.workflow(internalName="other"))))

        with pytest.raises(UnreadableAnswer, match="asked for mcSynch_mcExec1 and gave 'other'"):
            house.gateway().workflow("mcSynch_mcExec1")

    @pytest.mark.parametrize("name", ["x' OR 1=1", "", "a b", "naïve", "a" * 200])
    def test_is_never_asked_for_by_what_is_no_name(self, house: House, name: str) -> None:
        with pytest.raises(UnreadableInput):
            house.gateway().workflow(name)

        assert house.server.requests == []

    def test_without_activities_says_whose_they_are(self, house: House) -> None:
        with pytest.raises(UnreadableDefinition, match=r"^mcSynch_mcExec1: The workflow came without"):
            read_workflow(house, "")

    def test_saved_by_nobody_known_has_an_empty_login(self, house: House) -> None:
        record = answers.workflow(lastStart="").replace('<modifiedBy name="ada"/>', "")
        house.server.on(QUERY, http(200, answers.query(record)))

        workflow = house.gateway().workflow("mcSynch_mcExec1")

        assert (workflow.modified_by, workflow.last_start) == ("", None)


class TestJournal:
    since = datetime(2026, 1, 31, 6, 0, 0, 500_000, tzinfo=UTC)

    def order(self, house: House, *pages: list[str]) -> None:
        house.server.on(
            QUERY,
            *(http(200, answers.query(answers.collection("workflowLog", *page))) for page in pages),
        )

    def test_is_given_oldest_first(self, house: House) -> None:
        self.order(
            house,
            [
                answers.line(
                    "12", "2026-01-31 06:00:04.120Z", "SOP-330011 it's <bad>", error="1", logType="0"
                ),
                answers.line("11", "2026-01-31 06:00:01.000Z", activity=""),
            ],
        )

        assert house.gateway().journal("4900", self.since) == (
            JournalEntry(
                "11", datetime(2026, 1, 31, 6, 0, 1, tzinfo=UTC), "", "Processing started.", error=False
            ),
            JournalEntry(
                "12",
                datetime(2026, 1, 31, 6, 0, 4, 120_000, tzinfo=UTC),
                "soapImport",
                "SOP-330011 it's <bad>",
                error=True,
            ),
        )

    def test_asks_by_date_in_whole_seconds_newest_first(self, house: House) -> None:
        self.order(house, [])

        house.gateway().journal("-17", self.since)

        query = asked(house)
        assert query.get("schema") == "xtk:workflowLog"
        assert query.get("lineCount") == "200"
        assert [c.get("expr") for c in query.iter("condition")] == [
            "[@workflow-id] = -17",
            "@logDate >= #2026-01-31 06:00:00Z#",
        ]
        assert [(n.get("expr"), n.get("sortDesc")) for n in query.iterfind("orderBy/node")] == [
            ("@logDate", "true"),
            ("@id", "true"),
        ]

    def test_leaves_out_lines_of_the_first_second_that_are_too_early(self, house: House) -> None:
        self.order(
            house,
            [answers.line("2", "2026-01-31 06:00:00.500Z"), answers.line("1", "2026-01-31 06:00:00.499Z")],
        )

        assert [entry.id for entry in house.gateway().journal("4900", self.since)] == ["2"]

    @pytest.mark.parametrize(
        ("error", "log_type", "expected"),
        [
            ("1", "2", True),
            ("true", "", True),
            ("0", "0", False),
            ("", "0", True),
            ("", "2", False),
            ("", "", False),
        ],
    )
    def test_knows_errors(self, house: House, error: str, log_type: str, expected: bool) -> None:  # noqa: FBT001 - of the table
        self.order(house, [answers.line("1", "2026-01-31 06:00:01.000Z", error=error, logType=log_type)])

        (entry,) = house.gateway().journal("4900", self.since)

        assert entry.error is expected

    def test_pages_by_date_and_counts_what_comes_twice_once(self, house: House) -> None:
        def at(number: int) -> str:
            return f"2026-01-31 06:{number // 60:02}:{number % 60:02}.250Z"

        # Ids wrap in the middle: the later lines have the smaller, negative ids.
        lines = [
            answers.line(str(number if number < 150 else -number), at(number)) for number in range(1, 251)
        ]
        newest_first = lines[::-1]
        self.order(house, newest_first[:200], newest_first[198:])

        entries = house.gateway().journal("4900", self.since)

        assert [e.at.minute * 60 + e.at.second for e in entries] == list(range(1, 251))
        assert house.server.count(QUERY) == 2
        # The last line of the first page is of 06:00:51.250.
        assert [c.get("expr") for c in asked(house).iter("condition")][
            2
        ] == "@logDate <= #2026-01-31 06:00:52Z#"

    def test_gives_the_newest_lines_up_to_the_limit(self, house: House) -> None:
        self.order(
            house,
            [answers.line(str(n), f"2026-01-31 06:00:{n:02}.000Z") for n in range(30, 20, -1)],
            [answers.line(str(n), f"2026-01-31 06:00:{n:02}.000Z") for n in range(21, 11, -1)],
        )

        entries = house.gateway().journal("4900", self.since, limit=10)

        assert [entry.id for entry in entries] == [str(n) for n in range(21, 31)]
        assert asked(house).get("lineCount") == "10"
        assert house.server.count(QUERY) == 1

    def test_gets_past_a_second_that_fills_a_whole_page(self, house: House) -> None:
        crowd = [answers.line(str(n), "2026-01-31 06:00:05.000Z") for n in range(400, 0, -1)]
        self.order(house, crowd[:200], crowd[:200], crowd[:400], crowd[:400])

        entries = house.gateway().journal("4900", self.since, limit=400)

        assert len(entries) == 400
        assert [payload(r).get("lineCount") for r in house.server.requests if r.action == QUERY] == [
            "200",
            "200",
            "400",
        ]

    @pytest.mark.parametrize("missing", ["id", "logDate"])
    def test_names_a_line_that_cannot_be_placed(self, house: House, missing: str) -> None:
        attributes = {"id": "1", "logDate": "2026-01-31 06:00:01.000Z", missing: ""}
        self.order(house, [answers.row("workflowLog", **attributes)])

        with pytest.raises(UnreadableAnswer, match=f"workflowLog without its {missing}"):
            house.gateway().journal("4900", self.since)

    def test_refuses_an_id_that_is_none(self, house: House) -> None:
        with pytest.raises(UnreadableInput):
            house.gateway().journal("4900 OR 1=1", self.since)


class TestAccounts:
    def test_are_the_active_execution_instances(self, house: House) -> None:
        accounts = answers.collection(
            "extAccount",
            answers.row("extAccount", id="1", name="mcExec1", label="RT 1", server="https://rt1.example.com"),
            answers.row("extAccount", id="2", name="mcExec2"),
        )
        house.server.on(QUERY, http(200, answers.query(accounts)))

        assert house.gateway().accounts() == (
            Account("mcExec1", "RT 1", "https://rt1.example.com"),
            Account("mcExec2", "", ""),
        )
        query = asked(house)
        assert [c.get("expr") for c in query.iter("condition")] == [
            "@type = 11",
            "@active = 1",
            "@isMessageCenter = 1",
            "@isInteraction = 0",
        ]
        assert query.get("lineCount") == "200"

    def test_are_never_asked_for_their_passwords(self, house: House) -> None:
        house.server.on(QUERY, http(200, answers.query("")))

        house.gateway().accounts()

        assert "@password" not in house.server.last(QUERY).body


class TestServerTime:
    @pytest.mark.parametrize(
        "text", ["2026-01-31 06:00:00.500Z", "2026-01-31T06:00:00.500Z", "2026-01-31T07:00:00.5+01:00"]
    )
    def test_is_read_in_every_spelling(self, house: House, text: str) -> None:
        house.server.on("xtk:session#GetServerTime", http(200, answers.server_time(text)))

        assert house.gateway().server_time() == datetime(2026, 1, 31, 6, 0, 0, 500_000, tzinfo=UTC)

    @pytest.mark.parametrize("text", ["", "soon", "2026-01-31 06:00:00", "0001-01-01T00:00:00+14:00"])
    def test_that_is_none_is_refused(self, house: House, text: str) -> None:
        house.server.on("xtk:session#GetServerTime", http(200, answers.server_time(text)))

        with pytest.raises(UnreadableAnswer, match="no instant with a zone"):
            house.gateway().server_time()


class TestWriting:
    def test_sends_only_the_scheduler_and_updates_on_all_three_levels(self, house: House) -> None:
        workflow = read_workflow(house)
        house.server.on(WRITE, http(200, answers.written()))

        house.gateway().write_schedule(workflow, MOVED)

        document = asked(house, WRITE)
        assert document.items() == [("xtkschema", "xtk:workflow"), ("id", "4900"), ("_operation", "update")]
        assert [child.items() for child in document] == [[("_operation", "update")]]
        (schedule,) = document[0]
        assert schedule.get("_operation") == "update"
        assert schedule.findtext("period") == MOVED

    def test_sends_the_activity_complete_but_for_the_period(self, house: House) -> None:
        workflow = read_workflow(house)
        house.server.on(WRITE, http(200, answers.written()))

        house.gateway().write_schedule(workflow, MOVED)

        (schedule,) = asked(house, WRITE)[0]
        del schedule.attrib["_operation"]
        period = schedule.find("period")
        assert period is not None
        period.text = answers.PERIOD
        assert etree.tostring(schedule, method="c14n", exclusive=True).decode() == (
            workflow.definition.activities[0].xml
        )

    def test_of_a_backup_replaces_the_whole_collection(self, house: House) -> None:
        workflow = read_workflow(house)
        house.server.on(WRITE, http(200, answers.written()))

        house.gateway().restore(workflow, workflow.definition.xml)

        document = asked(house, WRITE)
        (activities,) = document
        assert document.get("_operation") == "update"
        assert "_operation" not in activities.attrib
        assert etree.tostring(activities, method="c14n", exclusive=True).decode() == workflow.definition.xml

    def test_of_a_backup_works_when_the_activities_are_lost(self, house: House) -> None:
        whole = read_workflow(house)
        damaged = read_workflow(house, "<activities/>")
        house.server.on(WRITE, http(200, answers.written()))

        house.gateway().restore(damaged, whole.definition.xml)

        assert len(asked(house, WRITE)[0]) == 3

    @pytest.mark.parametrize(
        "backup", ["<activities/>", "<workflow/>", "not xml", f"<activities>{answers.END}</activities>"]
    )
    def test_of_a_backup_that_is_none_is_refused(self, house: House, backup: str) -> None:
        workflow = read_workflow(house)

        with pytest.raises(UnreadableDefinition):
            house.gateway().restore(workflow, backup)

        assert house.server.count(WRITE) == 0

    @pytest.mark.parametrize("method", ["Start", "Stop"])
    def test_of_a_control_call_names_the_id(self, house: House, method: str) -> None:
        workflow = read_workflow(house)
        action = f"xtk:workflow#{method}"
        house.server.on(action, http(200, answers.controlled(method)))
        gateway = house.gateway()

        (gateway.start if method == "Start" else gateway.stop)(workflow)

        assert asked(house, action).text == "4900"

    def test_says_why_campaign_refused(self, house: House) -> None:
        workflow = read_workflow(house)
        house.server.on(
            STOP,
            http(
                500,
                answers.fault(
                    "SOP-330011 Error while executing the method 'Stop' of service 'xtk:workflow'.",
                    "BAS-010003 Unable to complete operation in current status.",
                ),
            ),
        )

        with pytest.raises(CampaignFault) as caught:
            house.gateway().stop(workflow)

        assert caught.value.code == "SOP-330011"
        assert caught.value.detail == "BAS-010003 Unable to complete operation in current status."
        assert str(caught.value).endswith(
            "refused xtk:workflow#Stop: BAS-010003 Unable to complete operation in current status."
        )


class TestFence:
    @pytest.mark.parametrize("what", ["write", "restore", "start", "stop"])
    def test_keeps_out_a_workflow_that_is_not_configured(self, house: House, what: str) -> None:
        mine = read_workflow(house)
        workflow = replace(mine, status=replace(mine.status, name="billing"))

        with pytest.raises(Fenced, match="billing is not one of the configured workflows"):
            act(house, what, workflow)

        assert_nothing_was_changed(house)

    @pytest.mark.parametrize("what", ["write", "start", "stop"])
    @pytest.mark.parametrize(
        "activities",
        [
            f"<activities>{answers.END}</activities>",
            f"<activities>{answers.SCHEDULE * 2}</activities>",
            '<activities><schedule name="schedule"/></activities>',
            '<activities><schedule name="schedule"><period>a<b/></period></schedule></activities>',
        ],
    )
    def test_keeps_out_a_workflow_without_exactly_one_scheduler(
        self, house: House, what: str, activities: str
    ) -> None:
        workflow = read_workflow(house, activities)

        with pytest.raises(UnreadableDefinition, match="exactly one scheduler"):
            act(house, what, workflow)

        assert_nothing_was_changed(house)

    def test_keeps_out_a_period_that_xml_cannot_carry(self, house: House) -> None:
        workflow = read_workflow(house)

        with pytest.raises(UnreadableDefinition):
            house.gateway().write_schedule(workflow, f"{MOVED}\x00")

        assert_nothing_was_changed(house)

    @pytest.mark.parametrize("what", ["write", "restore"])
    def test_keeps_out_a_copy_that_is_not_faithful(self, house: House, what: str) -> None:
        broken = answers.ACTIVITIES.replace("Planificateur", "Plan&#x1;")
        workflow = read_workflow(house, broken)

        with pytest.raises(UnreadableDefinition, match="no faithful copy"):
            act(house, what, workflow)

        assert_nothing_was_changed(house)

    def test_stands_before_the_log_on(self, house: House) -> None:
        workflow = read_workflow(house)
        before = len(house.server.requests)

        with pytest.raises(Fenced):
            act(house, "stop", replace(workflow, status=replace(workflow.status, name="billing")))

        assert len(house.server.requests) == before


def act(house: House, what: str, workflow: Workflow) -> None:
    gateway = house.gateway()
    if what == "write":
        gateway.write_schedule(workflow, MOVED)
    elif what == "restore":
        gateway.restore(workflow, workflow.definition.xml)
    else:
        (gateway.start if what == "start" else gateway.stop)(workflow)


def assert_nothing_was_changed(house: House) -> None:
    assert not {WRITE, START, STOP} & {request.action for request in house.server.requests}


class TestRepeating:
    def test_an_expired_session_is_renewed_once_and_the_write_repeated(self, house: House) -> None:
        workflow = read_workflow(house)
        house.server.on(WRITE, EXPIRED, http(200, answers.written()))
        gateway = house.gateway()
        reads = house.server.count(QUERY)

        gateway.write_schedule(workflow, MOVED)

        assert house.server.count(WRITE) == 2
        assert house.server.count(QUERY) == reads + 1
        first, second = (payload(r) for r in house.server.requests if r.action == WRITE)
        assert etree.tostring(first) == etree.tostring(second)

    @pytest.mark.parametrize(
        ("what", "shown"),
        [("write", answers.ACTIVITIES.replace(answers.PERIOD, MOVED)), ("restore", answers.ACTIVITIES)],
    )
    def test_a_write_that_ran_although_its_session_was_refused_is_not_repeated(
        self, house: House, what: str, shown: str
    ) -> None:
        workflow = read_workflow(house)
        house.server.on(WRITE, EXPIRED)
        read_workflow(house, shown)

        act(house, what, workflow)

        assert house.server.count(WRITE) == 1

    @pytest.mark.parametrize("action", [QUERY, "xtk:session#Logon"])
    def test_a_write_that_cannot_be_read_back_after_its_session_was_refused_is_in_doubt(
        self, house: House, action: str
    ) -> None:
        workflow = read_workflow(house)
        house.server.on(WRITE, EXPIRED)
        gateway = house.gateway()
        gateway.workflow("mcSynch_mcExec1")
        house.server.on(action, http(503, "away"))

        with pytest.raises(OutcomeUnknown, match="could not be read back"):
            gateway.write_schedule(workflow, MOVED)

        assert house.server.count(WRITE) == 1

    @pytest.mark.parametrize("what", ["write", "start", "stop"])
    def test_a_change_that_is_sent_to_a_login_page_may_have_run(self, house: House, what: str) -> None:
        workflow = read_workflow(house)
        house.server.on({"write": WRITE, "start": START, "stop": STOP}[what], LOGIN_PAGE)

        with pytest.raises(OutcomeUnknown, match="A login page came"):
            act(house, what, workflow)

    def test_a_second_expiry_is_the_end(self, house: House) -> None:
        house.server.on(QUERY, EXPIRED)

        with pytest.raises(SessionExpired):
            house.gateway().statuses()

        assert house.server.count(QUERY) == 2
        assert house.server.count("xtk:session#Logon") == 2

    def test_nothing_else_is_repeated(self, house: House) -> None:
        workflow = read_workflow(house)
        house.server.on(WRITE, http(200, ""))

        with pytest.raises(EmptyReturn):
            house.gateway().write_schedule(workflow, MOVED)

        assert house.server.count(WRITE) == 1

    def test_expiry_in_the_rows_is_only_text(self, house: House) -> None:
        house.server.on(
            QUERY,
            http(
                200,
                answers.query(
                    answers.collection(
                        "workflowLog",
                        answers.line(
                            "1", "2026-01-31 06:00:01.000Z", "XSV-350008 Session has expired or is invalid."
                        ),
                    )
                ),
            ),
        )

        (entry,) = house.gateway().journal("4900", datetime(2026, 1, 31, tzinfo=UTC))

        assert entry.message.startswith("XSV-350008")
        assert house.server.count("xtk:session#Logon") == 1


class TestLoggingOnBeforeAChange:
    def test_that_fails_says_that_the_change_was_not_sent(self, house: House) -> None:
        workflow = read_workflow(house)
        house.server.on("xtk:session#Logon", http(200, answers.logon("", "")))

        with pytest.raises(NotSent, match=r"nothing else was sent: .* with blank tokens"):
            house.gateway().stop(workflow)

        assert house.server.count(STOP) == 0

    def test_that_fails_after_an_expiry_says_so_too(self, house: House) -> None:
        workflow = read_workflow(house)
        house.server.on("xtk:session#Logon", http(200, answers.logon()), http(503, "<html>away</html>"))
        house.server.on(STOP, EXPIRED)

        with pytest.raises(NotSent, match="HTTP 503"):
            house.gateway().stop(workflow)

        assert house.server.count(STOP) == 1

    def test_that_fails_before_a_reading_is_told_as_it_was(self, house: House) -> None:
        house.server.on("xtk:session#Logon", http(200, answers.logon(" ", " ")))

        with pytest.raises(EmptyReturn, match="blank tokens"):
            house.gateway().statuses()
