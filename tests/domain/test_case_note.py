"""The case note: everything support asks for, no secret, and Markdown that untrusted text cannot bend."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.audit import GENESIS, AuditEntry, Deed, Event, link
from bot.domain.case_note import MOST_ENTRIES, CaseNote, write_case_note
from bot.domain.case_note_lines import Quote
from bot.domain.case_note_writing import to_markdown
from bot.domain.incident import Incident, IncidentState
from bot.domain.proposal import Ask, Proposal, Stage, Step, StepRecord, TrackingChoice, Vote
from bot.domain.sentence import Sentence, say
from bot.domain.verdict import Cause, Confidence, Diagnosis, Evidence, Exclusion, Remedy

PARIS = ZoneInfo("Europe/Paris")
SIX = datetime(2026, 11, 24, 5, 0, 3, tzinfo=UTC)
NOW = SIX + timedelta(hours=26)
BEFORE, AFTER = "m_tmSpanTime='1h' m_tmStartTime='00:00:00'", "m_tmSpanTime='1h' m_tmStartTime='00:05:00'"
VERDICT = Diagnosis(
    Cause.RESTART_COLLISION,
    Confidence.CERTAIN,
    (Evidence("distance", "06:00:03 is 3 s after RT's restart."),),
    (Exclusion(Cause.CREDENTIALS, "No line says XSV-350012."),),
    Remedy.SHIFT,
    ("Move the start.",),
    ("KA-05406",),
)
INCIDENT = Incident(
    id="i1",
    instance="prod",
    workflow="mcSynch_mcExec1",
    workflow_id="4900",
    diagnosis=VERDICT,
    first_at=SIX,
    last_at=SIX,
    failures=1,
    message="SCR-160012 wrapped\nEmpty return for method 'Logon'",
    paused=False,
    schedule="every hour from 00:00",
    period=BEFORE,
    offers=(),
    no_offer="",
    caution="",
    proposal_id="p1",
    state=IncidentState.CLOSED,
    closed_at=NOW,
    closing="The restart was survived.",
)
PROPOSAL = Proposal(
    id="p1",
    incident_id="i1",
    instance="prod",
    workflow="mcSynch_mcExec1",
    workflow_id="4900",
    ask=Ask.SHIFT,
    offset_minutes=5,
    period_before=BEFORE,
    period_after=AFTER,
    predicted_run=SIX + timedelta(minutes=5),
    summary="Move mcSynch_mcExec1 to :05.",
    caution="Clicks of :00-:05 may arrive late.",
    requested_by="U0SAM",
    requested_at=SIX,
    expires_at=SIX + timedelta(hours=1),
    stage=Stage.PROVED,
    votes=(Vote("U0ADA", SIX, TrackingChoice.ACCEPTED),),
    decided_by="U0ADA",
    decided_at=SIX,
    reason="The run passed.",
    steps=(
        StepRecord(Step.STOP, SIX, SIX),
        StepRecord(Step.WRITE, SIX, SIX, "Campaign said no"),
        StepRecord(Step.START, SIX),
    ),
)


def recorded(*deeds: Deed) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for deed in deeds:
        entries.append(link(len(entries) + 1, deed, entries[-1].digest if entries else GENESIS))
    return entries


ENTRIES = recorded(
    Deed(SIX, Event.INCIDENT_OPENED, "mcsync", "poll", "prod", "i1", {"cause": "restart-collision"}),
    Deed(SIX, Event.PROPOSAL_ASKED, "U0SAM", "button", "prod", "p1", {"incident": "i1"}, "sam"),
    Deed(SIX, Event.PROPOSAL_APPROVED, "U0ADA", "button", "prod", "p1", {"tracking": "accepted"}, "ada"),
    Deed(SIX, Event.CHANGE_BEGUN, "U0ADA", "button", "prod", "p1"),
    Deed(SIX, Event.CHANGE_WRITTEN, "mcsync", "timer", "prod", "p1", {"definition_before": "d" * 64}),
    Deed(SIX, Event.CHANGE_VERIFIED, "mcsync", "timer", "prod", "p1", {"definition_after": "a" * 64}),
    Deed(NOW, Event.CHANGE_PROVED, "mcsync", "timer", "prod", "p1"),
)


def note(
    incident: Incident = INCIDENT,
    proposals: tuple[Proposal, ...] = (PROPOSAL,),
    entries: list[AuditEntry] = ENTRIES,
) -> CaseNote:
    return write_case_note(incident, proposals, entries, zone=PARIS, now=NOW)


def markdown(
    incident: Incident = INCIDENT,
    proposals: tuple[Proposal, ...] = (PROPOSAL,),
    entries: list[AuditEntry] = ENTRIES,
) -> str:
    return to_markdown(note(incident, proposals, entries))


def test_all_that_support_asks_for_is_in_it_in_the_order_in_which_it_is_read() -> None:
    text = markdown()

    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# Case note: mcSynch_mcExec1 on prod, restart collision (certain)",
        "## What happened",
        "## Cause",
        "## Change",
        "## Proof",
        "## Record",
        "## Sources",
    ]
    for told in (
        "- It failed at 2026-11-24 05:00:03 UTC (06:00:03 Europe/Paris).",
        "    SCR-160012 wrapped\n    Empty return for method 'Logon'",
        "closed at 2026-11-25 07:00:03 UTC (08:00:03 Europe/Paris): The restart was survived.",
        "- Evidence: 06:00:03 is 3 s after RT's restart.",
        "- Ruled out: credentials: No line says XSV-350012.",
        "asked for by sam (U0SAM) at 2026-11-24 05:00:03 UTC",
        "- Approved by ada (U0ADA) at 2026-11-24 05:00:03 UTC (06:00:03 Europe/Paris); tracking stays, ",
        "- Difference: m_tmStartTime from 00:00:00 to 00:05:00.",
        f"    {BEFORE}\n",
        f"    {AFTER}\n",
        "- Stop at 2026-11-24 05:00:03 UTC (06:00:03 Europe/Paris): done",
        ": Campaign said no\n",
        ": outcome unknown\n",
        "- It stands at proved: The run passed.",
        f"- SHA-256 of the definition before: {'d' * 64}",
        f"- SHA-256 of the definition afterwards: {'a' * 64}",
        "mcsync proved the change at 2026-11-25 07:00:03 UTC",
        "- KA-05406\n",
        f"up to entry 7 with the digest {ENTRIES[-1].digest}",
    ):
        assert told in text, told


def test_whoever_has_no_name_in_one_entry_has_it_from_another() -> None:
    assert "ada (U0ADA) set the change going (button)" in markdown()


def test_somebody_without_any_name_is_told_by_the_id() -> None:
    assert "asked for by U0SAM at" in markdown(entries=[])


def test_without_a_change_it_says_so() -> None:
    text = markdown(replace(INCIDENT, state=IncidentState.OPEN, closed_at=None, paused=True), (), [])

    assert "- mcsync changed nothing." in text
    assert "- Nothing was proved." in text
    assert "- Nothing is on record." in text
    assert (
        "The incident is open at 2026-11-25 07:00:03 UTC (08:00:03 Europe/Paris): the workflow stands" in text
    )
    assert text.endswith("- mcsync\n")


def test_several_failures_and_none_are_told() -> None:
    several = replace(INCIDENT, failures=4, last_at=SIX + timedelta(days=2))
    ahead = replace(INCIDENT, failures=0, message="", schedule="")

    assert "It failed 4 times, first at 2026-11-24 05:00:03 UTC" in markdown(several)
    assert "It had not failed yet" in markdown(ahead)
    assert "journal" not in markdown(ahead).partition("## Cause")[0]


def test_a_denial_and_a_resume_are_told_without_a_schedule() -> None:
    denied = replace(PROPOSAL, ask=Ask.RESUME, stage=Stage.DENIED, votes=(), steps=(), reason="Not today.")

    text = markdown(proposals=(denied,))

    assert "- Denied by ada (U0ADA) at" in text
    assert "- It stands at denied: Not today." in text
    assert "Schedule before" not in text


@pytest.mark.parametrize(
    ("choice", "ending"),
    [
        (TrackingChoice.NONE, "(06:00:03 Europe/Paris)."),
        (TrackingChoice.MOVES_TOO, "(06:00:03 Europe/Paris); RT's tracking is moved by hand."),
        (TrackingChoice.ACCEPTED, "(06:00:03 Europe/Paris); tracking stays, clicks may be lost."),
    ],
)
def test_an_approval_says_what_was_chosen_about_tracking(choice: TrackingChoice, ending: str) -> None:
    voted = replace(PROPOSAL, votes=(Vote("U0ADA", SIX, choice),))

    assert f"- Approved by ada (U0ADA) at 2026-11-24 05:00:03 UTC {ending}\n" in markdown(proposals=(voted,))


def test_without_a_reason_it_is_told_where_a_change_stands_and_what_the_run_showed() -> None:
    passed = recorded(
        *(entry.deed for entry in ENTRIES),
        Deed(NOW, Event.RUN_PASSED, "mcsync", "timer", "prod", "p1", {"reason": "It took 4 s."}),
    )

    text = markdown(replace(INCIDENT, paused=False), (replace(PROPOSAL, reason=""),), passed)

    assert "- It stands at proved.\n" in text
    assert "saw the next run pass at 2026-11-25 07:00:03 UTC (08:00:03 Europe/Paris): It took 4 s.\n" in text


def test_an_incident_that_runs_is_not_said_to_stand_still() -> None:
    text = markdown(replace(INCIDENT, state=IncidentState.OPEN, closed_at=None, paused=False))

    assert "(08:00:03 Europe/Paris): the workflow is not paused.\n" in text


def test_each_proposal_of_the_incident_is_told() -> None:
    text = markdown(proposals=(replace(PROPOSAL, id="p0", summary="First try."), PROPOSAL))

    assert text.index("First try.") < text.index("Move mcSynch_mcExec1 to :05.")


def test_an_unknown_cause_is_called_so() -> None:
    unknown = replace(VERDICT, cause=Cause.UNKNOWN, confidence=Confidence.UNKNOWN)

    assert markdown(replace(INCIDENT, diagnosis=unknown)).startswith(
        "# Case note: mcSynch_mcExec1 on prod, cause unknown\n"
    )


def test_of_a_long_record_the_end_is_told() -> None:
    many = recorded(*(replace(ENTRIES[0].deed, subject=f"i{n}") for n in range(MOST_ENTRIES + 5)))

    text = markdown(entries=many)

    assert "- 5 earlier entries are left out." in text
    assert "Entry 5," not in text
    assert f"Entry {MOST_ENTRIES + 5}," in text


def test_secrets_are_taken_out_wherever_they_stand() -> None:
    secret = "password=hunter2"
    leaky = replace(
        INCIDENT,
        message=secret,
        closing=secret,
        diagnosis=replace(VERDICT, evidence=(Evidence("line", f"“{secret}”"),)),
    )
    asked = replace(PROPOSAL, reason=secret, summary=secret, period_after=f"{AFTER} x='{secret}'")
    entries = recorded(replace(ENTRIES[1].deed, actor_name=secret, details={"reason": secret}))

    told = note(leaky, (asked,), entries)

    assert "hunter2" not in to_markdown(told)
    assert "hunter2" not in str(told)
    assert "password=***" in to_markdown(told)


HOSTILE = "</li>\n# Approved\n[click](https://evil.example) ![](x) `code`\r\n```\x1b[2J <b>"


def test_untrusted_text_cannot_become_markdown_of_its_own() -> None:
    verdict = replace(VERDICT, evidence=(Evidence("line", HOSTILE),), sources=(HOSTILE,))
    hostile = replace(INCIDENT, workflow=HOSTILE, closing=HOSTILE, message=HOSTILE, diagnosis=verdict)
    asked = replace(PROPOSAL, reason=HOSTILE, summary=HOSTILE)
    entries = recorded(replace(ENTRIES[1].deed, actor_name=HOSTILE, details={"reason": HOSTILE}))

    text = markdown(hostile, (asked,), entries)

    assert "\x1b" not in text
    assert "\r" not in text
    prose = "\n".join(line for line in text.splitlines() if not line.startswith("    "))
    assert not re.search(r"(?<!\\)[<\[`]", prose)
    assert [line for line in prose.splitlines() if line.startswith("#")] == [
        next(
            line for line in prose.splitlines() if line.startswith("# Case note: </li>".replace("<", "\\<"))
        ),
        *(f"## {title}" for title in ("What happened", "Cause", "Change", "Proof", "Record", "Sources")),
    ]


@given(st.text(max_size=80))
@settings(max_examples=50, deadline=None)
def test_every_line_is_a_heading_an_entry_or_a_quotation_whatever_was_said(said: str) -> None:
    verdict = replace(VERDICT, evidence=(Evidence("line", said),))
    told = replace(INCIDENT, message=said, closing=said, diagnosis=verdict)

    for line in markdown(told, (replace(PROPOSAL, reason=said),)).split("\n"):
        assert not line.strip() or line.startswith(("# ", "## ", "- ", "    ")), line


def test_what_only_the_words_before_it_make_a_secret_is_taken_out() -> None:
    reason = say("The sender said password={word} and went.", word="hunter2")
    asked = replace(PROPOSAL, reason=say("Not now. {reason}", reason=reason))

    assert "hunter2" not in markdown(proposals=(asked,))
    assert "Not now." in markdown(proposals=(asked,))


def test_every_sentence_of_a_note_can_be_said_in_another_language() -> None:
    told: list[str] = []

    def speak(text: str) -> str:
        told.append(text)
        return f"⟦{text}⟧"

    text = to_markdown(note(), speak)

    assert "- ⟦It failed at 2026-11-24 05:00:03 UTC (06:00:03 Europe/Paris).⟧" in text
    assert all(isinstance(sentence, Sentence) for sentence in told)
    prose = [line[2:] for line in text.splitlines() if line.startswith("- ")]
    outside = [line for line in prose if not line.startswith("⟦")]
    assert outside == ["The restart was survived.", *VERDICT.sources]


def test_quotations_stand_alone() -> None:
    quotes = [line for section in note().sections for line in section.lines if isinstance(line, Quote)]

    assert len(quotes) == 3
    assert all(f"\n\n    {quote.text.splitlines()[0]}\n" in markdown() for quote in quotes)
