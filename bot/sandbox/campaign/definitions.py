"""The definitions of the seeded workflows, as `<workflow>` elements.

What a real mcSynch workflow looks like inside is not public. These follow the shape
of public exports: a scheduler with a 43-key `<period>`, script activities joined by transitions, an end. The
scripts are there to be carried unharmed: markup characters, CDATA, accents, several lines.
"""

from lxml import etree

from bot.sandbox.campaign.wire import Element

DAYS, MONTHS = range(7), range(12)
HOURLY = {
    "m_abDay": "7",
    **{f"m_abDay[{day}]": "0" for day in DAYS},
    "m_abMonth": "12",
    **{f"m_abMonth[{month}]": "0" for month in MONTHS},
    "m_iDayMode": "1",
    "m_iMaxIter": "0",
    "m_iMonthDay": "0",
    "m_iMonthMode": "0",
    "m_iPosDay": "0",
    "m_iSpanDay": "0",
    "m_iSpanWeek": "0",
    "m_iTimeMode": "3",
    "m_iValidMode": "1",
    "m_iWeekDay": "0",
    "m_iWeekMode": "0",
    "m_tmFixedDay": "",
    "m_tmFixedTime": "00:00:00.000",
    "m_tmIterDate": "",
    "m_tmIterTime": "00:00:00.000",
    "m_tmOrgDate": "",
    "m_tmSpanTime": "1h",
    "m_tmStartDate": "",
    "m_tmStartTime": "00:00:00.000",
    "m_tmStopDate": "",
    "m_tmStopTime": "",
    "m_vtmTime": "0",
}
COMMON = (
    'isModel="0" onError="0" errorLimit="0" history="30" production="1" schema="" timezone="" keepResult="0"'
    ' showSQL="0" simulation="0" scenario-id="0" operation-id="0" recipientLink="" form="xtk:workflow"'
)

ARCHIVING = """
<workflow internalName="mcSynch_{account}" label="Message Center {account}" builtIn="0" modelName="mc"
          supervisor-id="1402" folder-id="1190" {common}>
  <activities>
    <schedule name="schedule" label="Planificateur" x="40" y="40" onError="0" mask="0" collision="0"
              timezone="_inherit_" img="xtk:activities/schedule.png">
      <transitions><transition name="transition" target="connection"/></transitions>
      <period>{period}</period>
    </schedule>
    <js name="connection" label="Connection information" x="160" y="40" onError="0" mask="0"
        img="xtk:activities/js.png">
      <transitions><transition name="ok" label="Ok" target="soapImport"/></transitions>
      <script><![CDATA[var account = nms.extAccount.load("{account}");
if (account.active && account.type < 12)   // <type> 11 : instance d'exécution
  vars.url = account.server;
vars.CELL_OFFSET = 1 << 24;
]]></script>
    </js>
    <js name="soapImport" label="Récupération des événements" x="280" y="40" onError="0" mask="0"
        img="xtk:activities/js.png">
      <transitions><transition name="ok" target="soapImportBatchEvent"/></transitions>
      <initScript><![CDATA[NL.ExecutionInstance.logonRemote(vars.url, vars.login, vars.pw)]]></initScript>
      <script>for each (var ev in result..*::event)
  if (ev.@id &gt; vars.last &amp;&amp; ev.@id &lt; vars.max)
    logInfo("événement « " + ev.@id + " »");</script>
    </js>
    <js name="soapImportBatchEvent" label="Batch events" x="400" y="40" onError="0" mask="0"
        img="xtk:activities/js.png">
      <transitions><transition name="ok" target="jsReplicateUrl"/></transitions>
      <script><![CDATA[/* ]] > is not the end */ vars.batch = "a & b";]]></script>
    </js>
    <js name="jsReplicateUrl" label="Tracked URLs" x="520" y="40" onError="0" mask="0"
        img="xtk:activities/js.png">
      <transitions><transition name="ok" target="end"/></transitions>
      <script>vars.urls = '&lt;a href="https://example.net/?a=1&amp;b=2"&gt;';</script>
    </js>
    <end name="end" label="Fin" x="640" y="40" img="xtk:activities/end.png"/>
  </activities>
  <variables/>
  <desc>Archive ce que l'instance d'exécution a envoyé.</desc>
</workflow>
"""

TECHNICAL = """
<workflow internalName="{name}" label="{label}" builtIn="1" modelName="" supervisor-id="0" folder-id="1180"
          {common}>
  <activities>
    <schedule name="schedule" label="Scheduler" x="40" y="40" onError="0" timezone="_inherit_">
      <transitions><transition name="transition" target="js"/></transitions>
      <period>{period}</period>
    </schedule>
    <js name="js" label="{label}" x="160" y="40" onError="0">
      <transitions><transition name="ok" target="end"/></transitions>
      <script>xtk.builtin.run("{name}");</script>
    </js>
    <end name="end" label="End" x="280" y="40"/>
  </activities>
  <variables/>
</workflow>
"""


def period(**changes: str) -> str:
    """Compose a `<period>` text: every hour from 00:00, but for the keys that are named.

    Keys stand in byte order, as Campaign writes them. A key with an index is given as
    `**{"m_abDay[0]": "1"}`.
    """
    pairs = HOURLY | changes
    return " ".join(f"{key}='{pairs[key]}'" for key in sorted(pairs))


def archiving(account: str, period_text: str) -> Element:
    """Return `mcSynch_<account>` with this schedule."""
    return _parsed(ARCHIVING.format(account=account, common=COMMON, period=period_text))


def cleanup() -> Element:
    """Return the nightly database cleanup."""
    return _technical("cleanup", "Database cleanup", period(m_iTimeMode="1", m_tmFixedTime="04:00:00.000"))


def tracking() -> Element:
    """Return the marketing server's tracking workflow, hourly."""
    return _technical("tracking", "Tracking", period(m_tmStartTime="00:20:00.000"))


def billing() -> Element:
    """Return the billing workflow, once a day."""
    return _technical("billing", "Billing", period(m_iTimeMode="1", m_tmFixedTime="01:10:00.000"))


def _technical(name: str, label: str, period_text: str) -> Element:
    return _parsed(TECHNICAL.format(name=name, label=label, common=COMMON, period=period_text))


def _parsed(text: str) -> Element:
    """Parse a definition, without the blanks that only make it readable here."""
    return etree.fromstring(text, etree.XMLParser(strip_cdata=False, remove_blank_text=True))
