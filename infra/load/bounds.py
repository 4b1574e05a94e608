"""How much load is made, at most, and against whom."""

from __future__ import annotations

import argparse
import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Hard: no argument goes beyond them. They find the limits of a small stage and are no weapon.
MOST_USERS = 50
MOST_A_SECOND = 5.0
MOST_SECONDS = 600
_USERS, _A_SECOND, _SECONDS = 10, 2.0, 120
_FAILURES_PERCENT = 1.0
YES = "--yes-this-is-mine"


class BoundsError(ValueError):
    """A load that is not made; the message says why."""


@dataclass(frozen=True)
class Load:
    """What is asked for.

    Attributes:
        url: The address; empty for the local cloud that runs here.
        users: People at once, each a customer with a provider of their own.
        a_second: How many of them begin in a second.
        seconds: How long they go on.
        failures_percent: Share of requests that may fail.
        people: A file of prepared people; None for those of the local cloud.
    """

    url: str = ""
    users: int = _USERS
    a_second: float = _A_SECOND
    seconds: int = _SECONDS
    failures_percent: float = _FAILURES_PERCENT
    people: Path | None = None


def read(arguments: Sequence[str]) -> Load:
    """Read the command line.

    Args:
        arguments: Without the program's name.

    Raises:
        BoundsError: It asks for more than the bounds, or for load on somebody else.
    """
    chosen = parser().parse_args(arguments)
    _see(chosen.users, 1, MOST_USERS, "users")
    _see(chosen.spawn_rate, 0.1, MOST_A_SECOND, "spawn-rate")
    _see(chosen.seconds, 1, MOST_SECONDS, "seconds")
    _see(chosen.failures, 0, 100, "failures")
    url = chosen.url.rstrip("/")
    if url:
        _see_address(url, is_mine=chosen.yes_this_is_mine)
        if not is_loopback(url) and chosen.people is None:
            raise BoundsError("another stage needs --people FILE: nobody is registered there (docs/load.md)")
    return Load(url, chosen.users, chosen.spawn_rate, chosen.seconds, chosen.failures, chosen.people)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="make load ARGS=…", description=__doc__)
    made.add_argument("--url", default="", help="the stage's public address; by default the local cloud that runs here")
    made.add_argument("--users", type=int, default=_USERS, help=f"people at once, at most {MOST_USERS}")
    made.add_argument("--spawn-rate", type=float, default=_A_SECOND, help=f"begin a second, at most {MOST_A_SECOND:g}")
    made.add_argument("--seconds", type=int, default=_SECONDS, help=f"how long, at most {MOST_SECONDS}")
    made.add_argument("--failures", type=float, default=_FAILURES_PERCENT, help="per cent of requests that may fail")
    made.add_argument("--people", type=Path, help="a file of prepared people, for another stage")
    made.add_argument(YES, action="store_true", help="needed for an address that is not this machine's")
    return made


def is_loopback(url: str) -> bool:
    """Tell whether an address is this machine's own.

    Args:
        url: The address.
    """
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _see_address(url: str, *, is_mine: bool) -> None:
    """See that an address is one, and whose."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query or "@" in parts.netloc:
        raise BoundsError(f"{url} is no address of a stage, such as https://api.dev.example.com")
    if not is_loopback(url) and not is_mine:
        raise BoundsError(f"{parts.hostname} is not this machine. Whoever owns it may say {YES}")


def _see(given: float, least: float, most: float, name: str) -> None:
    if not least <= given <= most:
        raise BoundsError(f"--{name} is from {least:g} to {most:g}, not {given:g}")
