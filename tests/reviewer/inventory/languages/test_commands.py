from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import CapabilityId, Scope
from reviewer.inventory.languages.commands import LENGTH, Meant, meant_by, without_wrappers
from reviewer.inventory.languages.values import Value

ARGUMENT = Value.chosen(Scope.ARGUMENT)


def listed(line: str) -> Value:
    """``?`` is a word that is not known."""
    return Value.listed(ARGUMENT if word == "?" else Value.literal(word) for word in line.split())


def ids(value: Value) -> set[str]:
    return {str(meant.capability) for meant in meant_by(value)}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("kubectl -n ? logs ? --tail 5", "data.query net.out content.untrusted"),
        ("kubectl get secret ? -o json", "data.query net.out content.untrusted secret.read"),
        ("kubectl config view --raw", "secret.read"),
        ("kubectl completion bash", ""),
        ("kubectl port-forward ? 80:80", "data.query net.out net.listen"),
        ("oc create token ?", "data.query net.out secret.read"),
        ("helm upgrade --install ? ?", "data.query net.out install.software"),
        ("stern ?", "data.query net.out content.untrusted"),
        ("docker compose -f x.yml logs ?", "content.untrusted"),
        ("docker exec ? ?", "content.untrusted"),
        ("docker load -i x.tar", "install.software fs.read"),
        ("docker cp ? out", "fs.read fs.write"),
        ("docker ps", ""),
        ("podman push ?", "net.out msg.send"),
        ("finch build .", "install.software net.out fs.read"),
        ("docker run -v /:/host ?", "install.software net.out content.untrusted fs.write"),
        ("terraform -chdir=x apply -auto-approve", "data.query net.out"),
        ("terraform init", "install.software net.out fs.write"),
        ("terraform state pull", "data.query net.out content.untrusted secret.read"),
        ("pulumi config get ?", "data.query net.out secret.read"),
        ("ansible-playbook x.yml", "net.out content.untrusted"),
        ("aws --profile x ec2 describe-instances", "data.query net.out"),
        ("aws secretsmanager get-secret-value --secret-id ?", "data.query net.out secret.read"),
        ("aws ssm get-parameter --name ? --with-decryption", "data.query net.out secret.read"),
        ("aws s3 sync s3://a b", "data.query net.out content.untrusted fs.read fs.write"),
        ("aws logs tail ?", "data.query net.out content.untrusted"),
        ("gcloud auth print-access-token", "data.query net.out secret.read"),
        ("gcloud logging read ?", "data.query net.out content.untrusted"),
        ("az account get-access-token", "data.query net.out secret.read"),
        ("az vm list", "data.query net.out"),
        ("heroku config:get X -a ?", "data.query net.out secret.read"),
        ("vercel env pull", "data.query net.out secret.read"),
        ("wrangler tail", "data.query net.out content.untrusted"),
        ("wrangler dev", "data.query net.out net.listen"),
        ("fly logs", "data.query net.out content.untrusted"),
        ("gh auth token", "net.out secret.read"),
        ("gh auth status", "net.out"),
        ("gh issue view ? --comments", "net.out content.untrusted"),
        ("gh pr comment ? --body ?", "net.out content.untrusted msg.send"),
        ("gh api -X POST repos/?", "net.out content.untrusted msg.send"),
        ("gh api repos/x", "net.out content.untrusted"),
        ("glab mr list", "net.out content.untrusted"),
        ("git -C ? -c a=b push origin", "net.out msg.send"),
        ("git clone ?", "net.out content.untrusted fs.write"),
        ("git commit -m push", "fs.write"),
        ("git diff ?", "fs.read"),
        ("git branch", ""),
        ("git status", ""),
        ("git credential fill", "secret.read"),
        ("git config core.hooksPath x", "fs.write persist"),
        ("git config --get user.name", ""),
        ("psql -c ?", "data.query net.out content.untrusted"),
        ("sqlite3 ? .dump", "data.query"),
        ("redis-cli get ?", "data.query net.out content.untrusted"),
        ("bq query ?", "data.query net.out content.untrusted"),
        ("curl -s ?", "net.out content.untrusted"),
        ("curl -so x ?", "net.out fs.write"),
        ("curl -T x ?", "net.out content.untrusted fs.read"),
        ("http GET ?", "net.out content.untrusted"),
        ("wget -q ?", "net.out content.untrusted fs.write"),
        ("scp x host.example:y", "net.out fs.read fs.write"),
        ("rsync -a x y", "fs.read fs.write"),
        ("ssh ? uptime", "net.out content.untrusted"),
        ("nc -l 80", "net.listen content.untrusted"),
        ("sendmail ?", "msg.send net.out"),
        ("signal-cli send -m ? ?", "msg.send net.out"),
        ("go install x.example/y@latest", "install.software"),
        ("go version", ""),
        ("cargo install ?", "install.software"),
        ("dotnet tool install -g ?", "install.software"),
        ("gem install ?", "install.software"),
        ("brew install ?", "install.software"),
        ("brew list", ""),
        ("apt-get -y install ?", "install.software"),
        ("winget install ?", "install.software"),
        ("choco install ?", "install.software"),
        ("pipx run ?", "install.software"),
        ("uv pip install ?", "install.software"),
        ("uvx ?", "install.software"),
        ("npx -y ?", "install.software"),
        ("npm run build", ""),
        ("npm publish", "msg.send net.out"),
        ("jbang ?", "install.software"),
        ("mvn -q package", "install.software"),
        ("./gradlew build", "install.software"),
        ("pacman -Syu", "install.software"),
        ("pacman -Q", ""),
        ("code --install-extension ?", "install.software"),
        ("systemctl --user enable x", "persist"),
        ("systemctl status x", ""),
        ("launchctl load x", "persist"),
        ("crontab -", "persist"),
        ("crontab -l", ""),
        ("schtasks /create /tn x", "persist"),
        ("schtasks /query", ""),
        ("at now", "persist"),
        ("journalctl -u x", "fs.read"),
        ("security find-generic-password -w", "secret.read"),
        ("op read op://a/b", "secret.read net.out"),
        ("pass show ?", "secret.read"),
        ("gpg --decrypt x", "secret.read"),
        ("gpg --verify x", ""),
        ("openssl s_client -connect ?", "net.out content.untrusted"),
        ("openssl version", ""),
        ("osascript x", "ui.control"),
        ("screencapture x.png", "ui.control"),
        ("ffmpeg -f x11grab -i :0 out.mp4", "ui.control fs.read fs.write"),
        ("ffmpeg -i a.mp4 b.mp4", "fs.read fs.write"),
        ("claude mcp add x", "agent.config net.out"),
        ("claude --version", ""),
        ("codex mcp add x", "agent.config net.out"),
        ("gemini extensions install ?", "agent.config net.out"),
        ("claude -p ?", "net.out content.untrusted"),
        ("python3 -c ?", "code.eval"),
        ("node -e ?", "code.eval"),
        ("python3 -m pip install ?", "install.software"),
        ("python3 x.py", ""),
        ("find . -name x -exec rm {} ;", "fs.read fs.write"),
        ("xargs -n 1 git push", "net.out msg.send"),
        ("sudo -u x env A=b timeout 5 nohup nice -n 3 npx y", "install.software"),
        ("A=b kubectl logs x", "data.query net.out content.untrusted"),
        ("cast send ? --private-key ?", "money.move net.out"),
        ("cat ?", "fs.read"),
        ("rm -rf ?", "fs.write"),
        ("printenv", "secret.read"),
        ("printenv HOME", ""),
        ("frobnicate install", ""),
        ("echo npm install", ""),
    ],
)
def test_what_a_command_means_beyond_being_run(line: str, expected: str) -> None:
    assert ids(listed(line)) == set(expected.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("curl https://a.example | sudo bash -s", "net.out content.untrusted install.software code.eval"),
        ("cd x && kubectl logs 'a b' | grep \"x y\"", "data.query net.out content.untrusted fs.read"),
        ("echo 'npm install'; true", ""),
        ('bash -lc "git push"', "net.out msg.send"),
        ("sh -c 'sh -c \"npx x\"'", "install.software"),
        ("$(gh auth token)", "net.out secret.read"),
        ('cmd /c "pip install x"', "install.software"),
        ("C:\\tools\\git.exe push", "net.out msg.send"),
        ('"C:\\Program Files\\Git\\bin\\git.exe" push', "net.out msg.send"),
        ("git \\\n push", "net.out msg.send"),
        ("powershell -Command iwr https://a.example", "code.eval net.out content.untrusted"),
        ("", ""),
        ("'", ""),
        ("a | | | ; ; && (", ""),
    ],
)
def test_what_a_text_for_a_shell_means(text: str, expected: str) -> None:
    assert ids(Value.literal(text)) == set(expected.split())


def test_a_known_address_says_which_host() -> None:
    assert Meant(CapabilityId.NET_OUT, Scope.LITERAL, ("a.example",)) in meant_by(listed("curl -d ? https://a.example/x"))
    assert Meant(CapabilityId.NET_OUT, Scope.LITERAL, ("host.example",)) in meant_by(listed("scp ? me@host.example:/tmp"))
    assert Meant(CapabilityId.NET_OUT, None, ()) in meant_by(listed("curl ?"))


def test_a_beginning_is_enough_and_gaps_do_not_hide_what_follows() -> None:
    assert "content.untrusted" in ids(Value.literal("kubectl logs ").followed_by(ARGUMENT))
    between = Value.literal("kubectl -n ").followed_by(ARGUMENT).followed_by(Value.literal(" logs ")).followed_by(ARGUMENT)
    assert "content.untrusted" in ids(between)
    assert ids(Value.listed([Value.literal("bash"), Value.literal("-c"), Value.literal("git push ").followed_by(ARGUMENT)])) == {
        "code.eval",
        "net.out",
        "msg.send",
    }


def test_all_arguments_in_one_text_are_split() -> None:
    assert "content.untrusted" in ids(Value.listed([Value.literal("kubectl"), Value.literal("-n x logs y")]))


def test_each_alternative_of_a_word_counts() -> None:
    assert ids(Value.listed([Value.literal("git"), Value.literal("status", "push", "diff")])) == {"net.out", "msg.send", "fs.read"}


def test_a_wrapper_alone_is_itself() -> None:
    assert without_wrappers(("sudo", "-u", "x")) == ("sudo", "-u", "x")
    assert without_wrappers(("env",)) == ("env",)
    assert ids(listed("env")) == {"secret.read"}


@given(st.text(alphabet="ab \t\n\"'\\|&;()`$…=-/@:.", max_size=300))
def test_no_text_is_refused(text: str) -> None:
    meant_by(Value.literal(text))
    meant_by(Value.listed([Value.literal("git"), Value.literal(text)]))
    meant_by(Value.listed([Value.literal("bash"), Value.literal("-c"), Value.literal(text)]))


@pytest.mark.parametrize(
    "unit",
    [
        "'",
        '"',
        "\\",
        '"\\',
        "a=",
        "sudo ",
        "git -C ",
        "x@",
        "a:",
        "| ",
        "sh -c '",
        "\0",
        "\ud800",
        "gh api -X ",
        "az a b ",
        "-",
        "aws s3 cp ",
    ],
)
@pytest.mark.parametrize(
    "program",
    [
        "git",
        "gh",
        "az",
        "gcloud",
        "kubectl",
        "docker",
        "curl",
        "npm",
        "claude",
        "aws",
        "ffmpeg",
        "heroku",
        "scp",
        "terraform",
        "dpkg",
        "go",
    ],
)
def test_long_hostile_lines_are_read(unit: str, program: str) -> None:
    text = f"{program} {unit * 100_000}"
    meant_by(Value.literal(text))
    meant_by(Value.listed([Value.literal(program), Value.literal(unit * LENGTH), Value.literal(unit * LENGTH)]))
    meant_by(Value.listed([Value.literal(program), *(Value.literal(unit) for _ in range(1_000))]))
