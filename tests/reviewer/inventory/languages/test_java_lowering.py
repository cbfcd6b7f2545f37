from __future__ import annotations

from collections.abc import Iterator

import pytest

from reviewer.inventory.languages.java.lowering import lower
from reviewer.inventory.languages.java.strings import formatted, indentation_stripped, number, unescaped
from reviewer.inventory.program.model import (
    Bind,
    Block,
    Branch,
    Call,
    Choice,
    Collection,
    Constant,
    Expression,
    Field,
    Function,
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


def _body(*lines: str) -> Block:
    module = lower("A.java", "\n".join(["class A {", "void f(String name) {", *lines, "}", "}"]))
    return next(one for one in module.types[-1].functions if one.name == "f").body


def _value(code: str) -> Expression:
    statement = _body(f"Object x = {code};")[-1]
    assert isinstance(statement, Bind)
    assert statement.value is not None
    return statement.value


def _text(value: Expression | Statement | None) -> str:
    assert isinstance(value, Text)
    return "".join(part if isinstance(part, str) else "{}" for part in value.parts)


def _type(code: str, name: str) -> Type:
    return next(one for one in lower("A.java", code).types if one.name == name)


def _function(own: Type, name: str) -> Function:
    return next(one for one in own.functions if one.name == name)


def _field(own: Type, name: str) -> Field:
    return next(one for one in own.fields if one.name == name)


def _branches(body: Block) -> Iterator[tuple[str, list[str] | None]]:
    for one in body:
        if isinstance(one, Branch):
            subject = one.subject.name if isinstance(one.subject, Name) else ""
            yield subject, None if one.texts is None else [_text(text) for text in one.texts]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ('"a" + "b" + \'c\'', "abc"),
        ('"a\\n\\u0041\\101"', "a\nAA"),
        ('"""\n    one\n      two \\\n    three\n    """', "one\n  two three\n"),
        ('"""\n    one\\s\n    two"""', "one \ntwo"),
        ('String.format("%s of %2$s %%%n", name, name)', "{} of {} %\n"),
        ('String.format(Locale.ROOT, "%d", name)', "{}"),
        ('"x %s".formatted(name)', "x {}"),
        ("MessageFormat.format(\"a {0} it''s\", name)", "a {} it's"),
        ('String.join("-", "a", "b", name)', "a-b-{}"),
        ('new StringBuilder("a").append("b").append(name).toString()', "ab{}"),
        ('"a".concat(name).trim()', "a{}"),
        ('name + "/" + (String) name', "{}/{}"),
    ],
)
def test_texts_are_read_however_they_are_put_together(code: str, text: str) -> None:
    assert _text(_value(code)) == text


def test_a_format_that_asks_for_more_than_is_given_stays_a_call() -> None:
    assert isinstance(_value('String.format("%s %s", name)'), Call)
    assert isinstance(_value("String.format(name, name)"), Call)


def test_literal_lists_and_maps_are_values_and_empty_containers_are_not() -> None:
    assert isinstance(_value('List.of("a", "b")'), Collection)
    assert isinstance(_value('new String[] {"a"}'), Collection)
    record = _value('Map.of("a", 1, "b", 2)')
    assert isinstance(record, Record)
    assert [_text(key) for key, _ in record.pairs] == ["a", "b"]
    entries = _value('Map.ofEntries(Map.entry("a", 1))')
    assert isinstance(entries, Record)
    made = _value("new ArrayList<String>()")
    assert isinstance(made, Call)
    assert not made.new


def test_a_list_that_is_filled_bit_by_bit_is_read_whole() -> None:
    body = _body('List<String> xs = new ArrayList<>(List.of("a"));', 'xs.add("b");', "if (q()) { xs.addAll(List.of(name)); }", "run(xs);")
    bind = body[0]
    assert isinstance(bind, Bind)
    assert isinstance(bind.value, Collection)
    assert [type(item).__name__ for item in bind.value.items] == ["Text", "Text", "Name", "Opaque"]


def test_a_text_that_is_filled_in_a_straight_line_is_known_and_one_in_a_loop_is_not() -> None:
    straight = _body('var sb = new StringBuilder("a");', 'sb.append("b").append(name);')[0]
    looped = _body("var sb = new StringBuilder();", 'for (String x : xs()) { sb.append("b"); }')[0]
    assert isinstance(straight, Bind)
    assert _text(straight.value) == "ab{}"
    assert isinstance(looped, Bind)
    assert isinstance(looped.value, Opaque)


def test_what_is_added_inside_a_function_that_is_handed_on_leaves_something_unknown() -> None:
    bind = _body("var xs = new ArrayList<String>();", 'xs.add("a");', "later(() -> xs.add(name));")[0]
    assert isinstance(bind, Bind)
    assert isinstance(bind.value, Collection)
    assert isinstance(bind.value.items[-1], Opaque)


def test_conditions_on_a_text_become_branches() -> None:
    body = _body(
        'if ("a".equals(name)) one(); else if (name.equals("b") || Objects.equals(name, "c")) two(); else three();',
        'if (List.of("d").contains(name)) four();',
        'if (name.equals("e") && ready()) five();',
        "if (name.isEmpty()) six();",
    )
    assert list(_branches(body)) == [("name", ["a"]), ("name", ["b", "c"]), ("", None), ("name", ["d"]), ("name", ["e"]), ("", None)]


def test_a_switch_carries_its_texts_into_the_group_that_it_runs_into() -> None:
    body = _body('switch (name) { case "a": one(); case "b": two(); break; case "c", "d": three(); default: four(); }')
    assert list(_branches(body)) == [("name", ["a"]), ("name", ["a", "b"]), ("name", ["c", "d"]), ("name", None)]


def test_a_switch_that_is_returned_returns_in_its_branches() -> None:
    body = _body('return switch (name) { case "a" -> one(); default -> { two(); yield three(); } };')
    first, second = body
    assert isinstance(first, Branch)
    assert isinstance(first.body[0], Return)
    assert isinstance(second, Branch)
    assert isinstance(second.body[-1], Return)


def test_for_each_is_a_loop_and_references_are_functions() -> None:
    loop, listed = _body("xs.stream().forEach(x -> run(x));", "xs.forEach(this::run);")
    assert isinstance(loop, Loop)
    assert loop.names == ("x",)
    assert isinstance(listed, Loop)
    made = _value("File::new")
    assert isinstance(made, Lambda)
    assert isinstance(_value("this::run"), Member)


def test_a_class_without_a_name_is_a_function_if_it_has_one_method() -> None:
    assert isinstance(_value("new Function<String, String>() { public String apply(String x) { return x; } }"), Lambda)
    assert isinstance(_value("new Visitor() { int n = 0; public void a() { } public void b() { } }"), Call)


def test_ternaries_are_choices_and_assignments_inside_expressions_run_first() -> None:
    assert isinstance(_value('name == null ? "a" : "b"'), Choice)
    body = _body("String line;", "while ((line = in.readLine()) != null) { use(line); }")
    assert [one.names for one in body if isinstance(one, Bind)] == [("line",), ("line",)]


def test_assigning_what_is_not_declared_in_the_function_sets_a_field() -> None:
    local, field = _body('String here = "a"; here = "b"; there = "c";')[1:]
    assert isinstance(local, Bind)
    assert local.names == ("here",)
    assert isinstance(field, Bind)
    assert field.names == ()
    assert field.target == Name(name="there", line=3)


def test_records_have_a_constructor_and_methods_for_their_parts() -> None:
    own = _type("record P(String name, int days) { P { check(); } }", "P")
    assert [field.name for field in own.fields] == ["name", "days"]
    assert [len(one.parameters) for one in own.functions] == [2, 0, 0]
    assert isinstance(own.functions[0].body[0], Call)


def test_constants_of_enums_with_values_are_made_and_others_are_their_names() -> None:
    own = _type('enum E { ONE("1"), TWO("2"); final String v; E(String v) { this.v = v; } }', "E")
    assert isinstance(_field(own, "ONE").value, Call)
    assert _field(_type("enum E { A, B }", "E"), "A").value is None


def test_a_method_without_a_body_is_answered_by_its_annotations_and_by_what_its_type_extends() -> None:
    own = _type('@Client(url = "x") interface I extends Base<T> { @Get("/a") String one(String q); default void two() { } }', "I")
    answer = _function(own, "one").body[0]
    assert isinstance(answer, Return)
    assert isinstance(answer.values[0], Opaque)
    assert [type(part).__name__ for part in answer.values[0].parts] == ["Call", "Call", "Call"]


def test_annotated_fields_and_parameters_of_constructors_get_what_the_annotation_gives() -> None:
    own = _type(
        'class A { @Value("x") String a; @Inject Foo b; String c = "c"; A(@Value("y") String d) { } void e(@ToolParam("z") String f) { } }',
        "A",
    )
    assert isinstance(_field(own, "a").value, Call)
    assert _field(own, "b").value is None
    assert isinstance(_function(own, "A").parameters[0].default, Call)
    assert _function(own, "e").parameters[0].default is None


def test_initialisers_run_in_constructors_and_when_the_class_is_loaded() -> None:
    module = lower("A.java", "class A { static { one(); } { two(); } A() { three(); } }")
    own = module.types[0]
    assert len(_function(own, "A").body) == 2
    assert len(module.body) == 1


def test_names_of_packages_and_imports_are_read() -> None:
    module = lower("A.java", "package a.b;\nimport c.D;\nimport static c.E.f;\nimport g.*;\nimport static h.I.*;\nclass A {}")
    assert module.package == "a.b"
    assert module.imports == {"D": "c.D", "f": "c.E.f"}
    assert module.wildcards[:2] == ("g", "h.I")


@pytest.mark.parametrize(
    ("path", "test"), [("src/test/java/A.java", True), ("m/src/integrationTest/java/A.java", True), ("src/main/java/test/A.java", False)]
)
def test_tests_are_told_by_the_layout_of_the_project(path: str, test: bool) -> None:  # noqa: FBT001  a column of the table
    assert lower(path, "class A {}").test is test


def test_escapes_are_read_before_anything_else_and_lines_stay_those_of_the_file() -> None:
    module: Module = lower("A.java", "class A {\n// \\u000a void f() {}\nvoid g() {}\n}")
    assert [(one.name, one.line) for one in module.types[0].functions] == [("f", 2), ("g", 3)]


def test_documentation_is_read_without_marks_and_tags() -> None:
    own = _type("/** One.\n * Two\n * @param x y\n */\nclass A { /** Three. */ @X void f() {} /* no */ void g() {} }", "A")
    assert own.doc == "One.\nTwo"
    assert _function(own, "f").doc == "Three."
    assert _function(own, "g").doc == ""


def test_small_pieces_keep_to_the_language() -> None:
    assert unescaped("\\ud83d\\ude80\\ud800") == "\N{ROCKET}\N{REPLACEMENT CHARACTER}"
    assert indentation_stripped("\n") == "\n"
    assert [number(text) for text in ("0xFFL", "1_000", "1.5f", "0b11", "x")] == [255, 1000, 1.5, 3, None]
    assert formatted(Text(parts=(Name(name="x", line=1),), line=1), []) is None
    assert isinstance(_value("null"), Constant)
