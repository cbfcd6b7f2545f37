from __future__ import annotations

from pathlib import Path

import pytest

from checks.model import CapabilityId, Location, Scope
from reviewer.inventory.languages.apis import CallSite, Table, TableError, Use, load_table
from reviewer.inventory.languages.values import ALTERNATIVES, UNKNOWN, Guard, ObjectKind, Value, host_of, reading

AT = Location(path="a", line=1)


def table(folder: Path, text: str) -> Table:
    (folder / "capabilities.yaml").write_text(text, encoding="utf-8")
    return load_table(folder)


def used(found: Table, name: str, *positional: Value, **keywords: Value) -> list[tuple[str, Scope, tuple[str, ...]]]:
    site = CallSite(name=name, at=AT, positional=positional, keywords=keywords)
    return [(c.value, s, o) for use in found.uses(site) for c, s, o in use.resolved({})]


def test_a_row_names_calls_by_name_by_star_and_under_conditions(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        """
apis:
  - {names: [open], capability: [fs.read], object: path, argument: 0, unless: {argument: 1, keyword: mode, matches: '[wa]', default: r}}
  - {names: [open], capability: [fs.write], object: path, argument: 0, when: {argument: 1, keyword: mode, matches: '[wa]', default: r}}
  - {names: ['sh.*'], capability: [proc.exec]}
  - {names: [sh.version], capability: [env.use]}
imports:
  - {modules: [cloud], capability: [data.query, net.out], objects: [sky]}
configuration: [os.environ, 'settings.*']
same: {box.Box: [box.Box.open, box.make]}
""",
    )
    assert used(found, "open", Value.literal("x")) == [("fs.read", Scope.LITERAL, ("x",))]
    assert used(found, "open", Value.literal("x"), mode=Value.literal("w")) == [("fs.write", Scope.LITERAL, ("x",))]
    assert {row[0] for row in used(found, "open", Value.literal("x"), UNKNOWN)} == {"fs.read", "fs.write"}
    assert used(found, "sh.ls.deep") == [("proc.exec", Scope.ANY, ())]
    assert used(found, "sh.version") == [("env.use", Scope.ANY, ())]
    assert used(found, "sh") == []
    assert used(found, "cloud.client.get")[0] == ("data.query", Scope.CONFIGURATION, ("sky",))
    assert [found.configures(name) for name in ("os.environ", "settings.a.b", "settings")] == [True, True, False]
    assert found.plain("box.make.open.get") == "box.Box.get"


def test_every_error_of_a_table_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "capabilities.yaml").write_text(
        "apis:\n  - {names: [], capability: [fs.fly]}\n  - {names: [a], capability: [fs.read], colour: red}\n", encoding="utf-8"
    )
    with pytest.raises(TableError) as caught:
        load_table(tmp_path)
    said = str(caught.value)
    assert all(place in said for place in ("apis.0.names", "apis.0.capability.0", "apis.1.colour"))


@pytest.mark.parametrize("text", ["apis: [", "apis: [{names: [a], capability: [fs.read], when: {argument: 0, matches: '['}}]"])
def test_a_table_that_cannot_be_read_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "capabilities.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(TableError):
        load_table(tmp_path)


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_the_shipped_tables_load(language: str) -> None:
    import reviewer.inventory.languages as languages  # noqa: PLC0415, PLR0402  only its folder matters

    folder = Path(str(languages.__file__)).parent / language
    if not (folder / "capabilities.yaml").exists():
        pytest.skip("this language has no table")
    assert isinstance(load_table(folder), Table)


@pytest.mark.parametrize(
    ("text", "complete", "host"),
    [
        ("https://A.example/x", False, "a.example"),
        ("https://user:pass@a.example:8443/x", False, "a.example"),
        ("https://a.example", True, "a.example"),
        ("https://a.example", False, None),
        ("//a.example/x", False, "a.example"),
        ("http://[::1]:80/", False, "[::1]"),
        ("a.example", True, "a.example"),
        ("a.example", False, None),
        ("/path", True, None),
        ("", True, None),
        ("https://" + "a" * 100_000, True, None),
    ],
)
def test_the_host_that_a_text_certainly_names(text: str, complete: bool, host: str | None) -> None:  # noqa: FBT001  a parametrised case
    assert host_of(text, complete=complete) == host


def test_values_join_to_what_both_say() -> None:
    both = Value.literal("a").join(Value.literal("b"))
    assert (both.texts, both.scope) == (("a", "b"), Scope.LITERAL)
    assert both.join(Value.chosen(Scope.CONFIGURATION)).scope is Scope.CONFIGURATION
    many = Value.literal("x0")
    for number in range(1, ALTERNATIVES + 2):
        many = many.join(Value.literal(f"x{number}"))
    assert (many.texts, many.prefix) == ((), "x")


def test_values_are_bound_to_what_a_caller_passes() -> None:
    url = Value.literal("https://").followed_by(Value.parameter("host")).followed_by(Value.literal("/x"))
    assert reading(ObjectKind.HOST, url.bound({"host": Value.chosen(Scope.ARGUMENT)}))[0] is Scope.ARGUMENT
    assert Value.parameter("a").bound({"a": Value.literal("t")}).text == "t"
    assert Value.parameter("a").bound({}).scope is Scope.ANY
    based = Value.parameter("base").followed_by(Value.parameter("rest"))
    bound = based.bound({"base": Value.literal("https://a.example/"), "rest": Value.chosen(Scope.ARGUMENT)})
    assert reading(ObjectKind.HOST, bound) == (Scope.LITERAL, ("a.example",))


def test_a_command_line_means_more_than_being_run() -> None:
    use = Use(
        capability=CapabilityId.PROC_EXEC,
        kind=ObjectKind.PROGRAM,
        at=AT,
        value=Value.listed([Value.literal("/usr/bin/pip"), Value.literal("install"), Value.chosen(Scope.ARGUMENT)]),
    )
    assert [(c.value, s, o) for c, s, o in use.resolved({})] == [
        ("proc.exec", Scope.ARGUMENT, ("pip",)),
        ("install.software", Scope.ARGUMENT, ("pip",)),
    ]


def test_a_guard_excludes_only_what_is_known_to_be_other() -> None:
    guard = Guard(parameter="name", texts=frozenset({"a"}))
    assert guard.allows({"name": Value.literal("a")})
    assert guard.allows({"name": UNKNOWN})
    assert guard.allows({})
    assert not guard.allows({"name": Value.literal("b")})
