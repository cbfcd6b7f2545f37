"""Where secrets lie on a machine, and the services to which each belongs."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from checks.hosts import split

_SECRETS = Path(__file__).with_name("keys.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretPlace:
    """A file or store that holds secrets, and the hosts that may see them."""

    name: str
    path: re.Pattern[str]
    owners: tuple[str, ...] = ()

    def belongs_to(self, urls: Iterable[str]) -> bool:
        """Say whether every address is one of the secret's own service; False where there is none."""
        hosts = [parts.hostname or "" for parts in map(split, urls) if parts]
        return bool(hosts) and all(any(host == owner or host.endswith("." + owner) for owner in self.owners) for host in hosts)


@functools.cache
def _content() -> tuple[tuple[SecretPlace, ...], re.Pattern[str]]:
    content = yaml.load(_SECRETS.read_bytes(), Loader=yaml.CSafeLoader)
    places = tuple(
        SecretPlace(name=one["name"], path=re.compile(one["path"], re.IGNORECASE), owners=tuple(one.get("owners", ())))
        for one in content["places"]
    )
    return places, re.compile(content["commands"], re.IGNORECASE)


def secret_in(text: str) -> SecretPlace | None:
    """Give the first place of secrets that a text names, in the order of the list; or None."""
    places, commands = _content()
    found = next((place for place in places if place.path.search(text)), None)
    if found is None and commands.search(text):
        return SecretPlace(name="stored password", path=commands, owners=("github.com",) if "gh auth" in text else ())
    return found
