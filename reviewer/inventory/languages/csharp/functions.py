"""Parameters, attributes, lambdas and signatures: what methods, local functions and lambdas have in common."""

from __future__ import annotations

from ast_grep_py import SgNode

from reviewer.inventory.languages.csharp.nodes import Frame, child_of, dotted, modifiers, parts, type_name
from reviewer.inventory.program.model import Annotation, Argument, Block, Function, Lambda, Parameter, Return, TypeName

__all__ = ["annotations_of", "generics_of", "lambda_of", "local_function", "parameters_of", "raised"]

#: Attributes of parameters that make the whole method what it is: triggers of Azure Functions.
_TRIGGER = "Trigger"
_TASKS = frozenset({"Task", "ValueTask", "System.Threading.Tasks.Task", "System.Threading.Tasks.ValueTask"})


def annotations_of(frame: Frame, node: SgNode) -> tuple[Annotation, ...]:
    """Give the attributes of a declaration; ``FooAttribute`` is ``Foo``, as C# lets it be written."""
    found: list[Annotation] = []
    lists = [part for part in parts(node) if part.kind() == "attribute_list"]
    for attribute in (part for group in lists for part in parts(group) if part.kind() == "attribute"):
        name = dotted(attribute.field("name"))
        short = name.removesuffix("Attribute") if not name.endswith(".Attribute") else name
        arguments = _attribute_arguments(frame, child_of(attribute, "attribute_argument_list"))
        found.append(Annotation(name=short or name, line=frame.line(attribute), arguments=arguments))
    return tuple(found)


def _attribute_arguments(frame: Frame, node: SgNode | None) -> tuple[Argument, ...]:
    found: list[Argument] = []
    for part in parts(node):
        keyword, inside = part.field("name"), parts(part)
        if inside:
            found.append(Argument(value=frame.value(inside[-1]), keyword=keyword.text() if keyword is not None else None))
    return tuple(found)


def raised(parameters: tuple[Parameter, ...]) -> tuple[Annotation, ...]:
    """Give the attributes of parameters that speak of the method: ``[McpToolTrigger("name", "…")] ToolInvocationContext context``."""
    return tuple(each for parameter in parameters for each in parameter.annotations if each.name.endswith(_TRIGGER))


def parameters_of(frame: Frame, node: SgNode | None) -> tuple[Parameter, ...]:
    """Give the parameters of a list; the first of an extension method is one of them."""
    if node is not None and node.kind() == "implicit_parameter":
        return (Parameter(names=(node.text(),)),)
    return tuple(_parameters(frame, node))


def _parameters(frame: Frame, node: SgNode | None) -> list[Parameter]:
    found: list[Parameter] = []
    children = node.children() if node is not None else []
    for index, child in enumerate(children):
        if child.kind() == "parameter":
            found.append(_parameter(frame, child))
        elif child.kind() == "params":  # its type and name stand in the list itself
            rest = [part for part in children[index + 1 :] if part.is_named()][:2]
            if len(rest) > 1:
                found.append(Parameter(names=(rest[1].text().removeprefix("@"),), type=type_name(rest[0]), variadic=True))
    return found


def _parameter(frame: Frame, node: SgNode) -> Parameter:
    name, kind = node.field("name"), type_name(node.field("type"))
    equals = [index for index, child in enumerate(node.children()) if child.text() == "="]
    default = frame.value(node.children()[equals[0] + 1], kind) if equals and equals[0] + 1 < len(node.children()) else None
    return Parameter(
        names=(name.text().removeprefix("@") if name is not None else "_",),
        type=kind,
        default=default,
        annotations=annotations_of(frame, node),
    )


def extended(node: SgNode | None) -> tuple[str, TypeName | None]:
    """Give name and type of the object that an extension method extends."""
    for child in parts(node)[:1]:
        name = child.field("name") if child.kind() == "parameter" and "this" in modifiers(child) else None
        if name is not None:
            return name.text(), type_name(child.field("type"))
    return "this", None


def generics_of(node: SgNode) -> tuple[str, ...]:
    """Give the names of type parameters."""
    names = (part.field("name") for part in parts(child_of(node, "type_parameter_list")))
    return tuple(name.text() for name in names if name is not None)


def given_by(returns: TypeName | None) -> TypeName | None:
    """Give the type that ``return`` statements have: that inside ``Task``."""
    return returns.arguments[0] if returns and returns.name in _TASKS and returns.arguments else returns


def body_of(frame: Frame, node: SgNode | None, returns: TypeName | None, parameters: tuple[Parameter, ...] = ()) -> Block:
    """Lower a body in braces or behind an arrow; what stands behind an arrow is returned."""
    return frame.of_function(node, given_by(returns), parameters)


def lambda_of(frame: Frame, node: SgNode) -> Lambda:
    """Lower ``x => …``, ``(x, y) => {…}`` and ``delegate (…) {…}``."""
    parameters = parameters_of(frame, node.field("parameters") or child_of(node, "parameter_list", "implicit_parameter"))
    body = node.field("body") or child_of(node, "block")
    return Lambda(
        parameters=parameters,
        body=body_of(frame, body, None, parameters),
        line=frame.line(node),
        last=frame.last(node),
    )


def local_function(frame: Frame, node: SgNode) -> Function:
    """Lower a function inside a body."""
    name, returns = node.field("name"), type_name(node.field("type") or node.field("returns"))
    parameters = parameters_of(frame, node.field("parameters"))
    return Function(
        name=name.text() if name is not None else "",
        line=frame.line(node),
        last=frame.last(node),
        parameters=parameters,
        returns=(returns,) if returns else (),
        body=body_of(frame, node.field("body"), returns, parameters),
        annotations=(*annotations_of(frame, node), *raised(parameters)),
        static="static" in modifiers(node),
        generics=generics_of(node),
    )


def returned(frame: Frame, node: SgNode) -> Block:
    """Lower an expression that is a whole body."""
    value = frame.value(node, frame.returns)
    return (*frame.drained(), Return(values=(value,), line=frame.line(node)))
