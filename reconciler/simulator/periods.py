"""Billing periods: when a period that began at some second ends. Calendar arithmetic in UTC."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta


def end(start: int, interval: str, count: int) -> int:
    """The second at which a period of `count` intervals ends.

    A month from the 31st ends on the last day of a shorter month.
    """
    moment = datetime.fromtimestamp(start, UTC)
    match interval:
        case "day":
            return int((moment + timedelta(days=count)).timestamp())
        case "week":
            return int((moment + timedelta(weeks=count)).timestamp())
        case "month":
            return int(_months(moment, count).timestamp())
        case _:
            return int(_months(moment, 12 * count).timestamp())


def _months(moment: datetime, count: int) -> datetime:
    index = moment.month - 1 + count
    year, month = moment.year + index // 12, index % 12 + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)
