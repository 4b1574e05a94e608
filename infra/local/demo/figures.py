"""What staff see of the day: the dashboard's figures beside what the people of the story did."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from infra.local.demo.narrator import money
from infra.local.demo.people import wait_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from infra.local.demo.narrator import Narrator
    from infra.local.demo.stage import Stage
    from infra.local.demo.story import Cast

_CURRENCY = "nzd"
#: Which lines of a booking's ledger each amount of the dashboard sums, and with which sign.
_AMOUNTS = {
    "gross_value": ("stripe", {"capture"}, 1),
    "refunds": ("stripe", {"refund", "refund_failed"}, -1),
    "commission": ("commission", {"commission"}, -1),
    "paid_out": ("stripe", {"transfer", "reversal"}, -1),
    "stripe_fees": ("stripe", {"stripe_fee"}, -1),
}


def play(stage: Stage, narrator: Narrator, cast: Cast, since: datetime) -> None:
    """Count the days of the story, and hold the figures against its people's own bookings, requests and reports.

    Args:
        stage: the clock and the schedule.
        narrator: prints both, and checks that they are equal.
        cast: the people.
        since: when the story began.
    """
    admin = stage.seeded_person("admin")
    first = (since - timedelta(days=1)).date()
    # Where the clock was moved the story took weeks, and a range without an end has seven days.
    last = stage.now().astimezone(UTC).date()
    path = f"/v1/admin/analytics/dashboard?from={first}&to={last}&currency={_CURRENCY}"

    def look() -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Both, once the workers are done with what is under way."""
        before = _done(cast)
        stage.run_schedule("MetricsFunction")
        shown = _shown(admin.call("GET", path))
        return (before, shown) if before == shown else None

    try:
        done, shown = wait_for("figures that agree with the story", look)
    except TimeoutError:
        narrator.expect("the day's figures", _shown(admin.call("GET", path)), _done(cast))
        raise
    rows = [(name, _text(name, done[name]), _text(name, shown[name])) for name in done]
    narrator.table("What was done, and what the dashboard says", ("figure", "the story", "the dashboard"), rows)
    operations = admin.call("GET", "/v1/admin/operations")
    dead = sum(queue["dead"] for queue in operations["queues"])
    narrator.expect("dead letters", dead, 0)
    narrator.step(admin.name, f"reads {len(done)} figures, each equal to what was done, and no dead letters")


def _done(cast: Cast) -> dict[str, Any]:
    """What the people's own pages say, added up by hand."""
    aroha = cast.customer
    actions: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    bookings = aroha.call("GET", "/v1/bookings?limit=100")["items"]
    for booking in bookings:
        path = f"/v1/bookings/{booking['id']}"
        actions.update(each["action"] for each in aroha.call("GET", f"{path}/history?limit=100")["items"])
        for line in aroha.call("GET", f"{path}/payment")["ledger"]:
            for name, (account, reasons, sign) in _AMOUNTS.items():
                if line["account"] == account and line["reason"] in reasons:
                    amounts[name] += sign * line["amount"]["amount"]
    requests = aroha.call("GET", "/v1/job-requests?limit=100")["items"]
    reports = aroha.call("GET", "/v1/reports/mine?limit=100")["items"]
    return {
        "bookings created": len(bookings),
        **{f"bookings: {name}": count for name, count in sorted(actions.items())},
        **{name: amounts[name] for name in _AMOUNTS},
        "job requests": len(requests),
        "job requests filled": sum(each["status"] == "booked" for each in requests),
        "reports": len(reports),
    }


def _shown(dashboard: Mapping[str, Any]) -> dict[str, Any]:
    """The same of the dashboard."""
    bookings, matching = dashboard["bookings"], dashboard["matching"]
    return {
        "bookings created": bookings["created"]["total"],
        **{f"bookings: {name}": each["total"] for name, each in sorted(bookings["by_action"].items())},
        **{name: dashboard["money"][name]["total"] for name in _AMOUNTS},
        "job requests": matching["requested"]["total"],
        "job requests filled": matching["filled"]["total"],
        "reports": dashboard["reports"]["created"]["total"],
    }


def _text(name: str, value: int) -> str:
    return money({"amount": value, "currency": _CURRENCY}) if name in _AMOUNTS else str(value)
