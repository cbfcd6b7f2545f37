"""Print what became of every case; 1 if one is silent, fewer than thirty are found, or a twin raised anything."""

from __future__ import annotations

import sys

from tests.measure.evasions.measure import CASES, run_all

LEAST_CASES, LEAST_FOUND = 40, 30


def main() -> int:
    """Scan all and compare."""
    outcomes = run_all(CASES)
    print(f"{'hidden':<52} {'result':<7} {'twin':<6} by")
    for each in outcomes:
        print(f"{each.name:<52} {each.verdict:<7} {'noisy' if each.noise else 'quiet':<6} {'; '.join(each.found[:1])}")
        for noise in each.noise:
            print(f"    twin: {noise}")
    count = {verdict: sum(each.verdict == verdict for each in outcomes) for verdict in ("found", "gated", "silent")}
    noisy = sum(bool(each.noise) for each in outcomes)
    print(
        f"{len(outcomes)} cases: {count['found']} found, {count['gated']} gated, {count['silent']} silent; {noisy} twins raised something"
    )
    kept = len(outcomes) >= LEAST_CASES and count["found"] >= LEAST_FOUND and not count["silent"] and not noisy
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
