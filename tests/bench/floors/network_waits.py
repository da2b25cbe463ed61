"""The least between a report and a card: the same two questions to Campaign, one post to Slack, no thought.

`python -m tests.bench.floors.network_waits CAMPAIGN_URL SLACK_API_URL` logs on, then takes orders as lines of
JSON: `{"workflow": …}` is answered with how long the three took, in milliseconds.
"""

import sys
import time

import requests

from tests.bench.orders import answer_orders
from tests.sandbox.soap_client import SoapClient, document

WORKFLOW_NODES = (
    *("@id", "@internalName", "@state", "@failed", "@errorCount", "@processId", "@nextProcessingDate"),
    *("@label", "@timezone", "@onError", "@lastStart", "@lastModified", "[modifiedBy/@name]", "data"),
)
JOURNAL_NODES = ("@id", "@logDate", "@activity", "@message", "@error", "@logType")


def waits(campaign: SoapClient, slack: requests.Session, api_url: str, workflow: str) -> float:
    """Ask, ask and post; return how long that took, ms."""
    began = time.perf_counter()
    where = f"@internalName = '{workflow}'"
    found = document(campaign.query("xtk:workflow", *WORKFLOW_NODES, where=where, operation="getIfExists"))
    journal = campaign.query(
        "xtk:workflowLog",
        *JOURNAL_NODES,
        where=(f"[@workflow-id] = {found.get('id')}", "@logDate >= #2026-11-24 00:00:00Z#"),
        order=(("@logDate", True), ("@id", True)),
        lineCount="200",
    )
    journal.raise_for_status()
    posted = slack.post(
        f"{api_url}chat.postMessage", json={"channel": "C0OPS", "text": f"floor {workflow}"}, timeout=10
    )
    assert posted.json()["ok"], posted.text
    return 1000 * (time.perf_counter() - began)


def main() -> None:
    """Take orders until there are no more."""
    campaign_url, api_url = sys.argv[1:]
    campaign = SoapClient(campaign_url)
    campaign.log_on().raise_for_status()
    slack = requests.Session()
    slack.headers["Authorization"] = "Bearer xoxb-sandbox"
    answer_orders(lambda order: {"ms": waits(campaign, slack, api_url, order["workflow"])})


if __name__ == "__main__":
    main()
