from __future__ import annotations

from collections.abc import Iterator

import pytest

from reviewer.inventory.languages.go.layout import Layout, canonical, local_names
from reviewer.inventory.languages.go.literals import number, text_of
from reviewer.inventory.languages.go.lowering import lower
from reviewer.inventory.languages.go.typenames import tag_pairs
from reviewer.inventory.program.model import (
    Bind,
    Branch,
    Call,
    Collection,
    Constant,
    Expression,
    Lambda,
    Loop,
    Member,
    Module,
    Name,
    Record,
    Return,
    Statement,
    Text,
    TypeName,
)
from reviewer.inventory.program.printing import Verb, pieces


def _module(code: str, path: str = "main.go", **others: str) -> Module:
    files = {path: code, **others}
    return lower(path, code, Layout.of(files))


def _body(*lines: str, imports: str = "") -> tuple[Statement, ...]:
    return _module("\n".join(["package main", imports, "func f() {", *lines, "}"])).functions[0].body


def _value(text: str, imports: str = "") -> Expression | None:
    (statement,) = _body(f"x := {text}", imports=imports)
    assert isinstance(statement, Bind)
    return statement.value


def _said(value: Expression | None) -> str:
    assert isinstance(value, Text)
    return "".join(part if isinstance(part, str) else f"<{getattr(part, 'name', '?')}>" for part in value.parts)


def _all(statements: tuple[Statement, ...]) -> Iterator[Statement]:
    for statement in statements:
        yield statement
        if isinstance(statement, Branch | Loop):
            yield from _all(statement.body)


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ('"a\\tb"', "a\tb"),
        ('"\\x41\\102\\u0043\\U00000044"', "ABCD"),
        ('"\\xe2\\x80\\xae"', "\u202e"),
        ('"\\ud800"', "\ufffd"),
        ('"\\U00110000"', "\ufffd"),
        ('"\\xff"', "\ufffd"),
        ('"\\"\\\\"', '"\\'),
        ("`a\\n\r\nb`", "a\\n\nb"),
        ('""', ""),
    ],
)
def test_literals_say_what_the_language_says(literal: str, text: str) -> None:
    assert text_of(literal) == text


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("0x1F", 31),
        ("0b11", 3),
        ("0o17", 15),
        ("017", 15),
        ("1_000", 1000),
        ("1.5e3", 1500.0),
        ("0x1p4", 16.0),
        ("3i", None),
        ("9" * 400, None),
    ],
)
def test_numbers_are_read_in_every_base(literal: str, value: float | None) -> None:
    assert number(literal) == value


def test_format_texts_are_taken_apart() -> None:
    assert list(pieces("a%s-%03d%%%[1]q")) == ["a", Verb(argument=0), "-", Verb(argument=1), "%", Verb(argument=0, quoted=True)]
    assert list(pieces("%*d %s")) == [Verb(argument=1), " ", Verb(argument=2)]


def test_tags_are_taken_apart_as_reflection_does() -> None:
    assert tag_pairs('json:"a,omitempty" jsonschema:"say \\"it\\""') == [("json", "a,omitempty"), ("jsonschema", 'say "it"')]
    assert tag_pairs("no tag") == []
    assert tag_pairs('json:"open') == []


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("github.com/acme/api/v72/client", "github.com/acme/api/client"),
        ("github.com/acme/api/v2", "github.com/acme/api"),
        ("gopkg.in/yaml.v3", "gopkg.in/yaml"),
        ("net/http", "net/http"),
        ("example.com/vault", "example.com/vault"),
    ],
)
def test_a_major_version_is_no_part_of_a_name(path: str, plain: str) -> None:
    assert canonical(path) == plain


def test_the_name_of_a_package_is_guessed_from_its_path() -> None:
    assert local_names("example.com/go-mail/v2", None)[:2] == ("mail",) or "mail" in local_names("example.com/go-mail/v2", None)
    assert "yaml" in local_names("gopkg.in/yaml.v3", None)
    assert local_names("example.com/x", "other") == ("other",)


def test_imports_are_known_by_alias_path_and_use() -> None:
    module = _module(
        'package main\nimport (\n "os"\n m "example.com/mail/v2"\n "example.com/go-sheets"\n'
        ' "example.com/api/client-go"\n . "strings"\n _ "example.com/driver"\n)\n'
        "func f() { os.Exit(1); m.Send(); sheets.Open(); api.New() }\n"
    )
    assert module.imports["os"] == "os"
    assert module.imports["m"] == "example.com/mail"
    assert module.imports["sheets"] == "example.com/go-sheets"
    assert module.imports["api"] == "example.com/api/client-go"
    assert module.wildcards == ("strings",)
    assert "example.com/driver" in module.imports.values()


def test_a_package_whose_name_is_another_word_is_the_only_one_left() -> None:
    module = _module('package main\nimport "example.com/api/client-go"\nfunc f(own T) { lab.New(); own.Run() }\n')
    assert module.imports == {"lab": "example.com/api/client-go"}


def test_a_package_of_the_submission_is_named_by_its_clause() -> None:
    code = 'package main\nimport "example.com/srv/pkg/x-tools"\nfunc f() { toolbox.Add() }\n'
    module = _module(code, **{"go.mod": "module example.com/srv/v3\n", "pkg/x-tools/a.go": "package toolbox\n"})
    assert module.imports == {"toolbox": "example.com/srv/pkg/x-tools"}
    assert module.package == "example.com/srv"


def test_folders_have_the_names_under_which_they_are_imported() -> None:
    layout = Layout.of(
        {
            "go.mod": "module example.com/srv\n\nreplace (\n\tgithub.com/acme/uuid v1.0.0 => ./third/uuid // ours\n)\n",
            "main.go": "package main\n",
            "third/uuid/go.mod": "module github.com/acme/other\n",
        }
    )
    assert layout.package_of("main.go") == "example.com/srv"
    assert layout.package_of("pkg/a/b.go") == "example.com/srv/pkg/a"
    assert layout.package_of("third/uuid/sub/x.go") == "github.com/acme/uuid/sub"
    assert layout.package_of("vendor/golang.org/x/text/a.go") == "golang.org/x/text"


def test_without_a_manifest_the_imports_say_what_the_module_is_called() -> None:
    layout = Layout.of(
        {
            "main.go": 'package main\nimport (\n\t"example.com/srv/pkg/a"\n\t"example.org/else/a"\n)\n',
            "pkg/a/a.go": 'package a\nimport "example.com/srv/pkg/b"\n',
            "pkg/b/b.go": "package b\n",
        }
    )
    assert layout.package_of("pkg/b/b.go") == "example.com/srv/pkg/b"


def test_texts_are_joined_formatted_and_trimmed() -> None:
    imports = 'import ("fmt"; "strings")'
    assert _said(_value('"a" + name + ("b" + `c`)', imports)) == "a<name>bc"
    assert _said(_value('fmt.Sprintf("%s-%q%%", kind, "x")', imports)) == '<kind>-"x"%'
    assert _said(_value('strings.Join([]string{"a", b}, ", ")', imports)) == "a, <b>"
    assert _said(_value('strings.TrimSpace(" a ")', imports)) == "a"
    assert _said(_value('strings.ReplaceAll("~x~", "~", "`")', imports)) == "`x`"
    assert isinstance(_value('other.Sprintf("%s", "x")', imports), Call)


def test_a_text_that_is_written_piece_by_piece_grows() -> None:
    body = _body(
        "var b strings.Builder", 'b.WriteString("one")', 'fmt.Fprintf(&b, "two")', "return b.String()", imports='import ("fmt"; "strings")'
    )
    first, second, third, last = body
    assert isinstance(first, Bind)
    assert first.names == ("b",)
    assert isinstance(second, Bind)
    assert _said(second.value) == "<b>one"
    assert isinstance(third, Bind)
    assert _said(third.value) == "<b>two"
    assert isinstance(last, Return)
    assert last.values == (Name(name="b", line=7),)


def test_a_thousand_texts_are_added_without_depth() -> None:
    value = _value(" + ".join(['"a"'] * 3000))
    assert _said(value) == "a" * 3000


def test_flags_of_files_keep_their_names() -> None:
    value = _value('os.OpenFile("x", os.O_CREATE|os.O_RDWR, 0o600)', 'import "os"')
    assert isinstance(value, Call)
    assert _said(value.arguments[1].value) == "O_CREATE|O_RDWR"


def test_addresses_conversions_and_assertions_change_nothing() -> None:
    for text in ("&y", "*y", "(y)", "[]byte(y)", "string(y)", "any(y)", "interface{}(y)"):
        assert _value(text) == Name(name="y", line=4), text
    (statement,) = _body("x := y.(T)")
    assert statement == Bind(names=("x",), value=Name(name="y", line=4), line=4, type=TypeName(name="T"))


def test_composites_are_records_and_collections() -> None:
    value = _value('[]Tool{{Name: "a", H: func() {}}, {"b", h}}')
    assert isinstance(value, Collection)
    assert value.type == TypeName(name="[]", arguments=(TypeName(name="Tool"),))
    named, placed = value.items
    assert isinstance(named, Record)
    assert named.type == TypeName(name="Tool")
    assert [_said(key) for key, _ in named.pairs] == ["Name", "H"]
    assert isinstance(named.pairs[1][1], Lambda)
    assert isinstance(placed, Record)
    assert [argument.value for argument in placed.arguments] == [Text(parts=("b",), line=4), Name(name="h", line=4)]
    table = _value('map[string]*Tool{Key: {Name: "a"}, "k": nil}')
    assert isinstance(table, Record)
    assert [key for key, _ in table.pairs] == [Name(name="Key", line=4), Text(parts=("k",), line=4)]
    assert isinstance(table.pairs[0][1], Record)
    assert _value("new(T)") == Record(pairs=(), line=4, type=TypeName(name="T"))
    assert isinstance(_value("make([]T, 3)"), Collection)


def test_a_struct_without_a_name_is_a_type_of_its_own() -> None:
    module = _module('package main\nvar xs = []struct{ Name string; Run func() }{{"a", f}}\n')
    (kind,) = module.types
    assert [field.name for field in kind.fields] == ["Name", "Run"]
    value = module.constants[0].value
    assert isinstance(value, Collection)
    assert isinstance(value.items[0], Record)
    assert value.items[0].type == TypeName(name=kind.name)


def test_constants_repeat_and_count() -> None:
    module = _module('package main\nconst (\n A = iota\n B\n _\n C\n)\nconst D, E = "d", `e`\nvar F, G = f()\n')
    values = {field.name: field.value for field in module.constants}
    assert values["A"] == Constant(value=0, line=3)
    assert isinstance(values["C"], Constant)
    assert values["C"].value == 3
    assert _said(values["E"]) == "e"
    assert isinstance(values["F"], Call)
    assert module.constants[0].constant
    assert not module.constants[-1].constant


def test_types_carry_tags_documentation_embedding_and_methods() -> None:
    module = _module(
        "package main\n\n// Args are\n// arguments.\ntype Args struct {\n"
        '\tmcp.Base\n\t// City is\n\tCity, Town string `json:"city,omitempty" jsonschema:"required,description=the city"`\n}\n'
        "\nfunc (a *Args) Run(n int, rest ...string) (text string, err error) { return }\n"
        "type Handler func(ctx context.Context) (*T, error)\n"
        "type Runner interface { io.Reader; Run(n int) error }\ntype Alias = gh.Client\nfunc (o *Other) Do() {}\n"
    )
    types = {kind.name: kind for kind in module.types}
    args = types["Args"]
    assert args.doc == "Args are\narguments."
    assert args.bases == (TypeName(name="mcp.Base"),)
    assert [field.name for field in args.fields] == ["Base", "City", "Town"]
    assert args.fields[1].doc == "City is"
    json, schema = args.fields[1].annotations
    assert (json.name, [_said(argument.value) for argument in json.arguments[:2]]) == ("json", ["city,omitempty", "city"])
    assert {argument.keyword: _said(argument.value) for argument in schema.arguments[2:]} == {"required": "true", "description": "the city"}
    (run,) = args.functions
    assert (run.receiver, run.parameters[1].variadic, run.returns) == ("a", True, (TypeName(name="string"), TypeName(name="error")))
    assert run.body[-1] == Return(values=(Name(name="text", line=11), Name(name="err", line=11)), line=11)
    assert types["Handler"].signature == ((TypeName(name="context.Context"),), (TypeName(name="T"), TypeName(name="error")))
    assert types["Runner"].bases == (TypeName(name="io.Reader"),)
    assert types["Alias"].alias == TypeName(name="gh.Client")
    assert types["Other"].functions[0].name == "Do"


def test_switches_and_comparisons_are_branches_by_text() -> None:
    body = _body(
        'switch req.Params.Name { case "a", B: one()\n default: two() }',
        'if name == "c" || name == "d" { three() } else if name == other { four() } else { five() }',
        'switch { case name == "e": six() }',
    )
    branches = [each for each in _all(body) if isinstance(each, Branch)]
    assert [None if each.texts is None else len(each.texts) for each in branches] == [2, None, 2, 1, None, 1]
    assert isinstance(branches[0].subject, Member)
    assert branches[0].subject.name == "Name"


def test_loops_keep_what_they_run_over() -> None:
    body = _body(
        "for _, t := range tools { t.Add() }", "for k := range table { use(k) }", "for i := 0; i < 3; i++ { use(i) }", "for { stop() }"
    )
    loops = [each for each in body if isinstance(each, Loop)]
    assert [each.names for each in loops] == [("_", "t"), ("k", "_"), (), ()]
    assert loops[0].over == Name(name="tools", line=4)


def test_results_are_taken_apart() -> None:
    apart, field, doubtful, second = _body("a, s.b = f()", "v, ok := m[k]")
    assert isinstance(apart, Bind)
    assert apart.names[0] == "a"
    assert isinstance(field, Bind)
    assert field.target == Member(object=Name(name="s", line=4), name="b", line=4)
    assert field.value == Name(name=apart.names[1], line=4)
    assert isinstance(doubtful, Bind)
    assert (doubtful.names, second) == (("v",), Bind(names=("ok",), value=None, line=5))


def test_generic_calls_keep_their_types() -> None:
    for text in ("pkg.Add[In, Out](s)", "pkg.Add[In](s)", "Add[In](s)"):
        value = _value(text)
        assert isinstance(value, Call), text
        assert value.types[0] == TypeName(name="In"), text
        assert value.arguments[0].value == Name(name="s", line=4)


def test_tests_are_marked() -> None:
    assert _module("package main\n", path="a_test.go").test
    assert not _module("package main\n", path="latest.go").test


@pytest.mark.parametrize(
    "code",
    [
        "",
        "\x00",
        "package",
        "func (",
        "package main\nfunc f() { if }",
        'package main\nvar x = "\ud800"',
        "package main\nvar x = `",
        "\ufeffpackage main\n",
    ],
)
def test_broken_files_are_read_as_far_as_they_go(code: str) -> None:
    assert isinstance(_module(code), Module)


def test_damage_is_measured() -> None:
    assert _module("package main\n\nfunc f() {}\n").damage == 0
    assert _module("this is prose, not code; nothing of it can be parsed (((").damage > 0.3
