"""The least that reads 500 journal lines: lxml and requests, page by page, into plain tuples.

`python -m tests.bench.floors.parse_poll CAMPAIGN_URL`; each line of input is one reading.
"""

import sys
import time
from datetime import UTC, datetime, timedelta

from tests.bench.orders import Order, answer_orders
from tests.sandbox.soap_client import SoapClient, document

LINES, PAGE = 500, 200
NODES = ("@id", "@logDate", "@activity", "@message", "@error", "@logType")
Line = tuple[str, datetime, str, str, bool]


def read_journal(campaign: SoapClient, workflow_id: str) -> list[Line]:
    """Read the newest lines, newest first, by pages as large as the console's."""
    found: dict[str, Line] = {}
    until = ""
    while len(found) < LINES:
        where = [f"[@workflow-id] = {workflow_id}", "@logDate >= #2026-10-25 00:00:00Z#"]
        answer = campaign.query(
            "xtk:workflowLog",
            *NODES,
            where=[*where, until] if until else where,
            order=(("@logDate", True), ("@id", True)),
            lineCount=str(PAGE),
        )
        page = [
            (
                str(row.attrib["id"]),
                datetime.fromisoformat(str(row.attrib["logDate"])),
                str(row.attrib["activity"]),
                str(row.attrib["message"]),
                str(row.attrib["error"]) == "1",
            )
            for row in document(answer)
        ]
        for line in page:
            found.setdefault(line[0], line)
        if len(page) < PAGE:
            break
        next_second = page[-1][1].replace(microsecond=0) + timedelta(seconds=1)
        until = f"@logDate <= #{next_second.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z#"
    return list(found.values())[:LINES]


def main() -> None:
    """Read once for each line of input."""
    campaign = SoapClient(sys.argv[1])
    campaign.http.trust_env = False
    campaign.log_on().raise_for_status()
    workflow_id = campaign.workflow()["id"]
    read_journal(campaign, workflow_id)

    def deed(_: Order) -> dict[str, object]:
        began = time.process_time()
        lines = read_journal(campaign, workflow_id)
        taken = time.process_time() - began
        newest = max(line[1] for line in lines).astimezone(UTC).isoformat()
        return {"cpu_ms": 1000 * taken, "lines": len(lines), "newest": newest}

    answer_orders(deed)


if __name__ == "__main__":
    main()
