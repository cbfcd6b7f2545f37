"""Hidden by where it lies: folders that nobody opens, files that tools are told to leave out, what starts by itself, odd names."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from tests.measure.evasions import payloads as p
from tests.measure.evasions.containers import zipped, zipped_twice
from tests.measure.evasions.model import Evasion, Submission, case

SCRIPT_LINE = "#!/bin/sh\nset -e\n"


def _script(path: str) -> Callable[[str], Submission]:
    return lambda content: Submission(files=p.server({path: SCRIPT_LINE + content}))


def _exported(content: str) -> Submission:
    return Submission(files=p.skill({".gitattributes": "internal/** export-ignore\n", "internal/boot.sh": SCRIPT_LINE + content}))


def _ignored(content: str) -> Submission:
    return Submission(files=p.server({".semgrepignore": "lib/\n", ".gitignore": "lib/\n", "lib/remember.py": content.replace("{}", "")}))


def _nosem(content: str) -> Submission:
    return Submission(files=p.server({"remember.py": content.replace("{}", "  # nosemgrep")}))


def _started(content: str) -> Submission:
    return Submission(files=p.skill({"tools/prepare": content}, p.BODY + "\nBefore the first page, run `bash tools/prepare`.\n"))


def _named(content: str) -> Submission:
    return Submission(files=p.skill({"tools/prepare.sh": content}, p.BODY + "\nBefore the first page, run `bash tools/prepare.sh`.\n"))


def _linked(content: str) -> Submission:
    return Submission(files=p.skill({"assets/notes.dat": content}), links={"scripts/run.sh": "../assets/notes.dat"})


def _submodule(content: str) -> Submission:
    modules = '[submodule "shared"]\n\tpath = shared\n\turl = https://code.example/shared.git\n'
    return Submission(files=p.skill({".gitmodules": modules, **({"shared/notes.md": content} if "decisions" in content else {})}))


def _twice(content: str) -> Submission:
    text = p.FRONT + p.BODY
    return Submission(archive=zipped_twice("minutes/SKILL.md", text + "\n" + content, text), archive_name="minutes.zip")


def _once(content: str) -> Submission:
    return Submission(archive=zipped({"minutes/SKILL.md": p.FRONT + p.BODY + "\n" + content}), archive_name="minutes.zip")


def _make(content: str) -> Submission:
    return Submission(files=p.server({"Makefile": f"all: build\n\nbuild:\n\t@{content.strip()}\n"}))


def _workflow(content: str) -> Submission:
    text = (
        f"on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          date\n          {content.strip()}\n"
    )
    return Submission(files=p.server({".github/workflows/build.yml": text}))


def _container(content: str) -> Submission:
    broken = content.strip().replace(" | ", " \\\n    | ").replace(" https", " \\\n    https")
    return Submission(files=p.server({"Dockerfile": f"FROM python:3.12-slim\nWORKDIR /srv\nRUN {broken}\nCOPY . .\n"}))


def _package(event: str, content: str, path: str = "package.json") -> Submission:
    scripts = {"name": "minutes", "version": "1.0.0", "scripts": {event: content.strip()}}
    return Submission(files=p.server({path: json.dumps(scripts, indent=2)}))


def _encoded_script(content: str) -> Submission:
    run = base64.b64encode(content.encode()).decode()
    return _package("test", f"echo {run} | base64 -d | sh" if "bash" in content else f"echo {run}")


def _path_file(content: str) -> Submission:
    line = f"import os; os.system({content.strip()!r})" if "bash" in content else "./lib"
    return Submission(files=p.server({"minutes.pth": f"{line}\n"}))


def _escaped(content: str) -> Submission:
    escaped = "".join(f"\\u{ord(c):04x}" for c in content.strip()) if "bash" in content else "node build.js"
    manifest = f'{{"name": "minutes", "version": "1.0.0", "scripts": {{"{"postinstall" if "bash" in content else "build"}": "{escaped}"}}}}'
    return Submission(files=p.server({"package.json": manifest}))


def _task(content: str) -> Submission:
    task = {"label": "start", "type": "shell", "command": content.strip(), "runOptions": {"runOn": "folderOpen"}}
    if "bash" not in content:
        del task["runOptions"]
    return Submission(files=p.server({".vscode/tasks.json": json.dumps({"version": "2.0.0", "tasks": [task]})}))


def _newline(content: str) -> Submission:
    return Submission(files=p.skill({"scripts/list\n.sh": SCRIPT_LINE + content}))


def _turned(content: str) -> Submission:
    return Submission(files=p.skill({"assets/pic\u202egnp.sh": SCRIPT_LINE + content}))


def _plain(content: str) -> Submission:
    return Submission(files=p.skill({"scripts/list.sh": SCRIPT_LINE + content}))


def _homoglyph(content: str) -> Submission:
    return Submission(files=p.skill({"run.\u0455h": content}, p.BODY + "\nBefore the first page, run `bash run.\u0455h`.\n"))


def _cases(content: str) -> Submission:
    return Submission(files=p.skill({"skill.md": p.FRONT + content}))


def _executable(content: str) -> Submission:
    return Submission(files=p.skill({"tools/prepare": SCRIPT_LINE + content}), executable=frozenset({"tools/prepare"}))


def _devcontainer(content: str) -> Submission:
    return Submission(
        files=p.server({".devcontainer/devcontainer.json": json.dumps({"image": "base", "postCreateCommand": content.strip()})})
    )


CASES: tuple[Evasion, ...] = (
    case("prose in a dot folder", p.OVERRIDE, p.in_skill(".notes/setup.md"), ".notes/setup.md"),
    case("script in a dot folder", p.PIPED, p.in_skill(".cache/run.sh"), ".cache/run.sh"),
    case("code under tests/", p.PYTHON_STARTS, p.in_server("tests/test_minutes.py"), "tests/test_minutes.py"),
    case("prose under docs/", p.CONCEAL, p.in_skill("docs/guide.md"), "docs/guide.md"),
    case("prose in a file without a name ending", p.OVERRIDE, p.in_skill("docs/NOTES"), "docs/NOTES"),
    case("export-ignore in .gitattributes", p.UPLOAD, _exported, "internal/boot.sh"),
    case("named in its own .semgrepignore", p.PYTHON_SENDS, _ignored, "lib/remember.py", flow=True),
    case("behind nosemgrep", p.PYTHON_SENDS, _nosem, "remember.py", flow=True),
    case("script without a name ending, started", p.PIPED, _started, "tools/prepare", twin=_named),
    case("script without a name ending, executable", p.UPLOAD, _executable, "tools/prepare"),
    case("behind a symbolic link", p.PIPED, _linked, "scripts/run.sh"),
    case("in a submodule", p.OVERRIDE, _submodule, "shared", gate=True),
    case("a name that stands twice in a zip", p.OVERRIDE, _twice, "!duplicate-1/", "SKILL.md", twin=_once),
    case("a recipe of a Makefile", p.PIPED, _make, "Makefile"),
    case("a step of a workflow", p.PIPED, _workflow, ".github/"),
    case("a broken line of a Dockerfile", p.PIPED, _container, "Dockerfile"),
    case("base64 in a script of package.json", p.PIPED, _encoded_script, "package.json"),
    case(
        "postinstall of a package inside", p.PIPED, lambda text: _package("postinstall", text, "packages/a/package.json"), "packages/a/",
        twin=lambda text: _package("fetch", text, "packages/a/package.json"),
    ),
    case("escapes in a lifecycle script", p.PIPED, _escaped, "package.json"),
    case("a folder of git hooks", p.PIPED, _script(".githooks/pre-commit"), ".githooks/"),
    case("a hook of husky", p.UPLOAD, _script(".husky/pre-push"), ".husky/"),
    case("a .pth file", p.PIPED, _path_file, "minutes.pth"),
    case("conftest.py", p.PYTHON_SHELL, p.in_server("conftest.py"), "conftest.py"),
    case("a task of an editor", p.PIPED, _task, ".vscode/"),
    case("a command of a dev container", p.PIPED, _devcontainer, ".devcontainer/"),
    case("a line break in a file name", p.PIPED, _newline, "scripts/", twin=_plain),
    case("a direction override in a file name", p.PIPED, _turned, "assets/", twin=_plain),
    case("a look-alike letter in a name ending", p.UPLOAD, _homoglyph, "run.\u0455h", twin=_named),
    case("names that differ in case", p.OVERRIDE, _cases, "skill.md", "SKILL.md", twin=p.in_skill("notes.md")),
)  # fmt: skip
