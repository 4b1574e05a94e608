"""Marketplaces of different sizes with the same town in each, and one city that is as dense as cities get."""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from pymongo import MongoClient

from infra.local.seed.bulk import load_parts
from infra.local.seed.cities import CITIES, City
from infra.local.seed.counting import count_facets
from infra.local.seed.market import Part
from infra.ops.migrations.runner import migrate

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


class Market(NamedTuple):
    """A marketplace that was made.

    Attributes:
        database: Its database's name.
        size: About how many services.
        seconds: What making it took, indexes included.
        cpu_seconds: Processor time of the generating processes and the server, however busy the machine was.
        services: How many services' listings.
        index_bytes: Of indexes for each service's listing.
    """

    database: str
    size: int
    seconds: float
    cpu_seconds: float
    services: int
    index_bytes: float


def build(uri: str, services: int, *, with_metropolis: bool, say: Callable[[str], None]) -> Market:
    """Make the market of a size: what searches read, and of the town the providers' calendars too.

    Args:
        uri: The server.
        services: About how many.
        with_metropolis: Whether the dense city is part of it.
        say: Told how far it is.
    """
    database = f"search_{services}"
    migrate(uri, database)
    providers = round(services / SERVICES_EACH)
    metropolis = min(METROPOLIS_PROVIDERS, providers // 3) if with_metropolis else 0
    others = max(0, providers - TOWN_PROVIDERS - metropolis)
    parts = [
        Part(TOWN_PROVIDERS, 1, (TOWN,), "t"),
        Part(metropolis, 2, (METROPOLIS,), "m", only_listings=True),
        Part(others, 3, _ELSEWHERE, "e", only_listings=True),
    ]
    total = sum(part.providers for part in parts)

    def progress(written: int) -> None:
        if written % _SAY_EVERY == 0:
            say(f"{written} of {total} providers")

    with MongoClient[dict[str, Any]](uri) as client:
        started, worked = time.monotonic(), _cpu(client)
        load_parts(uri, database, parts, progress=progress)
        seconds, cpu = time.monotonic() - started, _cpu(client) - worked
        count_facets(uri, database)
        stored = client[database].command("collStats", "service_listings")
    return Market(database, services, seconds, cpu, stored["count"], stored["totalIndexSize"] / stored["count"])


def _cpu(client: MongoClient[dict[str, Any]]) -> float:
    """Seconds that the server and the processes that have ended have worked."""
    server = client.admin.command("serverStatus")["extra_info"]
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return float((server["user_time_us"] + server["system_time_us"]) / 1e6 + ended.ru_utime + ended.ru_stime)
