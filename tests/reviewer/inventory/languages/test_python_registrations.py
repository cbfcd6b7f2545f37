from __future__ import annotations

import textwrap
from typing import Any

import pytest

from checks.model import SurfaceRole, Tool, ToolKind
from reviewer.inventory.languages.interface import Extraction
from reviewer.inventory.languages.python import extract

FAST = "from mcp.server.fastmcp import FastMCP, Context\nmcp = FastMCP('shop')\n"


def read(**files: str) -> Extraction:
    return extract({name.replace("__", "/") + ".py": textwrap.dedent(text) for name, text in files.items()})


def only(found: Extraction) -> Tool:
    assert len(found.tools) == 1, [tool.name for tool in found.tools]
    return found.tools[0]


def told(found: Extraction) -> list[tuple[str, str | None]]:
    return [(tool.name, tool.description) for tool in found.tools]


@pytest.mark.parametrize(
    "code",
    [
        FAST + "@mcp.tool()\ndef sell(item: str):\n    'Sells it.'\n",
        FAST + "@mcp.tool\ndef sell(item: str):\n    'Sells it.'\n",
        FAST + "@mcp.tool('sell')\nasync def f(item: str):\n    'Sells it.'\n",
        FAST + "@mcp.tool(name='sell', description='Sells it.')\ndef f(item: str):\n    'Other.'\n",
        FAST + "def sell(item: str):\n    'Sells it.'\nmcp.tool()(sell)\n",
        FAST + "def sell(item: str):\n    'Sells it.'\nmcp.tool(sell)\n",
        FAST + "def f(item: str):\n    'Sells it.'\nmcp.add_tool(f, name='sell')\n",
        FAST
        + "from mcp.server.fastmcp.tools import Tool as T\ndef f(item: str): 'Sells it.'\nmcp.add_tool(T.from_function(f, name='sell'))\n",
        FAST + "def sell(item: str):\n    'Sells it.'\nfor one in [sell]:\n    mcp.tool()(one)\n",
        FAST + "def sell(item: str): 'Sells it.'\nT = {'sell': sell}\nfor name, one in T.items():\n    mcp.add_tool(one, name=name)\n",
        "from fastmcp import FastMCP as F\nserver = F('shop')\n@server.tool(name='sell')\ndef f(item: str):\n    'Sells it.'\n",
        "import fastmcp\ndef sell(item: str):\n    'Sells it.'\nm = fastmcp.FastMCP('shop', tools=[sell])\n",
        "from fastmcp.tools import tool\n@tool\ndef sell(item: str):\n    'Sells it.'\n",
        "from fastmcp import FastMCP\nclass Shop(FastMCP): pass\ns = Shop('x')\n@s.tool\ndef sell(item: str):\n    'Sells it.'\n",
        "import mcp\nfrom awslabs.mcp_lambda_handler import MCPLambdaHandler as M\n@M('x').tool()\ndef sell(item: str): 'Sells it.'\n",
    ],
)
def test_every_fastmcp_style_registers_the_same_tool(code: str) -> None:
    tool = only(read(server=code))
    assert (tool.kind, tool.name, tool.description, tool.dynamic) == (ToolKind.TOOL, "sell", "Sells it.", False)
    assert tool.input_schema == {"type": "object", "properties": {"item": {"type": "string"}}, "required": ["item"]}
    assert tool.handler is not None
    assert tool.last >= tool.handler.line > 0


def test_registration_inside_a_function_that_is_called_with_the_server() -> None:
    found = read(
        main=FAST + "from tools import register\nregister(mcp)\n",
        tools="def register(app):\n    @app.tool()\n    def sell(item):\n        'Sells it.'\n",
    )
    assert told(found) == [("sell", "Sells it.")]


def test_registration_of_bound_methods_as_handlers_do() -> None:
    found = read(
        main=FAST + "from shop.handler import Handler\nHandler(mcp)\n",
        shop__handler="""
            class Handler:
                def __init__(self, mcp):
                    self.mcp = mcp
                    self.mcp.tool(name='sell')(self.sell)

                async def sell(self, ctx, item: str = 'x'):
                    '''Sells it.'''
        """,
    )
    assert told(found) == [("sell", "Sells it.")]


def test_registration_through_a_wrapper_of_the_submission() -> None:
    found = read(
        wrap="""
            def audited(mcp, name, **more):
                def decorator(function):
                    async def wrapper(*args):
                        return await function(*args)
                    mcp.tool(name=name, **more)(wrapper)
                    return wrapper
                return decorator
        """,
        main=FAST + "from wrap import audited\n@audited(mcp, 'sell', description='Sells it.')\nasync def f(item): ...\n",
    )
    assert told(found) == [("sell", "Sells it.")]
    assert only(found).at.path == "main.py"


def test_registration_over_the_names_that_modules_export() -> None:
    found = read(
        main=FAST + "import a, b\nfor module in (a, b):\n    for name in module.__all__:\n        mcp.tool(getattr(module, name))\n",
        a="__all__ = ['buy']\ndef buy():\n    'Buys.'\n",
        b="__all__ = ['sell']\ndef sell():\n    'Sells.'\ndef hidden(): ...\n",
    )
    assert told(found) == [("buy", "Buys."), ("sell", "Sells.")]


def test_a_server_of_another_module_and_names_through_constants() -> None:
    found = read(
        shop__app="from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n",
        shop__texts="""
            import textwrap
            from enum import Enum
            PREFIX = 'shop'
            class Names(str, Enum):
                SELL = 'sell'
            LONG = textwrap.dedent('''
                Sells it.
                  Indented.
            ''').strip()
        """,
        shop__tools="""
            from .app import mcp
            from .texts import PREFIX, Names, LONG
            from . import texts
            WORD = 'it' ' is'
            @mcp.tool(name=f'{PREFIX}_{Names.SELL.value}', description=LONG)
            def a(): ...
            @mcp.tool(name=texts.PREFIX + '_b', description='{} {word}'.format('Two', word=WORD))
            def b(): ...
            @mcp.tool(name='%s_c' % PREFIX, description="\\u0043 \\x41\\N{BULLET}")
            def c(): ...
        """,
    )
    assert told(found) == [("shop_sell", "Sells it.\n  Indented."), ("shop_b", "Two it is"), ("shop_c", "C A\u2022")]
    assert not any(tool.dynamic for tool in found.tools)


@pytest.mark.parametrize(
    ("registration", "name"),
    [
        ("@mcp.tool(description=fetch_text())\ndef f(): ...", "f"),
        ("@mcp.tool(name=os.environ['NAME'])\ndef f(): ...", "os.environ['NAME']"),
        ("@mcp.tool(**options())\ndef f(): ...", "f"),
        ("def f(): ...\nf.__doc__ = fetch_text()\nmcp.tool()(f)", "f"),
        ("for f in load():\n    mcp.add_tool(f)", "f"),
        ("mcp.tool(make())", "make()"),
    ],
)
def test_what_is_computed_at_run_time_is_dynamic(registration: str, name: str) -> None:
    tool = only(read(server="import os\nfrom elsewhere import fetch_text, load, make, options\n" + FAST + registration + "\n"))
    assert (tool.name, tool.dynamic) == (name, True)


def test_what_is_fixed_of_a_computed_description_stays() -> None:
    tool = only(read(server=FAST + "import os\n@mcp.tool(description=f'Sells {os.getenv(\"A\")} now')\ndef f(): ...\n"))
    assert (tool.description, tool.dynamic) == ('Sells {os.getenv("A")} now', True)


def test_an_f_string_is_no_docstring_and_a_docstring_is_cleaned() -> None:
    found = read(server=FAST + "@mcp.tool()\ndef a():\n    f'No {1}'\n@mcp.tool()\ndef b():\n    '''First.\n\n        More.\n    '''\n")
    assert told(found) == [("a", None), ("b", "First.\n\nMore.")]


def test_parameters_become_a_schema_without_the_context() -> None:
    found = read(
        server="""
            from typing import Annotated, Literal, Optional
            from enum import Enum
            from pydantic import BaseModel, Field
            from mcp.server.fastmcp import FastMCP, Context
            mcp = FastMCP('x')
            class Size(str, Enum):
                S = 'small'
                L = 'large'
            class Item(BaseModel):
                name: str = Field(description='Its name')
                count: int = 1
            @mcp.tool(annotations={'readOnlyHint': True})
            def f(
                ctx: Context,
                a: int,
                b: Annotated[str, Field(description='B', min_length=2)],
                c: Optional[list[str]] = None,
                d: Literal['x', 'y'] = 'x',
                e: Size = Size.S,
                g: dict[str, float] = Field(..., description='G'),
                h: Item | None = None,
            ): ...
        """
    )
    item = {
        "type": "object",
        "properties": {"name": {"type": "string", "description": "Its name"}, "count": {"type": "integer", "default": 1}},
    }
    expected: dict[str, Any] = {
        "a": {"type": "integer"},
        "b": {"type": "string", "description": "B", "minLength": 2},
        "c": {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}], "default": None},
        "d": {"enum": ["x", "y"], "default": "x"},
        "e": {"enum": ["small", "large"], "default": "small"},
        "g": {"type": "object", "additionalProperties": {"type": "number"}, "description": "G"},
        "h": {"anyOf": [item | {"required": ["name"]}, {"type": "null"}], "default": None},
    }
    tool = only(found)
    assert tool.input_schema == {"type": "object", "properties": expected, "required": ["a", "b", "g"]}
    assert tool.annotations == {"readOnlyHint": True}


def test_prompts_resources_instructions_and_transport() -> None:
    found = read(
        server="""
            from fastmcp import FastMCP
            from mcp.types import ToolAnnotations
            HELP = 'Be ' + 'kind.'
            mcp = FastMCP(name='shop', version='1.2', instructions=HELP)
            @mcp.prompt(name='greet')
            def hello(who: str):
                'Greets.'
                return f'Say hello to {who}.'
            @mcp.resource('shop://stock/{item}')
            def stock(item: str):
                'What is there.'
            @mcp.tool(annotations=ToolAnnotations(destructiveHint=True, title='T'))
            def t(): ...
            if __name__ == '__main__':
                mcp.run(transport='streamable-http')
        """
    )
    assert [(tool.kind.value, tool.name) for tool in found.tools] == [
        ("prompt", "greet"),
        ("resource", "shop://stock/{item}"),
        ("tool", "t"),
    ]
    assert found.tools[2].annotations == {"destructiveHint": True, "title": "T"}
    (server,) = found.servers
    assert (server.name, server.version, server.transport) == ("shop", "1.2", "http")
    assert [(s.role, s.owner, s.text) for s in found.surfaces] == [
        (SurfaceRole.INSTRUCTIONS, "shop", "Be kind."),
        (SurfaceRole.PROMPT, "greet", "Say hello to {who}."),
    ]


LOW = """
    import os, subprocess
    from enum import Enum
    from mcp.server import Server
    import mcp.types as types
    from mcp.types import Tool
    from pydantic import BaseModel
    class Names(str, Enum):
        RUN = 'run'
    class Args(BaseModel):
        path: str
    EXTRA = [types.Tool(name='extra', description='Extra.', inputSchema=Args.model_json_schema())]
    server = Server('low', instructions='Mind.')
    @server.list_tools()
    async def tools() -> list[Tool]:
        return [
            Tool(name=Names.RUN, description='Runs.', inputSchema={'type': 'object', 'properties': {'c': {'type': 'string'}}}),
            types.Tool(name='read', description='Reads.', inputSchema={}),
            *[Tool(name=n, description=f'Is {n}.', inputSchema={}) for n in ('one', 'two')],
        ] + EXTRA
    @server.call_tool()
    async def call(name, arguments):
        if name == Names.RUN:
            return subprocess.run(arguments['c'], shell=True)
        elif name in ('one', 'two'):
            return os.getenv('ONE')
        match name:
            case 'read' | 'other':
                return open(arguments['p']).read()
        return HANDLERS[name](arguments)
    def extra(a):
        return os.remove('/tmp/x')
    HANDLERS = {'extra': extra}
"""


def test_low_level_lists_are_read_and_calls_belong_to_the_tool_that_they_answer() -> None:
    found = read(server=LOW)
    assert told(found) == [("extra", "Extra."), ("run", "Runs."), ("read", "Reads."), ("one", "Is one."), ("two", "Is two.")]
    by_name = {tool.name: {(c.id.value, c.scope.value) for c in tool.capabilities} for tool in found.tools}
    assert by_name == {
        "extra": {("fs.write", "literal")},
        "run": {("proc.exec", "tool-argument")},
        "read": {("fs.read", "tool-argument")},
        "one": {("env.use", "literal")},
        "two": {("env.use", "literal")},
    }
    assert found.tools[0].input_schema == {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
    assert found.surfaces[0].text == "Mind."


def test_a_list_that_is_made_at_run_time_is_one_dynamic_tool() -> None:
    found = read(
        server="""
            from mcp.server.lowlevel import Server
            from elsewhere import remote
            server = Server('x')
            @server.list_tools()
            async def tools():
                return await remote.tools()
        """
    )
    assert [(tool.name, tool.dynamic) for tool in found.tools] == [("server.list_tools()", True)]


@pytest.mark.parametrize(
    "code",
    [
        "from langchain.tools import tool\n@tool\ndef f():\n    'No.'\n",
        "from langchain_core.tools import tool\nimport mcp\n@tool('x')\ndef f(): ...\n",
        "import click\n@click.group()\ndef cli(): ...\n@cli.command()\ndef tool(): ...\n",
        "from flask import Flask\nimport mcp\napp = Flask('x')\n@app.tool('/x')\ndef f(): ...\n",
        "from pydantic_ai import Agent\nimport mcp\nagent = Agent('x')\n@agent.tool\ndef f(ctx): ...\n",
        "from mcp import ClientSession\nasync def f(session: ClientSession):\n    await session.list_tools()\n    session.tool('x')\n",
        "from mcp.types import Tool\ndef f():\n    return Tool(name='x', inputSchema={})\n",
        "class Box:\n    def tool(self, f): return f\nbox = Box()\n@box.tool\ndef f(): ...\n",
        "def register(mcp):\n    @mcp.tool()\n    def f(): ...\n",
        "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n# @mcp.tool()\ndef f(): '@mcp.tool()'\n",
    ],
)
def test_look_alikes_are_no_tools(code: str) -> None:
    assert read(server=code).tools == ()


def test_a_server_that_cannot_be_resolved_counts_where_the_file_speaks_mcp() -> None:
    code = "from mcp.server.fastmcp import Context\ndef register(thing):\n    @thing.tool()\n    def f(ctx: Context): ...\n"
    assert [tool.name for tool in read(server=code).tools] == ["f"]


def test_templates_of_prompts_and_addresses_of_resources_are_texts() -> None:
    found = read(
        server="""
            from mcp.server import Server
            from mcp import types
            from pydantic import AnyUrl
            TEMPLATE = 'Act on {topic}.'
            server = Server('x')
            @server.list_prompts()
            async def prompts():
                return [types.Prompt(name='act', description='Acts.')]
            @server.get_prompt()
            async def prompt(name, arguments):
                text = TEMPLATE.format(topic=arguments['topic'])
                return types.GetPromptResult(messages=[types.PromptMessage(role='user', content=types.TextContent(text=text.strip()))])
            @server.list_resources()
            async def resources():
                return [types.Resource(uri=AnyUrl('memo://x'), name='Memo')]
        """
    )
    assert [(tool.kind.value, tool.name, tool.dynamic) for tool in found.tools] == [
        ("prompt", "act", False),
        ("resource", "memo://x", False),
    ]
    assert [(surface.owner, surface.text) for surface in found.surfaces] == [("act", "Act on {topic}.")]
