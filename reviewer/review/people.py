"""Who may do what: people, their roles, and the public keys that act for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from allowlist.errors import AllowlistError
from allowlist.keys import load_public
from reviewer.errors import Refused, UsageFault
from reviewer.review.names import check_name, same_person
from reviewer.review.state import Desk, Member, Role, fold
from reviewer.store import Store


def add_person(  # noqa: PLR0913  what a person is, and who says so when
    store: Store,
    name: str,
    *,
    roles: Sequence[Role],
    teams: Sequence[str],
    public_keys: Sequence[bytes],
    reserved: frozenset[str],
    now: datetime,
    actor: str,
) -> Member:
    """Register a person, or give a registered one further roles, teams and keys.

    ``reserved`` are the ids of the keys that sign the list and its root: nobody decides with one of those.

    Raises:
        UsageFault: a name that is none, a key that is none or too short, or a key that acts for somebody else already.
    """
    check_name(name)
    for team in teams:
        check_name(team, "team")
    keys = _public_keys(public_keys)
    with store.writing() as transaction:
        desk = fold(transaction.events())
        namesakes = [member for member in desk.people.values() if same_person(member.name, name)]
        known = next((member for member in namesakes if not member.removed), None)
        _check_free(desk, keys, reserved, name)
        member = Member(
            name=known.name if known else next((member.name for member in namesakes), name),
            roles=tuple(dict.fromkeys((*(known.roles if known else ()), *roles))),
            teams=tuple(dict.fromkeys((*(known.teams if known else ()), *teams))),
            keys={**(known.keys if known else {}), **keys},
        )
        body = {"roles": list(member.roles), "teams": list(member.teams), "keys": member.keys}
        transaction.append("person.added", member.name, actor=actor, at=now.isoformat(), body=body)
    return member


def _check_free(desk: Desk, keys: Iterable[str], reserved: frozenset[str], name: str) -> None:
    """Refuse keys that have another duty, or that act or acted for somebody else: what they signed would be two people's."""
    for key_id in keys:
        if key_id in reserved:
            raise UsageFault("this key signs the list or its root of trust", hint="a person needs a key of their own: `reviewer keys new`")
        holder = desk.once_by_key(key_id)
        if holder is not None and not same_person(holder.name, name):
            acts = "acted" if holder.removed or key_id in holder.former else "acts"
            raise UsageFault(
                f"this key {acts} for {holder.name} already", hint="one key, one person: make a new one with `reviewer keys new`"
            )


def _public_keys(public_keys: Sequence[bytes]) -> dict[str, dict[str, object]]:
    keys: dict[str, dict[str, object]] = {}
    for content in public_keys:
        try:
            key = load_public(content)
        except AllowlistError as error:
            raise UsageFault(
                f"not a usable public key: {error}", hint="give the .pub file that `reviewer keys new` or ssh-keygen wrote"
            ) from error
        keys[key.keyid] = key.to_dict()
    return keys


def remove_person(store: Store, name: str, *, now: datetime, actor: str) -> None:
    """Take a person's keys out of use. What they signed stays attributable. Raises UsageFault if nobody has that name."""
    with store.writing() as transaction:
        desk = fold(transaction.events())
        member = next((m for m in desk.people.values() if same_person(m.name, name) and not m.removed), None)
        if member is None:
            raise UsageFault(f"nobody here is named {name}", hint=_who(desk))
        transaction.append("person.removed", member.name, actor=actor, at=now.isoformat(), body={})


def _who(desk: Desk) -> str:
    names = ", ".join(member.name for member in desk.people.values() if not member.removed)
    return f"people: {names}" if names else "nobody is registered yet: `reviewer people add NAME --role reviewer --key KEY.pub`"


def signing_member(desk: Desk, key_id: str, *needed: Role) -> Member:
    """Give the person for whom a key acts, if they hold one of the roles.

    Raises:
        Refused: the key is not registered, or the person lacks the role.
    """
    member = desk.by_key(key_id)
    if member is None:
        raise Refused("this key belongs to nobody here", hint="register it: `reviewer people add NAME --role reviewer --key KEY.pub`")
    if not set(member.roles) & set(needed):
        words = " or ".join(needed)
        raise Refused(f"{member.name} may not do this: it takes the role {words}", hint="ask somebody with that role")
    return member
