"""Put commit lines under headings by the prefix of their subject."""

import sys

HEADINGS = {"feat": "New", "fix": "Mended", "perf": "Faster", "break": "Changed"}


def heading(subject: str) -> str:
    """Name the heading of one commit."""
    prefix = subject.partition(":")[0].rstrip("!").partition("(")[0].lower()
    return HEADINGS.get(prefix, "Other")


def main() -> None:
    """Read lines of hash and subject, print them grouped."""
    groups: dict[str, list[str]] = {}
    for line in sys.stdin:
        commit, _, subject = line.strip().partition(" ")
        groups.setdefault(heading(subject), []).append(f"- {subject} ({commit})")
    for name in (*HEADINGS.values(), "Other"):
        if name in groups:
            print(f"## {name}\n", *groups[name], sep="\n", end="\n\n")


if __name__ == "__main__":
    main()
