"""Addresses in texts, and the hosts behind which nobody stands with a name."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import yaml

_URL = re.compile(r"\bhttps?://[^\s\"'`<>|\\^{}\[\])]{3,2000}", re.IGNORECASE)
_BARE = re.compile(r"(?:(?<=\s)|^)(?:\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?/\S*|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,12}/\S+)")
_LOCAL = tuple(
    ipaddress.ip_network(one)
    for one in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
_HOSTS = Path(__file__).with_name("hosts.yaml")


@functools.cache
def _reasons() -> dict[str, str]:
    content = yaml.load(_HOSTS.read_bytes(), Loader=yaml.CSafeLoader)
    return {host: reason for reason, hosts in content.items() for host in hosts}


def urls(text: str, *, bare: bool = False) -> Iterator[str]:
    """Yield the http addresses of a text; with ``bare`` those without a scheme too, as ``curl`` accepts them."""
    for match in _URL.finditer(text):
        yield match[0].rstrip(".,;:!?*_")
    if bare:
        yield from (f"http://{match[0]}" for match in _BARE.finditer(text))


def split(url: str) -> SplitResult | None:
    """Take an address apart, or give None where it cannot be."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.hostname else None


def nameless(url: str) -> str | None:
    """Say why nobody stands behind this address with a name: a raw IP, a paste site, a shortener and the like; else None."""
    parts = split(url)
    if parts is None or parts.hostname is None:
        return None
    host = parts.hostname.rstrip(".")
    if _address(host) is not None:
        return None if is_local(url) else "raw IP address"
    labels = host.split(".")
    for at in range(len(labels) - 1):
        tail = ".".join(labels[at:])
        for name in (tail, tail + parts.path.rstrip("/")[: len("/api/webhooks")]):
            if name in _reasons():
                return _reasons()[name]
    return None


def is_local(url: str) -> bool:
    """Say whether an address stays on the machine or in a private network (RFC 1918, RFC 4193, RFC 6761)."""
    parts = split(url)
    host = (parts.hostname or "") if parts else ""
    address = _address(host)
    if address is not None:
        return any(address in network for network in _LOCAL if network.version == address.version)
    return "." not in host or host.endswith((".localhost", ".local", ".internal", ".test", ".invalid"))


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read a host as an IP address; browsers and curl take one number for four as well."""
    try:
        return ipaddress.ip_address(int(host) if host.isdecimal() and len(host) < len("99999999999") else host)
    except ValueError:
        return None
