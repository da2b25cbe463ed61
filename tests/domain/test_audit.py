"""The chain of the record: sound as long as nobody touched it, and exact about where somebody did."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.audit import GENESIS, AuditEntry, DamagedEntry, Deed, Event, Seal, examine, flaws, link

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


def test_an_entry_that_can_no_longer_be_read_is_found() -> None:
    one, two, three = chain(3)

    found = list(flaws([one, DamagedEntry(2, two.previous, two.digest), three]))

    assert found == ["Entry 2 was changed after it was written: it cannot even be read any more."]


# --- Examining ------------------------------------------------------------------------------------


def sealed(*entries: AuditEntry) -> list[Seal]:
    return [Seal(entry.sequence, entry.digest, AT) for entry in entries]


def rewritten(entries: Sequence[AuditEntry], since: int) -> list[AuditEntry]:
    """Write the chain anew from *since* on, every digest right, as somebody would who knows how."""
    kept = list(entries[: since - 1])
    for entry in entries[since - 1 :]:
        deed = replace(entry.deed, actor="U0EVE")
        kept.append(link(entry.sequence, deed, kept[-1].digest if kept else GENESIS))
    return kept


def test_an_untouched_chain_is_sound_and_its_end_is_told() -> None:
    entries = chain(5)

    found = examine(entries, sealed(entries[1], entries[4]), last_digest=entries[3].digest)

    assert found.flaws == ()
    assert (found.entries, found.last) == (5, entries[4])


def test_nothing_at_all_is_sound() -> None:
    assert examine([]).flaws == ()
    assert examine([]).last is None


GONE = (
    "Entry {}, of which the health line of 2026-11-24 06:20:00 UTC told, is gone: "
    "the end was cut off, or it was written anew."
)


def test_a_cut_tail_is_found_against_every_seal_that_it_held() -> None:
    entries = chain(5)

    found = examine(entries[:3], sealed(entries[1], entries[3], entries[4]))

    assert found.flaws == (GONE.format(4), GONE.format(5))


def test_what_is_recorded_after_a_cut_changes_nothing_of_what_is_said() -> None:
    entries = chain(5)
    grown = entries[:3]
    for number in (4, 5, 6, 7):
        grown.append(link(number, replace(DEED, subject="new"), grown[-1].digest))

    for length in (3, 4, 5, 6, 7):
        assert examine(grown[:length], sealed(entries[4])).flaws == (GONE.format(5),)


def test_a_record_that_was_emptied_is_found_against_a_seal() -> None:
    assert examine([], sealed(*chain(1))).flaws == (GONE.format(1),)


def test_a_cut_tail_is_found_against_the_digest_that_somebody_kept() -> None:
    entries = chain(5)

    assert examine(entries[:4], last_digest=entries[3].digest).flaws == ()
    assert examine(entries[:4], last_digest=entries[4].digest).flaws == (
        f"No entry has the digest {entries[4].digest}: the end was cut off, or that entry was written anew.",
    )


@pytest.mark.parametrize("since", [1, 2, 4])
def test_a_chain_that_was_written_anew_is_found_by_its_seals_alone(since: int) -> None:
    entries = chain(5)
    forged = rewritten(entries, since)

    assert list(flaws(forged)) == []
    found = examine(forged, sealed(entries[2], entries[4]))

    assert found.flaws == ((GONE.format(3),) if since <= 3 else ()) + (GONE.format(5),)


def test_a_seal_that_was_damaged_is_found() -> None:
    entries = chain(2)

    for length in (0, 1, 2):
        assert examine(entries[:length], [Seal(2, "", AT)]).flaws == (
            "The seal of entry 2 was changed after it was written.",
        )


def test_where_the_last_entry_cannot_be_read_there_is_no_end_to_tell() -> None:
    one, two = chain(2)

    found = examine([one, DamagedEntry(2, two.previous, two.digest)], sealed(two))

    assert found.last is None
    assert found.entries == 2
    assert len(found.flaws) == 1


@given(length=st.integers(2, 12), data=st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_is_done_to_a_sealed_chain_is_found(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    seals = sealed(entries[-1])
    at = data.draw(st.integers(0, length - 1))
    match data.draw(st.sampled_from(["cut tail", "remove", "change", "damage", "rewrite"])):
        case "cut tail":
            hurt: list[AuditEntry | DamagedEntry] = [*entries[:at]]
        case "remove":
            hurt = [*entries[:at], *entries[at + 1 :]]
        case "change":
            forged = replace(entries[at].deed, actor_name="eve")
            hurt = [*entries[:at], replace(entries[at], deed=forged), *entries[at + 1 :]]
        case "damage":
            lost = DamagedEntry(at + 1, entries[at].previous, entries[at].digest)
            hurt = [*entries[:at], lost, *entries[at + 1 :]]
        case _:
            hurt = [*rewritten(entries, at + 1)]

    assert examine(hurt, seals).flaws


def test_every_event_is_a_noun_and_a_verb() -> None:
    assert all(len(event.value.split(":")) == 2 for event in Event)
