"""Where the tables' figures come from."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from common.domain.bookings.booking import BookingStatus

from infra.bench import subjects
from infra.bench.environments import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from infra.bench.environments import Bench
    from infra.bench.parts import Options
    from infra.bench.servers import Servers
    from infra.bench.world import World


@dataclass(frozen=True)
class Setting:
    """What the tables share.

    Attributes:
        bench: The environments.
        servers: The servers.
        world: What requests are made with.
        functions: Folder of the built functions.
        folder: For files of the run.
        booking_id: A booking that was made beforehand.
        documents: What it wrote.
        options: How the benchmarks were asked for.
        slots: Numbers of starts that nobody has booked yet.
    """

    bench: Bench
    servers: Servers
    world: World
    functions: Path
    folder: Path
    booking_id: str
    documents: Path
    options: Options
    slots: itertools.count[int] = field(default_factory=lambda: itertools.count(2))

    @property
    def http(self) -> dict[str, Subject]:
        """Every HTTP function with a request that is typical of it, by its area."""
        return subjects.http_subjects(self.functions, self.world, self.booking_id)

    def runs(self, number: int) -> int:
        """The number of runs that were asked for."""
        return self.options.runs(number)

    def baseline(
        self,
        handler: str,
        event: Mapping[str, Any] | None = None,
        *,
        status: int | None = None,
        fresh: Callable[[], Mapping[str, Any]] | None = None,
        **variables: str,
    ) -> Subject:
        """One of the baselines, from its compiled copy.

        Args:
            handler: Its module and function below ``infra.bench.baselines``.
            event: What it is invoked with.
            status: Status of its answer.
            fresh: Makes an event that has not been sent before.
            variables: Of its environment, besides the ids of the world.
        """
        path = f"infra.bench.baselines.{handler}"
        environment = (("BENCH_IDS", json.dumps(self._ids())), *variables.items())
        folder = self.bench.baselines
        return Subject(f"baseline: {handler}", path, folder, event or {}, status, environment, fresh=fresh)

    def _ids(self) -> dict[str, str]:
        world = self.world
        return {
            "customer": world.user.id,
            "owner": world.provider.user_id,
            "staff": world.staff_id,
            "provider": world.provider.id,
            "service": world.service.id,
            "booking": self.booking_id,
            "statuses": " ".join(BookingStatus),
        }
