"""The server: three tools over the feed."""

from __future__ import annotations

import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated

from mcp.server.fastmcp import FastMCP
from mcp.types import ToolAnnotations
from pydantic import Field

from exchange_rates.rates import between, daily

READ_ONLY = ToolAnnotations(readOnlyHint=True, openWorldHint=True)
Code = Annotated[str, Field(description="ISO 4217 code, such as CHF", pattern="^[A-Z]{3}$")]

mcp = FastMCP("exchange-rates")


@mcp.tool(annotations=READ_ONLY)
async def list_currencies() -> list[str]:
    """Name the currencies that have a reference rate today, in alphabetical order."""
    return sorted(await daily())


@mcp.tool(annotations=READ_ONLY)
async def get_rate(source: Code, target: Code, day: datetime.date | None = None) -> str:
    """Give the reference rate between two currencies, of a day or of the newest one published."""
    return str(between(await daily(day), source, target))


@mcp.tool(annotations=READ_ONLY)
async def convert(amount: Decimal, source: Code, target: Code) -> str:
    """Convert an amount at today's reference rate, rounded to two places."""
    converted = amount * between(await daily(), source, target)
    return str(converted.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN))


def main() -> None:
    """Serve over standard input and output."""
    mcp.run(transport="stdio")


if __name__ == "__main__":
    main()
