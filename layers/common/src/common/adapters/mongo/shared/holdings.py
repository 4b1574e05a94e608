"""Whose personal data a collection holds, and what becomes of it: declared by each collection's own module.

``adapters.privacy.register`` gathers the declarations; export and erasure go by them. A test fails for a collection
that declares nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Whose(StrEnum):
    """What a row names."""

    ACCOUNT = "account"
    PROVIDER = "provider"
    ADDRESS = "address"
    NOBODY = "nobody"


class Fate(StrEnum):
    """What becomes of a row when its person leaves."""

    DELETED = "deleted"
    BLANKED = "blanked"
    KEPT = "kept"
    EXPIRES = "expires"


@dataclass(frozen=True)
class Walk:
    """In which order an export reads a person's rows, the newest first: by the index that their list has.

    Args:
        field: what that index orders by before the id; the id alone without.
        statuses: all there are, where the index has the status between the owner and the order.
    """

    field: str | None = None
    statuses: Sequence[str] = ()


@dataclass(frozen=True)
class Holding:
    """What one collection holds of one person.

    Args:
        whose: what its rows name.
        fate: what becomes of them; ``deleted`` is done by the erasure, ``blanked`` by the writer of that data.
        field: which field names the account, the provider's profile, or the address.
        subject: the name in an export; ``None`` where it is not exported.
        hidden: fields that are not exported, being the other side's.
        shown: what of a row is exported, where that depends on what is in it.
        why: the reason for keeping it, or for not exporting it.
        walk: how an export reads its rows.
        is_at_once: whether its rows go in the transaction that deletes the account, for they open something to whoever
            holds them, or something is sent by them. There are few of these, by limits of their own.
    """

    whose: Whose
    fate: Fate
    field: str = ""
    subject: str | None = None
    hidden: frozenset[str] = frozenset()
    shown: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
    why: str = ""
    walk: Walk = Walk()
    is_at_once: bool = False

    def owner(self, user_id: str, provider_id: str | None) -> str | None:
        """Whom the field names, where that is an account or a provider."""
        return {Whose.ACCOUNT: user_id, Whose.PROVIDER: provider_id}.get(self.whose)


#: What a module holds, by its collections' names.
Holdings = Mapping[str, tuple[Holding, ...]]


def account(field: str, fate: Fate, subject: str | None = None, *, why: str = "", is_at_once: bool = False) -> Holding:
    """What rows hold of the account that a field names."""
    return Holding(Whose.ACCOUNT, fate, field, subject, why=why, is_at_once=is_at_once)


def provider(
    field: str,
    fate: Fate,
    subject: str | None = None,
    *,
    why: str = "",
    walk: Walk = Walk(),
    is_at_once: bool = False,
) -> Holding:
    """What rows hold of the provider whose profile a field names."""
    return Holding(Whose.PROVIDER, fate, field, subject, why=why, walk=walk, is_at_once=is_at_once)


def nobody(why: str) -> tuple[Holding]:
    """That rows name nobody, or nobody for long."""
    return (Holding(Whose.NOBODY, Fate.KEPT, why=why),)


#: Reasons that several collections give.
BOOKS = "the books, which the law wants kept; it names bookings, which are exported"
SECRETS = "digests of secrets, of no use to their owner; what they open is exported with the sign-ins"
