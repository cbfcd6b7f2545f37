"""Digests of a set of files: Go's ``h1:`` directory hash, and git's blob and tree ids.

Both depend on paths and bytes only, so a folder, an archive of it and a git tree with the same content agree
(git's tree id also on the executable bit). SHA-1 stands here because git names objects by it; nothing is trusted for it alone.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from typing import TypeAlias

__all__ = ["dir_hash", "git_blob", "git_tree"]

_Tree: TypeAlias = "dict[bytes, tuple[str, str] | _Tree]"

TREE_MODE = "40000"


def dir_hash(files: Iterable[tuple[str, str]]) -> str:
    """Hash pairs of path and sha256 (hex) as ``golang.org/x/mod/sumdb/dirhash.Hash1`` does: ``h1:`` and base64.

    Every file is a line ``sha256, two spaces, path, newline``; the lines are sorted by the bytes of the path.
    Go refuses a path with a newline, as it could feign a second line. Such a path, and one that begins with
    a double quote, is written between double quotes with backslash escapes instead, so that different sets never share their lines.
    """
    pairs = sorted((_quoted(path), sha256) for path, sha256 in files)
    lines = b"".join(sha256.encode("ascii") + b"  " + path + b"\n" for path, sha256 in pairs)
    return "h1:" + base64.b64encode(hashlib.sha256(lines).digest()).decode("ascii")


def git_blob(content: bytes) -> str:
    """Give the id (hex) under which git keeps these bytes."""
    return _object_id(b"blob", content)


def git_tree(files: Iterable[tuple[str | bytes, str, str]]) -> str:
    """Give the id (hex) of the git tree of (path, mode such as ``100644``, blob id in hex).

    Raises:
        ValueError: a path stands twice, or is a file and a folder at once: git has no such tree.
    """
    root: _Tree = {}
    for path, mode, blob in files:
        *folders, name = (path if isinstance(path, bytes) else path.encode("utf-8", "surrogateescape")).split(b"/")
        place = root
        for folder in folders:
            inner = place.setdefault(folder, {})
            if not isinstance(inner, dict):
                raise ValueError(f"{path!r} lies in a file")  # noqa: TRY004  a wrong value of the right type
            place = inner
        if name in place:
            raise ValueError(f"{path!r} stands twice")
        place[name] = (mode, blob)
    return _tree_id(root)


def _quoted(path: str) -> bytes:
    raw = path.encode("utf-8", "surrogateescape")
    if b"\n" not in raw and not raw.startswith(b'"'):
        return raw
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'


def _object_id(kind: bytes, content: bytes) -> str:
    header = kind + b" %d\0" % len(content)
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()


def _tree_id(tree: _Tree) -> str:
    rows: list[tuple[bytes, bytes]] = []
    for name, node in tree.items():
        mode, identity = (TREE_MODE, _tree_id(node)) if isinstance(node, dict) else node
        # git sorts a folder as if its name ended in a slash
        key = name + b"/" if mode == TREE_MODE else name
        rows.append((key, mode.encode("ascii") + b" " + name + b"\0" + bytes.fromhex(identity)))
    return _object_id(b"tree", b"".join(row for _, row in sorted(rows)))
