"""What is known about an expression before the code runs, and which host, path or program it names."""

from __future__ import annotations

import enum
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from checks.model import Scope

__all__ = ["UNKNOWN", "Guard", "ObjectKind", "Value", "host_of", "reading"]

#: How many alternatives of one value are followed; more are treated as unknown.
ALTERNATIVES = 8
#: How many characters of a literal are kept as an object.
OBJECT_LENGTH = 200
#: How many characters of a text are followed, and how many elements of a list.
TEXT_LENGTH, ELEMENTS = 20_000, 256
#: How many characters of an outline are followed: as many as a path may have.
OUTLINE_LENGTH = 4_096

_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]{0,30}:)?//(?:[^/?#@\s]{0,300}@)?(\[[^\]\s]{1,60}\]|[^/?#:\s@\[]{1,255})(?=([/?#:]|$))")
#: The beginning of a path: what follows cannot choose a host, whoever made the client did.
_PATH = re.compile(r"/[^/\\?#\s]")
_HOST = re.compile(r"[A-Za-z0-9_.-]{1,255}")
#: A gap of an outline: what is not known, or the parameter that stands there.
_GAP = re.compile(r"\0([^\0]*)\0")
_GAPS = re.compile(r"(?:\0[^\0]*\0?)+")
_NOTHING_KNOWN = "\0\0"


class ObjectKind(enum.StrEnum):
    """What the argument that matters says."""

    HOST = "host"
    PATH = "path"
    PROGRAM = "program"
    NAME = "name"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What is known about an expression before the code runs.

    ``texts`` are all texts that it can be, when they are known; else ``prefix`` is what it certainly begins with. ``scope`` is who
    chooses it, parameters of the enclosing function left out; those are ``parameters``. ``head`` is the parameter that it
    begins with, and ``whole`` says that nothing follows. ``start`` and ``starters`` are scope and parameters of the first piece
    that is not literal: they choose the host of a URL. ``behind`` is the parameter that follows directly on ``prefix``.
    ``items`` are the elements of a list; ``cut`` says that the value is an element of a parameter that is a list, or its rest from there:
    (parameter, position, rest). ``outlines`` are its known pieces in order, with gaps between them, where it is no known text:
    home folder, then ``/.ssh/id_rsa``.
    """

    texts: tuple[str, ...] = ()
    prefix: str = ""
    scope: Scope = Scope.ANY
    parameters: frozenset[str] = frozenset()
    head: str = ""
    whole: bool = False
    behind: str = ""
    start: Scope = Scope.ANY
    starters: frozenset[str] = frozenset()
    items: tuple[Value, ...] | None = None
    outlines: tuple[str, ...] = ()
    cut: tuple[str, int, bool] | None = None

    @property
    def text(self) -> str | None:
        """The text, if it can only be one."""
        return self.texts[0] if len(self.texts) == 1 else None

    @property
    def beginnings(self) -> tuple[str, ...]:
        """The texts, or what the text begins with."""
        return self.texts or ((self.prefix,) if self.prefix else ())

    @property
    def paths(self) -> tuple[str, ...]:
        """The texts, or what is known of them when they are paths, with ``/`` for what is not known."""
        known = (_GAPS.sub("/", outline) for outline in (self.prefix, *self.outlines))
        return self.texts or tuple(re.sub("/{2,}", "/", path).rstrip("/") for path in known if path.strip("/"))

    @classmethod
    def literal(cls, *texts: str) -> Value:
        """Make the value of a constant."""
        return cls(texts=texts[:ALTERNATIVES], scope=Scope.LITERAL, start=Scope.LITERAL)

    @classmethod
    def parameter(cls, name: str) -> Value:
        """Make the value of a parameter of the enclosing function."""
        itself = frozenset({name})
        return cls(scope=Scope.LITERAL, parameters=itself, head=name, whole=True, start=Scope.LITERAL, starters=itself)

    @classmethod
    def chosen(cls, scope: Scope) -> Value:
        """Make a value of which only is known who chooses it."""
        return cls(scope=scope, start=scope)

    @classmethod
    def listed(cls, items: Iterable[Value]) -> Value:
        """Make the value of a list; the elements of lists inside it are its own, so that no nest of lists grows."""
        flat = itertools.chain.from_iterable((item,) if item.items is None else item.items for item in items)
        first, rest = tuple(itertools.islice(flat, ELEMENTS - 1)), tuple(itertools.islice(flat, ELEMENTS))
        return cls(scope=Scope.LITERAL, start=Scope.LITERAL, items=(*first, *_together(rest)))

    @property
    def spread(self) -> Value:
        """What stands in a list where the elements of this one are written out (``*words``): itself, where they can be told."""
        return self if self.items is not None or self.whole or self.cut is not None else self.blurred

    def piece(self, at: int, *, rest: bool = False) -> Value:
        """Give what is known of one element of a list, or of its ``rest`` from there."""
        if self.items is not None and (rest or at < len(self.items)):
            return Value.listed(self.items[at:]) if rest else self.items[at]
        if self.whole:
            return replace(self.blurred, cut=(self.head, at, rest))
        if self.cut is not None and self.cut[2]:
            return replace(self, cut=(self.cut[0], self.cut[1] + at, rest))
        return self.blurred

    @property
    def blurred(self) -> Value:
        """What remains known of something made from this value: who chooses it."""
        found = Value(scope=self.scope, parameters=self.parameters, start=self.scope, starters=self.parameters)
        for item in self.items or ():
            found = found.join(item.blurred)
        return found

    @property
    def faded(self) -> Value:
        """What remains known of a text made from this one by a function that only puts texts together: also its pieces."""
        known = tuple(f"{_NOTHING_KNOWN}{outline}{_NOTHING_KNOWN}" for outline in self.drawn if outline.replace("\0", ""))
        return replace(self.blurred, outlines=known)

    @property
    def in_a_row(self) -> Value:
        """What is known of a text that holds the elements of this list one behind the other, or of any one of them."""
        return replace(self.blurred, outlines=_some(self.drawn))

    @property
    def drawn(self) -> tuple[str, ...]:
        """Give the outlines, also of what is known as a text or as a parameter; a list has a blank between its elements."""
        if self.items is not None:
            return (" ".join(item.drawn[0] for item in self.items)[:OUTLINE_LENGTH],)
        return self.texts or self.outlines or ((f"\0{self.head}\0",) if self.whole else (f"{self.prefix}{_NOTHING_KNOWN}",))

    def join(self, other: Value) -> Value:
        """Give what is known when it may be either of the two."""
        if self == other:
            return self
        if self.items and other.items and self.items[0] == other.items[0]:
            return self._either(other.items)
        texts = tuple(dict.fromkeys((*self.texts, *other.texts))) if self.texts and other.texts else ()
        fits = 0 < len(texts) <= ALTERNATIVES
        common = "" if fits or not (self.beginnings and other.beginnings) else _common(self.beginnings + other.beginnings)
        return Value(
            texts=texts if fits else (),
            prefix=common,
            scope=self.scope.wider(other.scope),
            parameters=self.parameters | other.parameters,
            head=self.head if self.head == other.head else "",
            start=self.start.wider(other.start),
            starters=self.starters | other.starters,
            outlines=() if fits else _some((*self.drawn, *other.drawn)),
        )

    def _either(self, others: tuple[Value, ...]) -> Value:
        """Give what is known when it may be either of two lists that begin alike: the longer one's end is one element."""
        own = self.items or ()
        both = [one.join(two) for one, two in zip(own, others, strict=False)]
        return Value.listed([*both, *_together((*own[len(both) :], *others[len(both) :]))])

    def followed_by(self, other: Value) -> Value:
        """Give what is known of this text with another behind it."""
        text, tail = self.text, other.text
        if text is not None and tail is not None and len(text) + len(tail) <= TEXT_LENGTH:
            return Value.literal(text + tail)
        return Value(
            prefix=(text + (tail if tail is not None else other.prefix))[:TEXT_LENGTH] if text is not None else self.prefix,
            scope=self.scope.wider(other.scope),
            parameters=self.parameters | other.parameters,
            head=self.head or (other.head if text == "" else ""),
            behind=(other.head if text and other.whole else other.behind if text is not None else self.behind),
            start=self.start if text is None else other.start,
            starters=self.starters if text is None else other.starters,
            outlines=_some(f"{first}{second}" for first in self.drawn for second in other.drawn),
        )

    def bound(self, arguments: Mapping[str, Value]) -> Value:
        """Give what is known once the parameters have these values; an unnamed one can be anything."""
        if self.items is not None:
            return self._bound_items(arguments)
        if not self.parameters:
            return self
        if self.whole:
            return arguments.get(self.head, UNKNOWN)
        if self.cut is not None:
            return arguments.get(self.cut[0], UNKNOWN).piece(self.cut[1], rest=self.cut[2])
        first = arguments.get(self.head, UNKNOWN) if self.head else None
        first = first.blurred if first is not None and first.items is not None else first
        scope, start, parameters, starters = self.scope, self.start, frozenset[str](), frozenset[str]()
        for name in sorted(self.parameters):
            value = arguments.get(name, UNKNOWN).blurred
            scope, parameters = scope.wider(value.scope), parameters | value.parameters
            if name in self.starters:
                start, starters = start.wider(value.start), starters | value.starters
        if first is not None:
            start, starters = first.start, first.starters
        prefix = self.prefix if first is None else (first.text or first.prefix)
        tail = arguments.get(self.behind, UNKNOWN) if self.behind and first is None else UNKNOWN
        return Value(
            prefix=prefix + (tail.text or tail.prefix),
            scope=scope,
            parameters=parameters,
            head=first.head if first else "",
            behind=tail.head if tail.whole else "",
            start=start,
            starters=starters,
            outlines=_some(each for outline in self.outlines for each in _filled(outline, arguments)),
        )

    def _bound_items(self, arguments: Mapping[str, Value]) -> Value:
        found = Value.listed(item.bound(arguments) for item in self.items or ())
        scope = self.scope
        parameters = frozenset[str]()
        for item in found.items or ():
            scope, parameters = scope.wider(item.scope), parameters | item.parameters
        return replace(found, scope=scope, parameters=parameters)


UNKNOWN = Value()


def _together(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Give one value for all that stand at the end of a list, if there are any."""
    return (Value(scope=Scope.LITERAL, start=Scope.LITERAL, items=values).blurred,) if values else ()


def _some(outlines: Iterable[str]) -> tuple[str, ...]:
    """Keep as many outlines as are followed, without those that say nothing."""
    found = dict.fromkeys(outline[:OUTLINE_LENGTH] for outline in itertools.islice(outlines, ALTERNATIVES * ALTERNATIVES))
    return tuple(itertools.islice((outline for outline in found if outline.replace("\0", "")), ALTERNATIVES))


def _filled(outline: str, arguments: Mapping[str, Value]) -> Iterator[str]:
    """Put what the parameters are into the gaps of an outline; of a parameter with several values one after the other in all gaps."""
    gaps = {match[1] for match in _GAP.finditer(outline)}
    known = {name: arguments[name].drawn for name in gaps if name in arguments}
    for turn in range(max((len(drawn) for drawn in known.values()), default=1)):
        chosen = {name: drawn[turn % len(drawn)] for name, drawn in known.items()}
        yield _put_in(outline, chosen)


def _put_in(outline: str, chosen: Mapping[str, str]) -> str:
    return _GAP.sub(lambda gap: chosen.get(gap[1], _NOTHING_KNOWN), outline)


def _common(texts: tuple[str, ...]) -> str:
    """Give what all texts begin with."""
    first, last = min(texts), max(texts)
    return next((first[:index] for index, character in enumerate(first) if last[index : index + 1] != character), first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Something happens only where a parameter is one of these texts: ``if name == "search": …``.

    Without ``texts`` it happens for all but ``others``: ``else``, ``default``.
    """

    parameter: str
    texts: frozenset[str]
    others: frozenset[str] = frozenset()

    def allows(self, arguments: Mapping[str, Value]) -> bool:
        """Tell whether it can happen with these arguments."""
        value = arguments.get(self.parameter, UNKNOWN)
        if value.texts:
            left = set(value.texts) - self.others
            return not left.isdisjoint(self.texts) if self.texts else bool(left)
        return not self.texts or any(text.startswith(value.prefix) for text in self.texts)


def reading(kind: ObjectKind, value: Value) -> tuple[Scope, tuple[str, ...]]:
    """Give who chooses the object, and the objects that are known."""
    if value.items is not None and kind is not ObjectKind.PROGRAM:
        value = value.blurred
    if kind is ObjectKind.NONE:
        return value.scope, ()
    if kind is ObjectKind.HOST:
        hosts = tuple(filter(None, (host_of(text, complete=bool(value.texts)) for text in value.beginnings)))
        known = len(hosts) == len(value.beginnings) > 0
        if not known and value.beginnings and all(_PATH.match(text) for text in value.beginnings):
            return Scope.CONFIGURATION, hosts
        return (Scope.LITERAL if known else value.start), hosts
    if kind is ObjectKind.PROGRAM:
        return _scope_of_items(value), _programs(value)
    return value.scope, tuple(text[:OBJECT_LENGTH] for text in value.texts)


def _scope_of_items(value: Value) -> Scope:
    scope = Scope.LITERAL if value.items is not None else value.scope
    for item in value.items or ():
        scope = scope.wider(item.scope)
    return scope


def host_of(text: str, *, complete: bool) -> str | None:
    """Give the host that a URL, or the beginning of one, certainly names; a bare host only if the text is ``complete``.

    >>> host_of("https://api.example/v1/", complete=False)
    'api.example'
    """
    found = _URL.match(text)
    if found and (found[2] or complete):
        return found[1].lower()
    return text.lower() if complete and not found and _HOST.fullmatch(text) and "/" not in text else None


def _programs(value: Value) -> tuple[str, ...]:
    first = value.items[0] if value.items else value
    words = (text.split(maxsplit=1) for text in first.beginnings)
    names = (word[0].replace("\\", "/").rpartition("/")[2] for word in words if word)
    return tuple(dict.fromkeys(name[:OBJECT_LENGTH] for name in names if name))
