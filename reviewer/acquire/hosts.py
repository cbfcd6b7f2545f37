"""Which hosts a stranger's address may make this machine talk to: public ones."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from reviewer.archives.names import shown
from reviewer.errors import NotFetchedError

__all__ = ["refuse_private_host", "resolve"]

_PROXIES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
_INNER = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa")
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


def resolve(host: str) -> list[str]:
    """Give the addresses of a host. Raises OSError."""
    return [str(row[4][0]) for row in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]


def refuse_private_host(url: str, *, resolver: Callable[[str], list[str]] = resolve) -> None:
    """Refuse a URL whose host is, or resolves to, an address inside a private network or this machine.

    One private address among several is enough, as the one who answers for the name chooses which is taken.
    Behind a proxy only the written address can be judged: the proxy resolves names, by its own policy.

    Raises:
        NotFetchedError: the host is private, or its name does not resolve.
    """
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        addresses = [str(ipaddress.ip_address(host))]
    except ValueError:
        addresses = [] if any(os.environ.get(name) for name in _PROXIES) or _is_inner(host) else _resolved(host, resolver)
    if _is_inner(host) or not all(_is_public(address) for address in addresses):
        raise NotFetchedError(
            f"{shown(host)} is a private address, which a source must not make this machine talk to.",
            hint="Clone it yourself and give the folder.",
        )


def _is_inner(host: str) -> bool:
    """Tell whether a name can only mean this machine or one beside it: one without a dot, of a zone for that, or a number in disguise."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        last = host.rpartition(".")[2]
        return "." not in host or host.endswith(_INNER) or re.fullmatch(r"[0-9]+|0x[0-9a-f]*", last) is not None
    return False


def _resolved(host: str, resolver: Callable[[str], list[str]]) -> list[str]:
    try:
        return resolver(host)
    except (OSError, UnicodeError) as error:
        raise NotFetchedError(f"The host {shown(host)} cannot be found.", hint="Check its spelling and the network.") from error


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return parsed.is_global and all(inner.is_global for inner in _carried(parsed))


def _carried(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    """Give the IPv4 addresses to which an IPv6 address leads through a translator or a tunnel."""
    if isinstance(address, ipaddress.IPv6Address):
        teredo = address.teredo[1] if address.teredo else None
        translated = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _TRANSLATED else None
        yield from (inner for inner in (address.ipv4_mapped, address.sixtofour, teredo, translated) if inner)
