from __future__ import annotations

import pytest

from reviewer.inventory.languages.kotlin.lowering import lower
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
    Index,
    Lambda,
    Loop,
    Member,
    Name,
    Opaque,
    Record,
    Return,
    Statement,
    Text,
    Type,
)


def _body(*lines: str) -> Block:
    return lower("A.kt", "\n".join(["fun f(name: String) {", *lines, "}"])).functions[0].body


def _value(code: str) -> Expression:
    statement = _body(f"val x = {code}")[-1]
    assert isinstance(statement, Bind)
    assert statement.value is not None
    return statement.value


def _text(value: Expression | Statement | None) -> str:
    assert isinstance(value, Text)
    return "".join(part if isinstance(part, str) else "{}" for part in value.parts)


def _type(code: str) -> Type:
    return lower("A.kt", code).types[-1]


def _function(own: Type, name: str) -> Function:
    return next(one for one in own.functions if one.name == name)


def _field(own: Type, name: str) -> Field:
    return next(one for one in own.fields if one.name == name)


def _texts(body: Block) -> list[list[str] | None]:
    return [None if one.texts is None else [_text(text) for text in one.texts] for one in body if isinstance(one, Branch)]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ('"a" + "b"', "ab"),
        ('"a $name ${name.length} \\$x\\n"', "a {} {} $x\n"),
        ('"""a\\n$name"""', "a\\n{}"),
        ('"""\n    one\n      two $name\n""".trimIndent()', "one\n  two {}"),
        ('"""\n    |one\n    |  two\n""".trimMargin()', "one\n  two"),
        ('"""\n    >one\n""".trimMargin(">")', "one"),
        ('"%s!".format(name)', "{}!"),
        ('buildString { append("a"); appendLine(name) }', "a{}\n"),
        ("'a'.toString()", "a"),
    ],
)
def test_texts_are_read_however_they_are_put_together(code: str, text: str) -> None:
    assert _text(_value(code)) == text


def test_pairs_maps_lists_and_json_are_values() -> None:
    assert isinstance(_value('mapOf("a" to 1, "b" to name)'), Record)
    assert isinstance(_value('listOf("a", name)'), Collection)
    assert isinstance(_value("emptyList<String>()"), Collection)
    assert isinstance(_value('buildList { add("a"); if (name == "b") add(name) }'), Collection)
    schema = _value('buildJsonObject { put("type", "object"); putJsonObject("a") { put("b", 1) }; putJsonArray("c") { add("d") } }')
    assert isinstance(schema, Record)
    assert [type(value).__name__ for _, value in schema.pairs] == ["Text", "Record", "Collection"]


def test_a_builder_that_does_more_than_build_stays_a_call() -> None:
    assert isinstance(_value('buildJsonObject { put("type", "object"); launch() }'), Call)
    assert isinstance(_value("buildString { append(run()); run() }"), Call)
    assert isinstance(_value("buildList { fill(this) }"), Call)


def test_scope_functions_call_their_lambda_with_the_object() -> None:
    given = _value("name.let { it.length }")
    assert isinstance(given, Call)
    assert isinstance(given.callee, Lambda)
    assert [argument.value for argument in given.arguments] == [Name(name="name", line=2)]
    kept = _value("name.also { run(it) }")
    assert isinstance(kept, Call)
    assert isinstance(kept.callee, Lambda)
    assert isinstance(kept.callee.body[-1], Return)
    made = _value("name.let(::File)")
    assert isinstance(made, Call)
    assert made.new
    assert isinstance(_value('name.takeIf { it.isNotEmpty() } ?: "a"'), Choice)
    assert isinstance(_value("name.apply { run() }"), Call)


def test_calls_have_named_arguments_a_trailing_lambda_and_types() -> None:
    call = _value('server.tool<Query>("a", text = "b") { request -> request.x }')
    assert isinstance(call, Call)
    assert [argument.keyword for argument in call.arguments] == [None, "text", None]
    assert isinstance(call.arguments[-1].value, Lambda)
    assert [kind.name for kind in call.types] == ["Query"]
    assert isinstance(_value("File(name)"), Call)
    assert isinstance(_value('a.b["c"]!!.d as String'), Member)
    assert isinstance(_value('a["c"]'), Index)
    assert isinstance(_value("String::class.java"), Member)


def test_when_and_if_become_branches_with_their_texts() -> None:
    body = _body('when (name) { "a", "b" -> one(); in listOf("c") -> two(); is String -> three(); else -> four() }')
    assert _texts(body) == [["a", "b"], ["c"], None, None]
    assert _texts(_body('if (name == "a") one() else if ("b" == name || name == "c") two() else three()')) == [["a"], ["b", "c"], None]
    assert _texts(_body('when { name == "a" -> one(); else -> two() }')) == [["a"], None]
    assert _texts(_body('if (name in setOf("a")) one()')) == [["a"]]


def test_branches_that_give_a_value_give_it_to_a_name_and_returned_ones_return() -> None:
    body = _body('val x = when (name) { "a" -> one() else -> { two(); three() } }')
    assert [type(one).__name__ for one in body] == ["Branch", "Branch", "Bind"]
    returned = lower("A.kt", 'fun f(name: String) = when (name) { "a" -> one() else -> two() }').functions[0].body
    assert all(isinstance(one, Branch) and isinstance(one.body[-1], Return) for one in returned)
    tried = lower("A.kt", "fun f() = try { one() } catch (e: E) { two() }").functions[0].body
    assert sum(isinstance(one, Return) for one in tried) == 2


def test_loops_over_pairs_and_for_each_are_loops() -> None:
    body = _body(
        "for ((k, v) in table) run(k)", "table.forEach { (k, v) -> run(v) }", "xs.forEach(::run)", "xs.forEachIndexed { i, x -> run(x) }"
    )
    assert [one.names for one in body if isinstance(one, Loop)] == [("k", "v"), ("k", "v"), ("it",), ("x",)]


def test_what_a_list_gets_by_plus_is_read_with_it() -> None:
    bind = _body('val xs = mutableListOf("a")', "xs += name", 'xs.add("b")')[0]
    assert isinstance(bind, Bind)
    assert isinstance(bind.value, Collection)
    assert [type(item).__name__ for item in bind.value.items] == ["Text", "Name", "Text"]


def test_classes_have_properties_constructors_companions_and_getters() -> None:
    own = _type(
        "class A @Inject constructor(private val a: String, b: Int = 3) : Base(a), I by d {\n"
        ' companion object {\n  const val K = "k"\n  fun make() = A("x")\n }\n'
        " init { setup() }\n val c: Int\n  get() = a.length\n lateinit var e: Foo\n val g by lazy { name() }\n}"
    )
    assert [base.name for base in own.bases] == ["Base", "I"]
    assert {field.name for field in own.fields} == {"a", "K", "c", "e", "g"}
    assert _field(own, "K").constant
    assert isinstance(_field(own, "c").value, Member)
    assert isinstance(_field(own, "g").value, Call)
    assert _function(own, "make").static
    assert [type(one).__name__ for one in _function(own, "A").body] == ["Call", "Call", "Bind"]


def test_enums_objects_and_aliases_are_types() -> None:
    own = _type('enum class E(val v: String) {\n ONE("1") {\n  override fun m() {}\n },\n TWO("2");\n\n fun q() {}\n}')
    assert isinstance(_field(own, "ONE").value, Call)
    assert {one.name for one in own.functions} == {"E", "m", "q"}
    assert _function(_type("object S {\n fun x() = 1\n}"), "x").static
    assert _type("typealias H = (String) -> Unit").signature is not None
    alias = _type("typealias M = Map<String, C>").alias
    assert alias is not None
    assert alias.name == "Map"


def test_an_object_without_a_name_is_a_function_if_it_has_one() -> None:
    assert isinstance(_value("object : Runnable {\n override fun run() { go() }\n}"), Lambda)
    assert isinstance(_value("object : Base(1) {\n val z = 3\n override fun a() {}\n override fun b() {}\n}"), Call)


def test_extension_functions_say_what_they_extend_and_parameters_their_defaults() -> None:
    module = lower(
        "A.kt", 'inline fun <reified T : Any> Server.tool(@P("x") name: String, vararg more: String = arrayOf("a"), run: (T) -> String) {}'
    )
    function = module.functions[0]
    assert function.extends is not None
    assert function.extends.name == "Server"
    assert function.generics == ("T",)
    assert [(one.names, one.variadic, one.default is not None) for one in function.parameters] == [
        (("name",), False, False),
        (("more",), True, True),
        (("run",), False, False),
    ]
    assert function.parameters[0].annotations[0].name == "P"


def test_imports_with_other_names_and_scripts_are_read() -> None:
    module = lower("a.main.kts", 'package a.b\nimport c.D as E\nimport f.*\nval x = "y"\nrun(x)\n')
    assert module.package == "a.b"
    assert module.imports == {"E": "c.D"}
    assert module.wildcards[0] == "f"
    assert [field.name for field in module.constants] == ["x"]
    assert len(module.body) == 1


def test_what_surrounds_a_mistake_is_still_read() -> None:
    module = lower("A.kt", 'interface P { fun go() }\nclass Q { val a = run("b") }\nfun f() { System.load("c") }\n')
    assert [own.name for own in module.types] == ["P", "Q"]
    assert module.functions[0].body
    assert module.damage < 0.3


def test_statements_that_leave_or_say_nothing_are_kept_for_their_calls() -> None:
    body = _body('throw Fault(run("a"))', "return", "label@ while (run(name)) { break@label }", "x.y = z()", 'm["k"] = z()')
    assert [type(one).__name__ for one in body] == ["Call", "Return", "Call", "Loop", "Bind", "Bind"]
    assert isinstance(_value("-1"), Opaque)
    assert isinstance(_value("3L"), Constant)
