"""What only PostgreSQL can do to us: lose connections, refuse entry, keep locks, tell who lives."""

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from structlog.testing import capture_logs

from bot.domain.errors import ConfigurationError, StoreError
from bot.gateways.store import SqlStore, create_store, postgres_connections, postgres_presence
from bot.gateways.store.engine import Row, Value
from bot.gateways.store.migrations import MIGRATIONS, Migration
from bot.gateways.store.postgres import PostgresEngine, PostgresSession
from bot.gateways.store.postgres_connections import MOST_CONNECTIONS, Address
from bot.gateways.store.postgres_errors import may_be_repeated, refusal, unreachable
from bot.gateways.store.postgres_text import statement, table
from bot.gateways.store.work_statements import CLAIM
from tests.contract.stores import MACHINE_NOON, claim, enqueue, in_threads
from tests.freezer import Freezer
from tests.gateways.store import examples
from tests.gateways.store.examples import NOON
from tests.postgres import fresh_url, guarded_role, server_url
from tests.waiting import until

SOON = 20.0


@pytest.fixture
def url() -> str:
    return fresh_url()


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    found = create_store(url)
    found.open()
    yield found
    found.close()


def hang_up(url: str) -> int:
    """End every session that works in the schema of *url*, as a restart of the server does."""
    with psycopg.connect(url, autocommit=True) as connection:
        (schema,) = connection.execute("SELECT current_schema()").fetchone() or ("",)
        return len(
            connection.execute(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE application_name = %s AND pid <> pg_backend_pid()
                """,
                (schema,),
            ).fetchall()
        )


def named(url: str) -> str:
    """Let the sessions of a store carry the name of its schema, so that a test ends no others."""
    return f"{url}&application_name={url.rpartition('%3D')[2]}"


# --- Text -----------------------------------------------------------------------------------------


def test_only_parameters_row_locks_and_the_order_of_text_differ() -> None:
    assert statement("SELECT a FROM b WHERE c = :c_d AND e LIKE '%'") == (
        "SELECT a FROM b WHERE c = %(c_d)s AND e LIKE '%%'"
    )
    assert statement("SELECT a::text, b:c") == "SELECT a::text, b:c"
    assert "    FOR UPDATE SKIP LOCKED\n" in statement(CLAIM)
    assert table("CREATE TABLE a (b TEXT NOT NULL, c BIGINT)") == (
        'CREATE TABLE a (b TEXT COLLATE "C" NOT NULL, c BIGINT)'
    )


def test_text_is_ordered_by_code_points_whatever_the_language(store: SqlStore) -> None:
    names = ["Z", "a", "é", "_", "B", "10", "9"]
    with store.write() as tx:
        for name in names:
            tx.save_sighted(examples.sighted(name))
    with store.read() as reading:
        assert [seen.status.name for seen in reading.sighted()] == sorted(names)


# --- The way in -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("postgresql://bot:hunter2@db/mcsync", "leave the password out"),
        ("postgresql://bot@db/mcsync?password=hunter2", "leave the password out"),
        ("postgresql://bot@db/mcsync?hunter2=1", "write an address such as"),
        ("postgresql://[hunter2/mcsync", "write an address such as"),
    ],
)
def test_an_address_that_cannot_be_read_or_holds_a_password_is_refused_unseen(url: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        create_store(url)
    assert "hunter2" not in str(caught.value)


def test_without_its_extra_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("postgres", "postgres_connections"):
        monkeypatch.delitem(sys.modules, f"bot.gateways.store.{name}")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError, match=r"mcsync\[postgres\]"):
        create_store("postgresql://db/mcsync")


def test_a_password_lets_in_and_is_never_told(capsys: pytest.CaptureFixture[str]) -> None:
    url = guarded_role("right-hunter2")
    right, wrong = create_store(url, password="right-hunter2"), create_store(url, password="wrong-hunter2")
    with capture_logs() as logs:
        right.open()
        with pytest.raises(StoreError, match="does not let mcsync in") as caught:
            wrong.open()
    right.close()

    assert "hunter2" not in f"{caught.value} {caught.value.__cause__} {caught.value.__context__} {logs}"
    assert "hunter2" not in repr(Address(url, "hunter2"))
    assert "hunter2" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        ("host=127.0.0.1&port=1&connect_timeout=2", "cannot be reached"),
        ("dbname=nowhere", "There is no database"),
        (f"options={quote('-csearch_path=nowhere', safe='')}", "does not exist in the database"),
    ],
)
def test_what_is_wrong_with_the_place_is_told(option: str, problem: str) -> None:
    base, _, rest = server_url().partition("?")
    with pytest.raises(StoreError, match=problem):
        create_store(f"{base}?{rest}&{option}").open()


def test_a_server_that_can_only_be_read_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="can only be read"):
        create_store(f"{url}%20-cdefault_transaction_read_only%3Don").open()


# --- Whose schema it is ---------------------------------------------------------------------------

LATER = Migration("9999_later", ("CREATE TABLE later (key TEXT)",))


def engine(url: str, migrations: tuple[Migration, ...] = MIGRATIONS, patience: float = 10) -> PostgresEngine:
    return PostgresEngine(Address(url, ""), migrations, patience)


def test_a_schema_of_a_newer_version_is_left_alone(url: str) -> None:
    newer = engine(url, (*MIGRATIONS, LATER))
    newer.open()
    newer.close()
    with pytest.raises(StoreError, match=r"newer mcsync .it knows 9999_later"):
        engine(url).open()
    with pytest.raises(StoreError, match="newer mcsync"):
        engine(url).open_as_it_is()


def test_a_schema_of_an_older_version_is_updated_but_not_by_looking(url: str) -> None:
    older = engine(url)
    older.open()
    older.close()
    newer = engine(url, (*MIGRATIONS, LATER))
    with pytest.raises(StoreError, match="older mcsync"):
        newer.open_as_it_is()
    newer.open()
    newer.close()
    looking = engine(url, (*MIGRATIONS, LATER))
    looking.open_as_it_is()
    looking.close()


def test_a_schema_of_another_program_is_left_alone(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE orders (id INT)")
    for way_in in (PostgresEngine.open, PostgresEngine.open_as_it_is):
        with pytest.raises(StoreError, match=r"belongs to another program .it has the table orders"):
            way_in(engine(url))


def test_a_migration_that_fails_leaves_nothing_half_done(url: str) -> None:
    broken = Migration("9999_broken", ("CREATE TABLE half (key TEXT)", "CREATE TABLE half (key TEXT)"))
    with pytest.raises(StoreError, match=r"refused a statement .42P07"):
        engine(url, (*MIGRATIONS, broken)).open()
    sound = engine(url)
    sound.open()
    sound.close()


def test_many_starters_at_once_make_the_tables_once(url: str) -> None:
    def start(_: int) -> str:
        store = create_store(url)
        store.open()
        with store.write() as tx:
            tx.record(examples.deed())
        store.close()
        return "ok"

    assert in_threads(8, start) == ["ok"] * 8


@pytest.mark.parametrize("deed", ["UPDATE audit SET body = ''", "DELETE FROM audit", "TRUNCATE audit"])
def test_the_record_cannot_be_changed(url: str, store: SqlStore, deed: str) -> None:
    with store.write() as tx:
        tx.record(examples.deed())
    with (
        psycopg.connect(url, autocommit=True) as connection,
        pytest.raises(psycopg.errors.RaiseException, match="never changed or removed"),
    ):
        connection.execute(deed.encode())


def test_a_sound_database_has_no_flaws_and_is_backed_up_by_its_own_tools(
    store: SqlStore, tmp_path: Path
) -> None:
    assert store.flaws() == ()
    with pytest.raises(StoreError, match="pg_dump"):
        store.backup(tmp_path / "copy")


# --- What it says ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("28P01", "does not let mcsync in"),
        ("3D000", "There is no database here"),
        ("40001", "changed the same rows"),
        ("40P01", "changed the same rows"),
        ("42501", "does not allow mcsync's user"),
        ("25006", "can only be read"),
        ("25P03", "was lost before"),
        ("53100", "is full"),
        ("53300", "no connection left"),
        ("55P03", "kept the database here locked"),
        ("57014", "took too long"),
        ("57P01", "stopping or starting"),
        ("XX001", r"damaged \(XX001\)"),
        ("22003", "refused a statement"),
    ],
)
def test_each_trouble_has_its_sentence(state: str, sentence: str) -> None:
    error = psycopg.errors.lookup(state)("secret words of the server")

    with pytest.raises(StoreError, match=sentence):
        raise refusal(error, "here")
    assert "secret words" not in str(refusal(error, "here"))
    assert may_be_repeated(error) == (state in {"40001", "40P01", "25P03", "57P01"})


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("FATAL: password authentication failed for user", "does not let mcsync in"),
        ("fe_sendauth: no password supplied", "does not let mcsync in"),
        ('FATAL: database "mcsync" does not exist', "There is no database"),
        ("FATAL: sorry, too many clients already", "no connection left"),
        ("could not translate host name", "cannot be reached"),
    ],
)
def test_each_way_to_stay_outside_has_its_sentence(said: str, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        raise unreachable(psycopg.OperationalError(said), "here")


# --- Lost connections -----------------------------------------------------------------------------


def test_connections_that_were_cut_while_idle_are_replaced_unnoticed(url: str) -> None:
    store = create_store(named(url))
    store.open()
    in_threads(3, lambda number: enqueue(store, examples.work(str(number))))
    assert hang_up(named(url)) >= 1
    enqueue(store, examples.work("after"))
    with store.read() as tx:
        assert tx.due(NOON) == 4
    store.close()


def test_a_change_that_is_cut_off_is_taken_back_and_says_so(url: str) -> None:
    store = create_store(named(url))
    store.open()

    def change() -> None:
        with store.write() as tx:
            tx.record(examples.deed())
            assert hang_up(named(url)) >= 1
            tx.enqueue(examples.work())

    with pytest.raises(StoreError, match=r"lost before the change was complete|stopping or starting"):
        change()
    with store.read() as reading:
        assert reading.audit() == ()
    store.close()


def test_a_change_that_is_cut_off_at_its_end_says_that_nobody_knows(url: str) -> None:
    store = create_store(named(url))
    store.open()

    def change() -> None:
        with store.write() as tx:
            tx.record(examples.deed())
            hang_up(named(url))

    with pytest.raises(StoreError, match="may be saved or not"):
        change()
    store.close()


def test_a_claim_that_is_cut_off_is_made_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = create_store(named(url))
    store.open()
    enqueue(store, examples.work())
    cuts = [True]
    rows = PostgresSession.rows

    def cut(session: PostgresSession, text: str, parameters: Mapping[str, Value] | None = None) -> list[Row]:
        if text is CLAIM and cuts:
            cuts.pop()
            hang_up(named(url))
        return rows(session, text, parameters)

    monkeypatch.setattr("bot.gateways.store.postgres.PostgresSession.rows", cut)
    assert len(claim(store)) == 1
    assert cuts == []
    store.close()


def test_a_server_that_stands_still_is_not_waited_for_for_ever(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_connections, "ANSWER_SECONDS", 0.3)
    with Freezer(f"{url}&connect_timeout=2") as way:
        store = create_store(way.url)
        store.open()
        began = time.monotonic()
        way.freeze()

        def change() -> None:
            with store.write() as tx:
                tx.accept_delivery("one", NOON, "body")

        with pytest.raises(StoreError, match="cannot be reached"):
            change()
        assert time.monotonic() - began < SOON
        way.thaw()
        change()
        store.close()


def test_a_lock_that_is_never_given_up_is_told(url: str) -> None:
    holding = engine(url)
    holding.open()
    waiting = SqlStore(engine(url, patience=0.2))
    waiting.open()
    with holding.writing(), pytest.raises(StoreError, match=r"kept the database .* locked"), waiting.write():
        pass
    with waiting.write() as tx:
        assert tx.accept_delivery("now", NOON, "")
    waiting.close()
    holding.close()


def test_more_threads_than_connections_wait_for_one(url: str) -> None:
    store = SqlStore(engine(url, patience=0.3))
    store.open()
    inside, leave = threading.Barrier(MOST_CONNECTIONS + 1), threading.Event()

    def look() -> None:
        with store.read() as tx:
            tx.audit()
            inside.wait(SOON)
            assert leave.wait(SOON)

    with ThreadPoolExecutor(MOST_CONNECTIONS) as pool:
        looking = [pool.submit(look) for _ in range(MOST_CONNECTIONS)]
        inside.wait(SOON)
        with pytest.raises(StoreError, match="busy for"), store.read():
            pass
        leave.set()
        for one in looking:
            one.result(SOON)
    with store.read() as tx:
        assert tx.audit() == ()
    store.close()


def test_claims_do_not_wait_for_a_writer(store: SqlStore) -> None:
    enqueue(store, examples.work("a", lane="a"))
    with store.write() as tx:
        tx.enqueue(examples.work("b", lane="b"))
        (held,) = in_threads(1, lambda _: claim(store))[0]
        assert in_threads(1, lambda _: store.finish(held, NOON)) == [True]


def test_two_that_meet_on_a_lane_do_not_both_get_it(url: str) -> None:
    stores = [create_store(url) for _ in range(4)]
    for store in stores:
        store.open()
    for turn in range(30):
        enqueue(stores[0], *(examples.work(f"{turn}.{n}", lane="one", due_at=NOON) for n in range(3)))
        held = [one for taken in in_threads(4, lambda n: claim(stores[n], owner=str(n))) for one in taken]
        assert len(held) == 1
        for _ in range(3):
            assert stores[0].finish(held[0], NOON)
            held = claim(stores[0])
    for store in stores:
        store.close()


# --- Who lives ------------------------------------------------------------------------------------


def test_the_time_is_the_databases(store: SqlStore) -> None:
    with psycopg.connect(server_url()) as connection:
        (before,) = connection.execute("SELECT clock_timestamp()").fetchone() or (None,)
        told = store.time()
        connection.rollback()
        (after,) = connection.execute("SELECT clock_timestamp()").fetchone() or (None,)
    assert told is not None
    assert before <= told <= after


def test_a_replica_is_absent_once_its_session_has_ended_and_not_before(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_presence, "GRACE_SECONDS", 0.3)
    one, other = create_store(url), create_store(named(url))
    for store, name in ((one, "one"), (other, "other")):
        store.open()
        store.attend(name)
    enqueue(one, examples.work())
    claim(other, owner="other")

    # Cut off, it comes back under its name, and nobody takes it for dead meanwhile.
    hang_up(named(url))
    other.attend("other")
    began = time.monotonic()
    while time.monotonic() - began < 1:
        one.attend("one")
        other.attend("other")
        assert one.absent("one") == ()
        time.sleep(0.05)  # how often a desk attends
    # And now it ends, as by kill -9: with its sessions and without a word.
    hang_up(named(url))
    until(lambda: one.absent("one") == ("other",))
    assert one.give_back("other") == 1
    assert one.absent("one") == ()
    for store in (one, other):
        store.close()


def test_whoever_is_not_present_itself_calls_nobody_dead(store: SqlStore) -> None:
    enqueue(store, examples.work())
    claim(store, owner="other", machine_now=MACHINE_NOON)
    assert store.absent("me") == ()


def test_behind_a_pooler_leases_alone_tell(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_presence, "behind_pooler", lambda _: True)
    enqueue(store, examples.work())
    claim(store, owner="other")
    with capture_logs() as logs:
        store.attend("me")
        store.attend("me")
    assert [one["event"] for one in logs] == ["store.behind_pooler"]
    assert store.absent("me") == ()
