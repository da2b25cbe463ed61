"""The name of what is committed is asked for only as often as it must be, and never names what is gone."""

from bot.gateways.store.revisions import Revisions


class Database:
    """Counts commits, and how often somebody asked."""

    def __init__(self) -> None:
        self.commits = 0
        self.asked = 0
        self.seconds = 0.0

    def ask(self) -> str:
        self.asked += 1
        return str(self.commits)


def names(database: Database) -> Revisions:
    return Revisions(database.ask, 0.01, lambda: database.seconds)


def test_asked_again_at_once_it_asks_nobody() -> None:
    database = Database()
    revisions = names(database)

    assert [revisions.latest() for _ in range(3)] == ["0", "0", "0"]
    assert database.asked == 1


def test_what_we_commit_has_a_new_name_at_once() -> None:
    database = Database()
    revisions = names(database)
    revisions.latest()

    database.commits = 1
    revisions.committed()

    assert revisions.latest() == "1"


def test_what_another_process_commits_is_heard_of_a_moment_later() -> None:
    database = Database()
    revisions = names(database)
    revisions.latest()
    database.commits = 1

    database.seconds = 0.0099
    early = revisions.latest()
    database.seconds = 0.0101

    assert (early, revisions.latest()) == ("0", "1")


def test_what_we_commit_while_the_database_answers_is_asked_for_again() -> None:
    database = Database()

    def answers_before_the_commit() -> str:
        name = database.ask()
        if database.commits == 0:
            database.commits = 1
            revisions.committed()
        return name

    revisions = Revisions(answers_before_the_commit, 0.01, lambda: database.seconds)

    assert [revisions.latest(), revisions.latest()] == ["0", "1"]
