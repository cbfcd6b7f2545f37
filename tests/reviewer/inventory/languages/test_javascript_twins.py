from __future__ import annotations

from reviewer.inventory.languages.javascript import extract
from reviewer.inventory.languages.javascript.twins import layout_of

TS = (
    'import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";\nconst server = new McpServer({ name: "n", version: "1" });\n'
    'server.tool("same", "Same.", async () => ({}));\n'
)


def places(files: dict[str, str]) -> list[tuple[str, str | None, str]]:
    return sorted((tool.name, tool.description, tool.at.path) for tool in extract(files).tools)


def test_source_and_compiled_are_listed_once_where_they_run() -> None:
    assert places({"src/index.ts": TS, "dist/index.js": TS}) == [("same", "Same.", "dist/index.js")]
    assert places({"src/tools/a.ts": TS, "build/bundle.js": TS}) == [("same", "Same.", "build/bundle.js")]
    assert places({"index.ts": TS, "index.js": TS}) == [("same", "Same.", "index.js")]
    assert places({"dist/i.js": TS, "dist/i.cjs": TS}) == [("same", "Same.", "dist/i.js")]
    assert places({"dist/cjs/i.js": TS, "dist/esm/i.js": TS}) == [("same", "Same.", "dist/cjs/i.js")]


def test_what_is_only_in_one_of_them_stays() -> None:
    only = TS + 'server.tool("extra", "Only here.", async () => ({}));\n'
    assert places({"src/index.ts": only, "dist/index.js": TS}) == [
        ("extra", "Only here.", "src/index.ts"),
        ("same", "Same.", "dist/index.js"),
    ]
    assert places({"src/index.ts": TS, "dist/index.js": only}) == [
        ("extra", "Only here.", "dist/index.js"),
        ("same", "Same.", "dist/index.js"),
    ]


def test_another_description_is_another_tool() -> None:
    other = TS.replace("Same.", "Not the same.")
    assert places({"src/index.ts": TS, "dist/index.js": other}) == [
        ("same", "Not the same.", "dist/index.js"),
        ("same", "Same.", "src/index.ts"),
    ]


def test_two_servers_of_one_layout_and_two_packages_stay() -> None:
    assert len(places({"src/a.ts": TS, "src/b.ts": TS})) == 2
    assert len(places({"packages/a/src/i.ts": TS, "packages/b/src/i.ts": TS})) == 2


def test_layouts() -> None:
    assert layout_of("src/a.ts") == ("", "src", "ts")
    assert layout_of("packages/a/dist/cjs/x/y.cjs") == ("packages/a", "dist/cjs", "cjs")
    assert layout_of("a.mjs") == ("", "", "mjs")
