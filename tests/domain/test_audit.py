"""The chain of the record: sound as long as nobody touched it, and exact about where somebody did."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.audit import GENESIS, AuditEntry, Deed, Event, flaws, link

AT = datetime(2026, 11, 24, 6, 20, 0, 123456, tzinfo=UTC)
DEED = Deed(AT, Event.PROPOSAL_APPROVED, "U0ADA", "button", "prod", "p1", {"digest": "ab", "summary": "été"})


def chain(length: int) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for number in range(1, length + 1):
        deed = replace(DEED, at=AT + timedelta(minutes=number), subject=f"p{number}")
        entries.append(link(number, deed, entries[-1].digest if entries else GENESIS))
    return entries


def without(entries: Sequence[AuditEntry], *sequences: int) -> list[AuditEntry]:
    return [entry for entry in entries if entry.sequence not in sequences]


def test_an_untouched_chain_has_no_flaws() -> None:
    assert list(flaws(chain(20))) == []
    assert list(flaws([])) == []


def test_each_entry_names_the_digest_before_it() -> None:
    first, second = chain(2)

    assert first.previous == GENESIS
    assert second.previous == first.digest
    assert len(second.digest) == 64


CHANGES = {
    "at": AT + timedelta(microseconds=1),
    "event": Event.PROPOSAL_DENIED,
    "actor": "U0EVE",
    "source": "command",
    "instance": "stage",
    "subject": "p9",
    "details": {"digest": "ab", "summary": "ete"},
    "actor_name": "eve",
}


def test_every_field_of_a_deed_has_its_example_here() -> None:
    assert set(CHANGES) == {field.name for field in fields(Deed)}


@pytest.mark.parametrize("field", CHANGES)
def test_a_changed_field_is_found(field: str) -> None:
    entries = chain(3)
    forged = replace(entries[1].deed, **{field: CHANGES[field]})  # type: ignore[arg-type] # names match types
    entries[1] = replace(entries[1], deed=forged)

    assert list(flaws(entries)) == ["Entry 2 was changed after it was written."]


def test_text_cannot_move_from_one_field_into_the_next() -> None:
    one = replace(DEED, actor="U0", actor_name="ADA")
    two = replace(DEED, actor="U0ADA", actor_name="")

    assert link(1, one, GENESIS).digest != link(1, two, GENESIS).digest


def test_the_order_of_details_is_no_change() -> None:
    turned = replace(DEED, details=dict(reversed([*DEED.details.items()])))

    assert link(1, turned, GENESIS) == link(1, DEED, GENESIS)


def test_a_removed_entry_is_named() -> None:
    assert list(flaws(without(chain(5), 3))) == [
        "Entry 3 is missing or out of order: entry 4 stands in its place.",
        "Entry 4 does not follow the entry before it.",
    ]


def test_several_removed_entries_are_all_named() -> None:
    assert next(flaws(without(chain(9), 3, 4, 5))) == (
        "Entries 3 to 5 are missing or out of order: entry 6 stands in their place."
    )


def test_a_removed_beginning_is_named() -> None:
    assert next(flaws(without(chain(3), 1))).startswith("Entry 1 is missing")


def test_swapped_entries_are_named() -> None:
    one, two, three, four = chain(4)

    found = list(flaws([one, three, two, four]))

    assert found[0] == "Entry 2 is missing or out of order: entry 3 stands in its place."
    assert "Entry 2 is out of order: it stands after entry 3." in found


def test_an_entry_written_anew_with_its_own_digest_breaks_the_next_one() -> None:
    entries = chain(3)
    entries[1] = link(2, replace(entries[1].deed, actor="U0EVE"), entries[0].digest)

    assert list(flaws(entries)) == ["Entry 3 does not follow the entry before it."]


def test_an_entry_that_stands_twice_is_found() -> None:
    entries = chain(3)

    assert list(flaws([*entries[:2], entries[1], entries[2]]))


@given(length=st.integers(2, 12), data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_cut_swap_or_forgery_but_a_cut_tail_is_found(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    kind = data.draw(st.sampled_from(["cut", "swap", "forge"]))
    at = data.draw(st.integers(0, length - 2))
    if kind == "cut":
        del entries[at]
    elif kind == "swap":
        entries[at], entries[at + 1] = entries[at + 1], entries[at]
    else:
        entries[at] = replace(entries[at], deed=replace(entries[at].deed, actor="U0EVE"))

    assert list(flaws(entries))


def test_every_event_is_a_noun_and_a_verb() -> None:
    assert all(len(event.value.split(":")) == 2 for event in Event)
