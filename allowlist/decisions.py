"""One signed sentence per decision: a DSSE envelope around an in-toto Statement, kept for ever, attributable to one person.

The envelope has one form (canonical JSON) and one signature. The predicate repeats everything that the list will say about
the subject, so that whoever publishes the list can neither widen an approval nor exchange what was approved.
Sources: DSSE v1 protocol (secure-systems-lab/dsse), in-toto attestation Statement v1 and DigestSet (in-toto/attestation).
"""

from __future__ import annotations

import base64
import binascii
import enum
import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import Key, Signature, Signer

from allowlist.canonical import Node, dump, moment_text, parse
from allowlist.document import conditions_document, read_conditions, read_subject, subject_document
from allowlist.errors import AllowlistError, Malformed, Tampered, Unapproved, WronglySigned
from allowlist.model import Conditions, Entry, Revocation, Subject

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:mcp-reviewer:decision:v1"

_HEX = re.compile(r"[0-9a-f]+")
_ENVELOPE = frozenset({"payload", "payloadType", "signatures"})
_STATEMENT = frozenset({"_type", "subject", "predicateType", "predicate"})
_PREDICATE = frozenset({"verdict", "subject", "dossier", "recommendation", "conditions", "person", "statement", "decided_at"})


class Verdict(enum.StrEnum):
    """What a person decided."""

    APPROVE = "approve"
    REJECT = "reject"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one person signed. ``conditions`` are set if, and only if, the verdict is approve.

    ``keyid`` is the key that signed, ``sha256`` (hex) the digest of the envelope: its name in the published folder.
    """

    verdict: Verdict
    subject: Subject
    dossier: str
    recommendation: str
    conditions: Conditions | None
    person: str
    statement: str
    decided_at: datetime
    keyid: str
    sha256: str


def make_decision(  # noqa: PLR0913  the parts of one signed sentence, each named
    *,
    subject: Subject,
    verdict: str,
    dossier: str,
    recommendation: str,
    conditions: Conditions | None,
    person: str,
    statement: str,
    decided_at: datetime,
    signer: Signer,
) -> bytes:
    """Sign one decision; give the envelope's bytes.

    Raises:
        Malformed: an approval without conditions, a verdict or date that is none, or a subject without any digest that in-toto knows.
    """
    predicate: dict[str, object] = {
        "verdict": verdict,
        "subject": subject_document(subject),
        "dossier": dossier,
        "recommendation": recommendation,
        "person": person,
        "statement": statement,
        "decided_at": moment_text(decided_at),
    }
    if conditions is not None:
        predicate["conditions"] = conditions_document(conditions)
    digests = in_toto_digests(subject.digests)
    if not digests:
        raise Malformed(f"subject.digests: none of {', '.join(sorted(subject.digests)) or 'nothing'} is a digest that in-toto knows")
    payload = dump(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": subject.name, "digest": digests}],
            "predicateType": PREDICATE_TYPE,
            "predicate": predicate,
        }
    )
    _read_statement(payload, keyid="", sha256="")  # what could not be read again is not signed
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(signer)
    return dump(envelope.to_dict())


def open_decision(content: bytes, keys: Mapping[str, Key]) -> Decision:
    """Verify an envelope against known keys (by key id) and give what was signed.

    Raises:
        Malformed: not an envelope in its one form (bytes after the end count), or not a decision.
        WronglySigned: the key is not among ``keys``, or the signature does not fit.
        Tampered: the statement's subject is not the predicate's.
    """
    envelope, signature = _read_envelope(content)
    key = keys.get(signature.keyid)
    if key is None:
        raise WronglySigned(f"a decision is signed by the unknown key {signature.keyid[:16]}")
    try:
        key.verify_signature(signature, envelope.pae())
    except (UnverifiedSignatureError, VerificationError) as error:
        raise WronglySigned(f"a decision's signature by key {signature.keyid[:16]} does not fit") from error
    return _read_statement(envelope.payload, keyid=signature.keyid, sha256=hashlib.sha256(content).hexdigest())


def conditions_digest(conditions: Conditions) -> str:
    """Give the sha256 (hex) of conditions, in whatever order their words stand: approvals with equal digests count together."""
    document = conditions_document(conditions)
    ordered = {name: sorted(set(value)) if isinstance(value, list) else value for name, value in document.items()}
    return hashlib.sha256(dump(ordered)).hexdigest()


def conditions_to_json(conditions: Conditions) -> dict[str, object]:
    """Give conditions as the JSON object that stands in lists and decisions."""
    return conditions_document(conditions)


def conditions_from_json(document: object) -> Conditions:
    """Read what :func:`conditions_to_json` gave. Raises Malformed."""
    return read_conditions(Node(place="conditions", value=document))


def in_toto_digests(digests: Mapping[str, str]) -> dict[str, str]:
    """Give our digests as an in-toto DigestSet: algorithm -> lower-case hex. What in-toto has no name for is left out.

    ``dirHash`` is in-toto's ``dirHash``: the base64 after ``h1:``, as hex. ``integrity`` is Subresource Integrity text or ``sha256:hex``.
    """
    found: dict[str, str] = {}
    for name, value in digests.items():
        algorithm, text = _in_toto(name, value)
        if algorithm and _HEX.fullmatch(text):
            found[algorithm] = text
    return found


def _in_toto(name: str, value: str) -> tuple[str, str]:
    match name:
        case "gitCommit" | "gitTree" | "sha256" | "sha512":
            return name, value
        case "artifactSha256":
            return "sha256", value
        case "dirHash" if value.startswith("h1:"):
            return "dirHash", _base64_to_hex(value.removeprefix("h1:"))
        case "integrity" if value.startswith("sha256:"):
            return "sha256", value.removeprefix("sha256:")
        case "integrity" if value.startswith(("sha256-", "sha384-", "sha512-")):
            algorithm, _, text = value.partition("-")
            return algorithm, _base64_to_hex(text)
    return "", ""


def _base64_to_hex(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).hex()
    except (binascii.Error, ValueError):
        return ""


def _read_envelope(content: bytes) -> tuple[Envelope, Signature]:
    node = parse(content, "envelope")
    node.only(_ENVELOPE)
    node.field("payloadType").exactly(PAYLOAD_TYPE)
    signatures = node.field("signatures").each()
    if len(signatures) != 1:
        raise Malformed(f"envelope.signatures: {len(signatures)} signatures; each person signs an envelope of their own")
    signatures[0].only({"keyid", "sig"})
    signature = Signature(signatures[0].field("keyid").text(), _bytes(signatures[0].field("sig")).hex())
    envelope = Envelope(_bytes(node.field("payload")), PAYLOAD_TYPE, {signature.keyid: signature})
    if dump(envelope.to_dict()) != content:
        raise Malformed("envelope: not in its one form; something stands before, between or after what was written")
    return envelope, signature


def _bytes(node: Node) -> bytes:
    try:
        return base64.b64decode(node.text(), validate=True)
    except ValueError as error:  # binascii.Error is one
        raise Malformed(f"{node.place} is not base64") from error


def _read_statement(payload: bytes, *, keyid: str, sha256: str) -> Decision:
    node = parse(payload, "statement")
    node.only(_STATEMENT)
    node.field("_type").exactly(STATEMENT_TYPE)
    node.field("predicateType").exactly(PREDICATE_TYPE)
    decision = _read_predicate(node.field("predicate"), keyid=keyid, sha256=sha256)
    named = [{"name": decision.subject.name, "digest": in_toto_digests(decision.subject.digests)}]
    if node.field("subject").value != named:
        raise Tampered("statement.subject names something else than statement.predicate.subject")
    return decision


def _read_predicate(node: Node, *, keyid: str, sha256: str) -> Decision:
    node.only(_PREDICATE)
    verdict, conditions = node.field("verdict").text(), node.maybe("conditions")
    if verdict not in set(Verdict):
        raise Malformed(f"{node.place}.verdict must be one of {', '.join(Verdict)}, not {verdict[:40]!r}")
    if (conditions is None) is (verdict == Verdict.APPROVE):
        raise Malformed(f"{node.place}.conditions belong to an approval, and only to one")
    return Decision(
        verdict=Verdict(verdict),
        subject=read_subject(node.field("subject")),
        dossier=node.field("dossier").text(),
        recommendation=node.field("recommendation").text(),
        conditions=read_conditions(conditions) if conditions else None,
        person=node.field("person").text(),
        statement=node.field("statement").prose(),
        decided_at=node.field("decided_at").moment(),
        keyid=keyid,
        sha256=sha256,
    )


def distinct_people(decisions: Iterable[Decision]) -> tuple[str, ...]:
    """Give the people who signed, each once however many keys they used, in the order in which they signed first."""
    return tuple(dict.fromkeys(decision.person for decision in _in_order(decisions)))


def entry_from(entry_id: str, decisions: Sequence[Decision]) -> Entry:
    """Make the list's entry out of opened approvals: the one definition, which the publisher uses and the verifier compares with.

    People stand in the order in which they signed; ``approved_at`` is when the last one did; statements are joined by a line break.

    Raises:
        Unapproved: no decision, one that approves nothing, or decisions on different content or conditions.
    """
    if not decisions:
        raise Unapproved(f"{entry_id} has no decision")
    ordered = _in_order(decisions)
    agreed = {_content(entry_id, decision) for decision in ordered}
    if len(agreed) != 1:
        raise Unapproved(f"{entry_id}: its decisions differ in dossier, conditions, subject or recommendation and do not count together")
    first = ordered[0]
    if first.conditions is None:
        raise Unapproved(f"{entry_id}: its decision has no conditions")
    return Entry(
        id=entry_id,
        subject=first.subject,
        conditions=first.conditions,
        dossier=first.dossier,
        recommendation=first.recommendation,
        decisions=tuple(decision.sha256 for decision in ordered),
        approved_by=distinct_people(ordered),
        approved_at=ordered[-1].decided_at,
        statement="\n".join(dict.fromkeys(decision.statement for decision in ordered)),
    )


def revocation_from(entry_id: str, decision: Decision) -> Revocation:
    """Make the list's revocation out of an opened one, as :func:`entry_from` does for entries. Raises Unapproved."""
    if decision.verdict is not Verdict.REVOKE:
        raise Unapproved(f"{entry_id}: {decision.person}'s decision is to {decision.verdict}, not to revoke")
    return Revocation(
        entry=entry_id,
        subject=decision.subject,
        revoked_by=decision.person,
        revoked_at=decision.decided_at,
        reason=decision.statement,
        decision=decision.sha256,
    )


def _content(entry_id: str, decision: Decision) -> bytes:
    if decision.verdict is not Verdict.APPROVE or decision.conditions is None:
        raise Unapproved(f"{entry_id}: {decision.person}'s decision is to {decision.verdict}, not to approve")
    agreed = conditions_digest(decision.conditions)
    return dump([decision.dossier, agreed, subject_document(decision.subject), decision.recommendation])


def _in_order(decisions: Iterable[Decision]) -> list[Decision]:
    return sorted(decisions, key=lambda decision: (decision.decided_at, decision.person, decision.sha256))


def open_all(contents: Mapping[str, bytes], keys: Mapping[str, Key], names: Collection[str], place: str) -> list[Decision]:
    """Open the envelopes that are named by their sha256. Raises what :func:`open_decision` raises, and Unapproved for an absent one."""
    opened = []
    for index, name in enumerate(names):
        where = f"{place}.decisions[{index}]"
        content = contents.get(name)
        if content is None:
            raise Unapproved(f"{where}: there is no envelope {name[:16]}")
        try:
            decision = open_decision(content, keys)
        except AllowlistError as error:
            raise type(error)(f"{where}: {error}") from error
        if decision.sha256 != name:
            raise Tampered(f"{where}: the envelope {name[:16]} is not the one of that sha256")
        opened.append(decision)
    return opened
