import pytest

from reviewer.acquire.declared.plan import Means
from reviewer.acquire.declared.starts import read_start

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("command", "address"),
    [
        ("npx -y @scope/server@1.2.3", "npm:@scope/server@1.2.3"),
        ("npx --yes server@1.2.3-rc.1 --flag", "npm:server@1.2.3-rc.1"),
        ("npx -y -p @scope/tools@1.0.0 program", "npm:@scope/tools@1.0.0"),
        ("npx --package=@scope/tools@1.0.0 -- program", "npm:@scope/tools@1.0.0"),
        ("/opt/node/bin/npx -y server@1.0.0", "npm:server@1.0.0"),
        ("C:\\node\\npx.cmd -y server@1.0.0", "npm:server@1.0.0"),
        ("cmd /c npx -y server@1.0.0", "npm:server@1.0.0"),
        ("env A=b npx server@1.0.0", "npm:server@1.0.0"),
        ("A=b bunx server@1.0.0", "npm:server@1.0.0"),
        ("pnpm dlx server@1.0.0", "npm:server@1.0.0"),
        ("npm exec -y -- server@1.0.0", "npm:server@1.0.0"),
        ("uvx server==1.0", "pypi:server==1.0"),
        ("uvx server@1.0", "pypi:server==1.0"),
        ("uvx --from server[extra]==1.0 program", "pypi:server==1.0"),
        ("uv tool run --python 3.12 server==1.0", "pypi:server==1.0"),
        ("pipx run --spec server==1.0 program", "pypi:server==1.0"),
        (f"uvx --from git+https://git.example/o/r@{COMMIT} program", f"git+https://git.example/o/r@{COMMIT}"),
        (f"npx -y github:owner/repo#{COMMIT}", f"github:owner/repo@{COMMIT}"),
    ],
)
def test_a_pinned_start_leads_to_its_source(command: str, address: str) -> None:
    start = read_start(command.split())
    assert (start.means, start.address, start.notes) == (Means.SOURCE, address, ())


@pytest.mark.parametrize(
    ("command", "address", "gate", "word"),
    [
        ("npx server", "npm:server", False, "not pinned"),
        ("npx -y server@latest", "npm:server@latest", False, "not pinned"),
        ("npx server@^1.0.0", "npm:server", True, "range"),
        ("npx server@1", "npm:server", True, "range"),
        ("npx owner/repo", "github:owner/repo", False, "not pinned to a commit"),
        ("uvx server", "pypi:server", False, "not pinned"),
        ("uvx server@latest", "pypi:server", False, "not pinned"),
        ("uvx --from server>=1 program", "pypi:server", True, "range"),
        ("uvx --with other server==1.0", "pypi:server==1.0", True, "also installs other"),
        ("npx -p one@1.0.0 -p two@1.0.0 program", "npm:one@1.0.0", True, "also installs two@1.0.0"),
        ("uvx --from git+https://git.example/o/r@main program", "git+https://git.example/o/r@main", False, "not pinned to a commit"),
    ],
)
def test_what_may_change_is_told(command: str, address: str, *, gate: bool, word: str) -> None:
    start = read_start(command.split())
    assert start.address == address
    assert [(word in text, told) for text, told in start.notes] == [(True, gate)]


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("docker run -i --rm -e TOKEN --mount type=bind,src=a image.example/x:1", "image.example/x:1"),
        ("podman run image", "container image"),
        ("python -m server", "module server"),
        ("npx https+x://a", "which was not submitted"),
        ("npx", "names no package"),
        ("deno run npm:server", "address"),
        ("env A=b", "names no command"),
    ],
)
def test_what_cannot_be_read_is_a_gate(command: str, word: str) -> None:
    start = read_start(command.split())
    assert start.means is Means.NOTHING
    text, gate = start.notes[0]
    assert gate
    assert word in text


@pytest.mark.parametrize(
    ("command", "address", "folder"),
    [
        ("node build/index.js", "build/index.js", ""),
        ("node --require x /srv/index.js --flag", "/srv/index.js", ""),
        ("bun run index.ts", "index.ts", ""),
        ("python3 -u server.py", "server.py", ""),
        ("uv --directory /srv/x run server.py", "server.py", "/srv/x"),
        ("uv run --project /srv/x server", "server", "/srv/x"),
        ("npm run --prefix /srv/x start", "start", "/srv/x"),
        ("java -jar /srv/server.jar", "/srv/server.jar", ""),
        ("bash ./start.sh", "./start.sh", ""),
        ("/srv/server", "/srv/server", ""),
        ("npx ./server", "./server", ""),
    ],
)
def test_a_file_of_this_machine_is_named(command: str, address: str, folder: str) -> None:
    start = read_start(command.split())
    assert (start.means, start.address, start.folder) == (Means.LOCAL, address, folder)


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("npx --@acme:registry=https://npm.other.example @acme/server@1.0.0", "--@acme:registry"),
        ("npx --userconfig ./npmrc server@1.0.0", "--userconfig"),
        ("npx --node-options=--import=./x.js server@1.0.0", "--node-options"),
        ("npx --registry https://npm.one.example --registry https://npm.two.example server@1.0.0", "npm.two.example"),
        ("uvx --index-url https://one.example --extra-index-url https://two.example server==1.0", "two.example"),
        ("uvx --config-file x.toml server==1.0", "--config-file"),
        ("uvx --with-requirements more.txt server==1.0", "also installs more.txt"),
        ("cmd /c npx -y server@1.0.0 & other.exe", "another command"),
        ("cmd /c npx -y server@1.0.0 a|b", "another command"),
        ("node --require /srv/other.js index.js", "/srv/other.js"),
        ("node --import data:text/javascript,1 index.js", "data:"),
        ("java -javaagent:/srv/agent.jar -jar server.jar", "/srv/agent.jar"),
        ("java -cp /srv/other -jar server.jar", "/srv/other"),
        ("uv run --extra-index-url https://two.example server.py", "two.example"),
        ("uv run --with other==1 server.py", "other==1"),
        ("npx -y mcp-remote@1.0.0 https://mcp.vendor.example/sse", "https://mcp.vendor.example/sse"),
        ("npx -y --package=@smithery/cli@1.0.0 cli run @owner/server", "@owner/server"),
        ("uvx mcp-proxy==1.0 https://mcp.vendor.example/sse", "leads to a server"),
    ],
)
def test_what_may_decide_what_is_started_is_a_gate(command: str, word: str) -> None:
    start = read_start(command.split())
    assert start.means is not Means.NOTHING
    assert [word in text for text, gate in start.notes if gate] == [True]


@pytest.mark.parametrize("command", ["node -r dotenv/config index.js", "node --import tsx index.ts", "node --loader ts-node/esm index.ts"])
def test_loaders_that_are_installed_are_told_without_alarm(command: str) -> None:
    assert [gate for _, gate in read_start(command.split()).notes] == [False]


def test_code_in_the_configuration_is_told() -> None:
    start = read_start(["sh", "-c", "npx server"])
    assert start.means is Means.NOTHING
    assert "stands in the configuration itself" in start.notes[0][0]


def test_another_registry_is_handed_on() -> None:
    assert read_start(["npx", "--registry=https://npm.other.example", "server@1.0.0"]).registry == "https://npm.other.example"
    assert read_start(["uvx", "--index-url", "https://pip.other.example", "server==1.0"]).registry == "https://pip.other.example"
