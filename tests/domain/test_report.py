"""Reading reports, and the key that recognises a repeat."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import UnreadableInput
from bot.domain.report import Report, delivery_key, read_report

FULL: dict[str, Any] = {
    "id": "d1",
    "workflow": "mcSynch_mcExec1",
    "workflow_id": "4900",
    "activity": "sync",
    "message": "Empty return",
    "logged_at": "2026-11-23T05:00:02Z",
    "log_id": "77",
}
AT = datetime(2026, 11, 23, 5, 0, 2, tzinfo=UTC)


def read(**changes: object) -> Report:
    return read_report(json.dumps(FULL | changes).encode())


def test_every_field_is_read() -> None:
    assert read() == Report("d1", "mcSynch_mcExec1", "4900", "sync", "Empty return", AT, "77")


def test_only_three_fields_must_be_there() -> None:
    needed = {name: FULL[name] for name in ("workflow", "workflow_id", "logged_at")}

    report = read_report(json.dumps(needed).encode())

    assert report == Report("", "mcSynch_mcExec1", "4900", "", "", AT, "")
    assert read(id=None, activity=None, message=None, log_id=None) == report


@pytest.mark.parametrize("name", ["workflow", "workflow_id", "logged_at"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_field_is_named(name: str, value: str | None) -> None:
    with pytest.raises(UnreadableInput, match=f"^`{name}` is missing.$"):
        read(**{name: value})


def test_unknown_fields_are_ignored() -> None:
    assert read(version=2, more={"a": [1]}) == read()


def test_ids_may_be_numbers_and_negative() -> None:
    report = read(workflow_id=4900, log_id=-2147483648, id=12)

    assert (report.workflow_id, report.log_id, report.id) == ("4900", "-2147483648", "12")


@pytest.mark.parametrize("name", ["workflow_id", "log_id"])
@pytest.mark.parametrize("value", ["x", "4900.0", "1e3", "\u0664", "--1", "9" * 21, "0x10"])
def test_an_id_that_is_no_whole_number_is_refused(name: str, value: str) -> None:
    with pytest.raises(UnreadableInput, match=f"^`{name}` must be a whole number"):
        read(**{name: value})


@pytest.mark.parametrize("name", FULL)
@pytest.mark.parametrize("value", [True, 1.5, [], {}, ["x"]])
def test_another_type_is_refused(name: str, value: object) -> None:
    with pytest.raises(UnreadableInput, match=f"^`{name}` must be text.$"):
        read(**{name: value})


@pytest.mark.parametrize("name", ["id", "workflow", "activity"])
@pytest.mark.parametrize("value", ["a\x00b", "a\nb", "a\u202eb", "a\u0085b"])
def test_a_name_with_a_control_character_is_refused(name: str, value: str) -> None:
    with pytest.raises(UnreadableInput, match=f"^`{name}` holds a control character.$"):
        read(**{name: value})


def test_a_name_may_have_255_characters() -> None:
    assert len(read(id="x" * 255).id) == 255
    with pytest.raises(UnreadableInput, match="at most 255"):
        read(id="x" * 256)


def test_half_a_character_is_refused_because_no_database_takes_it() -> None:
    with pytest.raises(UnreadableInput, match="unpaired surrogate"):
        read_report(json.dumps(FULL | {"message": "\ud83d"}).encode())


def test_control_characters_of_a_message_are_replaced_but_lines_stay() -> None:
    assert read(message="a\nb\tc\x00d\x1be\x85\U0001f600").message == "a\nb\tc\ufffdd\ufffde\ufffd\U0001f600"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T05:00:02Z",
        "2026-11-23 05:00:02+00:00",
        "2026-11-23T06:00:02+01:00",
        " 2026-11-23T05:00:02.000Z ",
    ],
)
def test_any_zone_is_turned_into_utc(text: str) -> None:
    assert read(logged_at=text).logged_at == AT
    assert read(logged_at=text).logged_at.tzinfo is UTC


@pytest.mark.parametrize("text", ["2026-11-23T05:00:02", "2026-11-23", "05:00", "23/11/2026", "1763874002"])
def test_a_time_without_a_zone_or_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(UnreadableInput, match=r"^`logged_at` must be a date and time in UTC, such as"):
        read(logged_at=text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_at_the_end_of_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(UnreadableInput, match=r"^`logged_at` lies outside"):
        read(logged_at=text)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The body is not JSON: Expecting value in line 1, column 1."),
        (
            b"{",
            "The body is not JSON: Expecting property name enclosed in double quotes in line 1, column 2.",
        ),
        (b"\xef\xbb\xbf{}", "The body is not JSON: Unexpected UTF-8 BOM (decode using utf-8-sig) in line 1"),
        (b"\xff", "The body is not UTF-8."),
        (b"[" * 60_000, "The body is nested too deeply."),
        (b"[" + b"9" * 5000 + b"]", "The body holds a number that is too long."),
        (b"[]", "The body must be a JSON object."),
        (b"null", "The body must be a JSON object."),
    ],
)
def test_what_is_no_json_object_is_refused_with_a_sentence(body: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableInput) as error:
        read_report(body)

    assert str(error.value).startswith(sentence)


def test_the_key_is_the_senders_id() -> None:
    assert delivery_key("prod", read(), b"") == "prod:id:d1"


def test_without_an_id_the_key_is_the_journal_line() -> None:
    assert delivery_key("prod", read(id=None), b"") == "prod:log:77:2026-11-23T05:00:02+00:00"
    assert delivery_key("prod", read(id=""), b"") == delivery_key(
        "prod", read(id=None, logged_at="2026-11-23T06:00:02+01:00", message="reworded"), b"other"
    )


def test_without_id_and_line_the_key_is_a_hash_of_the_body() -> None:
    report = read(id="", log_id="")

    assert delivery_key("prod", report, b"a").startswith("prod:sha256:")
    assert delivery_key("prod", report, b"a") == delivery_key("prod", report, b"a")
    assert delivery_key("prod", report, b"a") != delivery_key("prod", report, b"b")


def test_two_instances_never_share_a_key() -> None:
    for report in (read(), read(id=""), read(id="", log_id="")):
        assert delivery_key("prod", report, b"a") != delivery_key("stage", report, b"a")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FULL, "x"]), inner),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from([*FULL, "x"]), JSON) | JSON, st.booleans())
def test_any_json_is_read_or_refused_and_what_is_read_can_be_stored(value: object, complete: bool) -> None:  # noqa: FBT001 - hypothesis fills it
    body = json.dumps(FULL | value if complete and isinstance(value, dict) else value).encode()
    try:
        report = read_report(body)
    except UnreadableInput:
        return
    report.message.encode()
    assert report.workflow
    assert report.logged_at.tzinfo is UTC
    assert delivery_key("prod", report, body).isprintable()


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with pytest.raises(UnreadableInput):
        read_report(body)
