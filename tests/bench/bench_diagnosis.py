"""How long it takes to read and judge a pasted journal: `python -m tests.bench.bench_diagnosis`.

The promise: 10,000 lines in under 300 ms.
"""

import random
import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

from bot.domain.paste import read_paste
from bot.domain.paste_verdict import PasteVerdict, judge_paste
from bot.domain.restart import RestartWindow

LINES = 10_000
ROUNDS = 7
PARIS = ZoneInfo("Europe/Paris")
SENTENCE = "Empty return for method 'Logon' of service 'xtk:session'"


def journal(lines: int, seed: int = 1) -> str:
    """Write a journal as the console gives it: hourly runs, and a collision every morning at six."""
    source = random.Random(seed)  # noqa: S311 - repeatable, not secret
    hour = datetime(2026, 1, 1, tzinfo=UTC)
    told: list[str] = []
    while len(told) < lines:
        at = hour
        for activity in ("schedule", "soapImport", "soapImportBatchEvent", "jsReplicateUrl", "end"):
            for _ in range(3):
                number = source.randrange(99_999)
                told.append(
                    f"{at:%Y-%m-%d %H:%M:%S}\t{activity}\t{number} rows processed in {number % 977} ms"
                )
                at += timedelta(seconds=2)
        if hour.hour == 6:
            wrapper = "SCR-160012 error while evaluating script 'mcSynch_mcExec1/soapImport'."
            told += [f"{at:%Y-%m-%d %H:%M:%S}\tsoapImport\t{message}" for message in (wrapper, SENTENCE)]
        hour += timedelta(hours=1)
    return "\n".join(told[:lines])


def judge(text: str) -> PasteVerdict:
    """Do what the offline command does with a text."""
    return judge_paste(read_paste(text, PARIS), windows=[RestartWindow(clock(6), PARIS)])


def main() -> None:
    """Print the median and the best of some rounds."""
    text = journal(LINES)
    spent = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        verdict = judge(text)
        spent.append(1000 * (time.perf_counter() - begun))
    spent.sort()
    print(  # noqa: T201 - the output is the purpose
        f"{LINES:,} journal lines, {verdict.failures} failures: {spent[ROUNDS // 2]:.0f} ms "
        f"(best {spent[0]:.0f} ms), {verdict.diagnosis.cause.value}, {verdict.diagnosis.confidence.value}"
    )


if __name__ == "__main__":
    main()
