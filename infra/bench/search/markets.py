"""Marketplaces of different sizes with the same town in each, and one city that is as dense as cities get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.migrations.runner import migrate
from infra.seed.bulk import load_parts
from infra.seed.cities import CITIES, City
from infra.seed.market import Part

if TYPE_CHECKING:
    from collections.abc import Callable

#: Providers have about this many services.
SERVICES_EACH = 2.5
TOWN = CITIES[0]
#: Ten thousand services or a million: the town has the same four thousand.
TOWN_PROVIDERS = 1_600
#: Sixty thousand providers, five sixths of them within ten kilometres of the centre.
METROPOLIS = City("Sydney", 1, -33.87, 151.10, 5.3, "Australia/Sydney", "aud")
METROPOLIS_PROVIDERS = 60_000
_SAY_EVERY = 20_000
#: Everywhere else, far enough away to be in nobody's radius.
_ELSEWHERE = tuple(
    city for city in CITIES if city.name not in {"Auckland", "Sydney", "Hamilton", "Wollongong", "Newcastle"}
)


def build(uri: str, services: int, *, with_metropolis: bool, say: Callable[[str], None]) -> str:
    """Make the market of a size, with what searches read only.

    Args:
        uri: The server.
        services: About how many.
        with_metropolis: Whether the dense city is part of it.
        say: Told how far it is.

    Returns:
        The database's name.
    """
    database = f"search_{services}"
    migrate(uri, database)
    providers = round(services / SERVICES_EACH)
    metropolis = min(METROPOLIS_PROVIDERS, providers // 3) if with_metropolis else 0
    others = max(0, providers - TOWN_PROVIDERS - metropolis)
    parts = [
        Part(TOWN_PROVIDERS, 1, (TOWN,), "t"),
        Part(metropolis, 2, (METROPOLIS,), "m"),
        Part(others, 3, _ELSEWHERE, "e"),
    ]
    total = sum(part.providers for part in parts)

    def progress(written: int) -> None:
        if written % _SAY_EVERY == 0:
            say(f"{written} of {total} providers")

    load_parts(uri, database, parts, only_listings=True, progress=progress)
    return database
