"""Pasted text becomes entries and failures, whatever it looks like, and any bytes get an answer."""

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import UnreadableInput
from bot.domain.paste import EPOCH, MOST_CHARACTERS, Pasted, is_archiving, read_paste, read_text

PARIS = ZoneInfo("Europe/Paris")
SENTENCE = "Empty return for method 'Logon' of service 'xtk:session'"
SIX = datetime(2026, 1, 20, 5, 0, 4, tzinfo=UTC)
LINE = f"2026-01-20 06:00:04\tsoapImport\t{SENTENCE}"


def read(text: str) -> Pasted:
    return read_paste(text, PARIS)


def test_a_console_line_is_an_entry_and_a_failure() -> None:
    pasted = read(LINE)
    (entry,) = pasted.journal("")
    assert (entry.at, entry.activity, entry.message, entry.error) == (SIX, "soapImport", SENTENCE, True)
    (failure,) = pasted.failures()
    assert (failure.at, failure.activity, failure.message) == (SIX, "soapImport", SENTENCE)


def test_the_lines_of_one_chain_are_one_failure() -> None:
    chain = f"2026-01-20 06:00:03\tsoapImport\tSCR-160012 script 'mcSynch_mcExec1/soapImport'.\n{LINE}"
    (failure,) = read(chain).failures()
    assert failure.workflow == "mcSynch_mcExec1"
    assert SENTENCE in failure.message


def test_failures_come_oldest_first_whatever_the_order_of_the_text() -> None:
    later = LINE.replace("2026-01-20", "2026-01-21")
    assert [one.at for one in read(f"{later}\n{LINE}").failures()] == [SIX, SIX + timedelta(days=1)]


def test_a_line_that_goes_on_without_a_date_is_one_line() -> None:
    (entry,) = read(
        "2026-01-20 06:00:04\tx\tEmpty return for method 'Logon'\n  of service 'xtk:session'"
    ).journal("")
    assert entry.message == "Empty return for method 'Logon'\nof service 'xtk:session'"


def test_a_blank_line_ends_what_a_line_goes_on_with() -> None:
    (entry,) = read(f"{LINE}\n\naccess denied, says Maria").journal("")
    assert entry.message == SENTENCE


@pytest.mark.parametrize(
    ("text", "workflow", "activity"),
    [
        (f"2026-01-20 06:00:04\tmcSynch_mcExec1\tsoapImport\t{SENTENCE}", "mcSynch_mcExec1", "soapImport"),
        (f"2026-01-20 06:00:04\tmcSynch_mcExec1/soapImport\t{SENTENCE}", "mcSynch_mcExec1", "soapImport"),
        (f"2026-01-20 06:00:04\tmcSynch_mcExec1\t{SENTENCE}", "mcSynch_mcExec1", ""),
        (f"mcSynch_mcExec1 | 2026-01-20 06:00:04 | soapImport | {SENTENCE}", "mcSynch_mcExec1", "soapImport"),
        (f"4711;2026-01-20 06:00:04;mcSynch_mcExec1;soapImport;{SENTENCE}", "mcSynch_mcExec1", "soapImport"),
        (
            f"Workflow mcSynch_mcExec1 failed on 2026-01-20 at 06:00:04 with: {SENTENCE}",
            "mcSynch_mcExec1",
            "",
        ),
        (f"mcSynch_mcExec1\n2026-01-20 06:00:04\tsoapImport\t{SENTENCE}", "mcSynch_mcExec1", "soapImport"),
        (f"== Workflow: billing ==\n2026-01-20 06:00:04\tx\t{SENTENCE}", "billing", "x"),
        (f"2026-01-20 06:00:04 soapImport: {SENTENCE}", "", "soapImport"),
        (f"2026-01-20 06:00:04 {SENTENCE}", "", ""),
        (f"2026-01-20 06:00:04\tError\tsoapImport\t{SENTENCE}", "", "soapImport"),
        (f'"2026-01-20 06:00:04","soapImport","{SENTENCE}"', "", "soapImport"),
        (f"2026-01-20 06:00:04\tx\tSCR-160012 error in 'mcSynch_a/soapImport'. {SENTENCE}", "mcSynch_a", "x"),
        (f"[2026-01-20 06:00:04] ERROR soapImport {SENTENCE}", "", "soapImport"),
        (f"2026-01-20 06:00:04.1+01   00001A2B   00001A2C      1   error   log     {SENTENCE}", "", ""),
    ],
)
def test_workflow_and_activity_are_found_where_they_stand(text: str, workflow: str, activity: str) -> None:
    pasted = read(text)
    assert pasted.workflows == ((workflow,) if workflow else ())
    (entry,) = pasted.journal(workflow)
    assert (entry.activity, entry.error) == (activity, True)
    assert entry.message.endswith(SENTENCE)


def test_a_header_names_the_columns_in_any_order() -> None:
    text = (
        f"Meldung;Aktivität;Datum;Typ\n{SENTENCE};soapImport;20.01.2026 06:00:04;Fehler\n"
        "ok;end;20.01.2026 06:00:05;Info"
    )
    first, second = read(text).journal("")
    assert (first.message, first.activity, first.error) == (SENTENCE, "soapImport", True)
    assert (second.message, second.error) == ("ok", False)


def test_quoted_fields_keep_their_delimiters_and_quotes() -> None:
    (entry,) = read('date,activity,message\n2026-01-20 06:00:04,"a,b","say ""error"", then stop"').journal("")
    assert (entry.activity, entry.message) == ("a,b", 'say "error", then stop')


def test_what_is_over_belongs_to_the_message() -> None:
    (entry,) = read("date,activity,message\n2026-01-20 06:00:04,js,Error, a comma, and more").journal("")
    assert entry.message == "Error, a comma, and more"


@pytest.mark.parametrize(
    ("column", "value", "error"),
    [
        ("type", "Info", False),
        ("type", "Warning", False),
        ("type", "Erreur", True),
        ("error", "0", False),
        ("error", "true", True),
        ("logType", "2", True),
    ],
)
def test_a_level_in_words_counts_and_a_number_alone_does_not(
    column: str,
    value: str,
    error: bool,  # noqa: FBT001 - a table of examples
) -> None:
    (entry,) = read(f"date,{column},message\n2026-01-20 06:00:04,{value},{SENTENCE}").journal("")
    assert entry.error is error


def test_log_type_zero_is_an_error_where_the_text_uses_several_types() -> None:
    rows = '<workflowLog logDate="2026-01-20 05:00:0{}Z" logType="{}" message="{}"/>'
    first, second = read(rows.format(4, 0, "strange thing") + rows.format(5, 2, "all well")).journal("")
    assert (first.error, second.error) == (True, False)
    (alone,) = read(rows.format(4, 0, "all well")).journal("")
    assert not alone.error


def test_a_mails_own_header_is_no_journal_line() -> None:
    text = (
        "From: Maria\nSent: Tuesday, January 20, 2026 9:41 AM\nTo: Support\n"
        f"Subject: {SENTENCE}\n\nOn Jan 20, 2026 at 9:30 AM Sam wrote:\n> {LINE}"
    )
    (failure,) = read(text).failures()
    assert failure.at == SIX


def test_a_mails_subject_alone_is_a_failure_without_a_time() -> None:
    (failure,) = read(f"From: Maria\nSubject: {SENTENCE}\n").failures()
    assert failure.at == EPOCH


def test_a_table_in_html_is_read_row_by_row() -> None:
    text = (
        "<table><tr><td>20/01/2026 06:00:04</td><td>soapImport</td>\n<td>Empty return for method &#39;Logon"
        "&#39; of service <b>&#39;xtk:session&#39;</b></td></tr>"
        "<tr><td>20/01/2026 06:00:09</td><td>end</td><td>ok</td></tr>"
    )
    first, second = read(text).journal("")
    assert (first.message, second.message) == (SENTENCE, "ok")


def test_xml_is_read_with_its_workflows_and_in_utc() -> None:
    text = (
        '<a:workflow xmlns:a="urn:x" internalName="mcSynch_a"><workflowLog id="7" activity="soapImport" '
        'logDate="2026-01-20 05:00:04.000Z" message="Empty return for method &apos;Logon&apos; of service '
        "&apos;xtk:session&apos;\"/></a:workflow><workflowLog logDate='2026-01-20 05:00:05Z' message='ok'>"
        '<workflow internalName="mcSynch_b"/></workflowLog>'
    )
    pasted = read(text)
    assert pasted.workflows == ("mcSynch_a", "mcSynch_b")
    (entry,) = pasted.journal("mcSynch_a")
    assert (entry.id, entry.at, entry.message) == ("7", SIX, SENTENCE)


@pytest.mark.parametrize(
    "text",
    [
        f"<workflowLog><logDate>2026-01-20 05:00:04Z</logDate><message>{SENTENCE}</message></workflowLog>",
        f"<workflowLog><logDate>2026-01-20 05:00:04Z</logDate><message><![CDATA[{SENTENCE}]]></message>",
        f'<workflowLog logDate="2026-01-20 05:00:04Z" message="{SENTENCE}"><cut off',
        f"&lt;workflowLog logDate=&quot;2026-01-20 05:00:04Z&quot; message=&quot;{SENTENCE}&quot;/&gt;",
        f'<row logDate="2026-01-20T05:00:04Z" message="{SENTENCE}"/>',
    ],
)
def test_fragments_of_xml_are_read_as_they_are(text: str) -> None:
    (failure,) = read(text).failures()
    assert (failure.at, failure.message) == (SIX, SENTENCE)


def test_entities_are_never_expanded() -> None:
    line = '<workflowLog logDate="2026-01-20 05:00:04Z" message="&a; error"/>'
    text = f'<!DOCTYPE x [<!ENTITY a "XSV-350012">]>{line}'
    (entry,) = read(text).journal("")
    assert entry.message == "&a; error"


def test_a_soap_fault_is_a_failure_without_a_time() -> None:
    text = "<faultstring>SOP-330011 Error.</faultstring><detail>XSV-350012 Invalid login</detail></Fault>"
    (failure,) = read(text).failures()
    assert (failure.at, failure.message) == (EPOCH, "SOP-330011 Error. XSV-350012 Invalid login")


def test_a_paused_and_failed_workflow_without_a_line_is_a_failure_without_a_message() -> None:
    text = '<workflow internalName="mcSynch_a" state="13" failed="1" lastStart="2026-01-20 05:00:04Z"/>'
    (failure,) = read(text).failures()
    assert (failure.workflow, failure.message, failure.at) == ("mcSynch_a", "", SIX)


def test_a_pause_counts_only_when_no_error_explains_it() -> None:
    paused = "2026-01-20 06:00:30\t\tWorkflow paused"
    assert [one.message for one in read(f"{LINE}\n{paused}").failures()] == [SENTENCE]
    assert [one.message for one in read(f"2026-01-20 06:00:01\tx\tok\n{paused}").failures()] == [""]
    assert [one.message for one in read(f"2026-01-20 05:00:01\tx\tError\n{paused}").failures()] == [
        "Error",
        "",
    ]
    assert read(f"{paused}\n2026-01-20 07:00:00\tx\tTask started").failures() == ()


def test_lines_without_a_date_count_only_when_none_has_one() -> None:
    assert [one.at for one in read(f"{LINE}\n\nXSV-350012 Invalid login").failures()] == [SIX]
    (failure,) = read("SCR-160012 error\nXSV-350012 Invalid login").failures()
    assert failure.message == "SCR-160012 error\nXSV-350012 Invalid login"


def test_a_date_in_a_sentence_is_found_at_its_end() -> None:
    for text in (
        f"The error was {SENTENCE} at 2026-01-20 06:00:04",
        json.dumps({"a": "x" * 300, "message": SENTENCE, "at": SIX.isoformat()}),
    ):
        (failure,) = read(text).failures()
        assert failure.at == SIX
        assert SENTENCE in failure.message


def test_several_workflows_are_kept_apart() -> None:
    others = (
        f"2026-01-20 06:00:04\tmcSynch_a\tx\t{SENTENCE}\n2026-01-20 06:00:05\tmcSynch_b\tx\tXSV-350012 no"
    )
    pasted = read(f"{others}\n{LINE}")
    assert pasted.workflows == ("mcSynch_a", "mcSynch_b")
    assert [len(pasted.journal(name)) for name in ("mcSynch_a", "mcSynch_b", "")] == [1, 1, 1]
    assert len(pasted.failures()) == 3
    assert len(pasted.failures("mcSynch_a")) == 1


def test_of_equal_times_the_archiving_workflow_comes_last() -> None:
    row = (
        '<workflowLog logDate="2026-01-20 05:00:04Z" message="error">'
        '<workflow internalName="{}"/></workflowLog>'
    )
    failures = read(row.format("mcSynch_a") + row.format("zebra")).failures()
    assert [one.workflow for one in failures] == ["zebra", "mcSynch_a"]
    assert is_archiving("MCSYNCH_x")
    assert not is_archiving("billing")


def test_a_time_without_a_date_is_read_when_the_day_is_told() -> None:
    (failure,) = read_paste(f"06:00:04\tx\t{SENTENCE}", PARIS, day=date(2026, 1, 20)).failures()
    assert failure.at == SIX


@pytest.mark.parametrize("text", ["", " \n\t", "Hello", "no date here", "2026-13-45 06:00:04 x", "12345"])
def test_text_without_a_journal_gets_one_sentence(text: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        read(text)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_text_without_end_is_refused_with_its_size() -> None:
    with pytest.raises(UnreadableInput, match="8,388,609 characters"):
        read("x" * (MOST_CHARACTERS + 1))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_usual_encodings_are_recognised(encoding: str) -> None:
    text = f"20/01/2026 06:00:04\tx\tdevolução vazia {'x' * 80}"
    assert read_text(text.encode(encoding)) == text


@given(st.binary(max_size=400))
def test_any_bytes_get_an_answer_or_a_sentence(data: bytes) -> None:
    for raw in (
        data,
        b"2026-01-20 06:00:04\tx\t" + data,
        b"<workflowLog logDate='2026-01-20 05:00:04Z' " + data,
    ):
        try:
            pasted = read_paste(read_text(raw), PARIS)
        except UnreadableInput:
            continue
        assert all(failure.at.tzinfo is UTC for failure in pasted.failures())


@given(st.text(alphabet="<>\"'=/ &;amp[]!-CDATworkflowLgds1\n\t", max_size=300))
def test_anything_like_xml_gets_an_answer_or_a_sentence(text: str) -> None:
    try:
        failures = read(f"<workflowLog {text}").failures()
    except UnreadableInput:
        return
    assert all(failure.at.tzinfo is UTC for failure in failures)
