from __future__ import annotations

import pytest

from checks.model import CapabilityId, Certainty, Trigger
from reviewer.inventory.languages.rust import extract
from reviewer.inventory.languages.rust.crates import Place, place_of
from reviewer.inventory.languages.rust.lowering import lower
from reviewer.inventory.languages.rust.macros import format_pieces
from reviewer.inventory.program.model import (
    Bind,
    Branch,
    Call,
    Collection,
    Constant,
    Expression,
    Function,
    Lambda,
    Member,
    Module,
    Name,
    Record,
    Return,
    Text,
)


def module(code: str, path: str = "src/main.rs") -> Module:
    return lower(path, code)


def body(code: str) -> Function:
    return module(f"fn f() {{ {code} }}").functions[0]


def last(code: str) -> Expression:
    statement = body(code).body[-1]
    assert isinstance(statement, Return)
    return statement.values[0]


@pytest.mark.parametrize(
    ("path", "package"),
    [
        ("src/main.rs", "crate"),
        ("src/lib.rs", "crate"),
        ("src/tools/mod.rs", "crate.tools"),
        ("src/tools/page.rs", "crate.tools.page"),
        ("crates/sky-mcp/src/main.rs", "sky_mcp"),
        ("crates/sky-mcp/src/a/b.rs", "sky_mcp.a.b"),
        ("crates/sky-mcp/src/bin/other.rs", "sky_mcp.bin.other"),
        ("crates/sky-mcp/build.rs", "sky_mcp.bin.build"),
        ("crates/sky-mcp/tests/all.rs", "sky_mcp.tests.all"),
        ("tool.rs", "crate.tool"),
    ],
)
def test_a_file_has_the_package_of_its_place(path: str, package: str) -> None:
    assert place_of(path).package == package


def test_paths_are_written_as_others_would_write_them() -> None:
    place = Place(crate="sky", package="sky.a", inside=("b",), itself="Tool")
    assert place.full(["crate", "x"]) == "sky.x"
    assert place.full(["super", "x"]) == "sky.a.x"
    assert place.full(["super", "super", "x"]) == "sky.x"
    assert place.full(["self", "x"]) == "sky.a.b.x"
    assert place.full(["Self", "new"]) == "Tool.new"
    assert place.full(["std", "fs", "read"]) == "std.fs.read"


def test_imports_with_lists_aliases_globs_and_modules() -> None:
    found = module("use std::{fs::{self, File as F}, env::*}; use crate::a as b; mod c; use c::{self as d, E}; extern crate rmcp as sdk;")
    assert dict(found.imports) == {
        "fs": "std.fs", "F": "std.fs.File", "b": "crate.a", "c": "crate.c", "d": "crate.c", "E": "crate.c.E", "sdk": "rmcp",
    }  # fmt: skip
    assert found.wildcards == ("std.env",)


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ('"a"', "a"),
        ('r"a\\n"', "a\\n"),
        ('r#"a"b"#', 'a"b'),
        ('"a\\n\\x41\\u{42}"', "a\nAB"),
        ('"one \\\n     two"', "one two"),
        ('concat!("a", "b", r"c")', "abc"),
        ('"a".to_string()', "a"),
        ('String::from("a")', "a"),
        ('Some(Box::new("a".into())).unwrap()', "a"),
        ('Ok("a".to_owned())?', "a"),
        ('{ let _ = 1; "a" }', "a"),
        ('format!("a")', "a"),
    ],
)
def test_texts_are_what_they_stand_for(literal: str, text: str) -> None:
    found = body(f"let x = {literal};").body[-1]
    assert isinstance(found, Bind)
    value = found.value
    assert isinstance(value, (Text, Name))
    if isinstance(value, Text):
        assert "".join(str(part) for part in value.parts) == text


def test_format_strings_hold_what_is_put_in() -> None:
    found = last('format!("{a}-{}-{1}-{n:?}-{{}}", x, y, n = z)')
    assert isinstance(found, Text)
    assert [part if isinstance(part, str) else getattr(part, "name", "") for part in found.parts] == [
        "a",
        "-",
        "x",
        "-",
        "y",
        "-",
        "z",
        "-{}",
    ]
    assert format_pieces("a{x}{{b}}{:?}") == ["a", ("x",), "{b}", ("",)]


def test_json_is_a_record() -> None:
    found = last('json!({"type": "object", "list": [1, x], "deep": {"a": f(1)}})')
    assert isinstance(found, Record)
    assert [key.parts for key, _ in found.pairs if isinstance(key, Text)] == [("type",), ("list",), ("deep",)]
    assert isinstance(found.pairs[1][1], Collection)
    assert isinstance(found.pairs[2][1], Record)
    assert isinstance(found.pairs[2][1].pairs[0][1], Call)


def test_a_match_over_texts_is_branches_that_exclude_each_other() -> None:
    found = list(body('match name.as_str() { "a" | "b" => f(), LIMIT => g(), other if other == "c" => h(), _ => k() }').body)
    branches = [each for each in found if isinstance(each, Branch)]
    texts = [[getattr(text, "parts", None) or getattr(text, "name", None) for text in each.texts or ()] for each in branches]
    assert texts == [[("a",), ("b",)], ["LIMIT"], [("c",)], []]
    assert len(branches[-1].others) == 3


def test_a_value_of_a_branch_is_bound_where_the_branch_is() -> None:
    bound, used = (
        last('let x = match n { "a" => { f(); g() } _ => h() }; x'),
        body('let x = match n { "a" => { f(); g() } _ => h() }; x').body,
    )
    assert isinstance(bound, Name)
    inner = [each for branch in used if isinstance(branch, Branch) for each in branch.body if isinstance(each, Bind)]
    assert len(inner) == 2
    assert len({each.names for each in inner}) == 1


def test_patterns_take_values_apart() -> None:
    binds = {
        each.names[0]: each.value
        for each in body("let Query { city, days: Some(n), .. } = q; let (a, _) = t; if let Some(v) = g() { k(v) }").body
        if isinstance(each, Bind)
    }
    assert isinstance(binds["city"], Member)
    assert isinstance(binds["n"], Member)
    assert binds["n"].name == "days"
    assert "a" in binds


def test_attributes_hold_texts_flags_and_nested_lists() -> None:
    found = module(
        '/// One.\n///\n/// Two.\n#[tool(name = "x", description = concat!("a", "b"), annotations(read_only_hint = true))]\nfn f() {}'
    ).functions[0]
    assert found.doc == "One.\nTwo."
    given = {argument.keyword: argument.value for argument in found.annotations[0].arguments}
    assert given["description"] == Text(parts=("a", "b"), line=4)
    assert given["annotations.read_only_hint"] == Constant(value=True, line=4)


def test_lines_inside_macros_are_those_of_the_file() -> None:
    found = body('\n\nlog!(\n  "a",\n  f(\n    1),\n);')
    call = found.body[-1]
    assert isinstance(call, Call)
    assert call.line == 3
    assert isinstance(call.arguments[1].value, Call)
    assert call.arguments[1].value.line == 5


def test_inline_modules_and_implementations_are_named_by_their_path() -> None:
    found = module('mod m { pub const A: &str = "x"; pub fn g() { super::f(); } pub struct S; impl S { fn h(&self) {} } } fn f() {}')
    assert [each.name for each in found.functions] == ["m.g", "f"]
    assert [each.name for each in found.constants] == ["m.A"]
    assert [(each.name, [inner.name for inner in each.functions]) for each in found.types] == [("m.S", []), ("m.S", ["h"])]


def test_closures_and_async_blocks_are_functions_and_statements() -> None:
    found = last("move |x: u8| async move { f(x).await }")
    assert isinstance(found, Lambda)
    assert isinstance(found.body[-1], Return)
    assert isinstance(found.body[-1].values[0], Call)


def test_a_build_script_runs_at_build_and_main_at_start() -> None:
    code = 'fn main() { std::fs::write("a", "b").unwrap(); }'
    found = {each.trigger for each in extract({"build.rs": code, "src/main.rs": code}).capabilities}
    assert found == {Trigger.INSTALL, Trigger.AUTOMATIC}


def test_a_build_script_of_another_name_runs_at_build_too() -> None:
    manifest = '[package]\nname = "a"\nbuild = "tools/prepare.rs"\n'
    code = 'fn main() { std::fs::write("a", "b").unwrap(); }'
    found = extract({"sub/Cargo.toml": manifest, "sub/tools/prepare.rs": code})
    assert {each.trigger for each in found.capabilities} == {Trigger.INSTALL}
    hidden = extract({"Cargo.toml": manifest.replace(".rs", ".txt"), "src/main.rs": "fn main() {}"})
    assert [(row.path, row.gate) for row in hidden.unreadable] == [("Cargo.toml", True)]


@pytest.mark.parametrize(
    ("code", "certainty"),
    [
        ("#[proc_macro] pub fn m(t: TokenStream) -> TokenStream { quote!(f(#t)).into() }", Certainty.POSSIBLE),
        ('#[proc_macro] pub fn m(t: TokenStream) -> TokenStream { format!("f({t})").parse().unwrap() }', Certainty.PRESENT),
        ('macro_rules! m { ($a:ident, $b:ident) => { std::$a::$b::new("sh").spawn() } }', Certainty.PRESENT),
        ("macro_rules! m { ($a:ident) => { $a::new(std::mem::take(&mut x)) } }", None),
    ],
)
def test_code_that_a_macro_makes_is_doubted(code: str, certainty: Certainty | None) -> None:
    found = {(each.id, each.certainty) for each in extract({"src/lib.rs": code}).capabilities}
    assert found == ({(CapabilityId.CODE_EVAL, certainty)} if certainty else set())


@pytest.mark.parametrize(
    "code",
    [
        "fn f() { " + "{" * 3_000 + "}" * 3_000 + " }",
        "fn f() { a" + ".b()" * 3_000 + " }",
        "fn f() { " + "m!(" * 400 + ")" * 400 + " }",
        "fn f() { x = " + " + ".join(["a"] * 20_000) + " }",
        "fn f() { " + "if let Some(a) = " * 300 + "x {}" * 300,
        "fn f() { " + 'format!("{0}{0}", ' * 60 + "x" + ")" * 60 + "; }",
        "json!({" * 300,
        "\ud800\x00fn f() {}",
        "use a::{" * 2_000,
        "#[tool(" * 2_000,
        "macro_rules! m { " + "($a:expr) => { m!($a) };" * 500 + "}",
    ],
)
def test_hostile_code_is_read_or_listed(code: str) -> None:
    extraction = extract({"src/main.rs": code})
    assert all(row.gate for row in extraction.unreadable)
