"""Activities from every form in which servers give them, equal whatever the indentation, and back again."""

from dataclasses import replace
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bot.domain.errors import UnreadableAnswer, UnreadableDefinition
from bot.domain.workflow import Definition, Status, Workflow
from bot.gateways.campaign.answer import MOST_TAGS
from bot.gateways.campaign.definition import (
    definition,
    definition_of,
    restore_document,
    schedule_document,
)
from tests.gateways.campaign import answers

DECLARED = f"<?xml version='1.0' encoding='UTF-8'?>\n<workflow>{answers.ACTIVITIES}</workflow>"
FORMS = {
    "inline": answers.ACTIVITIES,
    "text in data": f"<data>{escape(answers.ACTIVITIES)}</data>",
    "CDATA in data": f"<data><![CDATA[{answers.ACTIVITIES}]]></data>",
    "workflow as text in data": f"<data>{escape(DECLARED)}</data>",
    "several roots as text in data": f"<data>{escape(answers.ACTIVITIES + '<variables/>')}</data>",
    "children of data": f"<data>{answers.ACTIVITIES}</data>",
    "workflow in data": f"<data><workflow>{answers.ACTIVITIES}<variables/></workflow></data>",
    "inline before data": f"{answers.ACTIVITIES}<data>something else</data>",
}


def parsed(content: str, *, inherited: str = "urn:xtk:queryDef") -> etree._Element:
    """Parse a workflow as it stands in an answer, with the namespaces it inherits."""
    namespace = f" xmlns='{inherited}'" if inherited else ""
    answer = etree.fromstring(
        f"<a xmlns:x='urn:x' xmlns:xsi='urn:i'{namespace}><workflow>{content}</workflow></a>"
    )
    return answer[0]


def workflow(read: Definition) -> Workflow:
    status = Status("mcSynch_mcExec1", "4900", 11, failed=False, error_count=0, process_id=0, next_run=None)
    return Workflow(status, "", "", 0, None, "", "", read)


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("inherited", ["urn:xtk:queryDef", ""], ids=["namespace", "none"])
def test_every_form_gives_the_same_definition(content: str, inherited: str) -> None:
    read = definition(parsed(content, inherited=inherited))

    assert read == definition(parsed(answers.ACTIVITIES))
    assert read.period == answers.PERIOD
    assert read.scheduler == "schedule"
    assert read.timezone == "_inherit_"
    assert [(a.kind, a.name) for a in read.activities] == [
        ("schedule", "schedule"),
        ("js", "connection"),
        ("end", "end"),
    ]


def test_the_text_carries_no_namespace_and_no_indentation() -> None:
    read = definition(parsed(answers.ACTIVITIES))

    assert read.activities[2].xml == '<end label="Fin" name="end" x="400" y="40"></end>'
    assert "xmlns" not in read.xml


@pytest.mark.parametrize("indent", ["\n", "\n    ", "\t", "\r\n "])
def test_indentation_makes_no_difference(indent: str) -> None:
    spread = answers.ACTIVITIES.replace("><transition", f">{indent}<transition").replace(
        "/></", f"/>{indent}</"
    )
    spread = spread.replace("<activities>", f"<activities>{indent}").replace(
        "</schedule>", f"{indent}</schedule>{indent}"
    )

    assert spread != answers.ACTIVITIES
    assert definition(parsed(spread)) == definition(parsed(answers.ACTIVITIES))


@pytest.mark.parametrize(
    "changed",
    [
        answers.ACTIVITIES.replace("return  2", "return 2"),
        answers.ACTIVITIES.replace("\n\treturn", "\n return"),
        answers.ACTIVITIES.replace("Données", "Donnees"),
        answers.ACTIVITIES.replace('x="400"', 'x="401"'),
        answers.ACTIVITIES.replace(answers.END, ""),
        answers.ACTIVITIES.replace("<script>", '<script lang="js">'),
    ],
)
def test_every_other_difference_is_one(changed: str) -> None:
    before = definition(parsed(answers.ACTIVITIES))

    assert before.changed_besides_period(definition(parsed(changed))) != ()


def test_the_order_of_attributes_makes_no_difference() -> None:
    turned = answers.ACTIVITIES.replace('label="Fin" name="end"', 'name="end" label="Fin"')

    assert definition(parsed(turned)) == definition(parsed(answers.ACTIVITIES))


def test_white_space_beside_text_is_kept() -> None:
    mixed = '<activities><note name="n"> a <b/> <i/> </note><blank name="b">  </blank></activities>'

    read = definition(parsed(mixed))

    assert read.activities[0].xml == '<note name="n"> a <b></b> <i></i> </note>'
    assert read.activities[1].xml == '<blank name="b">  </blank>'


def test_a_namespace_of_its_own_is_kept() -> None:
    own = '<activities><js name="a"><h:p xmlns:h="urn:h">x</h:p></js></activities>'

    assert '<h:p xmlns:h="urn:h">x</h:p>' in definition(parsed(own)).xml


@pytest.mark.parametrize(
    ("activities", "scheduler"),
    [
        (answers.END, None),
        (answers.SCHEDULE + answers.SCHEDULE, None),
        ('<schedule name="s"/>', None),
        ('<schedule name="s"><period>a</period><period>b</period></schedule>', None),
        ('<schedule name="s"><period><a/></period></schedule>', None),
        ('<js name="j"><schedule name="s"><period>a</period></schedule></js>', None),
        ('<fileTransfer name="f"><period>a</period></fileTransfer>', None),
        ('<schedule name="s"><period/></schedule>', "s"),
        ("<schedule><period>a</period></schedule>", ""),
    ],
)
def test_only_one_scheduler_with_one_period_counts(activities: str, scheduler: str | None) -> None:
    read = definition(parsed(f"<activities>{activities}</activities>"))

    assert read.scheduler == scheduler
    assert (read.period is None) is (scheduler is None)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<data/>",
        "<data>not xml &lt;</data>",
        "<data>&lt;other/></data>",
        "<data><other><activities/></other></data>",
        "<data>&lt;!DOCTYPE a [&lt;!ENTITY b 'c'>]>&lt;activities/></data>",
    ],
)
def test_activities_that_do_not_come_are_missed(content: str) -> None:
    with pytest.raises(UnreadableDefinition):
        definition(parsed(content))


def test_a_relative_namespace_has_no_canonical_form() -> None:
    with pytest.raises(UnreadableDefinition, match="no canonical form"):
        definition(parsed('<activities><js xmlns="relative" name="j"/></activities>'))


def test_a_name_with_a_replaced_character_is_read_all_the_same() -> None:
    read = definition(parsed('<activities><js n\ufffdme="j"/></activities>'))

    assert read.activities[0].xml == '<js n\ufffdme="j"></js>'


def test_a_definition_nested_without_end_is_no_trap() -> None:
    deep = "<a>" * 5000 + "</a>" * 5000

    with pytest.raises(UnreadableDefinition, match="not XML"):
        definition(parsed(f"<data>{escape(f'<activities>{deep}</activities>')}</data>"))


def test_a_definition_of_elements_without_end_is_no_trap() -> None:
    many = "<a/>" * (MOST_TAGS + 1)

    with pytest.raises(UnreadableAnswer, match="tags"):
        definition(parsed(f"<data>{escape(f'<activities>{many}</activities>')}</data>"))


def test_a_backup_reads_back_as_what_it_was() -> None:
    read = definition(parsed(answers.ACTIVITIES))

    assert definition_of(read.xml) == read


@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff\ufffd")
        | st.sampled_from("\n\t'\"<>&]"),
        max_size=60,
    ),
    st.text(st.sampled_from("ab'=\" <>&é[]0:"), max_size=40).map("m_iTimeMode='3' m_x='{}'".format),
)
@settings(max_examples=80, deadline=None)
def test_a_written_schedule_differs_only_in_its_period(script: str, period: str) -> None:
    content = answers.SCHEDULE.replace("</schedule>", f"<initScript>{escape(script)}</initScript></schedule>")
    read = definition(parsed(f"<activities>{content}{answers.END}</activities>"))

    # What a server would have after merging the document into what it has.
    document = etree.fromstring(etree.tostring(schedule_document(workflow(read), period)))
    sent = document[0][0]
    del sent.attrib["_operation"]
    merged = definition(parsed(f"<activities>{etree.tostring(sent).decode()}{answers.END}</activities>"))

    assert merged.period == period
    assert read.changed_besides_period(merged) == ()
    assert [a.name for a in merged.activities] == ["schedule", "end"]


def test_a_restored_definition_is_the_backup() -> None:
    read = definition(parsed(answers.ACTIVITIES))

    document = restore_document(workflow(replace(read, activities=())), read.xml)

    assert definition(document) == read
