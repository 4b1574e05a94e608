"""Figures equal a count by hand of what happened, whatever happened, however often and late it was counted."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest
from common.adapters.mongo.shared.documents import to_document
from common.application.admin.metrics.compute import compute_day, compute_due
from common.application.admin.metrics.durations import CLASSES, duration_class
from common.application.ports.admin.metrics import MONEY, Area, DayFigures
from common.domain.bookings.booking import Actor, ActorKind, BookingStatus, HistoryEntry
from common.domain.identity.roles import Role
from common.domain.identity.security_events import SecurityEvent, SecurityEventType
from common.domain.matching.job_requests import HistoryEntry as RequestHistory
from common.domain.matching.job_requests import JobRequestStatus
from common.domain.payments.ledger import Account, LedgerLine
from common.domain.reports.categories import ReportCategory
from common.domain.reports.report import Actor as ReportActor
from common.domain.reports.report import ActorKind as ReportActorKind
from common.domain.reports.report import ReportStatus, TimelineEntry, Verdict, Verification
from common.domain.shared.ids import new_id
from common.domain.shared.instants import format_instant
from common.domain.shared.money import Money

from tests.factories.bookings import make_booking
from tests.factories.matching import make_request, make_window
from tests.factories.providers import make_provider
from tests.factories.reports import make_report
from tests.factories.users import make_user
from tests.fakes.clock import START, FakeClock
from tests.support import api_client, sign_in

if TYPE_CHECKING:
    from common.domain.shared.model import Model
    from common.runtime.container.bootstrap import Container
    from httpx import AsyncClient

DAYS = 5
FIRST = START - timedelta(days=DAYS - 1)
#: Whole hours, half hours, quarters; on both sides of UTC.
ZONES = ("UTC", "Pacific/Auckland", "Australia/Adelaide", "Pacific/Chatham", "America/St_Johns")
PEOPLE = [f"usr_{number}" for number in range(6)]
_ENDS = [60 * each for each in (*CLASSES, 2 * CLASSES[-1])]


@dataclass
class History:
    """Random rows of some days, and what they come to: (area, figure) to the instants and amounts of each."""

    rows: dict[str, list[Model]] = field(default_factory=lambda: defaultdict(list))
    happened: dict[tuple[str, str], list[tuple[datetime, int]]] = field(default_factory=lambda: defaultdict(list))
    active: dict[date, set[str]] = field(default_factory=lambda: defaultdict(set))

    def note(self, area: Area, figure: str, at: datetime, amount: int = 1) -> None:
        self.happened[area.value, figure].append((at, amount))

    def grow(self, chance: random.Random, count: int) -> Mapping[str, Sequence[Model]]:
        """Make more rows at random instants; returns the new ones by collection."""
        before = {name: len(rows) for name, rows in self.rows.items()}
        makers = (self._booked, self._moved, self._requested, self._reported, self._joined, self._signed_in)
        for _ in range(count):
            at = FIRST + timedelta(milliseconds=chance.randrange(DAYS * 86_400_000 - 1))
            chance.choice(makers)(chance, at)
        return {name: rows[before.get(name, 0) :] for name, rows in self.rows.items()}

    def _booked(self, chance: random.Random, at: datetime) -> None:
        before = chance.choice([None, *BookingStatus])
        after, action = chance.choice(list(BookingStatus)), chance.choice(["create", "accept", "open_dispute"])
        actor = Actor(kind=chance.choice(list(ActorKind)), id=chance.choice(PEOPLE))
        self.rows["booking_history"].append(
            HistoryEntry(
                id=new_id("his", at),
                booking_id=f"bkg_{len(self.rows['booking_history'])}",
                version=1,
                action=action,
                actor=actor,
                from_status=before,
                to_status=after,
                note="",
                at=at,
            )
        )
        self.note(Area.BOOKINGS, f"action_{action}", at)
        if before is None:
            self.note(Area.BOOKINGS, "created", at)
        if after is BookingStatus.DISPUTED and before is not BookingStatus.DISPUTED:
            self.note(Area.BOOKINGS, "disputed", at)
        if actor.kind in {ActorKind.CUSTOMER, ActorKind.PROVIDER}:
            self.active[at.date()].add(actor.id)

    def _moved(self, chance: random.Random, at: datetime) -> None:
        name = chance.choice([*MONEY, None])
        account, reasons, sign = MONEY[name] if name else (Account.HELD, ("capture",), 1)
        amount, currency = chance.randrange(-500, 9_000), chance.choice(["nzd", "aud"])
        self.rows["ledger_entries"].append(
            LedgerLine(
                id=new_id("led", at),
                entry_id="ent_1",
                booking_id="bkg_1",
                provider_id="prv_1",
                account=account,
                amount=Money(amount=amount, currency=currency),
                reason=chance.choice(reasons),
                at=at,
            )
        )
        if name:
            self.note(Area.MONEY, f"{name}:{currency}", at, sign * amount)

    def _requested(self, chance: random.Random, at: datetime) -> None:
        status, who = chance.choice(list(JobRequestStatus)), chance.choice(PEOPLE)
        made = make_request(at, customer_id=who, window=make_window(now=at), id=new_id("job", at), status=status)
        found_after = chance.choice([None, timedelta(seconds=chance.randrange(40 * 86_400))])
        if found_after is not None:
            by = Actor(kind=ActorKind.SYSTEM, id="matching")
            found = [
                RequestHistory(
                    action="match", actor=by, from_status=JobRequestStatus.OFFERING, note="", to_status=to,
                    at=at + found_after + timedelta(hours=later),
                )
                for later, to in enumerate((JobRequestStatus.MATCHED, JobRequestStatus.BOOKED))
            ]  # fmt: skip
            made = made.model_copy(update={"history": [*made.history, *found]})
            self.note(Area.MATCHING, "time_to_match", at, int(found_after.total_seconds()))
        self.rows["job_requests"].append(made)
        self.note(Area.MATCHING, "requested", at)
        self.active[at.date()].add(who)
        if status is JobRequestStatus.BOOKED:
            self.note(Area.MATCHING, "filled", at)

    def _reported(self, chance: random.Random, at: datetime) -> None:
        who = chance.choice([None, *PEOPLE])
        verdict = chance.choice([None, True, False])
        unsafe = chance.choice([True, False])
        said = None if verdict is None else Verdict(
            is_civic=verdict, category=ReportCategory.POTHOLE, severity=2, confidence=0.9, unsafe=unsafe
        )  # fmt: skip
        report = make_report(
            id=new_id("rpt", at), author_id=who, created_at=at, verification=Verification(since=at, verdict=said)
        )
        self.rows["reports"].append(report)
        self.note(Area.REPORTS, "created", at)
        if who:
            self.active[at.date()].add(who)
        later = min(at + timedelta(seconds=chance.randrange(3 * 86_400)), START + timedelta(days=1, milliseconds=-1))
        before, after = (chance.choice(list(ReportStatus)) for _ in range(2))
        kind = chance.choice(list(ReportActorKind))
        self.rows["report_history"].append(
            TimelineEntry(
                id=new_id("his", later),
                report_id=report.id,
                version=1,
                action="verify",
                note="",
                actor=ReportActor(kind=kind),
                from_status=before,
                to_status=after,
                at=later,
            )
        )
        self.note(Area.REPORTS, "action_verify", later)
        answers = {ReportStatus.ACKNOWLEDGED, ReportStatus.IN_PROGRESS, ReportStatus.RESOLVED}
        is_known = kind in {ReportActorKind.MODERATOR, ReportActorKind.PROVIDER}
        if is_known and before is ReportStatus.VERIFIED and after in answers:
            self.note(Area.REPORTS, "time_to_answer", later, int((later - at).total_seconds()))
        judged = {ReportStatus.VERIFIED: True, ReportStatus.REJECTED: False}.get(after)
        if kind is ReportActorKind.MODERATOR and judged is not None and before is not after and verdict is not None:
            agreed = judged == (verdict and not unsafe)
            self.note(Area.REPORTS, "verdict_agreed" if agreed else "verdict_disagreed", later)

    def _joined(self, chance: random.Random, at: datetime) -> None:
        if chance.random() < 0.3:
            provider = make_provider(id=new_id("prv", at), user_id=new_id("usr", at), created_at=at)
            self.rows["providers"].append(provider)
            self.note(Area.PEOPLE, "new_providers", at)
            return
        is_guest = chance.choice([True, False])
        self.rows["users"].append(make_user(id=new_id("usr", at), created_at=at, is_provisional=is_guest))
        self.note(Area.PEOPLE, "new_guests" if is_guest else "new_people", at)

    def _signed_in(self, chance: random.Random, at: datetime) -> None:
        type_ = chance.choice([SecurityEventType.SIGNED_IN, SecurityEventType.SIGN_IN_FAILED])
        who = chance.choice(PEOPLE)
        self.rows["security_events"].append(SecurityEvent(id=new_id("sev", at), type=type_, user_id=who, at=at))
        if type_ is SecurityEventType.SIGNED_IN:
            self.active[at.date()].add(who)


async def _store(container: Container, rows: Mapping[str, Sequence[Model]]) -> None:
    for name, models in rows.items():
        if models:
            await container.mongo.collection(name).insert_many([to_document(each) for each in models])


async def _dashboard(client: AsyncClient, **query: str) -> dict[str, Any]:
    response = await client.get("/v1/admin/analytics/dashboard", params=query)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


@pytest.fixture
def migrated_database(own_database: str) -> str:
    """A database of each test's own, since figures are of all there is."""
    return own_database


@pytest.fixture
async def admin(container: Container, clock: FakeClock) -> Any:
    """An admin at the dashboard; an account of long ago, so that it is in no figure."""
    long_ago = START - timedelta(days=300)
    boss = make_user(id=new_id("usr", long_ago), created_at=long_ago, roles=[Role.USER, Role.ADMIN])
    clock.set(START + timedelta(hours=23, minutes=59))
    async with api_client("admin", container) as client:
        client.headers.update(await sign_in(container, boss))
        yield client


def _expected(history: History, area: str, figure: str, periods: Sequence[Mapping[str, str]]) -> list[list[int]]:
    """Amounts of a figure by period, found one by one."""
    bounds = [(datetime.fromisoformat(each["start"]), datetime.fromisoformat(each["end"])) for each in periods]
    happened = history.happened.get((area, figure), [])
    return [[amount for at, amount in happened if start <= at < end] for start, end in bounds]


def _median(seconds: Sequence[int]) -> int | None:
    return _ENDS[duration_class(sorted(seconds)[(len(seconds) + 1) // 2 - 1])] if seconds else None


def _check(history: History, shown: Mapping[str, Any]) -> None:
    """Hold a whole dashboard against the history."""
    periods = shown["periods"]

    def same(area: str, figure: str, view: Mapping[str, Any], fold: Callable[[Sequence[int]], Any] = sum) -> None:
        expected = _expected(history, area, figure, periods)
        assert view["values"] == [fold(each) for each in expected], (area, figure)
        assert view["total"] == fold([amount for each in expected for amount in each]), (area, figure)

    for area in ("bookings", "reports"):
        same(area, "created", shown[area]["created"])
        names = {figure for of, figure in history.happened if of == area and figure.startswith("action_")}
        for name in names:
            if name.removeprefix("action_") in shown[area]["by_action"] or any(_expected(history, area, name, periods)):
                same(area, name, shown[area]["by_action"][name.removeprefix("action_")])
    same("bookings", "disputed", shown["bookings"]["disputed"])
    for name in MONEY:
        same("money", f"{name}:{shown['money']['currency']}", shown["money"][name.value])
    for name in ("requested", "filled"):
        same("matching", name, shown["matching"][name])
    same("matching", "time_to_match", shown["matching"]["median_time_to_match"], _median)
    for name in ("new_people", "new_guests", "new_providers"):
        same("people", name, shown["people"][name])
    same("reports", "time_to_answer", shown["reports"]["median_time_to_answer"], _median)
    for name in ("verdict_agreed", "verdict_disagreed"):
        same("reports", name, shown["reports"][name])
    requested, filled = (shown["matching"][name]["total"] for name in ("requested", "filled"))
    assert shown["matching"]["fill_rate"]["total"] == (round(filled / requested, 4) if requested else None)
    if shown["timezone"] == "UTC" and shown["granularity"] == "day":
        active = [float(len(history.active[date.fromisoformat(each["first"])])) for each in periods]
        assert shown["people"]["active_people"]["values"] == active


async def _check_rows(client: AsyncClient, view: Mapping[str, Any], *, is_amount: bool = False) -> None:
    """Follow a figure's address through all of its pages."""
    path, query = urlsplit(view["href"]).path, dict(parse_qsl(urlsplit(view["href"]).query))
    rows: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = (await client.get(path, params={**query, **more, "limit": "7"})).json()
        rows += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len({each["id"] for each in rows}) == len(rows)
    found = sum(each["amount"]["amount"] for each in rows) if is_amount else len(rows)
    assert found == view["total"], view["href"]


@pytest.mark.parametrize("seed", range(3))
async def test_the_dashboard_equals_a_count_by_hand(container: Container, admin: AsyncClient, seed: int) -> None:
    chance, history = random.Random(seed), History()  # noqa: S311 - repeatable on purpose
    await _store(container, history.grow(chance, 150))
    await asyncio.gather(*(compute_due(container.metrics, has_time=lambda: True) for _ in range(2)))
    last = START.date()
    for zone in ZONES:
        granularity = chance.choice(["day", "week"])
        query = {"from": str(last - timedelta(days=DAYS)), "to": str(last), "timezone": zone}
        shown = await _dashboard(admin, **query, granularity=granularity, currency=chance.choice(["nzd", "aud"]))
        assert shown["is_complete"]
        _check(history, shown)
    shown = await _dashboard(admin, **{"from": str(FIRST.date()), "to": str(last)})
    _check(history, shown)

    # What commits late is found by counting again, and counting once more changes nothing.
    await _store(container, history.grow(chance, 40))
    for each in (0, *range(DAYS)):
        day = last - timedelta(days=each)
        assert (await admin.post(f"/v1/admin/analytics/days/{day}/count")).status_code == 200
    shown = await _dashboard(admin, **{"from": str(FIRST.date()), "to": str(last)})
    _check(history, shown)
    for area, names in (
        ("bookings", ("created", "disputed")),
        ("matching", ("requested", "filled", "median_time_to_match")),
        ("people", ("new_people", "new_providers")),
        ("reports", ("created", "median_time_to_answer", "verdict_disagreed")),
    ):
        for name in names:
            view = shown[area][name]
            figures = {"median_time_to_match": "time_to_match", "median_time_to_answer": "time_to_answer"}
            counted = sum(len(each) for each in _expected(history, area, figures.get(name, name), shown["periods"]))
            await _check_rows(admin, {**view, "total": counted})
    for view in (*shown["bookings"]["by_action"].values(), shown["money"]["refunds"]):
        await _check_rows(admin, view, is_amount="money" in view["href"])


async def test_a_count_of_older_rows_never_replaces_one_of_newer_rows(container: Container) -> None:
    store, day = container.metrics.metrics, START.date()
    for at, number in ((START, 2), (START - timedelta(seconds=1), 1)):
        counts = {"created": {"0": number}}
        await store.save(DayFigures(area=Area.BOOKINGS, day=day, counts=counts, computed_at=at))
    assert (await store.list(day, day, [Area.BOOKINGS]))[0].counts == {"created": {"0": 2}}


async def test_one_run_at_a_time_and_a_dead_one_ends_its_lease(container: Container, clock: FakeClock) -> None:
    runs, now = container.metrics.runs, clock.now()
    assert await runs.claim(now, now + timedelta(minutes=2))
    assert await compute_due(container.metrics, has_time=lambda: True) == Counter()
    clock.advance(minutes=3)
    assert (await compute_due(container.metrics, has_time=lambda: True))["MetricsDaysCounted"] > 0
    assert await runs.claim(clock.now(), clock.now())


async def test_rows_say_what_they_are_about_to_whom_that_is_open(container: Container, clock: FakeClock) -> None:
    customer = make_user(full_name="Ana Customer")
    provider = make_provider(id=new_id("prv", START), user_id=new_id("usr", START), created_at=START)
    booking = make_booking(customer_id=customer.id, provider_id=provider.id)
    named = booking.service.model_copy(update={"provider_name": "Hedges Ltd"})
    booking = booking.model_copy(update={"service": named})
    entry = HistoryEntry(
        id=new_id("his", START), booking_id=booking.id, version=1, action="create", note="", at=START,
        actor=Actor(kind=ActorKind.CUSTOMER, id=customer.id), from_status=None, to_status=booking.status,
    )  # fmt: skip
    report = make_report(id=new_id("rpt", START), created_at=START)
    request = make_request(START, customer_id=customer.id)
    await _store(
        container,
        {
            "users": [customer], "providers": [provider], "bookings": [booking], "booking_history": [entry],
            "reports": [report], "job_requests": [request],
        },
    )  # fmt: skip
    clock.set(START + timedelta(hours=1))
    period = {"from": format_instant(START - timedelta(days=1)), "to": format_instant(START + timedelta(days=1))}
    figures = {
        "bookings": "created", "reports": "created", "matching": "requested", "people": "new_providers",
    }  # fmt: skip
    seen: dict[Role, dict[str, Any]] = {}
    async with api_client("admin", container) as client:
        for role in (Role.MODERATOR, Role.OPERATOR):
            client.headers.update(await sign_in(container, make_user(roles=[Role.USER, role])))
            seen[role] = {}
            for area, figure in figures.items():
                query = {"area": area, "figure": figure, **period}
                (row,) = (await client.get("/v1/admin/analytics/rows", params=query)).json()["items"]
                seen[role][area] = row
                file = await client.get("/v1/admin/analytics/rows", params={**query, "format": "csv"})
                assert row["subject"] in file.text
    of_booking = seen[Role.OPERATOR]["bookings"]
    assert (of_booking["subject"], of_booking["title"]) == (booking.id, booking.service.title)
    assert (of_booking["customer_name"], of_booking["provider_name"]) == ("Ana Customer", "Hedges Ltd")
    assert datetime.fromisoformat(of_booking["start_at"]) == booking.slot.start_at
    assert (seen[Role.OPERATOR]["matching"]["title"], seen[Role.OPERATOR]["matching"]["customer_name"]) == (
        request.title,
        "Ana Customer",
    )
    for role in seen:
        assert seen[role]["reports"]["title"] == report.title
        assert seen[role]["people"]["title"] == provider.trading_name
    for area in ("bookings", "matching"):
        hidden = seen[Role.MODERATOR][area]
        assert [hidden[name] for name in ("title", "start_at", "customer_name", "provider_name")] == [None] * 4


async def test_a_moderator_sees_no_money_and_what_waits_is_what_one_may_open(
    container: Container, clock: FakeClock
) -> None:
    await compute_day(container.metrics, START.date() - timedelta(days=1))
    clock.advance(minutes=3)
    await compute_day(container.metrics, START.date())
    async with api_client("admin", container) as client:
        seen = {}
        for role in (Role.MODERATOR, Role.OPERATOR):
            client.headers.update(await sign_in(container, make_user(roles=[Role.USER, role])))
            seen[role] = await _dashboard(client)
            # Of the last day: that the days before it were counted long ago says nothing of how new the figures are.
            assert datetime.fromisoformat(seen[role]["computed_at"]) == clock.now()
            rows = {"area": "money", "figure": "refunds", "from": "2030-03-04T00:00:00Z", "to": "2030-03-05T00:00:00Z"}
            response = await client.get("/v1/admin/analytics/rows", params=rows)
            assert response.status_code == (403 if role is Role.MODERATOR else 200)
    assert (seen[Role.MODERATOR]["money"], seen[Role.MODERATOR]["dead_letters"]) == (None, None)
    assert seen[Role.OPERATOR]["money"]["currency"] == "nzd"
    moderators = {"moderation_items", "provider_applications", "reports_to_review", "reports_unanswered"}
    assert set(seen[Role.MODERATOR]["waiting"]) == moderators
    operators = {"bookings_without_provider", "disputes", "payment_discrepancies", "provider_applications"}
    assert set(seen[Role.OPERATOR]["waiting"]) == operators
    assert not seen[Role.OPERATOR]["is_complete"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2030-03-04", "to": "2030-03-01"}, "to"),
        ({"from": "2028-01-01", "to": "2030-03-01"}, "to"),
        ({"to": "2031-01-01"}, "to"),
        ({"from": "0001-01-01"}, "from"),
        ({"to": "9999-12-31"}, "to"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"granularity": "hour"}, "granularity"),
        ({"currency": "NZ"}, "currency"),
    ],
)
async def test_a_wrong_question_names_its_field(admin: AsyncClient, query: dict[str, str], field: str) -> None:
    response = await admin.get("/v1/admin/analytics/dashboard", params=query)
    assert response.status_code == 422
    assert [each["field"].rpartition(".")[2] for each in response.json()["errors"]] == [field]


async def test_a_zone_ahead_of_utc_has_its_own_today(admin: AsyncClient) -> None:
    shown = await _dashboard(admin, timezone="Pacific/Auckland")
    now = (START + timedelta(hours=23, minutes=59)).astimezone(ZoneInfo("Pacific/Auckland"))
    assert (shown["to"], len(shown["periods"])) == (str(now.date()), 7)
    assert datetime.fromisoformat(shown["periods"][-1]["end"]) > START.astimezone(UTC)
    response = await admin.post(f"/v1/admin/analytics/days/{START.date() + timedelta(days=1)}/count")
    assert response.json()["errors"][0]["field"] == "day"
