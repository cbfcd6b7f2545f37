"""Write a server of about 15 000 lines, in the way people write them: many modules, helpers, a few tools in each."""

from __future__ import annotations

from pathlib import Path

MODULES = 44
FUNCTIONS = 25

PYTHON_HEAD = '''"""Orders of region {module}."""

import json
import os

import httpx

from mcp.server.fastmcp import FastMCP

BASE = "https://orders.shop.example/v1/region-{module}"
KEY = os.environ["SHOP_KEY"]
mcp = FastMCP("orders-{module}")
'''
PYTHON_BODY = '''

def total_{module}_{number}(orders: list[dict[str, float]], tax: float = 0.2) -> float:
    """Sum the orders' prices, with tax."""
    result = 0.0
    for order in orders:
        if order.get("cancelled"):
            continue
        result += order["price"] * (1 + tax)
    return round(result, 2)


'''
PYTHON_TOOL = '''@mcp.tool()
async def orders_{module}_{number}(customer: str, limit: int = 20) -> str:
    """List the newest orders of a customer in region {module}, page {number}."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{{BASE}}/orders", params={{"customer": customer, "limit": limit}}, headers={{"key": KEY}})
    found = answer.json()
    return json.dumps({{"orders": found, "total": total_{module}_{number}(found)}})
'''
TYPESCRIPT_HEAD = """import {{ McpServer }} from "@modelcontextprotocol/sdk/server/mcp.js";
import {{ z }} from "zod";

const BASE = "https://orders.shop.example/v1/region-{module}";

export interface Order {{
  price: number;
  cancelled?: boolean;
}}

export const server{module} = new McpServer({{ name: "orders-{module}", version: "1.0.0" }});
"""
TYPESCRIPT_BODY = """
export function total{module}x{number}(orders: Order[], tax = 0.2): number {{
  let result = 0;
  for (const order of orders) {{
    if (order.cancelled) {{
      continue;
    }}
    result += order.price * (1 + tax);
  }}
  return Math.round(result * 100) / 100;
}}
"""
TYPESCRIPT_TOOL = """
server{module}.registerTool(
  "orders_{module}_{number}",
  {{
    description: "List the newest orders of a customer in region {module}, page {number}.",
    inputSchema: {{ customer: z.string().describe("The customer's number"), limit: z.number().default(20) }},
  }},
  async ({{ customer, limit }}) => {{
    const answer = await fetch(`${{BASE}}/orders?customer=${{encodeURIComponent(customer)}}&limit=${{limit}}`);
    const orders = (await answer.json()) as Order[];
    return {{ content: [{{ type: "text", text: JSON.stringify({{ orders, total: total{module}x{number}(orders) }}) }}] }};
  }},
);
"""
PARTS = {
    "python": ("py", PYTHON_HEAD, PYTHON_BODY, PYTHON_TOOL),
    "typescript": ("ts", TYPESCRIPT_HEAD, TYPESCRIPT_BODY, TYPESCRIPT_TOOL),
}


MANIFESTS = {
    "python": (
        "pyproject.toml",
        '[project]\nname = "orders-{number}"\nversion = "1.0.0"\ndependencies = ["mcp==1.9.0", "httpx==0.28.1"]\n',
    ),
    "typescript": (
        "package.json",
        '{{"name": "orders-{number}", "version": "1.0.0", "dependencies": {{"@modelcontextprotocol/sdk": "1.17.0", "zod": "3.25.0"}}}}\n',
    ),
}
SKILL = {
    "SKILL.md": """---
name: report-{number}
description: Write report {number} from figures. Use when the user gives the figures of department {number}.
---

# Report {number}

1. Read the figures that the user names.
2. Run `python scripts/table.py figures.csv` and put the table into the report.
3. Follow [the style](STYLE.md).

```bash
python scripts/table.py figures.csv > table.md
```
""",
    "STYLE.md": "# Style of report {number}\n\nShort sentences. Figures with their unit. No colours in tables.\n",
    "scripts/table.py": '''"""Print a table of report {number}."""

import csv
import sys


def rows(path: str) -> list[list[str]]:
    with open(path, newline="") as source:
        return list(csv.reader(source))


for row in rows(sys.argv[1]):
    print("|", " | ".join(row), "|")
''',
}


def write_servers(folder: Path, count: int) -> int:
    """Write servers that are together as large as one of ``write_server``, Python and TypeScript in turn; give the number of lines."""
    lines = 0
    for number in range(count):
        language = ("python", "typescript")[number % 2]
        server = folder / "servers" / f"orders-{number}"
        lines += write_server(server, language, modules=MODULES // count)
        manifest = MANIFESTS[language]
        (server / manifest[0]).write_text(manifest[1].format(number=number), encoding="utf-8")
    return lines


def write_skills(folder: Path, count: int) -> None:
    """Write a repository of Skills, each with a page, a reference and a script."""
    for number in range(count):
        skill = folder / "skills" / f"report-{number}"
        (skill / "scripts").mkdir(parents=True)
        for name, text in SKILL.items():
            (skill / name).write_text(text.format(number=number), encoding="utf-8")


def write_server(folder: Path, language: str, modules: int = MODULES) -> int:
    """Write the server; give its number of lines. A fifth of the functions is followed by a tool."""
    extension, head, body, tool = PARTS[language]
    folder.mkdir(parents=True)
    lines = 0
    for module in range(modules):
        text = head.format(module=module)
        for number in range(FUNCTIONS):
            text += body.format(module=module, number=number)
            text += tool.format(module=module, number=number) if number % 5 == 0 else ""
        (folder / f"region_{module}.{extension}").write_text(text, encoding="utf-8")
        lines += text.count("\n")
    return lines
