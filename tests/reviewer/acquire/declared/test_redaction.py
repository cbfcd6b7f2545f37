import shlex

import pytest

from reviewer.acquire.declared.redaction import HIDDEN, has_secret, is_secret_name, masked, masked_url, masked_words, names_of, steering
from reviewer.acquire.declared.starts import read_start

NOISE = "aB3dE5gH7jK9mN1pQ3rS"
HEX = "0123456789abcdef0123456789abcdef"
UUID = "12345678-9abc-4def-8123-456789abcdef"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


def words(*command: str) -> tuple[str, ...]:
    return masked_words(command, start=read_start(command).program + 1)


@pytest.mark.parametrize(
    ("command", "secret"),
    [
        (["npx", "-y", "server", "--api-key=hunter2"], "hunter2"),
        (["npx", "-y", "server", "--api-key", "hunter2"], "hunter2"),
        (["npx", "-y", "server", "--apiKey", "hunter2"], "hunter2"),
        (["npx", "-y", "server", "--API_TOKEN:hunter2"], "hunter2"),
        (["npx", "-y", "server", "--access.token", "hunter2"], "hunter2"),
        (["npx", "-y", "server", "-p", "hunter2"], "hunter2"),
        (["npx", "-y", "server", "-phunter2"], "hunter2"),
        (["npx", "-y", "server", "--password", "-hunter2"], "hunter2"),
        (["npx", "-y", "server", "--header", "Authorization: Bearer hunter2"], "hunter2"),
        (["npx", "-y", "server", "-H", "X-Api-Key:hunter2"], "hunter2"),
        (["npx", "-y", "server", "Authorization: Bearer hunter2"], "hunter2"),
        (["npx", "-y", "server", "--config", '{"x": "hunter2"}'], "hunter2"),
        (["npx", "-y", "server", "API_KEY=hunter2"], "hunter2"),
        (["npx", "-y", "server", "password=hunter2"], "hunter2"),
        (["npx", "-y", "server", "postgresql://user:hunter2@db.example/x"], "hunter2"),
        (["npx", "-y", "server", "https://host.example/mcp?key=hunter2"], "hunter2"),
        (["npx", "-y", "server", "https://host.example/mcp#hunter2"], "hunter2"),
        (["npx", "-y", "server", "Server=db;User Id=sa;Password=hunter2;"], "hunter2"),
        (["npx", "-y", "server", NOISE], NOISE),
        (["npx", "-y", "server", HEX], HEX),
        (["npx", "-y", "server", UUID], UUID),
        (["npx", "-y", "server", JWT], "c2lnbmF0dXJl"),
        (["npx", "-y", "server", "ghp_abcdefghij0123456789"], "abcdefghij"),
        (["npx", "-y", "server", "sk-proj-abc123def456"], "abc123def456"),
        (["docker", "run", "-e", "TOKEN=hunter2", "image"], "hunter2"),
        (["docker", "run", "--env=TOKEN=hunter2", "image"], "hunter2"),
        (["docker", "run", "-i", "--rm", "-e", "plain=hunter2", "image"], "hunter2"),
        (["env", "TOKEN=hunter2", "npx", "server"], "hunter2"),
        (["sh", "-c", "export TOKEN=hunter2; npx server --token=hunter2 --x"], "hunter2"),
        (["sh", "-c", "curl -H 'Authorization: Bearer hunter2' https://u:hunter2@host.example/"], "hunter2"),
        (["node", "-e", "start({ apiKey: 'hunter2' })"], "hunter2"),
        (["npx", "server", "--token", "${TOKEN:-hunter2}"], "hunter2"),
        (["npx", "server", "${TOKEN:-hunter2}"], "hunter2"),
        (["npx", "server", "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----"], "hunter2"),
        (["npx", "server", "Cookie: a=b; c=hunter2 hunter2"], "hunter2"),
        (["npx", "server", "X-Api-Key: one hunter2"], "hunter2"),
        (["env", "TOKEN=one hunter2", "npx", "server"], "hunter2"),
        (["npx", "server", "--dsn", "hunter2", "--cookie", "hunter2"], "hunter2"),
        (["npx", "server", "--password hunter2"], "hunter2"),
        (["npx", "server", '--api-key "hunter2 hunter2"'], "hunter2"),
        (["npx", "server", "-y --api-key hunter2 --x"], "hunter2"),
        (["sh", "-c", "npx server --password hunter2 --x"], "hunter2"),
        (["sh", "-c", "npx server --api-key 'hunter2'"], "hunter2"),
        (["sh", "-c", 'npx server --api-key="hunter2 x"'], "hunter2"),
        (["sh", "-c", "curl -u me:hunter2 https://host.example/ | x"], "hunter2"),
        (["sh", "-c", "server -p hunter2"], "hunter2"),
        (["sh", "-c", "mysql -phunter2 base"], "hunter2"),
        (["sh", "-c", "docker run -e plain=hunter2 image"], "hunter2"),
        (["sh", "-c", "plain=hunter2 npx server"], "hunter2"),
        (["sh", "-c", "cd x && plain='hunter2' npx server"], "hunter2"),
        (["sh", "-c", """npx server --config '{"x": "hunter2"}'"""], "hunter2"),
        (["cmd", "/c", "set plain=hunter2&& npx server"], "hunter2"),
        (["powershell", "-Command", "$env:PLAIN = 'hunter2'; npx server"], "hunter2"),
        (["plain=hunter2", "npx", "server"], "hunter2"),
        (["npx", "server", '--config={"x": "hunter2"}'], "hunter2"),
        (["npx", "server", '"{\\"x\\": \\"hunter2\\"}"'], "hunter2"),
        (["npx", "server", """'{"x": "hunter2"}'"""], "hunter2"),
        (["docker", "run", "-ePLAIN=hunter2", "image"], "hunter2"),
        (["npx", "server", "--creds", "hunter2", "--mnemonic", "hunter2 hunter2", "--seed=hunter2"], "hunter2"),
        (["npx", "--//host.example/:_authToken", "hunter2", "server"], "hunter2"),
        (["npx", "server", "me:hunter2@db.example:5432/x"], "hunter2"),
        (["npx", "server", "jdbc:oracle:thin:me/hunter2@//db.example:1521/x"], "hunter2"),
        (["npx", "server", "postgresql://me:a/hunter2@db.example/x"], "hunter2"),
        (["npx", "server", "postgresql://me:a@b/hunter2@db.example/x"], "hunter2"),
        (["npx", "server", "postgresql://me:a;hunter2@db.example/x"], "hunter2"),
        (["npx", "server", "https://${HOST:-hunter2}/mcp"], "hunter2"),
        (["npx", "server", "https://host.example/mcp;token=hunter2"], "hunter2"),
        (["npx", "server", "https://host.example/token=hunter2/mcp"], "hunter2"),
    ],
)
def test_no_secret_is_left_in_a_command(command: list[str], secret: str) -> None:
    kept = words(*command)
    assert len(kept) == len(command)
    assert secret not in " ".join(kept)


@pytest.mark.parametrize(
    "command",
    [
        ["npx", "-y", "@modelcontextprotocol/server-filesystem@2025.8.21", "/Users/me/Documents"],
        ["npx", "-y", "mcp-remote@0.1.2", "https://mcp.vendor.example/sse"],
        ["npx", "-p", "some-package", "some-program"],
        ["uvx", "-p", "3.12", "--from", "git+https://github.com/owner/repo@0123456789abcdef0123456789abcdef01234567", "server"],
        ["uvx", "awslabs.aws-documentation-mcp-server==1.1.2", "--read-only", "--port", "8080"],
        ["docker", "run", "-i", "--rm", "-e", "GITHUB_PERSONAL_ACCESS_TOKEN", f"image.example/x@sha256:{HEX}{HEX}"],
        ["node", "C:\\Program Files\\server\\index.js", "--stdio"],
        ["java", "-Dspring.main.web-application-type=none", "-jar", "/opt/server.jar"],
        ["npx", "api-gateway-server", "sk-learn-tools", "key-value-store", "token-counter"],
        ["npx", "server", "-p", "8080", "--transport", "streamable-http", "--toolsets=repos,issues"],
        ["npx", "npm:server@1.2.0", "github:owner/repo", "git@git.example:owner/repo", "a.b@c.example"],
        ["npx", "server", "--endpoint=https://host.example/auth/login", "-encoding=utf8", "https://host.example/keys/mcp"],
        ["sh", "-c", "cd /srv && npx -y server --port 8080 --transport stdio"],
        ["uvx", "--from", "git+https://host.example/owner/repo@v1.2.0#subdirectory=server", "server"],
        ["npx", "server", "MyVeryLongCamelCaseServerName", "/srv/MyProjectFolderOfTheYear"],
    ],
)
def test_what_is_needed_for_the_review_stays(command: list[str]) -> None:
    assert words(*command) == tuple(command)


@pytest.mark.parametrize(
    "code",
    [
        "A=x; curl https://host.example/x | sh",
        "TOKEN=x curl https://host.example/x | sh",
        "[ 1 ] && curl https://host.example/x | sh",
        "{ curl https://host.example/x | sh; }",
        'TOKEN="$(curl https://host.example/x | sh)" y',
        "x --token $(curl -s https://host.example/x | sh)",
        "curl -s -k https://host.example/x | sh",
        "x Token https://host.example/x | sh",
    ],
)
def test_what_looks_like_a_secret_hides_no_code(code: str) -> None:
    assert "https://host.example/x" in words("sh", "-c", code)[2]
    assert "sh" in words("sh", "-c", code)[2].replace("sh -c", "")


def test_what_a_program_fetches_stays() -> None:
    assert words("curl", "-s", "https://host.example/x")[2] == "https://host.example/x"


def test_a_command_line_without_its_secrets_means_what_it_meant() -> None:
    (line,) = words("bash", "-c", "API_KEY=hunter2hunter2 node x.js")[2:]

    assert shlex.split(line) == [f"API_KEY={HIDDEN}", "node", "x.js"]
    assert shlex.quote(HIDDEN) == HIDDEN


def test_names_of_variables_stay() -> None:
    assert words("npx", "server", "--token", "$TOKEN", "--key=${KEY}", "-e", "PLAIN_NAME", "${input:token-id}") == (
        *("npx", "server", "--token", "${TOKEN}", "--key=${KEY}", "-e", "PLAIN_NAME", "${input:token-id}"),
    )
    assert list(names_of("Bearer ${env:TOKEN} and $OTHER, %THIRD% {{ fourth }}")) == ["${TOKEN}", "${OTHER}", "${THIRD}", "${fourth}"]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://host.example/mcp", "https://host.example/mcp"),
        ("https://host.example:8443/v1/sse?mode=read-only&limit=5", "https://host.example:8443/v1/sse?mode=read-only&limit=5"),
        ("https://user:word@host.example/mcp", f"https://{HIDDEN}@host.example/mcp"),
        (f"https://host.example/s/{NOISE}/mcp", f"https://host.example/s/{HIDDEN}/mcp"),
        (f"https://host.example/{UUID}", f"https://host.example/{HIDDEN}"),
        ("https://host.example/mcp?api_key=x", f"https://host.example/mcp?api_key={HIDDEN}"),
        (f"https://host.example/mcp?profile={NOISE}", f"https://host.example/mcp?profile={HIDDEN}"),
        (f"https://host.example/mcp?{NOISE}", f"https://host.example/mcp?{HIDDEN}"),
        ("https://host.example/mcp?key=${KEY}", "https://host.example/mcp?key=${KEY}"),
        ("https://host.example/${TENANT:-word}/mcp", "https://host.example/${TENANT}/mcp"),
        (f"https://{NOISE}.host.example/mcp", f"https://{HIDDEN}.host.example/mcp"),
        ("https://[::1", HIDDEN),
    ],
)
def test_addresses(url: str, kept: str) -> None:
    assert masked_url(url) == kept
    assert has_secret(url) == (url != kept)


@pytest.mark.parametrize("name", ["API_KEY", "apiKey", "x-api-key", "client.secret", "Password", "DB_PASSWD", "SESSION", "p", "pat"])
def test_telling_names(name: str) -> None:
    assert is_secret_name(name)


def test_variables_that_decide_what_runs_are_named() -> None:
    assert steering(["API_KEY", "NODE_OPTIONS", "npm_config_registry", "Path"]) == ["NODE_OPTIONS", "npm_config_registry", "Path"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "=",
        "{",
        "[]",
        "--",
        "-",
        "${",
        "a" * 100_000,
        "=" * 50_000,
        "a=b " * 9_000,
        "-a b " * 9_000,
        "--a " * 9_000,
        "a:bcd@" * 5_000,
        "'{" * 9_000,
        '"[\\"' * 9_000,
        '"' * 50_000,
        "://" * 10_000,
        "a://" * 9_000,
        "$env:a=" * 5_000,
        "=;" * 9_000,
        "a:b" * 9_000,
        "-p" * 9_000,
        "a." * 9_000 + "@",
        "x=" + "a=b;" * 9_000,
        "jdbc:oracle:a:" * 3_000,
    ],
)
def test_odd_texts_are_masked_in_good_time(text: str) -> None:
    assert len(masked(text)) <= 60_000
    assert len(masked_words([text, text])) == 2
