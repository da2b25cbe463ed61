"""The name of what is committed: the same only for as long as the content is."""

from bot.gateways.store import SqlStore
from tests.contract.stores import MACHINE_NOON, Programs, claim, enqueue, in_threads
from tests.gateways.store import examples
from tests.gateways.store.examples import NOON


def write(store: SqlStore, key: str) -> None:
    with store.write() as tx:
        assert tx.accept_delivery(key, NOON, "body")


def test_the_revision_stays_while_nobody_writes(store: SqlStore) -> None:
    def stays() -> bool:
        before = store.revision()
        with store.read() as tx:
            tx.incidents()
        return store.revision() == before

    # Whoever else uses the same PostgreSQL server may write in between, which costs a cache and nothing more.
    assert any(stays() for _ in range(20))


def test_every_commit_has_a_revision_of_its_own_whoever_made_it(programs: Programs) -> None:
    one, other = programs.start(), programs.start()
    seen = [one.revision()]
    for writer, key in ((one, "a"), (other, "b"), (one, "c"), (other, "d")):
        write(writer, key)
        seen.append(one.revision())
    in_threads(2, lambda number: write(one, f"by thread {number}"))
    seen.append(one.revision())

    assert len(set(seen)) == len(seen)


def test_a_program_hears_at_once_of_its_own_commits_however_it_made_them(programs: Programs) -> None:
    store = programs.start(unheard_seconds=3600.0)
    seen = [store.revision()]

    enqueue(store, examples.work())
    seen.append(store.revision())
    store.write_together(lambda tx: tx.accept_delivery("together", NOON, "body"))
    seen.append(store.revision())
    (held,) = claim(store)
    seen.append(store.revision())
    store.renew("me", MACHINE_NOON, 60)
    seen.append(store.revision())
    assert store.finish(held, NOON)
    seen.append(store.revision())

    assert len(set(seen)) == 6


def test_all_threads_call_one_content_by_one_name(store: SqlStore) -> None:
    write(store, "a")
    names: list[str] = []

    in_threads(4, lambda _: names.append(store.revision()))

    assert len(names) == 4
    assert set(names) == {store.revision()}


def test_no_name_stands_for_two_contents(programs: Programs) -> None:
    store = programs.start()
    seen: list[tuple[str, str]] = []

    def work(_number: int) -> None:
        for _ in range(20):
            before = store.revision()
            with store.read() as tx:
                content = tx.posted("one")
            if store.revision() == before:
                seen.append((before, content.ts if content else ""))
            with store.write() as tx:
                known = tx.posted("one")
                tx.save_posted(examples.posted("one", ts=str(int(known.ts) + 1 if known else 1)))

    in_threads(3, work)

    assert seen
    assert len({name for name, _ in seen}) == len(set(seen))
