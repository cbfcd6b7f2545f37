"""Shell commands that send a secret, or the whole environment, over the network."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.commands import ShellText, Standing, shell_texts
from checks.hosts import is_local, urls
from checks.keys import SecretPlace, secret_in
from checks.model import Confidence, Hit, Severity, Target
from checks.once import each_place_once
from checks.parse import Command, shell

# Programs that send, and what among their words says that they do and do not only fetch.
_SENDS = {
    "curl": re.compile(r"(?:^|\s)(?:-\w*[dFT]\S*|--data\S*|--form\S*|--upload-file|--json)(?:\s|=|$)|\$\(|`|[?&/]\S*\$\{?\w"),
    "wget": re.compile(r"--post-(?:data|file)|--body-(?:data|file)|\$\(|`"),
    "http": re.compile(r"@|\$\(|:="),
    "nc": re.compile(r"\S"), "ncat": re.compile(r"\S"), "netcat": re.compile(r"\S"), "socat": re.compile(r"\S"),
    "scp": re.compile(r"\S+:"), "rsync": re.compile(r"\S+:"), "sftp": re.compile(r"\S"), "ftp": re.compile(r"\S"),
    "dig": re.compile(r"\$|`"), "nslookup": re.compile(r"\$|`"), "host": re.compile(r"\$|`"), "ping": re.compile(r"\$\(|`"),
    "mail": re.compile(r"@"), "sendmail": re.compile(r"\S"), "telnet": re.compile(r"\S"), "openssl": re.compile(r"s_client"),
}  # fmt: skip
_KEY_AS_OPTION = re.compile(r"(?:^|\s)(?:-i|-F|-o\s*IdentityFile=?|-e\s+\S*ssh\s+-i|--key|--cert|--netrc-file|--cacert|-n|-E)\s*\S+")
_SOCKET = re.compile(r"/dev/(?:tcp|udp)/")
# Names are looked up for no other reason than to be found: a secret in one is on its way out.
_LOOKS_UP = frozenset({"dig", "nslookup", "host", "ping"})
_SECRET_VARIABLE = re.compile(r"\$\{?\w*(?:TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|PRIVATE_?KEY|CREDENTIAL)\w*", re.IGNORECASE)
_ENVIRONMENT = frozenset({"env", "printenv"})


def inspect(target: Target) -> Iterator[Hit]:
    """Look at every pipeline and every command with substitutions for a secret at one end and the network at the other."""
    yield from each_place_once(hit for text in shell_texts(target) for hit in _hits(text))


def _hits(text: ShellText) -> Iterator[Hit]:
    script = shell(text.text)
    for pipeline in script.pipelines:
        for at, stage in enumerate(pipeline.stages[1:], start=1):
            earlier = [command for before in pipeline.stages[:at] for command in before]
            for sender in stage:
                if _sends(sender, piped=True):
                    yield from _judge(text, sender, " ".join(one.text for one in earlier), earlier)
    for command in script.commands:
        if _sends(command, piped=False):
            yield from _judge(text, command, _payload(command), list(command.feeding()))


def _sends(command: Command, *, piped: bool) -> bool:
    pattern = _SENDS.get(command.program)
    words = " ".join(command.arguments)
    if _SOCKET.search(command.text):
        return True
    return pattern is not None and bool(pattern.search(words) or (piped and "@-" in words))


def _payload(command: Command) -> str:
    """Give the words of a command without the keys that it only signs in with (``scp -i key``)."""
    text = command.text
    return _KEY_AS_OPTION.sub(" ", text) if command.program in {"scp", "rsync", "sftp"} else text


def _judge(text: ShellText, sender: Command, payload: str, feeding: list[Command]) -> Iterator[Hit]:
    place = secret_in(payload)
    everything = any(one.program in _ENVIRONMENT and not one.arguments for one in feeding)
    looked_up = sender.program in _LOOKS_UP and _SECRET_VARIABLE.search(f"{payload} {sender.text}")
    if place is None and not everything and not looked_up:
        return
    addresses = list(urls(sender.text, bare=True))
    if addresses and all(map(is_local, addresses)):
        return
    if place is not None and place.belongs_to(addresses):
        return
    what = f"The {place.name}" if place else "The whole environment" if everything else "A secret variable"
    yield _hit(text, sender, f"{what} is sent to {_where(sender, addresses)}.", place)


def _where(sender: Command, addresses: list[str]) -> str:
    return addresses[0].partition("://")[2].partition("/")[0] if addresses else f"another machine by {sender.program}"


def _hit(text: ShellText, sender: Command, message: str, place: SecretPlace | None) -> Hit:
    severity = Severity.HIGH if place is not None and place.name == "environment file" else None
    confidence = None
    if text.described:
        severity, confidence = Severity.LOW, Confidence.LOW
    elif text.standing is Standing.DOCUMENTED:
        severity, confidence = Severity.HIGH, Confidence.MEDIUM
    line = sender.line
    evidence = text.text.split("\n")[line - 1].strip() if not text.encoded else text.text
    return Hit(at=text.at(line), message=message, evidence=evidence, severity=severity, confidence=confidence)
