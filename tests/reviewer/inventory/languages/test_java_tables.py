from __future__ import annotations

from pathlib import Path

import pytest

from checks.model import CapabilityId, Location
from reviewer.inventory.languages import java, kotlin
from reviewer.inventory.languages.apis import CallSite, Condition, Value, load_table
from reviewer.inventory.program.tables import load_words

_AT = Location(path="A.java", line=1)
_JAVA, _KOTLIN = Path(java.__file__).parent, Path(kotlin.__file__).parent


def _powers(folder: Path, name: str, *values: Value) -> set[CapabilityId]:
    return {use.capability for use in load_table(folder).uses(CallSite(name=name, at=_AT, positional=values))}


def test_the_rows_of_java_count_in_kotlin_too() -> None:
    assert _powers(_KOTLIN, "java.nio.file.Files.readString") == _powers(_JAVA, "java.nio.file.Files.readString") == {CapabilityId.FS_READ}
    assert _powers(_KOTLIN, "java.io.File.readText") == {CapabilityId.FS_READ}
    assert _powers(_JAVA, "java.io.File.readText") == set()
    assert all(row in load_words(_KOTLIN).annotated for row in load_words(_JAVA).annotated)
    assert load_words(_KOTLIN).inputs.injected == load_words(_JAVA).inputs.injected


def test_the_number_of_arguments_tells_calls_of_one_name_apart() -> None:
    assert _powers(_JAVA, "java.lang.System.getenv") == {CapabilityId.SECRET_READ}
    assert _powers(_JAVA, "java.lang.System.getenv", Value.literal("HOME")) == {CapabilityId.ENV_USE}


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("java.net.http.HttpClient.newBuilder.proxy.build.send", "java.net.http.HttpClient.send"),
        ("okhttp3.OkHttpClient.Builder.build.newCall", "okhttp3.OkHttpClient.newCall"),
        ("okhttp3.OkHttpClient.Builder.build", "okhttp3.OkHttpClient.Builder.build"),
        ("java.nio.file.Path.of.resolve.toFile.delete", "java.io.File.delete"),
        (".build", ".build"),
        ("build.x", "build.x"),
    ],
)
def test_what_a_builder_gives_has_the_name_of_its_type(name: str, plain: str) -> None:
    assert load_table(_JAVA).plain(name) == plain


def test_a_condition_that_must_be_certain_does_not_hold_for_what_is_unknown() -> None:
    unknown = CallSite(name="x", at=_AT, positional=(Value(),))
    known = CallSite(name="x", at=_AT, positional=(Value.literal("a"),))
    assert Condition(argument=0, matches="a").holds(unknown, unknown=True)
    assert not Condition(argument=0, matches="a", certain=True).holds(unknown, unknown=True)
    assert Condition(argument=0, matches="a", certain=True).holds(known, unknown=True)
