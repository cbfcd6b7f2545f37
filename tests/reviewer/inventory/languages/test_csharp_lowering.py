from __future__ import annotations

import pytest

from reviewer.inventory.languages.csharp.lowering import Usings, global_usings, lower
from reviewer.inventory.program.model import (
    Bind,
    Branch,
    Call,
    Choice,
    Collection,
    Constant,
    Expression,
    Field,
    Function,
    Index,
    Lambda,
    Loop,
    Member,
    Module,
    Name,
    Opaque,
    Record,
    Return,
    Statement,
    Text,
    Type,
)


def _lowered(text: str, path: str = "src/App.cs") -> Module:
    return lower(path, text)


def _type(text: str) -> Type:
    return _lowered(text).types[0]


def _first(text: str) -> Statement:
    return _lowered(text).body[0]


def _value(text: str) -> Expression:
    bind = _lowered(f"var found = {text};").body[-1]
    assert isinstance(bind, Bind)
    assert bind.value is not None
    return bind.value


def _said(value: Expression | None) -> str:
    assert isinstance(value, Text)
    return "".join(part if isinstance(part, str) else f"<{_spelled(part)}>" for part in value.parts)


def _spelled(value: Expression | None) -> str:
    if isinstance(value, Name):
        return value.name
    if isinstance(value, Member):
        return f"{_spelled(value.object)}.{value.name}"
    if isinstance(value, Index):
        return f"{_spelled(value.object)}[{_spelled(value.key)}]"
    if isinstance(value, Call):
        return f"{'new ' if value.new else ''}{_spelled(value.callee)}({', '.join(_spelled(each.value) for each in value.arguments)})"
    if isinstance(value, Text):
        return _said(value)
    return str(value.value) if isinstance(value, Constant) else type(value).__name__


def _pairs(value: Expression | None) -> dict[str, str]:
    assert isinstance(value, Record)
    return {_spelled(key): _spelled(each) for key, each in value.pairs}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('"a\\n\\u0041\\"\\x41"', 'a\nA"A'),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        ('@"c:\\x""y"', 'c:\\x"y'),
        ('"""a "quoted" text"""', 'a "quoted" text'),
        ('"""\n    one\n      two\n    """', "one\n  two"),
        ('$"x{name}y{{z}}"', "x<name>y{z}"),
        ('$@"c:\\{name}""{{"', 'c:\\<name>"{'),
        ('$$"""{a} {{b.C}}"""', "{a} <b.C>"),
        ('$"""\n    one {a}\n    two\n    """', "one <a>\ntwo"),
        ('"a" + "b" + c', "<a><b><c>"),
        ('"n" + 1', "<n>1"),
        ("'x'", "x"),
        ("nameof(Acme.Tools.Read)", "Read"),
        ('string.Format("{0} of {1:D2}", a, b)', "<a> of <b>"),
        ('string.Concat("a", b)', "<a><b>"),
        ('string.Join("/", "a", b)', "<a></><b>"),
        ('Path.Combine(root, "x", name)', "<root>/<x>/<name>"),
        ("Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)", "~"),
    ],
)
def test_texts_say_what_they_say_at_run_time(written: str, said: str) -> None:
    assert _said(_value(written)) == said


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("await a.B(1)", "a.B(1)"),
        ("(await x)!", "x"),
        ("a?.B(1)?.C[2]", "a.B(1).C[2]"),
        ('a?["k"]', "a[k]"),
        ("(Foo)x", "x"),
        ("x as Foo", "x"),
        ("global::System.IO.File.OpenRead(p)", "System.IO.File.OpenRead(p)"),
        ("this.x", "this.x"),
        ("base.Run()", "super.Run()"),
        ("-3", "-3"),
        ("new Foo(1)", "new Foo(1)"),
        ("Foo<int>(1)", "Foo(1)"),
        ("0xFF", "255"),
        ("1_000L", "1000"),
        ("@class.Name", "class.Name"),
    ],
)
def test_wrappers_that_change_no_value_are_dropped(written: str, spelled: str) -> None:
    assert _spelled(_value(written)) == spelled


def test_a_chain_of_a_thousand_calls_and_a_sum_of_thousands_are_lowered_without_recursion() -> None:
    chain = _value("a" + ".B(1)" * 3000)
    total = _value(" + ".join(['"x"'] * 5000))
    assert isinstance(chain, Call)
    assert isinstance(total, Text)
    assert len(total.parts) == 5000


def test_objects_take_the_type_that_their_place_asks_for() -> None:
    declared = _first('Tool t = new() { Name = "x", ["k"] = 3 };')
    assert isinstance(declared, Bind)
    assert isinstance(declared.value, Record)
    assert declared.value.type is not None
    assert declared.value.type.name == "Tool"
    assert _pairs(declared.value) == {"Name": "x", "k": "3"}
    listed = _value("new ListToolsResult { Tools = [new() { Name = n }] }")
    assert isinstance(listed, Record)
    tools = listed.pairs[0][1]
    assert isinstance(tools, Collection)
    assert isinstance(tools.items[0], Record)
    assert tools.items[0].type is not None
    assert tools.items[0].type.name == "ModelContextProtocol.Protocol.Tool"


def test_a_method_that_returns_a_task_returns_what_the_task_holds() -> None:
    made = _type("class A { async Task<Tool> B() { return new() { Name = x }; } }").functions[0]
    last = made.body[-1]
    assert isinstance(last, Return)
    assert isinstance(last.values[0], Record)
    assert last.values[0].type is not None
    assert last.values[0].type.name == "Tool"


def test_an_object_filled_in_later_is_as_if_it_had_been_filled_in_at_once() -> None:
    body = _lowered('var o = new Options("a"); o.Name = "n"; if (x) { o.Tags.Add("t"); o.Tags.Add("u"); } o["k"] = v;').body
    assert isinstance(body[0], Bind)
    assert _pairs(body[0].value) == {"Name": "n", "Tags": "Collection", "k": "v"}


@pytest.mark.parametrize(
    "written",
    [
        'var p = new ProcessStartInfo("git", "push " + a);',
        'var p = new ProcessStartInfo { FileName = "git", Arguments = "push " + a };',
        'var p = new ProcessStartInfo(); p.FileName = "git"; p.Arguments = "push " + a;',
        'var p = new Process(); p.StartInfo.FileName = "git"; p.StartInfo.Arguments = "push " + a;',
        'var p = Process.Start("git", "push " + a);',
    ],
)
def test_program_and_arguments_are_read_as_one_command_line(written: str) -> None:
    bind = _first(written)
    assert isinstance(bind, Bind)
    if isinstance(bind.value, Call):
        given = {each.keyword: each.value for each in bind.value.arguments}["CommandLine"]
    else:
        assert isinstance(bind.value, Record)
        given = {_spelled(key): each for key, each in bind.value.pairs}["CommandLine"]
    assert _said(given).replace("<", "").replace(">", "") == "git push a"


def test_a_list_of_arguments_is_a_command_line_too() -> None:
    bind = _first('var p = new ProcessStartInfo("git"); p.ArgumentList.Add("push"); p.ArgumentList.Add(a);')
    assert isinstance(bind, Bind)
    assert isinstance(bind.value, Record)
    command = {_spelled(key): each for key, each in bind.value.pairs}["CommandLine"]
    assert isinstance(command, Collection)
    assert [_spelled(item) for item in command.items] == ["git", "push", "a"]


def _branches(text: str) -> list[tuple[str, list[str] | None]]:
    found = [each for each in _lowered(text).body if isinstance(each, Branch)]
    return [(_spelled(each.subject), [_spelled(text) for text in each.texts] if each.texts else None) for each in found]


@pytest.mark.parametrize(
    ("condition", "branch"),
    [
        ('name == "a"', ("name", ["a"])),
        ('"a" == name', ("name", ["a"])),
        ('(name == "a" || name == "b")', ("name", ["a", "b"])),
        ('name is "a" or "b"', ("name", ["a", "b"])),
        ('name.Equals("a", StringComparison.Ordinal)', ("name", ["a"])),
        ('string.Equals(r.Params?.Name, "a")', ("r.Params.Name", ["a"])),
        ('name == "a" && Check(x)', ("name", ["a"])),
        ('request is { Name: "a" }', ("request.Name", ["a"])),
        ("name == Names.A", ("name", ["Names.A"])),
        ('name != "a"', ("Opaque", None)),
        ("Check(x)", ("Check(x)", None)),
    ],
)
def test_conditions_say_which_texts_they_ask_for(condition: str, branch: tuple[str, list[str] | None]) -> None:
    assert _branches(f"if ({condition}) {{ F(); }}")[0] == branch


def test_a_switch_joins_labels_and_knows_no_text_of_a_default() -> None:
    found = _branches('switch (name) { case "a": case "b": F(); break; case string s when s.Length > 3: G(); break; default: H(); break; }')
    assert found == [("name", ["a", "b"]), ("name", None), ("name", None)]


def test_the_arms_of_a_switch_expression_are_branches_that_give_one_name() -> None:
    body = _lowered('var r = name switch { "a" => A(), "b" or "c" => B(), _ => throw new E() };').body
    arms = [each for each in body if isinstance(each, Branch)]
    assert [[_spelled(text) for text in each.texts] if each.texts else None for each in arms] == [["a"], ["b", "c"], None]
    made = {each.body[-1].names for each in arms if isinstance(each.body[-1], Bind)}
    assert len(made) == 1
    last = body[-1]
    assert isinstance(last, Bind)
    assert (_spelled(last.value),) == next(iter(made))


def test_a_switch_expression_of_a_field_is_a_choice() -> None:
    found = _type('class A { static string X = Y switch { 1 => "a", _ => "b" }; }').fields[0]
    assert isinstance(found.value, Choice)


def test_names_that_patterns_and_out_arguments_give_are_bound() -> None:
    body = _lowered('if (x is string s && d.TryGetValue("k", out var v) && int.TryParse(s, out int n)) { F(s, v, n); }').body
    bound = {each.names[0]: _spelled(each.value) for each in body if isinstance(each, Bind)}
    assert bound == {"s": "x", "v": "d[k]", "n": "int.TryParse(s)"}


def test_statements_of_every_kind_keep_their_calls() -> None:
    text = """
        foreach (var (k, v) in Items()) { A(k); }
        await foreach (var i in Other()) B(i);
        for (int i = Zero(); Less(i); Next(i)) C();
        while (Go()) { D(); } do { E(); } while (Stop());
        using (var f = Open()) { F(); } using var g = Open2(); lock (H()) { I(); }
        try { J(); } catch (Exception e) when (K(e)) { L(); } finally { M(); }
        unsafe { N(); } checked { O(); } label: P(); throw new Q(R());
        var q = from x in S() where T(x) select U(x);
        """
    assert _called(_lowered(text).body) >= set("ABCDEFHIJKLMNOPQRSTU") | {
        "Items",
        "Other",
        "Zero",
        "Less",
        "Next",
        "Go",
        "Stop",
        "Open",
        "Open2",
    }


def _called(block: tuple[Statement, ...]) -> set[str]:
    found: set[str] = set()
    waiting: list[object] = list(block)
    while waiting:
        each = waiting.pop()
        if isinstance(each, Call):
            found.add(_spelled(each.callee))
        if isinstance(each, tuple | list):
            waiting.extend(each)
        elif hasattr(each, "__dataclass_fields__"):
            waiting.extend(getattr(each, name) for name in each.__dataclass_fields__)
    return found


def test_usings_namespaces_and_aliases_are_told_apart() -> None:
    module = _lowered("using System.Net; using static System.IO.File; using Web = System.Net.Http; namespace Acme.Tools.Deep; class A { }")
    assert module.package == "Acme.Tools.Deep"
    assert module.imports == {"Web": "System.Net.Http"}
    assert {"System.Net", "System.IO.File", "Acme.Tools", "Acme", "System", "System.IO"} <= set(module.wildcards)


def test_types_of_several_namespaces_are_named_below_what_they_share() -> None:
    module = _lowered("namespace Acme { namespace One { class A { class B { } } } namespace Two { enum C { X } } }")
    assert module.package == "Acme"
    assert {each.name for each in module.types} == {"One.A", "One.A.B", "Two.C"}


def test_global_usings_hold_in_all_files() -> None:
    shared = global_usings({"a.cs": "global using Acme.Names;\nglobal using J = System.Text.Json;", "b.cs": "class B { }"})
    module = lower("b.cs", "class B { }", shared)
    assert "Acme.Names" in module.wildcards
    assert module.imports == {"J": "System.Text.Json"}


def _fields(text: str) -> dict[str, Field]:
    return {each.name: each for each in _type(text).fields}


def test_members_of_every_kind_are_kept() -> None:
    fields = _fields("""
        class A(HttpClient client, int n = 3) : B(n), IC<string>
        {
            const string K = "a" + L; static readonly string S = "s"; int x, y = 2;
            public string P => $"p{K}"; public string Q { get; set; } = "q"; public string R { get { return Read(); } }
            public string T { get { Log(); return t; } set { Store(value); } }
        }
        """)
    assert set(fields) == {"client", "n", "K", "S", "x", "y", "P", "Q", "R", "T"}
    assert [name for name, each in fields.items() if each.constant] == ["K", "S", "P"]
    assert _spelled(fields["R"].value) == "Read()"
    assert isinstance(fields["T"].value, Opaque)


def test_a_primary_constructor_fills_fields_and_calls_its_base() -> None:
    made = _type("class A(HttpClient client) : B(client);")
    constructor = made.functions[0]
    assert (constructor.name, made.bases[0].name) == ("A", "B")
    assert _called(constructor.body) == {"super"}


def test_methods_keep_attributes_parameters_and_what_they_extend() -> None:
    made = _type("""
        static class A {
            [Obsolete, DescriptionAttribute("d")]
            public static Task<int> B<T>(
                this IThing thing, [Description("p")] string? a, int[] c, bool b = true, params string[] rest) => C(a);
            [DllImport("user32.dll")] static extern int Send(int a);
        }
        """).functions
    assert [each.name for each in made[0].annotations] == ["Obsolete", "Description"]
    assert [each.names[0] for each in made[0].parameters] == ["thing", "a", "c", "b", "rest"]
    assert made[0].parameters[2].type is not None
    assert made[0].parameters[2].type.name == "System.Array"
    assert made[0].parameters[4].variadic
    assert (made[0].extends, made[0].generics, made[0].static) == (None, ("T",), True)
    assert (made[1].receiver, made[1].extends is not None, len(made[1].parameters), made[1].annotations) == ("thing", True, 4, ())
    assert made[2].annotations[0].name == "DllImport"


def test_triggers_on_parameters_speak_of_the_function() -> None:
    made = _type('class A { [Function("f")] public string F([McpToolTrigger("n", "d")] Context c, [McpToolProperty("p")] string p) => p; }')
    assert [each.name for each in made.functions[0].annotations] == ["Function", "McpToolTrigger"]


def test_only_partial_methods_are_described_by_their_documentation() -> None:
    text = """
        class A {
            /// <summary>Says <c>a</c>
            /// text &amp; more.</summary>
            /// <remarks>Twice.</remarks>
            /// <param name="a">The a.</param>
            public partial string B(string a);
            /// <summary>Nobody reads this.</summary>
            public string C() => "c";
        }
        """
    first, second = _type(text).functions
    assert first.doc == "Says a text & more.\nTwice."
    assert _spelled(first.parameters[0].annotations[0].arguments[0].value) == "The a."
    assert second.doc == ""


def test_lambdas_and_local_functions_have_bodies_of_their_own() -> None:
    module = _lowered("Func<int> f = async (x, y) => await G(x); var h = x => { return x; }; int Local(int z) { return K(z); }")
    lambdas = [each.value for each in module.body if isinstance(each, Bind)]
    assert all(isinstance(each, Lambda) for each in lambdas)
    assert [each.name for each in module.functions] == ["Local"]
    assert isinstance(module.functions[0], Function)


def test_what_the_preprocessor_chooses_between_all_counts() -> None:
    text = "class A { void B() {\n#if DEBUG\n C();\n#else\n D();\n#endif\n }\n#if NET8\n void E() { F(); }\n#endif\n}"
    made = _type(text)
    assert {each.name for each in made.functions} == {"B", "E"}
    assert _called(made.functions[0].body) == {"C", "D"}


def test_branches_of_the_preprocessor_that_share_braces_are_read_too() -> None:
    text = "class A {\n void B(\n#if X\n int a\n#else\n int b\n#endif\n ) { C(); }\n}"
    assert _called(_type(text).functions[0].body) == {"C"}


def test_directives_of_file_based_programs_are_no_damage() -> None:
    module = _lowered("#!/usr/bin/env dotnet\n#:package Acme@1.0\nRun();\n")
    assert module.damage == 0
    assert _called(module.body) == {"Run"}


@pytest.mark.parametrize(
    ("path", "text", "test"),
    [
        ("src/Acme.Tests/ToolTests.cs", "class A { }", True),
        ("tests/Any.cs", "class A { }", True),
        ("src/Acme.IntegrationTests/A.cs", "class A { }", True),
        ("src/Any.cs", "using Xunit; class A { }", True),
        ("src/Contests/Any.cs", "class A { }", False),
        ("src/TestResults.cs", "class A { }", False),
    ],
)
def test_test_projects_are_known_by_folder_or_framework(path: str, text: str, test: bool) -> None:  # noqa: FBT001  a column of the table
    assert lower(path, text).test is test


def test_readers_of_streams_are_told_from_readers_of_paths() -> None:
    body = _lowered("var s = new MemoryStream(b); var r = new StreamReader(s); var f = new StreamReader(path);").body
    made = [each.value for each in body if isinstance(each, Bind)]
    assert [each.arguments[0].keyword for each in made[1:] if isinstance(each, Call)] == ["stream", None]


def test_a_name_that_holds_a_path_as_well_is_no_stream_for_certain() -> None:
    body = _lowered("var s = Open(); s = path; var t = new MemoryStream(); t = path; var r = new StreamReader(t);").body
    last = body[-1]
    assert isinstance(last, Bind)
    assert isinstance(last.value, Call)
    assert last.value.arguments[0].keyword is None


def test_functions_for_a_model_of_ones_own_keep_no_attribute_where_nothing_is_served() -> None:
    text = 'class A { [KernelFunction("n")] public string B() => "b"; }'
    kept = lower("a.cs", text, Usings(serves_functions=True)).types[0].functions[0]
    dropped = lower("a.cs", text, Usings(serves_functions=False)).types[0].functions[0]
    assert (len(kept.annotations), len(dropped.annotations)) == (1, 0)


def test_loops_know_what_they_run_over() -> None:
    loop = _first('foreach (var name in new[] { "a", "b" }) { F(name); }')
    assert isinstance(loop, Loop)
    assert loop.names == ("name",)
    assert isinstance(loop.over, Collection)
