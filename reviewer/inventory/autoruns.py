"""What runs without the model asking: installers, build backends, editors, and files that run because they are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from checks.model import AutoRun, CapabilityId, Location, Trigger
from reviewer.documents import line_of, strings
from reviewer.inventory.conventions import conventions
from reviewer.inventory.facts import Facts, together
from reviewer.inventory.file_types import is_vendored
from reviewer.inventory.languages import shell
from reviewer.inventory.project_runs import project_runs
from reviewer.inventory.tree import Tree


def find_autoruns(tree: Tree) -> Facts:
    """Find everything that starts by itself, and what its commands can do."""
    runs = [*_lifecycle(tree), *_running_files(tree), *_build_backends(tree), *_path_files(tree), *_editors(tree), *project_runs(tree)]
    return together(_of(run) for run in runs)


def _of(run: AutoRun) -> Facts:
    """Say what a run can do. What a pipeline of the publisher does, it does not do here; a compiler is no program of the submission."""
    compilers = {row["event"] for row in conventions()["running_files"] if row.get("compiler")}
    found = () if run.elsewhere or run.event in compilers else shell.read_command(run.command, at=run.at, trigger=run.trigger)
    return Facts(autoruns=(run,), capabilities=found)


def described(runs: Iterable[AutoRun]) -> tuple[AutoRun, ...]:
    """Say of each run what a person is asked before, and which hosts its command names."""
    return tuple(replace(run, gate=_gate(run.event), hosts=_hosts(run)) for run in runs)


def _gate(event: str) -> str:
    gates: dict[str, str] = conventions()["gates"]
    fitting = [name for name in gates if event.startswith(name)]
    return gates[max(fitting, key=len)] if fitting else ""


def _hosts(run: AutoRun) -> tuple[str, ...]:
    found = shell.read_command(run.command, at=run.at)
    return tuple(sorted({host for held in found if held.id is CapabilityId.NET_OUT for host in held.objects}))


def _lifecycle(tree: Tree) -> Iterator[AutoRun]:
    """Give npm's scripts of installation. A package of the registry does not run those that only a checkout runs."""
    table = conventions()["lifecycle"]
    published = tree.snapshot.package is not None and tree.snapshot.package.ecosystem == "npm"
    for path in tree.named("package.json"):
        scripts = tree.document(path).mapping.get("scripts")
        folder = path.rpartition("/")[0]
        events = [*table["always"], *([] if published and not folder else table["git_only"])]
        known = scripts if isinstance(scripts, dict) else {}
        for event in events:
            command = known.get(event)
            if isinstance(command, str) and command.strip():
                at = Location(path=path, line=line_of(tree.texts[path], f'"{event}"'))
                yield AutoRun(event=f"npm:{event}", command=command, trigger=Trigger.INSTALL, at=at)
        gyp = f"{folder}/binding.gyp".lstrip("/")
        if gyp in tree.files and not {"install", "preinstall"} & set(known):
            yield AutoRun(event="npm:install", command="node-gyp rebuild", trigger=Trigger.INSTALL, at=Location(path=gyp))


def _running_files(tree: Tree) -> Iterator[AutoRun]:
    for row in conventions()["running_files"]:
        for path in tree.named(row["name"]):
            text = tree.texts[path]
            if row["name"] == "setup.py" and "setup" not in text:
                continue
            yield AutoRun(event=row["event"], command=row["command"], trigger=Trigger(row["trigger"]), at=Location(path=path, line=1))
            if row["name"] == "setup.py" and "cmdclass" in text:
                at = Location(path=path, line=line_of(text, "cmdclass"))
                yield AutoRun(event="setup.py:cmdclass", command=row["command"], trigger=Trigger.INSTALL, at=at)


def _build_backends(tree: Tree) -> Iterator[AutoRun]:
    """Build backends that lie in the submission itself, and hooks of build tools that are its own code (PEP 517)."""
    for path in tree.named("pyproject.toml"):
        content, text = tree.document(path).mapping, tree.texts[path]
        build = content.get("build-system")
        if isinstance(build, dict) and build.get("backend-path"):
            command = f"{build.get('build-backend')} in {' '.join(strings(build['backend-path']))}"
            at = Location(path=path, line=line_of(text, "backend-path"))
            yield AutoRun(event="pyproject:build-backend", command=f"python -m {command}", trigger=Trigger.INSTALL, at=at)
        for hook in ("build.hooks.custom", "metadata.hooks.custom", "build.targets.wheel.hooks.custom", "build.targets.sdist.hooks.custom"):
            if f"[tool.hatch.{hook}" in text:
                at = Location(path=path, line=line_of(text, f"[tool.hatch.{hook}"))
                yield AutoRun(event=f"hatch:{hook}", command="python hatch_build.py", trigger=Trigger.INSTALL, at=at)


def _path_files(tree: Tree) -> Iterator[AutoRun]:
    """Lines of ``.pth`` files that begin with ``import`` run at every start of Python (module ``site``)."""
    for path in tree.texts:
        if path.endswith(".pth"):
            for number, line in enumerate(tree.texts[path].splitlines()[:1000], 1):
                if line.startswith(("import ", "import\t")):
                    yield AutoRun(
                        event="pth", command=f"python -c '{line[:500]}'", trigger=Trigger.AUTOMATIC, at=Location(path=path, line=number)
                    )


def _editors(tree: Tree) -> Iterator[AutoRun]:
    for path in tree.named("tasks.json"):
        tasks = tree.document(path).mapping.get("tasks") if "/.vscode/" in f"/{path}" else None
        for task in tasks if isinstance(tasks, list) else ():
            options = task.get("runOptions") if isinstance(task, dict) else None
            if isinstance(options, dict) and options.get("runOn") == "folderOpen":
                command = " ".join([str(task.get("command", "")), *strings(task.get("args"))])
                at = Location(path=path, line=line_of(tree.texts[path], '"folderOpen"'))
                yield AutoRun(event="vscode:folderOpen", command=command, trigger=Trigger.AUTOMATIC, at=at)
    for path in tree.named("devcontainer.json", ".devcontainer.json"):
        if not is_vendored(path):
            yield from _devcontainer(path, tree)


def _devcontainer(path: str, tree: Tree) -> Iterator[AutoRun]:
    """Only ``initializeCommand`` runs on the host; the other commands run inside the container."""
    value = tree.document(path).mapping.get("initializeCommand")
    every = list(value.values()) if isinstance(value, dict) else [value]
    for each in every:
        command = " ".join(strings(each))
        if command:
            at = Location(path=path, line=line_of(tree.texts[path], "initializeCommand"))
            yield AutoRun(event="devcontainer:initializeCommand", command=command, trigger=Trigger.AUTOMATIC, at=at)
