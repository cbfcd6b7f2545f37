"""What a submission depends on, as its manifests and lock files say."""

from __future__ import annotations

import json

import pytest

from checks.model import Location, Target, TargetKind
from reviewer.model import Package, PackageScope
from reviewer.sbom.lockfiles import core_metadata, package_json, package_lock, poetry_lock, pyproject, read_packages, requirements, uv_lock
from reviewer.sbom.lockfiles.interface import LockfileError
from tests.builders import a_component, a_target

HASH = "0123456789abcdef" * 4


def read(texts: dict[str, str], **different: object) -> dict[str, Package]:
    packages, _ = read_packages(a_target(texts=texts, **different))
    return {package.name: package for package in packages}


def reasons(texts: dict[str, str], **different: object) -> dict[str, tuple[str, bool]]:
    _, ledger = read_packages(a_target(texts=texts, **different))
    return {row.path: (row.reason, row.gate) for row in ledger}


MANIFEST = """{
  "name": "weather",
  "dependencies": {
    "fast-maps": "^1.2.0",
    "old-name": "npm:@maps/new@2.0.1"
  },
  "devDependencies": {"checker": "1.2.3"},
  "peerDependencies": {"host": ">=3", "extra": "*"},
  "peerDependenciesMeta": {"extra": {"optional": true}}
}
"""


def test_package_json_gives_scopes_pins_aliases_and_lines() -> None:
    found = {package.name: package for package in package_json.parse("package.json", MANIFEST)}

    assert found["fast-maps"] == Package(
        ecosystem="npm",
        name="fast-maps",
        version=None,
        at=Location(path="package.json", line=4),
        requirement="^1.2.0",
        direct=True,
    )
    assert (found["@maps/new"].version, found["@maps/new"].at.line) == ("2.0.1", 5)
    assert (found["checker"].version, found["checker"].scope, found["checker"].at.line) == ("1.2.3", PackageScope.DEVELOPMENT, 7)
    assert (found["host"].scope, found["extra"].scope) == (PackageScope.RUNTIME, PackageScope.OPTIONAL)


def test_package_json_inside_node_modules_is_a_bundled_package() -> None:
    text = json.dumps(
        {"name": "inner", "version": "0.3.0", "license": "MIT", "scripts": {"postinstall": "node x"}, "dependencies": {"z": "1"}}
    )

    (package,) = package_json.parse("node_modules/inner/package.json", text)

    assert (package.name, package.version, package.licence, package.install_script, package.direct) == (
        "inner",
        "0.3.0",
        "MIT",
        True,
        False,
    )
    assert package_json.parse("node_modules/inner/esm/package.json", '{"type": "module"}') == ()


LOCK_3 = """{
  "lockfileVersion": 3,
  "packages": {
    "": {
      "dependencies": {"a": "^1"}
    },
    "node_modules/a": {
      "version": "1.5.0",
      "integrity": "sha512-AAAA",
      "hasInstallScript": true,
      "license": "MIT"
    },
    "node_modules/a/node_modules/@s/z": {
      "version": "0.1.0",
      "dev": true
    },
    "node_modules/o": {"version": "2.0.0", "optional": true},
    "packages/own": {"version": "1.0.0"},
    "node_modules/own": {"resolved": "packages/own", "link": true}
  }
}
"""


def test_package_lock_3_gives_integrity_licence_scripts_and_lines() -> None:
    found = {package.name: package for package in package_lock.parse("package-lock.json", LOCK_3)}

    assert set(found) == {"a", "@s/z", "o"}
    a = found["a"]
    assert (a.version, a.integrity, a.licence, a.install_script, a.direct, a.at.line) == ("1.5.0", "sha512-AAAA", "MIT", True, True, 7)
    assert (found["@s/z"].scope, found["@s/z"].direct, found["@s/z"].at.line) == (PackageScope.DEVELOPMENT, False, 13)
    assert found["o"].scope is PackageScope.OPTIONAL


def test_package_lock_1_is_read_to_its_depth() -> None:
    text = json.dumps(
        {"lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0", "dependencies": {"b": {"version": "2.0.0", "dev": True}}}}},
        indent=1,
    )

    a, b = package_lock.parse("npm-shrinkwrap.json", text)

    assert (a.name, a.version, a.at.line, b.name, b.version, b.scope, b.at.line) == (
        "a",
        "1.0.0",
        4,
        "b",
        "2.0.0",
        PackageScope.DEVELOPMENT,
        7,
    )


def test_package_lock_without_packages_is_an_error() -> None:
    with pytest.raises(LockfileError, match="neither"):
        package_lock.parse("package-lock.json", "{}")


PYPROJECT = """[build-system]
requires = ["builder>=1"]
[project]
dependencies = [
  "Requests>=2 ; python_version > '3'",
  'rich==14.0',
]
[project.optional-dependencies]
fast = ["orjson"]
[dependency-groups]
test = ["tester", {include-group = "fast"}]
[tool.poetry.dependencies]
python = "^3.11"
carrot = "^1.0"
bean = {version = "2.0", optional = true}
[tool.poetry.group.dev.dependencies]
pea = "*"
"""


def test_pyproject_gives_all_its_tables() -> None:
    found = {package.name: package for package in pyproject.parse("pyproject.toml", PYPROJECT)}

    assert {name: (package.version, package.scope.value, package.at.line) for name, package in found.items()} == {
        "requests": (None, "runtime", 5),
        "rich": ("14.0", "runtime", 6),
        "orjson": (None, "optional", 9),
        "tester": (None, "development", 11),
        "builder": (None, "development", 2),
        "carrot": (None, "runtime", 14),
        "bean": ("2.0", "optional", 15),
        "pea": (None, "development", 17),
    }
    assert found["carrot"].requirement == "^1.0"


REQUIREMENTS = f"""# first
flask==3.0 \\
    --hash=sha256:{HASH}
httpx[http2]>=0.2,<1 ; python_version > '3'   # why
--index-url https://index.example/simple
-e .
-e git+https://code.example/thing.git@main#egg=Thing
./local.whl
other @ https://files.example/other-1.0.zip
two==1 --hash=sha256:{HASH} --hash=sha256:{HASH[::-1]}
"""


def test_requirements_give_pins_ranges_hashes_and_addresses() -> None:
    found = {package.name: package for package in requirements.parse("requirements.txt", REQUIREMENTS)}

    assert set(found) == {"flask", "httpx", "thing", "other", "two"}
    assert (found["flask"].version, found["flask"].integrity, found["flask"].at.line) == ("3.0", f"sha256:{HASH}", 2)
    assert (found["httpx"].version, found["httpx"].requirement, found["httpx"].at.line) == (None, "<1,>=0.2", 4)
    assert found["thing"].requirement.startswith("git+https://code.example/")
    assert found["other"].requirement == "https://files.example/other-1.0.zip"
    assert found["two"].integrity == ""


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("requirements.txt", "runtime"),
        ("requirements-dev.txt", "development"),
        ("requirements/test.txt", "development"),
        ("requirements/base.in", "runtime"),
        ("dev-requirements.txt", "development"),
    ],
)
def test_a_requirements_file_is_known_by_its_name(path: str, scope: str) -> None:
    assert requirements.matches(path)
    assert requirements.parse(path, "x==1")[0].scope.value == scope


def test_other_text_files_are_no_requirements() -> None:
    assert not any(requirements.matches(path) for path in ("notes.txt", "docs/requirements.md", "my.txt"))


def test_an_include_is_followed_inside_the_submission_only() -> None:
    texts = {"a/requirements.txt": "-r more/base.lst\n-r ../../secret.txt\n-c gone.txt\n", "a/more/base.lst": "six==1.0\n"}

    assert read(texts)["six"].at == Location(path="a/more/base.lst", line=1)
    assert "not in the submission" in reasons(texts)["a/requirements.txt"][0]


def test_files_that_include_each_other_are_read_once() -> None:
    texts = {"requirements.txt": "-r other.lst\nx==1\n", "other.lst": "-r requirements.txt\ny==1\n"}

    assert set(read(texts)) == {"x", "y"}


UV = f"""version = 1
[[package]]
name = "weather"
version = "1.0"
source = {{ editable = "." }}
dependencies = [{{ name = "mcp" }}]
[package.dev-dependencies]
dev = [{{ name = "tester" }}]

[[package]]
name = "mcp"
version = "1.9.0"
source = {{ registry = "https://index.example/simple" }}
dependencies = [{{ name = "anyio" }}]
sdist = {{ url = "https://files.example/mcp.tar.gz", hash = "sha256:{HASH}" }}
wheels = [{{ url = "https://files.example/mcp-1.9.0-py3-none-any.whl", hash = "sha256:{HASH[::-1]}" }}]

[[package]]
name = "anyio"
version = "4.0"

[[package]]
name = "tester"
version = "8.0"
dependencies = [{{ name = "anyio" }}]
"""


def test_uv_lock_gives_scope_and_directness_by_walking_the_graph() -> None:
    found = {package.name: package for package in uv_lock.parse("uv.lock", UV)}

    assert {name: (package.version, package.scope.value, package.direct, package.at.line) for name, package in found.items()} == {
        "mcp": ("1.9.0", "runtime", True, 11),
        "anyio": ("4.0", "runtime", False, 19),
        "tester": ("8.0", "development", True, 23),
    }
    assert found["mcp"].integrity == f"sha256:{HASH[::-1]}"


POETRY = f"""[[package]]
name = "Carrot"
version = "1.0.3"
optional = false
groups = ["main"]
files = [{{file = "carrot-1.0.3-py3-none-any.whl", hash = "sha256:{HASH}"}}]

[[package]]
name = "pea"
version = "2.0"
groups = ["dev"]
"""


def test_poetry_lock_gives_groups_and_hashes() -> None:
    carrot, pea = poetry_lock.parse("poetry.lock", POETRY)

    assert (carrot.name, carrot.version, carrot.integrity, carrot.at.line) == ("carrot", "1.0.3", f"sha256:{HASH}", 2)
    assert pea.scope is PackageScope.DEVELOPMENT


METADATA = """Metadata-Version: 2.4
Name: weather
Version: 1.0
Requires-Dist: mcp>=1.2
Requires-Dist: pytest==8.0; extra == 'dev'

Requires-Dist: prose-is-not-a-header
"""


def test_metadata_of_a_wheel_tells_what_it_asks_for() -> None:
    mcp, tester = core_metadata.parse("weather-1.0.dist-info/METADATA", METADATA)

    assert (mcp.name, mcp.version, mcp.requirement, mcp.direct, mcp.at.line) == ("mcp", None, ">=1.2", True, 4)
    assert (tester.version, tester.scope) == ("8.0", PackageScope.OPTIONAL)
    assert core_metadata.parse("PKG-INFO", METADATA)[0].name == "mcp"


def test_metadata_deeper_down_is_a_bundled_package() -> None:
    (package,) = core_metadata.parse("server/lib/weather-1.0.dist-info/METADATA", METADATA)

    assert (package.name, package.version, package.direct) == ("weather", "1.0", False)


def test_the_copy_in_egg_info_is_left_out() -> None:
    assert not core_metadata.matches("weather.egg-info/PKG-INFO")


def test_the_lock_wins_over_the_range_and_both_places_are_kept() -> None:
    manifest = '{"dependencies": {"a": "^1.0.0"}}'

    a = read({"package.json": manifest, "package-lock.json": LOCK_3})["a"]

    assert (a.version, a.requirement, a.integrity, a.direct) == ("1.5.0", "^1.0.0", "sha512-AAAA", True)
    assert (a.at, a.also) == (Location(path="package-lock.json", line=7), (Location(path="package.json", line=1),))


def test_a_lock_above_counts_and_one_beside_does_not() -> None:
    manifest = '{"dependencies": {"a": "^1.0.0"}}'

    assert read({"apps/web/package.json": manifest, "package-lock.json": LOCK_3})["a"].version == "1.5.0"
    packages, _ = read_packages(a_target(texts={"apps/web/package.json": manifest, "other/package-lock.json": LOCK_3}))
    assert [package.version for package in packages if package.name == "a"] == ["1.5.0", None]


def test_what_is_needed_to_run_stays_so_however_else_it_is_named() -> None:
    texts = {"requirements.txt": "x==1\n", "requirements-dev.txt": "x==1\n"}

    assert read(texts)["x"].scope is PackageScope.RUNTIME


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("package.json", '{"a": 1, "a": 2}', "stands twice"),
        ("package.json", '{"dependencies": {"x": "1", "x": "2"}}', "x: the key stands twice"),
        ("package.json", '{"a": NaN}', "NaN"),
        ("package.json", "[" * 100_000, "deep"),
        ("package.json", "[1]", "not a JSON object"),
        ("package.json", '{"a": ' + "9" * 10_000 + "}", "digits"),
        ("package.json", "{\n\n oops", "line 3"),
        ("package-lock.json", '{"packages":' * 3_000, "deep"),
        ("uv.lock", "a = " + "[" * 100_000, "deep"),
        ("uv.lock", "a." * 20_000 + "b = 1", "parts"),
        ("uv.lock", "package = 1", "not a list"),
        ("poetry.lock", "[package", "not TOML"),
        ("pyproject.toml", '[project]\ndependencies = ["not a requirement!"]', "line 2"),
        ("pyproject.toml", "#" * 400_000, "longer"),
        ("requirements.txt", "x" * 3_000, "characters"),
        ("requirements.txt", "==", "line 1"),
        ("requirements.txt", "\n" * 30_000, "longer"),
        ("package.json", " " * 8_000_001, "longer"),
    ],
)
def test_what_cannot_be_read_is_a_ledger_row_and_a_gate_at_the_top(path: str, text: str, reason: str) -> None:
    said, gate = reasons({path: text})[path]

    assert reason in said
    assert gate


def test_a_broken_manifest_deeper_down_is_no_gate_unless_a_component_lies_there() -> None:
    broken = {"tests/fixtures/package.json": "{"}

    assert not reasons(broken)["tests/fixtures/package.json"][1]
    assert reasons(broken, components=(a_component(root="tests/fixtures"),))["tests/fixtures/package.json"][1]


def test_weird_text_is_made_fit_for_every_reader() -> None:
    name = json.dumps("a\x00b\ud800")
    texts = {"package.json": f'{{"dependencies": {{{name}: "1\\u202e"}}}}'}

    (package,) = read(texts).values()

    assert package.name == "a\\u0000b\\ud800"
    assert package.requirement == "1\\u202e"


def test_more_packages_than_the_limit_are_a_gate() -> None:
    lock = json.dumps({"packages": {f"node_modules/p{number}": {"version": "1"} for number in range(20_001)}})

    packages, (row,) = read_packages(Target(kind=TargetKind.MCP_SERVER, name="x", texts={"package-lock.json": lock}))

    assert len(packages) == 20_000
    assert row.gate


def test_nothing_is_read_where_nothing_is_named() -> None:
    assert read_packages(a_target(texts={"server.py": "import os"})) == ((), ())
