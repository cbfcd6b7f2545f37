"""The bank's public feed: one document a day, rates against the euro."""

from __future__ import annotations

import datetime
from decimal import Decimal

import httpx

FEED = "https://rates.meridian.example/v2/daily"
TIMEOUT = httpx.Timeout(10.0)


class UnknownCurrencyError(ValueError):
    """The feed has no rate for this currency."""


async def daily(day: datetime.date | None = None) -> dict[str, Decimal]:
    """Give all rates against the euro, of a day or of the newest."""
    async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False) as client:
        answer = await client.get(FEED, params={"day": day.isoformat()} if day else None)
        answer.raise_for_status()
    rates = {code: Decimal(rate) for code, rate in answer.json()["rates"].items()}
    return {"EUR": Decimal(1), **rates}


def between(rates: dict[str, Decimal], source: str, target: str) -> Decimal:
    """Give the rate between two currencies."""
    for code in (source, target):
        if code not in rates:
            raise UnknownCurrencyError(f"no rate for {code}")
    return rates[target] / rates[source]
