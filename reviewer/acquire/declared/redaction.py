"""Takes secrets out of what a configuration says, leaving the names under which they were given.

The rule is the other way round from a search for secrets: of fields nothing is kept but what is known to be needed (``configuration``),
values of variables and headers are never kept, and of the words of a command every value that follows an option with a telling name,
every value of a query, every user part of an address, and every text that looks random is replaced. What is left can still hold a
password that is a plain word in a place of its own; nothing can tell it from an argument.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from reviewer.tables import load_table

__all__ = ["HIDDEN", "has_secret", "is_reference", "is_secret_name", "masked", "masked_url", "masked_words", "names_of", "steering"]

HIDDEN = "REDACTED"  # a word to every shell, so that a command line means without its secrets what it meant with them
_LONG = 20_000  # characters of one word that are looked at; the rest is cut

_REFERENCE = re.compile(
    r"\$\{(?:[A-Za-z]+:)?([A-Za-z_][\w.-]{0,100})(?::-[^}]*)?\}|\$([A-Za-z_]\w{0,100})|%([A-Za-z_]\w{0,100})%|\{\{\s*([\w.-]{1,100})\s*\}\}"
)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s\"'<>`|;]{1,4000}")
_WHOLE_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://\S+")
_ASSIGNMENT = re.compile(r"\b([A-Za-z_][A-Za-z0-9_]{1,80})=(\"[^\"]*\"?|'[^']*'?|[^\s\"';&|]+)")
_FIELD = re.compile(
    r"([\"']?)([A-Za-z_][\w .-]{0,60})\1\s{0,3}[:=]\s{0,3}(?:(?:Bearer|Basic|Token)\s+)?(\"[^\"]*\"?|'[^']*'?|[^\s\"',;&|}]+)"
)
_WHOLE = re.compile(r"([A-Za-z_][\w-]{0,80})(=|:\s*(?!//))(.*)", re.DOTALL)
_BEARER = re.compile(r"\b(Bearer|Basic|Token)\s+(?![a-z]+://)[^\s\"',;]{4,}", re.IGNORECASE)
_OPTION = re.compile(r"(--?|/)([A-Za-z][\w.-]{0,80})(?:([=:]|\s{1,9})(.*))?", re.DOTALL)
_VALUE = r"(?:\"[^\"]*\"?|'[^']*'?|[^\s\"';&|]+)"
# Inside a longer text: options with their values, assignments where a statement begins, JSON in quotes, user and password before a host.
_INLINE = re.compile(rf"(?<![\w/.-])(--?)([A-Za-z][\w.-]{{0,80}})(\s{{1,3}}(?!--?[A-Za-z])|=)({_VALUE})")
_INLINE_GLUED = re.compile(r"(?<![\w/.-])-([pP])(?=[^\s\"']{0,200}[^a-z\s\"'])[^\s\"'=-][^\s\"']{2,}")
_STATEMENT = re.compile(
    rf"(?:\b(?:export|set)\s{{1,3}}\"?[A-Za-z_]\w{{0,80}}={_VALUE})"
    rf"|(?:(?<![^\s;&|(])[A-Za-z_]\w{{0,80}}={_VALUE}\s{{1,9}}){{1,20}}+(?=[^\s=;&|]+(?:\s|\Z))|\$env:\w{{1,80}}\s{{0,3}}=\s{{0,3}}{_VALUE}"
)
_QUOTED_JSON = re.compile(r"'\s{0,9}[\[{]\s{0,9}\\{0,2}\"[^']*'?|\"\s{0,9}[\[{]\s{0,9}\\{1,3}\"(?:[^\"\\]|\\.)*+\"?", re.DOTALL)
_USER = re.compile(
    r"(?<![\w.+/@-])(?!(?:npm|pypi|jsr|pkg|git|github|gitlab|bitbucket|docker|oci|mailto):)([\w.+-]{1,60}):[^\s@:/\"']{3,200}@"
    r"(?!sha\d)(?=[\w-]{1,63}(?:\.[\w-]{1,63}){0,9}(?:[:/?]|\Z))|\b(jdbc:oracle:\w{1,10}):[^\s@]{1,200}@"
)
_CODE_OPTIONS = frozenset({"-c", "-lc", "-ic", "-Command", "-e", "-r", "-p", "--eval", "--print"})
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|localhost|[\w-]+(?:\.[\w-]+)+)(?::[0-9]{1,5})?")
_RUN = re.compile(r"[A-Za-z0-9+/_=-]{20,}")
_SEGMENT = re.compile(r"[A-Za-z0-9_=-]{16,}")
_HEXADECIMAL = re.compile(r"[0-9a-f]{24,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DIGEST = re.compile(r"(?:sha(?:1|224|256|384|512)[:=-]|@)\Z")
_PLAIN_QUERY = re.compile(r"(?:true|false|yes|no|on|off|[0-9]{1,5}|[a-z][a-z_,-]{0,31})?")
_SAFE_SHORT = re.compile(
    r"(?:[a-z][a-z0-9+]{1,9}://.{0,2000}|[0-9]{1,5}|(?:\.{0,2}|~)/.{0,300}|[A-Za-z]:[\\/].{0,300}|-.{0,80})", re.DOTALL
)
_GLUED = re.compile(
    r"-[pPkKtT](?!(?:ort|ath|roject|rofile|rompt|lugin|ackage|rint|roxy|refix|olicy|imeout|ransport|ools?|ype|eys?)\b)[^\s=-]{3,}"
)


@functools.cache
def _table(key: str) -> tuple[str, ...]:
    table: dict[str, Any] = load_table(Path(__file__).parent / "redaction.yaml")
    return tuple(text for row in table[key] for text in row.get("names", [row.get("word", row.get("text"))]))


@functools.cache
def _texts() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{text})" for text in _table("secret_texts")))


def is_secret_name(name: str) -> bool:
    """Tell whether an option, field or variable of this name holds a secret."""
    plain = re.sub(r"[-_. ]", "", name.lower())
    return plain in _table("secret_options") or any(word in plain for word in _table("secret_words"))


def is_reference(value: str) -> bool:
    """Tell whether a value is nothing but the name of a variable."""
    return _REFERENCE.fullmatch(value.strip()) is not None


def names_of(value: str) -> Iterator[str]:
    """Give the variables to which a value refers, in braces; what stands after a default's ``:-`` is left out."""
    for match in _REFERENCE.finditer(value[:_LONG]):
        yield "${" + str(match[1] or match[2] or match[3] or match[4]) + "}"


def steering(names: Iterable[str]) -> list[str]:
    """Give those of some variables that decide which code runs or who reads along."""
    known = {name.lower() for name in _table("steering_variables")}
    return [name for name in names if name.lower().replace("-", "_") in known]


def masked_words(words: Sequence[str], *, start: int = 0) -> tuple[str, ...]:
    """Mask the words of a command; an option with a telling name hides the word after it.

    Args:
        words: the command.
        start: from which word on short options count, one after the program; beyond the last where the words hold the code itself.
    """
    result: list[str] = []
    hide = before = ""
    for number, word in enumerate(words):
        if start > len(words) and before in _CODE_OPTIONS:
            result.append(_masked_text(word))
            hide = ""
        elif hide and not (hide == "short" and _SAFE_SHORT.fullmatch(word)) and not (hide == "long" and _is_long_option(word)):
            named = hide != "variable" or _ASSIGNMENT.match(word) is not None
            result.append(_hidden(word) if named else masked(word))
            hide = ""
        else:
            option = _OPTION.fullmatch(word[:_LONG])
            result.append(_masked_option(word) if option else _masked_word(word, variable=number + 1 < start <= len(words)))
            hide = _hides_next(word, counts=number >= start)
        before = word
    return tuple(result)


def _masked_word(word: str, *, variable: bool = False) -> str:
    """Mask a word; one that is a variable or header as a whole loses all of its value, blanks and all. So does one before the program."""
    match = _WHOLE.fullmatch(word[:_LONG])
    if match and (is_secret_name(match[1]) or (match[2] == "=" and (variable or match[1].isupper()))):
        return f"{match[1]}{match[2]}{''.join(names_of(match[3])) or HIDDEN}"
    return masked(word)


def _is_long_option(word: str) -> bool:
    return word.startswith("--") and len(word) > 3 and "=" not in word and not _RUN.search(word[2:])  # noqa: PLR2004  dashes and two letters


def _hidden(word: str) -> str:
    """Replace a whole word, keeping the names in it: ``NAME=value``, ``Name: value``, ``${NAME}``."""
    references = list(names_of(word))
    if references:
        return " ".join(references)
    name, sign, _ = re.split(r"(?=[=:])", word, maxsplit=1)[0], "=" if "=" in word else ":" if ":" in word else "", ""
    if sign and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,60}", name) and not _looks_random(name):
        return f"{name}{sign}{HIDDEN}"
    if re.fullmatch(r"[A-Z][A-Z0-9_]{1,60}", word) and "_" in word and not _looks_random(word):  # docker's -e NAME
        return word
    return HIDDEN


def _hides_next(word: str, *, counts: bool) -> str:
    match = _OPTION.fullmatch(word[:_LONG])
    if match is None and word.startswith("--//") and "=" not in word:  # npm's settings of one registry
        return "long" if is_secret_name(word[:_LONG]) else ""
    if match is None or match[3] or match[1] == "/":
        return ""
    if len(match[2]) == 1 and match[2] in "eH":
        return "always" if counts else "variable"
    if len(match[2]) == 1:
        return "short" if counts and match[2] in "pPktuKTUs" else ""
    return "long" if is_secret_name(match[2]) else ""


def _masked_option(word: str) -> str:
    match = _OPTION.fullmatch(word[:_LONG])
    if match is None:
        return masked(word)
    dashes, name, sign, value = match[1], match[2], match[3], match[4]
    if sign and is_secret_name(name) and dashes != "/":
        references = "".join(names_of(value))
        return f"{dashes}{name}{sign}{references or HIDDEN}"
    if (not sign and _GLUED.fullmatch(word)) or (sign == "=" and re.fullmatch(r"e[A-Z_][A-Z0-9_]{0,80}", name) and dashes == "-"):
        return word[: 2 if not sign else word.index("=") + 1] + HIDDEN
    return f"{dashes}{name}{sign}{masked(value)}" if sign and _is_json(value) else masked(word)


def _is_json(text: str) -> bool:
    """Tell whether a text is a list or mapping, perhaps in quotes, as a command takes whole configurations; empty ones hold nothing."""
    return text.lstrip("\"'\\ \t\r\n")[:1] in {"{", "["} and len(text) > 2  # noqa: PLR2004  empty ones


def masked(text: str) -> str:
    """Mask a text in which words may stand: a command line, a path, a sentence. A configuration in it is hidden whole."""
    if _is_json(text):
        return HIDDEN
    return masked_url(text[:_LONG]) if _WHOLE_URL.fullmatch(text[:_LONG]) else _masked_text(text)


def _masked_text(text: str) -> str:
    text = text[:_LONG]
    text = _texts().sub(HIDDEN, text)
    text = _URL.sub(lambda match: masked_url(match[0]), text)
    text = _BEARER.sub(lambda match: f"{match[1]} {HIDDEN}", text)
    text = _USER.sub(lambda match: f"{match[1] or match[2]}:{HIDDEN}@", text)
    text = _QUOTED_JSON.sub(f"'{HIDDEN}'", text)
    text = _STATEMENT.sub(lambda match: _ASSIGNED.sub(_assigned, match[0]), text)
    text = _INLINE.sub(_masked_inline, text)
    text = _INLINE_GLUED.sub(lambda match: f"-{match[1]}{HIDDEN}", text)
    text = _ASSIGNMENT.sub(_masked_assignment, text)
    text = _FIELD.sub(_masked_field, text)
    text = _REFERENCE.sub(lambda match: next(names_of(match[0]), match[0]) if ":-" in match[0] else match[0], text)
    return _RUN.sub(lambda match: _masked_run(match, text), text)


_ASSIGNED = re.compile(rf"([A-Za-z_]\w{{0,80}}\s{{0,3}}=\s{{0,3}})({_VALUE})")


def _assigned(match: re.Match[str]) -> str:
    return match[0] if _computes(match[2]) else match[1] + ("".join(names_of(match[2])) or HIDDEN)


def _computes(value: str) -> bool:
    """Tell whether a shell makes a value by running something: that is code, and stays."""
    return "$(" in value or "`" in value


def _masked_inline(match: re.Match[str]) -> str:
    """Mask the value of an option within a longer text. Of short options only those count that mostly take a user or password."""
    name, value = match[2], match[4]
    short = len(name) == 1
    telling = name in "pPuUeH" and not _SAFE_SHORT.fullmatch(value) if short else is_secret_name(name) and not value.startswith("--")
    if name == "e":
        telling = _ASSIGNMENT.match(value) is not None
    if not telling or _computes(value) or value.startswith(HIDDEN) or "://" in value:
        return match[0]
    return match[0][: match.start(4) - match.start()] + _hidden(value)


def _masked_assignment(match: re.Match[str]) -> str:
    name, value = match[1], match[2]
    if _computes(value):
        return match[0]
    if name.isupper() or is_secret_name(name):
        return f"{name}={''.join(names_of(value)) or HIDDEN}"
    return match[0]


def _masked_field(match: re.Match[str]) -> str:
    if (
        is_secret_name(match[2])
        and HIDDEN not in match[3]
        and not _computes(match[3])
        and not is_reference(match[3])
        and "//" not in match[3][:2]
    ):
        return match[0][: match.start(3) - match.start()] + HIDDEN
    return match[0]


def _masked_run(match: re.Match[str], text: str) -> str:
    before = text[max(0, match.start() - 8) : match.start()]
    if _DIGEST.search(before) and _HEXADECIMAL.fullmatch(match[0]):
        return match[0]
    pieces = re.split(r"([/=])", match[0])
    return "".join(HIDDEN if _looks_random(piece) else piece for piece in pieces)


def _looks_random(text: str) -> bool:
    """Tell whether a text of letters and digits looks as if nobody had chosen it: hexadecimal, or letters and digits or cases mixed."""
    if len(text) < 16:  # noqa: PLR2004  shorter ones are names and versions
        return False
    if _HEXADECIMAL.fullmatch(text):
        return True
    words = [word for word in re.split(r"[-_.+]", text) if word]
    return any(_is_noise(word) for word in words)


def _is_noise(word: str) -> bool:
    if len(word) < 12:  # noqa: PLR2004  the same
        return False
    turns = sum(_class(one) != _class(other) for one, other in itertools.pairwise(word))
    kinds = {_class(sign) for sign in word}
    return ("9" in kinds and turns >= 4) or (1.9 * turns >= len(word) and len(kinds) > 1)  # noqa: PLR2004  camelCase turns less often


def _class(sign: str) -> str:
    return "9" if sign.isdigit() else "A" if sign.isupper() else "a"


def masked_url(url: str) -> str:
    """Mask an address: no user, no fragment, of the query names only (and plain words), no random part of the path."""
    try:
        parts = urlsplit(url)
        netloc = parts.netloc.rpartition("@")[2]
    except ValueError:
        return HIDDEN
    if _is_torn(parts.netloc, parts.path):
        return f"{parts.scheme}://{HIDDEN}"
    user = f"{HIDDEN}@" if "@" in parts.netloc else ""
    before, _, after = netloc.partition(".")
    host = f"{HIDDEN}.{after}" if after and _looks_random(before) and not is_reference(before) else masked_reference(netloc)
    path = "/".join(_masked_segment(segment) for segment in parts.path.split("/"))
    query = "&".join(_masked_pair(pair) for pair in parts.query.split("&")) if parts.query else ""
    tail = _masked_fragment(parts.fragment)
    return f"{parts.scheme}://{user}{host}{path}" + (f"?{query}" if query else "") + tail


def _is_torn(netloc: str, path: str) -> bool:
    """Tell whether a password with a slash in it has torn an address apart, so that its end stands in the path."""
    if "@" not in path or "$" in netloc or "{" in netloc:
        return False
    return (":" in netloc or "@" in netloc) and not _HOST.fullmatch(netloc.rpartition("@")[2])


def _masked_segment(segment: str) -> str:
    if _REFERENCE.search(segment):
        return masked_reference(segment)
    if "=" in segment:
        segment = ";".join(_masked_pair(pair) if is_secret_name(pair.partition("=")[0]) else pair for pair in segment.split(";"))
    name, at, version = segment.rpartition("@")  # a repository's address may end in a commit
    if at and name and re.fullmatch(r"[0-9a-f]{7,40}|[\w.-]{1,40}", version) and not (_looks_random(version) and len(version) != 40):  # noqa: PLR2004  a commit
        return f"{_masked_segment(name)}@{version}"
    plain = unquote(segment)
    if _texts().search(plain) or any(_looks_random(run) for run in _SEGMENT.findall(plain)):
        return HIDDEN
    return segment


def masked_reference(text: str) -> str:
    """Give a text in which variables are named, without the defaults that they may have."""
    return _REFERENCE.sub(lambda match: next(names_of(match[0]), HIDDEN), text)


def _masked_pair(pair: str) -> str:
    name, sign, value = pair.partition("=")
    if not sign:
        return name if _PLAIN_QUERY.fullmatch(name) else HIDDEN
    if _looks_random(name):
        return HIDDEN
    if is_reference(value):
        return f"{name}={masked_reference(value)}"
    keep = _PLAIN_QUERY.fullmatch(unquote(value)) and not is_secret_name(name)
    return f"{name}={value if keep else HIDDEN}"


def _masked_fragment(fragment: str) -> str:
    if not fragment:
        return ""
    return f"#{fragment}" if re.fullmatch(r"subdirectory=[\w./-]{1,300}", fragment) else f"#{HIDDEN}"


def has_secret(url: str) -> bool:
    """Tell whether masking would change an address."""
    return masked_url(url) != url
