"""What is handed to those who make the load, and what they hand back, each as JSON; nothing here needs a package."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in.

    Attributes:
        email: Their address.
        password: Theirs.
    """

    email: str
    password: str


@dataclass(frozen=True)
class Couple:
    """A customer, and whom they book.

    Attributes:
        customer: Who books.
        service_id: What.
        provider: Who offers it; None where the load does not act as them.
        photo_id: A photo for one report; empty where none is made.
        address: Where on this machine their requests come from, so that limits count them apart; empty for anywhere.
    """

    customer: Account
    service_id: str
    provider: Account | None = None
    photo_id: str = ""
    address: str = ""


@dataclass(frozen=True)
class Plan:
    """What is done.

    Attributes:
        url: The public address.
        users: People at once.
        a_second: How many begin in a second.
        seconds: How long.
        couples: One for each of them.
        ahead_days: How far ahead is booked.
        stripe_url: Where test cards are entered; empty where nobody pays.
        stripe_key: The publishable key that goes with it.
        leaves: Whether bookings stay; otherwise they are cancelled again.
    """

    url: str
    users: int
    a_second: float
    seconds: int
    couples: list[Couple]
    ahead_days: int = 0
    stripe_url: str = ""
    stripe_key: str = ""
    leaves: bool = True

    def write(self, path: Path) -> None:
        """Store it.

        Args:
            path: Where to.
        """
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(self)))


def couples_of(rows: list[dict[str, object]]) -> list[Couple]:
    """Read couples as JSON has them.

    Args:
        rows: One for each.

    Raises:
        TypeError: A row has other fields.
    """
    return [
        Couple(**{**row, **{who: Account(**row[who]) for who in ("customer", "provider") if row.get(who)}})  # type: ignore[arg-type]
        for row in rows
    ]


def read(path: Path) -> Plan:
    """Read a stored plan.

    Args:
        path: Where it is.
    """
    known = json.loads(path.read_text())
    return Plan(**{**known, "couples": couples_of(known["couples"])})


@dataclass(frozen=True)
class Row:
    """How one kind of request went.

    Attributes:
        name: Method and path.
        requests: How often.
        failures: How many failed.
        median: Milliseconds.
        p95: Milliseconds that 95 of 100 needed at most.
    """

    name: str
    requests: int
    failures: int
    median: float
    p95: float


@dataclass(frozen=True)
class Outcome:
    """How it went.

    Attributes:
        rows: By kind of request.
        total: All of them.
        seconds: How long it took.
        bookings: Bookings that came as far as their story goes.
        completed: Of these, work that was done and captured.
        limited: Requests that a limit refused (429), which are no failures.
        errors: What failed, with how often.
    """

    rows: list[Row]
    total: Row
    seconds: float
    bookings: int
    completed: int
    limited: int
    errors: dict[str, int] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Store it.

        Args:
            path: Where to.
        """
        path.write_text(json.dumps(asdict(self)))


def read_outcome(path: Path) -> Outcome:
    """Read a stored outcome.

    Args:
        path: Where it is.
    """
    known = json.loads(path.read_text())
    rows = [Row(**each) for each in known["rows"]]
    return Outcome(**{**known, "rows": rows, "total": Row(**known["total"])})
