"""What a running local cloud tells about itself, in a file that only its owner may read."""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

FILE = "cloud.json"
PEOPLE = "people.json"


@dataclass(frozen=True)
class CloudInfo:
    """Addresses and names of a running local cloud.

    Attributes:
        pid: Process id of the one that runs it.
        base_url: The stable public address.
        aws_url: MiniStack.
        runner_url: The function runner.
        stripe_url: The local Stripe; empty where the real one is used.
        stripe_publishable_key: Key of the card form where the real Stripe is used; empty for the local one.
        mongodb_uri: The database server.
        database: The database's name.
        clock_file: File with the clock's offset in seconds.
        frontend_url: Where links in mails lead.
        outputs: The stack's outputs.
        functions: Physical function names by logical id.
        schedules: Schedule expressions by logical id of the function.
        sign_ins: Seeded people: who, mail address, password, and of staff the authenticator app's secret.
    """

    pid: int
    base_url: str
    aws_url: str
    runner_url: str
    stripe_url: str
    mongodb_uri: str
    database: str
    clock_file: str
    frontend_url: str = ""
    stripe_publishable_key: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    schedules: dict[str, str] = field(default_factory=dict)
    sign_ins: list[dict[str, str]] = field(default_factory=list)


def write(state_dir: Path, info: CloudInfo) -> None:
    """Store the information.

    Args:
        state_dir: The cloud's folder.
        info: What to store.
    """
    write_private(state_dir / FILE, json.dumps(dataclasses.asdict(info), indent=2))


def read(state_dir: Path) -> CloudInfo | None:
    """Read the information of the last start.

    Args:
        state_dir: The cloud's folder.

    Returns:
        The information, or None where none was ever stored.
    """
    path = state_dir / FILE
    if not path.exists():
        return None
    known: dict[str, Any] = json.loads(path.read_text())
    return CloudInfo(**known)


def kept_people(state_dir: Path, database: str, seeded: list[dict[str, str]]) -> list[dict[str, str]]:
    """Keep the sign-ins of people that were seeded now, or return those of an earlier start with the same database.

    Args:
        state_dir: The cloud's folder.
        database: Stands for server and database: passwords of one open nothing in another.
        seeded: Who was seeded now; empty where the database had people already.
    """
    path = state_dir / PEOPLE
    known: Any = json.loads(path.read_text()) if path.exists() else {}
    # Before 0.2 there was one list, of whichever database was seeded last; which one it was is not known.
    people: dict[str, list[dict[str, str]]] = known if isinstance(known, dict) else {}
    if seeded:
        people[database] = seeded
        write_private(path, json.dumps(people))
    return people.get(database, [])


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all.

    Args:
        path: The file.
        text: Its content.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
