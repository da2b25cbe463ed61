"""A Campaign that gives recorded answers: files in the shapes of Adobe's published recordings.

The envelopes, `xsi:type='ns:Element'` and the attributes of a Logon follow the recordings that Adobe's
JavaScript SDK tests itself with (adobe/acc-js-sdk, `test/mock.js`); names, tokens and times are ours. Journal
ids turn negative in the middle, as they do on old servers, and "none" is an empty document.
"""

import re
import socket
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import unescape

from tests.gateways.campaign.raw_server import RawServer, Request, http, read_request

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 22, 4, 30, 7, tzinfo=UTC)
"""When the answers were given."""
WORKFLOW = "mcSynch_mcExec1"
_QUERY = re.compile(r'queryDef[^>]* schema="(?P<schema>[^"]+)"[^>]* operation="(?P<operation>\w+)"')
_SINCE = re.compile(r"@logDate >= #(?P<since>[0-9 :-]+)Z#")


class RecordedCampaign(RawServer):
    """Answers each request by the file that was recorded for it; 404 where none was."""

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        request = read_request(connection)
        self.requests.append(request)
        place = HERE / f"{recording(request)}.xml"
        with suppress(BrokenPipeError):
            (http(200, place.read_bytes()) if place.is_file() else http(404, "not recorded"))(connection)


def recording(request: Request) -> str:
    """Name the recording that answers a request."""
    method = request.action.partition("#")[2]
    if method != "ExecuteQuery":
        return method
    body = unescape(request.body, {"&quot;": '"', "&apos;": "'"})
    asked = _QUERY.search(body)
    assert asked is not None, body
    name = f"{asked['schema'].replace(':', '_')}-{asked['operation']}"
    if name == "xtk_workflow-getIfExists" and f"'{WORKFLOW}'" not in body:
        return f"{name}-none"
    since = _SINCE.search(body)
    if since is not None and datetime.fromisoformat(since["since"]).replace(tzinfo=UTC) > NOW:
        return f"{name}-none"
    return f"{name}-3" if 'lineCount="3"' in body else name
