"""Which hosts a stranger's address may make this machine talk to: public ones."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from reviewer.acquire.names import shown
from reviewer.errors import NotFetchedError

__all__ = ["refuse_private_host", "resolve"]

_PROXIES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


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
    host = urlsplit(url).hostname or ""
    try:
        addresses = [str(ipaddress.ip_address(host))]
    except ValueError:
        addresses = [] if any(os.environ.get(name) for name in _PROXIES) else _resolved(host, resolver)
    if host == "localhost" or not all(_is_public(address) for address in addresses):
        raise NotFetchedError(
            f"{shown(host)} is a private address, which a source must not make this machine talk to.",
            hint="Clone it yourself and give the folder.",
        )


def _resolved(host: str, resolver: Callable[[str], list[str]]) -> list[str]:
    try:
        return resolver(host)
    except (OSError, UnicodeError) as error:
        raise NotFetchedError(f"The host {shown(host)} cannot be found.", hint="Check its spelling and the network.") from error


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_global
