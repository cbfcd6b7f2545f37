from __future__ import annotations

import pytest

from checks.hosts import is_local, nameless, urls
from checks.keys import secret_in


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://203.0.113.7/x", "raw IP address"),
        ("http://3405803783/x", "raw IP address"),
        ("https://[2001:db8::1]/x", "raw IP address"),
        ("https://sub.glot.io/x", "paste site"),
        ("https://bit.ly/x", "link shortener"),
        ("https://discord.com/api/webhooks/1/a", "chat webhook"),
        ("https://discord.com/invite/a", None),
        ("https://notbit.ly.example/x", None),
        ("http://192.168.1.4/x", None),
        ("http://[bad/x", None),
        ("https://tools.example:99999/x", None),
    ],
)
def test_hosts_without_a_name_behind_them(url: str, reason: str | None) -> None:
    assert nameless(url) == reason


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:1/", True),
        ("http://127.0.0.1", True),
        ("http://10.1.2.3", True),
        ("http://box.local", True),
        ("https://a.example", False),
    ],
)
def test_local_addresses(url: str, *, expected: bool) -> None:
    assert is_local(url) is expected


def test_addresses_are_found_with_and_without_scheme() -> None:
    text = "see <https://a.example/x>, (http://b.example/y). curl c.example/z 203.0.113.9:80/q"
    assert list(urls(text)) == ["https://a.example/x", "http://b.example/y"]
    assert list(urls(text, bare=True))[2:] == ["http://c.example/z", "http://203.0.113.9:80/q"]


def test_a_secret_belongs_to_its_own_service_only() -> None:
    place = secret_in("cat ~/.aws/credentials")
    assert place is not None
    assert place.belongs_to(["https://sts.amazonaws.com/"])
    assert not place.belongs_to(["https://sts.amazonaws.com.evil.example/"])
    assert not place.belongs_to(["https://sts.amazonaws.com/", "https://evil.example/"])
    assert not place.belongs_to([])


@pytest.mark.parametrize("text", ["~/.ssh/id_ed25519.pub", "ssh-keygen", ".envrc", "docs/aws.md"])
def test_what_only_looks_like_a_secret(text: str) -> None:
    assert secret_in(text) is None
