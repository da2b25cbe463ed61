"""`<period>` texts for tests: three real ones, and a way to write any other from what differs."""

import re
from collections.abc import Mapping, Sequence

DAILY = (
    "m_abDay='7' m_abDay[0]='0' m_abDay[1]='0' m_abDay[2]='0' m_abDay[3]='0' m_abDay[4]='0' m_abDay[5]='0'"
    " m_abDay[6]='0' m_abMonth='12' m_abMonth[0]='0' m_abMonth[10]='0' m_abMonth[11]='0' m_abMonth[1]='0'"
    " m_abMonth[2]='0' m_abMonth[3]='0' m_abMonth[4]='0' m_abMonth[5]='0' m_abMonth[6]='0' m_abMonth[7]='0'"
    " m_abMonth[8]='0' m_abMonth[9]='0' m_iDayMode='1' m_iMaxIter='0' m_iMonthDay='0' m_iMonthMode='0'"
    " m_iPosDay='0' m_iSpanDay='0' m_iSpanWeek='0' m_iTimeMode='1' m_iValidMode='1' m_iWeekDay='0'"
    " m_iWeekMode='0' m_tmFixedDay='' m_tmFixedTime='12:40:00.000' m_tmIterDate=''"
    " m_tmIterTime='00:00:00.000' m_tmOrgDate='' m_tmSpanTime='0s' m_tmStartDate=''"
    " m_tmStartTime='00:00:00.000' m_tmStopDate=''"
    " m_tmStopTime='00:00:00.000' m_vtmTime='0'"
)
"""Daily at 12:40, as Adobe prints it (KA-15248)."""


def period(changes: Mapping[str, str] | None = None, *, times: Sequence[str] = (), base: str = DAILY) -> str:
    """Write a `<period>` in the product's own order, with other values and a list of times."""
    values = dict(re.findall(r"(\S+)='([^']*)'", base))
    values.update(changes or {})
    if times:
        values["m_vtmTime"] = str(len(times))
        values |= {f"m_vtmTime[{index}]": at for index, at in enumerate(times)}
    return " ".join(f"{key}='{values[key]}'" for key in sorted(values))


QUARTER_HOURLY = period(
    {
        "m_iTimeMode": "3",
        "m_tmFixedTime": "00:00:00.000",
        "m_tmSpanTime": "15mn",
        "m_tmStartDate": "0001-11-24",
        "m_tmStartTime": "00:13:00.000",
        "m_tmStopDate": "0001-11-24",
        "m_tmStopTime": "",
    }
)
"""Every 15 minutes from 00:13, as in a public export of a Message Center workflow."""

ONE_MONDAY = period(
    {
        "m_abDay[0]": "1",
        "m_iDayMode": "4",
        "m_iMaxIter": "1",
        "m_iValidMode": "3",
        "m_iWeekMode": "1",
        "m_tmFixedTime": "00:00:00.000",
        "m_tmIterDate": "2021-11-01",
    }
)
"""Mondays at midnight, once, as in a public export."""

HOURLY = period({"m_tmSpanTime": "1h"}, base=QUARTER_HOURLY).replace("00:13:00.000", "00:00:00.000")
"""Every hour from 00:00, as mcSynch runs."""


def fixed(at: str, changes: Mapping[str, str] | None = None) -> str:
    """Write a schedule with one fixed time such as `06:00`."""
    return period({"m_tmFixedTime": f"{at}:00.000", **(changes or {})})


def every(span: str, first: str = "", last: str = "", changes: Mapping[str, str] | None = None) -> str:
    """Write a schedule with an interval such as `30mn`, from and to times such as `06:00`."""
    times = {
        "m_tmStartTime": first and f"{first}:00.000",
        "m_tmStopTime": last and f"{last}:00.000",
    }
    return period({"m_tmSpanTime": span, **times, **(changes or {})}, base=HOURLY)


def at_times(*times: str, changes: Mapping[str, str] | None = None) -> str:
    """Write a schedule with a list of times such as `06:00`."""
    return period(
        {"m_tmSpanTime": "0s", **(changes or {})}, times=[f"{at}:00.000" for at in times], base=HOURLY
    )
