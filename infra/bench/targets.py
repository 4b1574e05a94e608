"""Every target, and nothing else: a figure is held to a target by naming it, and no limit stands anywhere else.

How a part of the benchmarks contributes is told in ``infra.bench.parts``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

_DECIDED = "docs/adr/0042-targets-of-speed.md"
_SEARCHING = "docs/adr/0012-searching.md"
_PROBING = "OWASP ASVS 4.0.3, 2.2 and 3.3.2: nobody can tell by timing who has an account"
#: Areas of the HTTP functions.
_AREAS = (
    "auth", "admin", "providers", "search", "bookings", "payments", "webhooks", "matching", "messaging", "media",
    "notifications", "reports", "system",
)  # fmt: skip
_WORKERS = (
    "notifications_queue", "payment_checks_queue", "stripe_events_queue", "sweep_schedule", "outbox_schedule",
    "cleanup_schedule", "metrics_schedule", "media_queue", "realtime_queue", "matching_queue", "matching_schedule",
    "reports_queue", "reports_schedule",
)  # fmt: skip
_IDENTITY_WRITES = ("refresh", "logout", "logout-all", "onboarding path", "onboarding profile", "profile")
_PEER_ROUTES = ("read a service", "list bookings", "create a booking", "act on a booking")
_SIDES = ("customer", "provider")
_FILTERS = ("all", "upcoming", "needs_action", "past", "settled", "cancelled", "past, page 50", "a month")
#: What is measured with ten thousand bookings, a hundred thousand and a million: what takes milliseconds, and the rest.
_GROWING = (
    "create", "act", "read", "history", "payment",
    *(f"{side}'s list: {name}" for side in _SIDES for name in _FILTERS),
    "jobs", "jobs, page 50", "calendar: a month", "slots of a week", "inbox", "inbox: unread",
)  # fmt: skip
_GROWING_DEAR = (
    "calendar feed", "read-all", "statement: a month", "statement: a year", "statement as CSV: a month",
    "statement as CSV: a year", "earnings", "statistics", "popular categories", "rating, and its summary",
    "export, first page", "reconciliation, a booking", "sweep, a due booking", "clean-up, an expired row",
)  # fmt: skip


@dataclass(frozen=True)
class Limit:
    """What a target demands.

    Attributes:
        what: What is held to it, as it stands on the page.
        most: The most it may be.
        unit: Of ``most``; ``x`` is a ratio.
        source: Where the figure was decided.
        covers: Everything that has to be measured; each is held to the target by itself.
        is_strict: Whether ``most`` itself misses it.
    """

    what: str
    most: float
    unit: str = "x"
    source: str = _DECIDED
    covers: tuple[str, ...] = ("",)
    is_strict: bool = False

    def is_met(self, value: float) -> bool:
        """Whether a value keeps within the target, to the two digits that are shown."""
        shown = round(value, 2)
        return shown < self.most if self.is_strict else shown <= self.most

    def __str__(self) -> str:
        """The limit as it is shown."""
        unit = self.unit if self.unit == "x" else f" {self.unit}"
        return f"{'<' if self.is_strict else '≤'} {self.most:g}{unit}"


class Target(Enum):
    """The targets; a row of a table names those that it is held to."""

    WARM_READ = Limit("a warm request to its baseline", 1.4, covers=_AREAS)
    CREATE = Limit("create booking to its baseline with the call to Stripe", 1.8)
    CREATE_TRIPS = Limit("create booking: one after another to the database", 11, "round trips")
    CREATE_TAIL = Limit("create booking: p99 to its median", 4.0)
    ACT = Limit("act on a booking to its baseline", 1.6)
    ACT_TRIPS = Limit("act on a booking: one after another to the database", 6, "round trips")
    MESSAGE = Limit("send a message to its baseline", 2.0)
    UPLOAD = Limit("announce an upload to its baseline", 1.7)
    IMAGE = Limit("write a photograph anew to bare Pillow", 1.3)
    MESSAGES = Limit("read a hundred messages to its baseline", 1.7)
    REPLAY = Limit("replay a hundred events to its baseline", 1.7)
    REPORT = Limit("make a report to its baseline", 2.0)
    REPORTS = Limit("read reports to their baselines", 1.7, covers=("list", "one"))
    DASHBOARD = Limit("the dashboard of a week to its baseline", 1.7)
    DASHBOARD_DOCUMENTS = Limit("the dashboard of a week: looked at", 50, "documents")
    DAY_COUNT_GROWTH = Limit("counting a day: among busy days to among quiet ones", 1.3)
    SOCKET_COLD = Limit("a socket's first frame after a restore to a static handler's start", 4.0)
    SUSPENDED = Limit("a suspension until the person's socket is closed", 2_000, "ms", is_strict=True)
    LIVE = Limit("a message to the other side's socket to a bare queue hop and post", 3.0)
    IDENTITY_WRITE = Limit("identity's writes to their baselines", 1.5, covers=_IDENTITY_WRITES)
    PEER = Limit("to FastAPI + Beanie doing equal work", 1.0, covers=_PEER_ROUTES, is_strict=True)
    RESTORE = Limit("first request after a restore to a bare handler that does the same", 2.0, covers=_AREAS)
    INIT = Limit("init without a snapshot to a plain application of as many routes", 1.0, covers=_AREAS)
    WORKER = Limit("a worker's first message to a bare worker with the same libraries", 2.0, covers=_WORKERS)
    FACETS = Limit("what facets add to a search, to the bare driver's read of that search", 2.0)
    PROBING = Limit(
        "an address with an account to one without", 1.1, source=_PROBING,
        covers=("login", "register", "forgot-password", "resend-verification", "booking-intents"),
    )  # fmt: skip
    GROWTH = Limit("bookings: largest collection to smallest", 1.3, covers=(*_GROWING, *_GROWING_DEAR))
    GROWTH_TAIL = Limit("bookings in the largest collection: p99 to its median", 5.0, covers=_GROWING)
    JOB_REQUEST = Limit("describe a job to its baseline", 2.0)
    OFFER_ACCEPT = Limit("accept an offer to its baseline", 2.0)
    WAVE = Limit("a wave among 200 candidates to its bare commands", 2.0)
    WAVE_GROWTH = Limit("a wave among 20,000 more services to one without them", 1.3)
    MATCHING_SWEEP = Limit("a sweep of 100 due job requests", 5.0, "s", is_strict=True)
    SWEEP = Limit("sweep of 10,000 due bookings to the bare writes", 4.0)
    SWEEP_MEMORY = Limit("sweep of 10,000 due bookings: memory, last firing to first", 1.1)
    CROWD_ERRORS = Limit("eight environments at once: errors", 0, "errors")
    HOTSPOTS = Limit("hotspots to the bare driver's read", 2.0)
    HOTSPOTS_GROWTH = Limit("hotspots: most reports to fewest", 1.3)
    SEARCH_GROWTH = Limit("searching near: largest market to smallest", 2.0, source=_SEARCHING)
    SEARCH_TAIL = Limit("searching: p99 to its median", 5.0, source=_SEARCHING)
    SEARCH = Limit("searching to the bare driver", 2.0, source=_SEARCHING)
    SEARCH_EXAMINED = Limit("documents looked at for each one given", 50.0, "documents", source=_SEARCHING)
    SLOTS = Limit("four weeks of slots, CPU", 5.0, "ms", source=_SEARCHING)

    @property
    def limit(self) -> Limit:
        """What it demands."""
        return self.value
