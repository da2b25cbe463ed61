"""The XTK expressions of a queryDef: `[@workflow-id] = 4900 and @logDate > #2026-01-31 06:00:00Z#`.

Parsed once into a function from a row to a value; what is not understood is a fault, as on the real server
(XTK-170036), never a guess. Comparisons with an empty date are false, save `IS NULL`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.sandbox.campaign.tables import TABLES, Row, Table, Value, linked
from bot.sandbox.campaign.world import World

Evaluator = Callable[[Row], Value]

TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\]|\\.|'')*')|(?P<date>#[^#]*#)|(?P<number>-?\d+)|(?P<bracket>\[[^\]]*\])"
    r"|(?P<operator><>|!=|<=|>=|==|[=<>(),])|(?P<path>[@A-Za-z_][\w/@:-]*))"
)
EMPTY: dict[str, Value] = {"string": "", "long": 0, "boolean": 0, "datetime": None}
ESCAPED = re.compile(r"\\(.)|''")


class Unparsable(Exception):
    """The expression is wrong, or uses a name that the schema does not have."""

    def __init__(self, expression: str, reason: str) -> None:
        super().__init__(f"XTK-170036 Unable to parse expression '{expression}'. {reason}")


@dataclass(frozen=True)
class Path:
    """A place in a record: a column of the table itself, or of the one that a link leads to."""

    link: str
    column: str


def resolve(table: Table, text: str, expression: str) -> Path:
    """Find what a path such as `@id`, `[@workflow-id]` or `[modifiedBy/@name]` means.

    Raises:
        Unparsable: the schema has nothing of that name.
    """
    name = text.strip("[]")
    if name.startswith("@") and name[1:] in table.columns:
        return Path("", name[1:])
    if name in table.columns and "/" in name:
        return Path("", name)
    link_name, slash, rest = name.partition("/")
    link = table.links.get(link_name)
    if slash and link and rest.startswith("@") and rest[1:] in TABLES[link.schema].columns:
        return Path(link_name, rest[1:])
    unknown = name.rpartition("@")[2]
    raise Unparsable(
        expression,
        f"Unknown attribute '{unknown}' (see definition of schema '{table.label} ({table.schema})').",
    )


def value_at(world: World, row: Row, path: Path) -> Value:
    """Read what a path leads to; empty text is `""`, an empty number 0, as in Campaign's database."""
    target = linked(world, row, row.table.links[path.link]) if path.link else row
    if target is None:
        return None
    value = target.values.get(path.column)
    return EMPTY[target.table.columns[path.column]] if value is None else value


def compile_expression(world: World, table: Table, expression: str) -> Evaluator:
    """Turn an expression into a function of a row; a condition gives 1 or 0.

    Raises:
        Unparsable: it is not understood.
    """
    return _Parser(world, table, expression).parse()


class _Parser:
    """Recursive descent: or, and, not, comparison, operand."""

    def __init__(self, world: World, table: Table, expression: str) -> None:
        self.world = world
        self.table = table
        self.expression = expression
        self.tokens = self._tokenise()
        self.position = 0

    def parse(self) -> Evaluator:
        result = self._any_of()
        if self.position < len(self.tokens):
            raise self._wrong(f"Unexpected '{self._peek()}'.")
        return result

    def _any_of(self) -> Evaluator:
        left = self._all_of()
        while self._takes("or"):
            left = _either(left, self._all_of())
        return left

    def _all_of(self) -> Evaluator:
        left = self._negation()
        while self._takes("and"):
            left = _both(left, self._negation())
        return left

    def _negation(self) -> Evaluator:
        if self._takes("not"):
            inner = self._negation()
            return lambda row: int(not inner(row))
        return self._comparison()

    def _comparison(self) -> Evaluator:
        left = self._operand()
        word = self._peek().lower()
        if word in COMPARISONS:
            self.position += 1
            return self._compare(left, word, self._operand())
        if word == "like":
            self.position += 1
            return _like(left, self._operand())
        if word == "is":
            return self._emptiness(left)
        negated = self._takes("not")
        if self._takes("in"):
            members = [self._compare(left, "=", member) for member in self._list()]
            return lambda row: int(any(member(row) for member in members) != negated)
        if negated:
            raise self._wrong("IN expected after NOT.")
        return left

    def _emptiness(self, left: Evaluator) -> Evaluator:
        self.position += 1
        negated = self._takes("not")
        self._expect("null")
        return lambda row: int((left(row) in (None, "")) != negated)

    def _list(self) -> list[Evaluator]:
        self._expect("(")
        members = [self._operand()]
        while self._takes(","):
            members.append(self._operand())
        self._expect(")")
        return members

    def _operand(self) -> Evaluator:
        if self.position >= len(self.tokens):
            raise self._wrong("It ends too early.")
        kind, text = self.tokens[self.position]
        self.position += 1
        if text == "(":
            inner = self._any_of()
            self._expect(")")
            return inner
        if kind == "string":
            return _constant(ESCAPED.sub(lambda match: match[1] or "'", text[1:-1]))
        if kind == "number":
            return _constant(int(text))
        if kind == "date":
            return _constant(self._date(text[1:-1]))
        if kind == "path" and self._peek() == "(":
            return self._function(text)
        if kind == "path" and text.lower() in ("true", "false"):
            return _constant(int(text.lower() == "true"))
        if kind in ("path", "bracket"):
            path = resolve(self.table, text, self.expression)
            return lambda row: value_at(self.world, row, path)
        raise self._wrong(f"Unexpected '{text}'.")

    def _function(self, name: str) -> Evaluator:
        self._expect("(")
        if name.lower() == "getdate":
            self._expect(")")
            return lambda _row: self.world.time
        unit = ADDITIONS.get(name.lower())
        if unit is None:
            raise self._wrong(f"Unknown function '{name}'.")
        base = self._operand()
        self._expect(",")
        count = self._operand()
        self._expect(")")
        return _addition(base, count, unit)

    def _compare(self, left: Evaluator, word: str, right: Evaluator) -> Evaluator:
        test = COMPARISONS[word]

        def compare(row: Row) -> int:
            sign = _sign(*self._alike(left(row), right(row)))
            return int(sign is not None and test(sign))

        return compare

    def _alike(self, one: Value, other: Value) -> tuple[Value, Value]:
        """Bring both sides to one type, as the real server casts literals."""
        if isinstance(one, datetime) and isinstance(other, str):
            return one, self._date(other)
        if isinstance(one, str) and isinstance(other, datetime):
            return self._date(one), other
        if isinstance(one, int) and isinstance(other, str):
            return one, int(other) if other.lstrip("-").isdecimal() else None
        if isinstance(one, str) and isinstance(other, int):
            return (int(one) if one.lstrip("-").isdecimal() else None), other
        return one, other

    def _date(self, text: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text.strip().replace("/", "-"))
        except ValueError as error:
            raise self._wrong(f"'{text}' is not a date.") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=self.world.zone).astimezone(UTC)

    def _tokenise(self) -> list[tuple[str, str]]:
        tokens = []
        position = 0
        text = self.expression.strip()
        while position < len(text):
            match = TOKEN.match(text, position)
            if match is None:
                raise self._wrong(f"Unexpected '{text[position : position + 10]}'.")
            tokens.append((match.lastgroup or "", match[match.lastgroup or 0]))
            position = match.end()
        return tokens

    def _peek(self) -> str:
        return self.tokens[self.position][1] if self.position < len(self.tokens) else ""

    def _takes(self, word: str) -> bool:
        if self._peek().lower() == word:
            self.position += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._takes(word):
            raise self._wrong(f"'{word}' expected.")

    def _wrong(self, reason: str) -> Unparsable:
        return Unparsable(self.expression, reason)


COMPARISONS: dict[str, Callable[[int], bool]] = {
    "=": lambda sign: sign == 0,
    "==": lambda sign: sign == 0,
    "!=": lambda sign: sign != 0,
    "<>": lambda sign: sign != 0,
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}
ADDITIONS = {
    "adddays": timedelta(days=1),
    "addhours": timedelta(hours=1),
    "addminutes": timedelta(minutes=1),
    "addseconds": timedelta(seconds=1),
}


def _sign(one: Value, other: Value) -> int | None:
    """Compare two values: -1, 0 or 1; `None` where they cannot be compared."""
    if isinstance(one, int) and isinstance(other, int):
        return (one > other) - (one < other)
    if isinstance(one, str) and isinstance(other, str):
        return (one > other) - (one < other)
    if isinstance(one, datetime) and isinstance(other, datetime):
        return (one > other) - (one < other)
    return None


def _constant(value: Value) -> Evaluator:
    return lambda _row: value


def _either(left: Evaluator, right: Evaluator) -> Evaluator:
    return lambda row: int(bool(left(row)) or bool(right(row)))


def _both(left: Evaluator, right: Evaluator) -> Evaluator:
    return lambda row: int(bool(left(row)) and bool(right(row)))


def _like(left: Evaluator, pattern: Evaluator) -> Evaluator:
    def matches(row: Row) -> int:
        text, wanted = left(row), pattern(row)
        expression = ".*".join(re.escape(part) for part in str(wanted).split("%"))
        return int(text is not None and re.fullmatch(expression, str(text), re.DOTALL) is not None)

    return matches


def _addition(base: Evaluator, count: Evaluator, unit: timedelta) -> Evaluator:
    def add(row: Row) -> Value:
        moment, units = base(row), count(row)
        return moment + units * unit if isinstance(moment, datetime) and isinstance(units, int) else None

    return add
