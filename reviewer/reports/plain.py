"""A dossier for a reviewer at a terminal: what decides stands first, then why, then all the rest.

Everything that a submission says is quoted: bounded, and with whatever could act on a terminal escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from checks.model import (
    AutoRun,
    Capability,
    CapabilityId,
    Certainty,
    Finding,
    Location,
    Outcome,
    Scope,
    Severity,
    TargetKind,
    Tool,
    Trigger,
    Unreadable,
)
from checks.text import escape
from reviewer.model import Dossier, Gate, GateEffect, PackageScope, Reason, Recommendation
from reviewer.reports import comparisons
from reviewer.reports.paper import Paper
from reviewer.reports.vocabulary import ability, absences, kind_word, level, level_word, said_recommendation, sentence, started

__all__ = ["render"]

_NAME, _PATH, _COMMAND, _LINE = 80, 120, 160, 400  # characters kept of a name, a path, a command, a sentence
_MOST_FINDINGS, _MOST_ROWS, _MOST_TOOLS, _MOST_REASONS = 60, 25, 80, 10
_STYLES = {
    Recommendation.BLOCK: "red",
    Recommendation.INVESTIGATE: "yellow",
    Recommendation.FIX_FIRST: "yellow",
    Recommendation.RESTRICT: "cyan",
    Recommendation.APPROVE: "green",
}
_LEAST_POINTS = 0.05  # what would be written as 0.0 is left out, unless others carry the same and it is only not alone
_AXES = ("malice", "weakness", "impact", "provenance", "coverage")
_MOST_IN_WORDS = 12  # tools; of more of them the abilities are told by id, which «What it can do» puts in words
_MOST_HOLDERS = 8  # tools named for one leg of a combination
_SHARED = "shared"
_ALWAYS = {"malice": _SHARED, "weakness": _SHARED, "coverage": ""}
_SEVERITIES = {Severity.CRITICAL: "red", Severity.HIGH: "red", Severity.MEDIUM: "yellow", Severity.LOW: "", Severity.INFO: "dim"}
_CERTAINTIES = {
    Certainty.PROVEN: "",
    Certainty.PRESENT: "in the code",
    Certainty.POSSIBLE: "perhaps",
    Certainty.DECLARED: "it says so itself",
}
_NOTABLE, _SENSITIVE = 2, 3
_OPEN_ENDED = {CapabilityId.CODE_EVAL, CapabilityId.PROC_EXEC, CapabilityId.NATIVE_CODE, CapabilityId.INSTALL_SOFTWARE}  # could be anything


def render(dossier: Dossier, *, width: int = 100, colour: bool = False) -> str:
    """Write the report. ``width`` is in columns; without ``colour`` there is no escape sequence in it."""
    paper = Paper(width=width, colour=colour)
    _heading(dossier, paper)
    _gates(dossier, paper)
    _numbers(dossier, paper)
    _parts(dossier, paper)
    _reasons(dossier.assessment.reasons, paper)
    comparisons.write(dossier.target.comparisons, paper)
    _toxic(dossier, paper)
    _list("What would change it", dossier.assessment.counterfactuals, paper)
    _list("Conditions to approve it under", dossier.assessment.conditions, paper)
    _abilities(dossier, paper)
    _autoruns(dossier.target.autoruns, paper)
    _tools(dossier.target.tools, paper)
    _findings(dossier.scan.findings, paper)
    _unread(dossier.target.unreadable, paper)
    _dependencies(dossier, paper)
    _examination(dossier, paper)
    return paper.text


def _heading(dossier: Dossier, paper: Paper) -> None:
    snapshot, target = dossier.snapshot, dossier.target
    version = target.version or snapshot.version
    name = " ".join(filter(None, (escape(target.name, _NAME), escape(version, _NAME) if version else "")))
    of_parts = f" of {len(dossier.parts)}" if target.kind is TargetKind.COLLECTION and dossier.parts else ""
    paper.head(f"{name}  ({kind_word(target.kind.value)}{of_parts})")
    paper.line(escape(snapshot.source, _LINE), indent=0, style="dim")
    word, says = said_recommendation(dossier.assessment, findings=len(dossier.scan.findings))
    paper.raw("")
    paper.line(f"{word}: {says}", indent=0, style=_STYLES[dossier.assessment.recommendation])
    if not dossier.assessment.complete:
        paper.line("The examination is incomplete, so what was not found may still be there.", indent=0, style="yellow")


def _gates(dossier: Dossier, paper: Paper) -> None:
    gates = sorted(dossier.assessment.gates, key=lambda gate: (gate.effect is not GateEffect.BLOCK, gate.path))
    for gate in gates[:_MOST_ROWS]:
        where = f"{escape(gate.path, _PATH)}: " if gate.path else ""
        style = "red" if gate.effect is GateEffect.BLOCK else "yellow"
        paper.line(f"{where}{escape(gate.reason, _LINE)}", mark=f"{gate.effect.value}  ", style=style)
        for finding in _behind(gate, dossier.scan.findings):
            if finding.evidence:
                paper.line(f"«{escape(finding.evidence)}»", indent=2 + len(gate.effect.value) + 2)
    _more(len(gates), _MOST_ROWS, paper)


def _behind(gate: Gate, findings: Iterable[Finding]) -> Sequence[Finding]:
    """Find what a gate saw: the finding at its path whose message it repeats."""
    same = [finding for finding in findings if finding.at.path == gate.path and gate.reason.startswith(finding.message)]
    exact = [finding for finding in same if gate.reason.endswith(f"(line {finding.at.line})")]
    return (exact or same)[:1]


def _numbers(dossier: Dossier, paper: Paper) -> None:
    assessment = dossier.assessment
    upper = f", at most {assessment.upper} if what was not read is bad" if assessment.upper > assessment.score else ""
    paper.head(f"Risk {assessment.score} of 100{upper}")
    paper.line(
        f"impact {assessment.impact:.1f}/10 · malice {assessment.malice:.2f} · weakness {assessment.weakness:.2f} · "
        f"provenance x{assessment.provenance:.2f} · {_percent(assessment.coverage)} read"
    )


def _percent(share: float) -> str:
    """Write a share so that «100 %» means all of it."""
    return "100 %" if share >= 1 else f"{min(99, int(100 * share))} %"


def _reasons(reasons: Iterable[Reason], paper: Paper) -> None:
    telling = [reason for reason in reasons if abs(reason.points) >= _LEAST_POINTS or reason.axis in _ALWAYS]
    telling.sort(key=lambda reason: _AXES.index(reason.axis))
    if telling:
        shown = [(f"{r.points:+6.1f}" if abs(r.points) >= _LEAST_POINTS else _ALWAYS[r.axis], r) for r in telling[:_MOST_REASONS]]
        shared = any(points == _SHARED for points, _ in shown)
        paper.head(f"Why (what the score would lose without each; {'shared: others carry the same' if shared else 'they overlap'})")
        for points, reason in shown:
            where = f"  {_place(reason.at)}" if reason.at else ""
            paper.line(f"{escape(reason.sentence, _LINE)}{where}", mark=f"{points:>6}  {reason.axis:<10}  ")
        _more(len(telling), _MOST_REASONS, paper)


def _toxic(dossier: Dossier, paper: Paper) -> None:
    """Name who holds which leg, and the fewest tools to leave out: where those are all of them, that is no advice."""
    every = {tool.name for tool in dossier.target.tools}
    for combination in dossier.assessment.toxic:
        paper.head(f"Toxic together: {combination.says}")
        for leg in combination.legs:
            holders = [escape(name, _NAME) for name in leg.tools[:_MOST_HOLDERS]]
            if len(leg.tools) > _MOST_HOLDERS:
                holders.append(f"{len(leg.tools) - _MOST_HOLDERS} more")
            holders += [_place(at) or "the code beside the tools" for at in leg.elsewhere[:1]]
            paper.line(f"{' or '.join(leg.capabilities)}: {', '.join(holders)}", mark="- ")
        names = ", ".join(escape(name, _NAME) for name in combination.cut[:_MOST_HOLDERS])
        more = f" and {len(combination.cut) - _MOST_HOLDERS} more" if len(combination.cut) > _MOST_HOLDERS else ""
        breakable = combination.cut and not every.issubset(combination.cut)
        paper.line(f"falls apart without {names}{more}" if breakable else "leaving out some of its tools does not break it", mark="= ")


def _list(heading: str, sentences: Sequence[str], paper: Paper) -> None:
    if sentences:
        paper.head(heading)
        for text in sentences:
            paper.line(escape(text, _LINE), mark="- ")


def _abilities(dossier: Dossier, paper: Paper) -> None:
    target = dossier.target
    of_tools = [capability for tool in target.tools for capability in tool.capabilities]
    every = _merged((*target.capabilities, *of_tools))
    reached = {(capability.id, at) for capability in of_tools for at in capability.evidence}
    paper.head("What it can do" if every else "What it can do: nothing that we know of")
    for capability, others in every:
        grade = level(capability)
        about = ", ".join(filter(None, (capability.id, level_word(capability), _CERTAINTIES[capability.certainty])))
        places = [at for at in capability.evidence if (capability.id, at) in reached] or capability.evidence
        also = "".join(f", also {started(trigger)}" for trigger in others)
        style = "red" if grade > _SENSITIVE else "yellow" if grade == _SENSITIVE else ""
        text = f"{sentence(capability)}{also}  ({about})  {_place(min(places)) if places else ''}".rstrip()
        paper.line(text, mark="! " if grade >= _SENSITIVE else "  ", style=style)
    known = {capability.id for capability, _ in every}
    open_ended = known & _OPEN_ENDED or any(capability.certainty is Certainty.POSSIBLE for capability in (*target.capabilities, *of_tools))
    followed = dossier.assessment.complete and dossier.assessment.coverage >= 1 and not target.doubts
    if target.tools and followed and not open_ended:
        never = "; ".join(absences(frozenset(known)))
        paper.line(f"All of its own code was read and followed, that of its packages was not. By itself it {never}.", style="green")


def _autoruns(runs: Sequence[AutoRun], paper: Paper) -> None:
    """Tell what runs without being asked for, what nobody is asked about first; pipelines of the publisher in one line."""
    here = sorted((run for run in runs if not run.elsewhere), key=lambda run: (bool(run.gate), run.at))
    if runs:
        paper.head(f"Runs by itself ({len(here)})")
    for run in here[:_MOST_ROWS]:
        matched = f" for {escape(run.matcher, _NAME)}" if run.matcher else ""
        hosts = f"  (names {', '.join(escape(host, _NAME) for host in run.hosts[:3])})" if run.hosts else ""
        when = "while it is being installed; " if run.trigger is Trigger.INSTALL else ""
        asked = f"[{when}{escape(run.gate, _LINE) or 'nobody is asked'}]"
        text = f"{escape(run.event, _NAME)}{matched}  «{escape(run.command, _COMMAND)}»{hosts}  {_place(run.at)}  {asked}"
        paper.line(text, mark="  " if run.gate else "! ")
    _more(len(here), _MOST_ROWS, paper)
    pipelines = len(runs) - len(here)
    if pipelines:
        told = (
            "One command of the publisher's pipelines runs" if pipelines == 1 else f"{pipelines} commands of the publisher's pipelines run"
        )
        paper.line(f"{told} elsewhere.", style="dim")


def _merged(capabilities: Iterable[Capability]) -> list[tuple[Capability, tuple[Trigger, ...]]]:
    """Say each ability once, with all its objects and the best evidence, and by what else it is started; worst first."""
    groups: dict[tuple[CapabilityId, str], list[Capability]] = {}
    for given in capabilities:
        groups.setdefault((given.id, ability(given.id, given.scope)), []).append(given)
    merged = []
    for group in groups.values():
        first, *others = sorted({held.trigger for held in group}, key=list(Trigger).index)
        whole = replace(
            group[0],
            trigger=first,
            scope=max((held.scope for held in group), key=list(Scope).index),
            certainty=min((held.certainty for held in group), key=list(Certainty).index),
            objects=tuple(sorted({item for held in group for item in held.objects})),
            evidence=tuple(sorted({at for held in group for at in held.evidence})),
        )
        merged.append((whole, tuple(others)))
    return sorted(merged, key=lambda pair: (-level(pair[0]), pair[0].id, list(Scope).index(pair[0].scope)))


def _parts(dossier: Dossier, paper: Paper) -> None:
    if not dossier.parts:
        return
    paper.head(f"Parts ({len(dossier.parts)}), each with its own recommendation and risk; the whole takes the highest recommendation")
    for part in sorted(dossier.parts, key=lambda part: (-part.assessment.recommendation.rank, -part.assessment.score))[:_MOST_ROWS]:
        component, assessment = part.component, part.assessment
        name = (
            f"{escape(component.name, _NAME)}  ({kind_word(component.kind.value)}, {escape(component.root, _PATH) or 'the whole folder'})"
        )
        paper.line(name, mark=f"{assessment.recommendation.value:<12} {assessment.score:>3}  ", style=_STYLES[assessment.recommendation])
    _more(len(dossier.parts), _MOST_ROWS, paper)


def _tools(tools: Sequence[Tool], paper: Paper) -> None:
    if not tools:
        return
    paper.head(f"Tools, prompts and resources ({len(tools)})")
    for tool in tools[:_MOST_TOOLS]:
        kind = "" if tool.kind.value == "tool" else f"{tool.kind.value} "
        dynamic = "  (made at run time: what the assistant sees can change)" if tool.dynamic else ""
        paper.line(f"{kind}{escape(tool.name, _NAME)}  {_place(tool.at)}{dynamic}", style="bold")
        if tool.description:
            paper.line(f"«{escape(tool.description)}»", indent=4, style="dim")
        notable = [capability for capability in tool.capabilities if level(capability) >= _NOTABLE]
        said = [sentence(capability) for capability in notable]
        if len(tools) > _MOST_IN_WORDS and said:
            said = [", ".join(dict.fromkeys(f"{capability.id} ({capability.scope})" for capability in notable))]
        for text in dict.fromkeys(said):
            paper.line(text, indent=4, mark="- ")
    _more(len(tools), _MOST_TOOLS, paper)


def _findings(findings: Sequence[Finding], paper: Paper) -> None:
    paper.head(f"Findings ({len(findings)})" if findings else "Findings: none")
    for finding in findings[:_MOST_FINDINGS]:
        about = f"{finding.check}, {finding.kind.value}, {finding.confidence.value} confidence"
        mark = f"{finding.severity.value:<8}  "
        paper.line(f"{escape(finding.message, _LINE)}  {_place(finding.at)}", mark=mark, style=_SEVERITIES[finding.severity])
        if finding.evidence:
            paper.line(f"«{escape(finding.evidence)}»", indent=2 + len(mark))
        paper.line(f"{about}{', ' if finding.cwe else ''}{', '.join(finding.cwe)}", indent=2 + len(mark), style="dim")
    _more(len(findings), _MOST_FINDINGS, paper)


def _unread(rows: Sequence[Unreadable], paper: Paper) -> None:
    if not rows:
        return
    ordered = sorted(rows, key=lambda row: (not row.gate, row.path))
    gating = sum(row.gate for row in rows)
    paper.head(
        f"Not read ({len(rows)}); {gating} could run or instruct" if gating else f"Not read ({len(rows)}); none of it can run or instruct"
    )
    alike: dict[str, list[Unreadable]] = {}
    for row in ordered[gating:]:
        alike.setdefault(row.reason, []).append(row)
    told = [*((row, 0) for row in ordered[:gating]), *((group[0], len(group) - 1) for group in alike.values())]
    for row, others in told[:_MOST_ROWS]:
        mark, style = ("! ", "yellow") if row.gate else ("  ", "")
        more = f" (and {others} more like it)" if others else ""
        paper.line(f"{escape(row.path, _PATH) or 'the whole'}: {escape(row.reason, _LINE)}{more}", mark=mark, style=style)
    _more(len(told), _MOST_ROWS, paper)


def _dependencies(dossier: Dossier, paper: Paper) -> None:
    packages = dossier.packages
    running = [package for package in packages if package.scope is not PackageScope.DEVELOPMENT]
    counts = [
        f"{len(running)} to run it",
        f"{sum(package.direct for package in running)} of them named by it",
        f"{sum(package.version is None for package in running)} without a fixed version",
        f"{sum(package.install_script for package in running)} with a script that runs when installed",
    ]
    paper.head(f"Dependencies ({len(packages)})" if packages else "Dependencies: none named")
    if packages:
        paper.line(", ".join(counts))
    known = dossier.bom.vulnerabilities
    paper.line("Known vulnerabilities: unknown, as no advisories were looked up" if known is None else f"Known vulnerabilities: {known}")


def _examination(dossier: Dossier, paper: Paper) -> None:
    results = dossier.scan.results
    count = {outcome: sum(result.outcome is outcome for result in results) for outcome in Outcome}
    paper.head("How it was examined")
    told = ", ".join(f"{count[outcome]} {outcome.value.replace('-', ' ')}" for outcome in Outcome if count[outcome])
    paper.line(f"{len(results)} {'check' if len(results) == 1 else 'checks'}: {told}" if results else "no checks gave a result")
    if dossier.failure:
        paper.line(f"the reading ended early: {escape(dossier.failure, _LINE)}", mark="! ", style="yellow")
    for result in results:
        if result.outcome is Outcome.FAILED and result.failure != dossier.failure:
            paper.line(f"{result.check} failed: {escape(result.failure or '', _LINE)}", mark="! ", style="yellow")
    paper.line(f"isolation {dossier.isolation.value}")
    for name, value in sorted(dossier.snapshot.digests.items()):
        paper.line(f"{escape(name, _NAME)} {escape(value, _LINE)}")
    versions = dossier.versions
    paper.line(
        f"reviewer {versions.reviewer}, catalogue {versions.catalogue_digest[:12]}, policy {versions.policy_digest[:12]}", style="dim"
    )
    paper.line(f"bill of materials sha256 {dossier.bom.digest}", style="dim")


def _place(at: Location) -> str:
    path = escape(at.path, _PATH)
    return f"{path}:{at.line}" if at.line else path


def _more(total: int, shown: int, paper: Paper) -> None:
    if total > shown:
        paper.line(f"… and {total - shown} more; --format json lists all", style="dim")
