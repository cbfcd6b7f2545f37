"""A copy of the whole environment holds the tokens of other programs too, in every language."""

from __future__ import annotations

import importlib

import pytest

WHOLE = "secret.read:configuration"
CASES = {
    "python": (
        "s.py",
        "import copy, os\ndef f():\n    return {}\n",
        [
            "dict(os.environ)",
            "os.environ.copy()",
            "{{**os.environ, 'A': 'b'}}",
            "os.environ | {{}}",
            "copy.copy(os.environ)",
            "run(env=os.environ)",
        ],
    ),
    "javascript": (
        "s.ts",
        "import {{ spawn }} from 'child_process';\nexport function f() {{ return {}; }}\n",
        [
            "{{...process.env}}",
            "Object.assign({{}}, process.env)",
            "spawn('x', [], {{ env: {{ ...process.env, A: 'b' }} }})",
            "spawn('x', [], {{ env: process.env }})",
            "structuredClone(process.env)",
            "Object.entries(process.env)",
        ],
    ),
    "go": (
        "main.go",
        'package main\nimport ("os"; "os/exec")\nfunc f(c *exec.Cmd) {{ c.Env = {} }}\n',
        ["os.Environ()", 'append(os.Environ(), "A=b")', "c.Environ()"],
    ),
    "java": (
        "Main.java",
        "import java.util.*;\nclass Main {{ Object f() {{ return {}; }} }}\n",
        ["System.getenv()", "new HashMap<>(System.getenv())", "Map.copyOf(System.getenv())"],
    ),
    "kotlin": (
        "Main.kt",
        "fun f(): Any {{ return {} }}\n",
        ["System.getenv()", "HashMap(System.getenv())", "System.getenv().toMutableMap()"],
    ),
    "csharp": (
        "Main.cs",
        "using System;\nclass Main {{ object F() {{ return {}; }} }}\n",
        ["Environment.GetEnvironmentVariables()", "new Hashtable(Environment.GetEnvironmentVariables())"],
    ),
    "rust": (
        "main.rs",
        "use std::env;\nuse std::collections::HashMap;\nfn f() {{ let x = {}; }}\n",
        ["env::vars().collect::<HashMap<String, String>>()", "std::env::vars()", "env::vars_os()"],
    ),
    "shell": ("s.sh", "{}\n", ["env", "printenv", "sudo env"]),
    "powershell": ("s.ps1", "{}\n", ["Get-ChildItem env:", "dir env:", "gci Env:\\*"]),
}


def found(language: str, path: str, code: str) -> set[str]:
    extraction = importlib.import_module(f"reviewer.inventory.languages.{language}").extract({path: code})
    return {f"{held.id}:{held.scope}" for held in extraction.capabilities}


@pytest.mark.parametrize(
    ("language", "expression"), [(language, expression) for language, (_, _, expressions) in CASES.items() for expression in expressions]
)
def test_a_copy_of_the_whole_environment_reads_secrets(language: str, expression: str) -> None:
    path, code, _ = CASES[language]
    assert WHOLE in found(language, path, code.format(expression.format()))


@pytest.mark.parametrize(
    ("language", "expression"),
    [
        ("python", "os.environ['A']"),
        ("javascript", "process.env.A"),
        ("go", '[]string{{os.Getenv("A")}}'),
        ("java", 'System.getenv("A")'),
        ("kotlin", 'System.getenv("A")'),
        ("csharp", 'Environment.GetEnvironmentVariable("A")'),
        ("rust", 'env::var("A")'),
        ("shell", "printenv A"),
    ],
)
def test_one_variable_does_not(language: str, expression: str) -> None:
    path, code, _ = CASES[language]
    assert WHOLE not in found(language, path, code.format(expression.format()))
