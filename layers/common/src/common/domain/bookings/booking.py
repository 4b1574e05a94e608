"""The booking: one immutable value with four separate axes, and the change that replaces it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field, computed_field, model_validator

from common.domain.bookings.charges import Charge, PaymentState, Transferred, with_charges
from common.domain.bookings.price_lines import LineKind, PriceLine, line_id, spread
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.payments.currencies import charge_step
from common.domain.payments.ledger import LedgerLine
from common.domain.payments.operations import FIRST_CHARGE, PaymentOperation, Purpose
from common.domain.payments.tax import TaxTerm
from common.domain.scheduling.slot_cells import SlotClaim
from common.domain.scheduling.slot_limits import HoldLimit, SlotLimit
from common.domain.shared.actors import Actor, ActorKind, other_party
from common.domain.shared.events import Event
from common.domain.shared.model import Model
from common.domain.shared.money import Money

__all__ = [
    "Actor",
    "ActorKind",
    "Booking",
    "BookingChange",
    "BookingStatus",
    "ChargebackFee",
    "Dispute",
    "Evidence",
    "ExtraProposal",
    "HistoryEntry",
    "NoShow",
    "OpenOperation",
    "PaymentDetails",
    "PayoutState",
    "Place",
    "PolicySnapshot",
    "PriceSnapshot",
    "RescheduleProposal",
    "ReviewState",
    "ServiceArea",
    "ServiceSnapshot",
    "ShownMedia",
    "Slot",
    "other_party",
    "was_requested",
]


class BookingStatus(StrEnum):
    """Where the booking stands between the two parties."""

    PENDING_PAYMENT = "pending_payment"
    PAYMENT_EXPIRED = "payment_expired"
    REQUESTED = "requested"
    DECLINED = "declined"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    DISPUTED = "disputed"
    CANCELLED = "cancelled"
    SETTLED = "settled"


class PayoutState(StrEnum):
    """Where the provider's money stands."""

    NONE = "none"
    HELD = "held"
    TRANSFERRED = "transferred"
    REVERSED = "reversed"
    DEBT = "debt"


class ReviewState(StrEnum):
    """Where the double-blind ratings stand."""

    NONE = "none"
    OPEN = "open"
    PUBLISHED = "published"
    CLOSED = "closed"


class ServiceSnapshot(Model):
    """What was bought, as it was at the time of booking, and the trading name of who offered it."""

    title: str
    category: str
    duration_minutes: int
    auto_accept: bool = False
    provider_name: str = ""


class Slot(Model):
    """When the work happens: UTC instants, the provider's IANA zone for people, and the buffers kept free around."""

    start_at: datetime
    end_at: datetime
    timezone: str
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0


class ServiceArea(StrEnum):
    """Whether the work lies within the provider's radius, as far as addresses tell."""

    INSIDE = "inside"
    UNCERTAIN = "uncertain"
    UNKNOWN = "unknown"


class Place(Model):
    """Where the work happens: at the customer's address, at the provider's, as they were when it was booked, or online.

    ``lat``/``lng`` are absent when the address could not be located. ``suburb`` names the area and no street. With
    ``is_exact`` false address or link are withheld, as from a party before the acceptance; none is stored so.
    ``country`` is ISO 3166-1 alpha-2, empty where it is not known. ``online_link`` is where the parties meet online.
    """

    kind: PlaceKind = PlaceKind.CUSTOMER
    address: str = ""
    online_link: str | None = None
    lat: float | None = None
    lng: float | None = None
    is_located: bool = False
    suburb: str = ""
    country: str = ""
    service_area: ServiceArea = ServiceArea.UNKNOWN
    is_exact: bool = True


class PriceSnapshot(Model):
    """The price in lines, with their taxes, and our commission, as agreed at booking; no later change touches a line.

    ``total`` and ``taxes`` follow from the lines and are stored beside them, for queries and for code of before there
    were lines. What such code has written has only these: the price is then one line for the service.
    """

    lines: list[PriceLine] = Field(default_factory=list, min_length=1, validate_default=True)
    commission_basis_points: int
    commission_minimum: int = 0

    @model_validator(mode="before")
    @classmethod
    def _one_line_for_the_service(cls, data: Any) -> Any:
        if not isinstance(data, dict) or data.get("lines") or "total" not in data:
            return data
        service = {"id": line_id(1), "kind": LineKind.SERVICE, "unit_amount": data["total"]}
        return {**data, "lines": [{**service, "taxes": data.get("taxes") or []}]}

    @computed_field  # type: ignore[prop-decorator]  # https://docs.pydantic.dev/latest/api/fields/
    @property
    def total(self) -> Money:
        """The sum of the lines."""
        return Money(amount=sum([each.minor_units for each in self.lines]), currency=self.currency)

    @computed_field  # type: ignore[prop-decorator]  # as above
    @property
    def taxes(self) -> list[TaxTerm]:
        """The different taxes of all lines."""
        terms: list[TaxTerm] = []
        for line in self.lines:
            terms.extend(each for each in line.taxes if each not in terms)
        return terms

    @property
    def currency(self) -> str:
        """The one currency of all lines."""
        return self.lines[0].unit_amount.currency

    def spread(self, amount: int) -> list[int]:
        """A part of the price, in minor units, over its lines, in their order and in proportion to their amounts."""
        return spread(amount, [each.minor_units for each in self.lines], charge_step(self.currency))


class PolicySnapshot(Model):
    """The cancellation policy as agreed: its name and the refund steps, in data.

    ``steps`` are (hours before start, refunded basis points), longest notice first; below the last step nothing
    is refunded.
    """

    name: str
    steps: list[tuple[int, int]]


class OpenOperation(Model):
    """A payment operation that has not ended. ``needs_action``: it waits for the payer, nothing is in flight."""

    id: str
    charge_id: str = FIRST_CHARGE
    purpose: Purpose
    amount: int
    needs_action: bool = False


class ChargebackFee(Model):
    """What Stripe keeps for one chargeback in one currency, as far as it is booked."""

    chargeback_id: str
    fee: Money


class PaymentDetails(Model):
    """What of a booking's payment belongs to the whole of it; amounts are minor units of the booking's currency.

    ``due_amount`` is what the customer shall have paid in the end, ``None`` while that is undecided: the price after
    completion, the fee after a late cancellation, nothing after a decline. ``is_payout_released`` says that what is
    kept, less the commission, shall be with the provider. The machine requests operations until the amounts of the
    charges agree with these two. ``needs_attention`` marks money that an operation refused to move, tried again at
    ``retry_at`` or by an operator.

    ``given_back_amount`` is what operators have given back beyond what was due, ``giving_back_amount`` what of it has
    not been refunded yet. ``debt_amount`` is what the provider owes of this booking; its reversal is tried again at
    ``debt_retry_at``. ``set_off_amount`` is what of the provider's share here has paid their debts of other bookings,
    less what other bookings' shares have paid of the debt of this one. ``held_by_line`` is what of each line of the
    price is held, by the line's id, as the ledger says. ``may_have_moved`` says that Stripe may have moved money that
    our books do not know of, as after a restore: from then on it is asked before anything more is moved.
    """

    stripe_customer_id: str | None = None
    payment_method_id: str | None = None
    debt_amount: int = 0
    debt_tries: int = 0
    debt_retry_at: datetime | None = None
    set_off_amount: int = 0
    held_by_line: dict[str, int] = Field(default_factory=dict)
    given_back_amount: int = 0
    giving_back_amount: int = 0
    due_amount: int | None = None
    is_payout_released: bool = False
    open_operations: list[OpenOperation] = Field(default_factory=list)
    needs_attention: bool = False
    may_have_moved: bool = False
    failures: int = 0
    retry_at: datetime | None = None
    last_error_code: str | None = None
    last_error_message: str | None = None


class RescheduleProposal(Model):
    """A proposed new time that the other party may accept until ``expires_at``; its interval is held meanwhile."""

    proposed_by: ActorKind
    slot: Slot
    claim_id: str
    expires_at: datetime


class ExtraProposal(Model):
    """What the provider offers to do beyond what was booked, and what it costs; the customer has not answered."""

    label: str
    amount: Money
    proposed_at: datetime


class NoShow(Model):
    """Who was reported absent, and until when that may be contested."""

    absent: ActorKind
    reported_by: ActorKind
    contest_until: datetime


class Evidence(Model):
    """What a party of a dispute says and shows; it is only ever added to."""

    by: ActorKind
    at: datetime
    text: str = ""
    media_ids: list[str] = Field(default_factory=list)


class Dispute(Model):
    """An open or decided disagreement. ``opened_by`` is ``system`` where the work never started."""

    opened_by: ActorKind
    reason: str
    evidence: list[Evidence] = Field(default_factory=list)
    opened_at: datetime
    from_status: BookingStatus
    resolution: dict[str, Any] | None = None
    first_approval_by: str | None = None
    resolved_at: datetime | None = None


class Booking(Model):
    """A booking, whole. Only the state machine makes a new one from an old one.

    ``version`` rises by one with each committed change and is the optimistic lock.
    ``resource_ids`` are what it takes the time of, the provider's own where none are kept; ``claim_id`` is the name of
    its claims, one for each (``claim_ids``).
    ``access_notes`` say how to get in (a gate's code); who may see them is up to ``common.domain.bookings.disclosure``.
    ``notice_limit_minutes`` is the notice that was left when the customer's own proposal of another time came into
    force: cancelling never counts for more notice than that. ``is_free_to_cancel`` follows an operator's move.
    ``provider_away_since`` is when it was seen that the provider's account is suspended or closed: they cannot come.
    ``charges`` are its payments, the booking's own first; ``payment`` is derived from them (``payment_axis``).
    ``held_by`` is the digest of the network address that booked, until the booking is paid.
    ``next_due_at`` and ``next_due_action`` are the booking's one armed timer: the earliest of its due system actions.
    ``job_request_id`` and ``offer_id`` are the request that it came of and the offer that both sides agreed to, if any.
    """

    id: str
    version: int = 1
    customer_id: str
    provider_id: str
    provider_user_id: str
    service_id: str
    resource_ids: list[str] = Field(default_factory=list)
    status: BookingStatus
    payment: PaymentState = PaymentState.NONE
    payout: PayoutState = PayoutState.NONE
    review: ReviewState = ReviewState.NONE
    service: ServiceSnapshot
    slot: Slot
    place: Place
    notes: str = ""
    access_notes: str = ""
    price: PriceSnapshot
    policy: PolicySnapshot
    payment_details: PaymentDetails
    charges: list[Charge] = Field(min_length=1)
    claim_id: str | None = None
    start_code: str = ""
    hold_expires_at: datetime | None = None
    held_by: str | None = None
    accept_by: datetime | None = None
    accepted_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    settled_at: datetime | None = None
    cancelled_by: ActorKind | None = None
    cancel_reason: str = ""
    reschedule: RescheduleProposal | None = None
    reschedule_count: int = 0
    extra: ExtraProposal | None = None
    extra_count: int = 0
    notice_limit_minutes: int | None = None
    is_free_to_cancel: bool = False
    provider_away_since: datetime | None = None
    no_show: NoShow | None = None
    dispute: Dispute | None = None
    chargeback_ids: list[str] = Field(default_factory=list)
    chargeback_fees: list[ChargebackFee] = Field(default_factory=list)
    reminders_sent: list[str] = Field(default_factory=list)
    operation_sequence: int = 0
    next_due_at: datetime | None = None
    next_due_action: str | None = None
    idempotency_key: str | None = None
    job_request_id: str | None = None
    offer_id: str | None = None
    created_at: datetime
    updated_at: datetime

    @model_validator(mode="before")
    @classmethod
    def _own_time_by_default(cls, fields: Any) -> Any:
        if isinstance(fields, dict) and not fields.get("resource_ids"):
            return {**fields, "resource_ids": [fields.get("provider_id")]}
        return fields

    @model_validator(mode="before")
    @classmethod
    def _read_charges(cls, stored: Any) -> Any:
        return with_charges(stored) if isinstance(stored, Mapping) else stored

    @property
    def first_charge(self) -> Charge:
        """The charge that the booking began with."""
        return self.charges[0]

    def charge(self, charge_id: str) -> Charge:
        """A charge by its id.

        Raises:
            KeyError: the booking has none of this id.
        """
        return {each.id: each for each in self.charges}[charge_id]

    def lines_of(self, charge_id: str) -> list[PriceLine]:
        """The price lines that a charge pays for; the first has all that no other one names."""
        named = {line_id for each in self.charges for line_id in each.line_ids}
        own = set(self.charge(charge_id).line_ids)
        if charge_id == self.first_charge.id:
            return [line for line in self.price.lines if line.id in own or line.id not in named]
        return [line for line in self.price.lines if line.id in own]

    def charge_of(self, stripe_id: str) -> Charge | None:
        """The charge that an intent or a charge at Stripe belongs to."""
        names = ("payment_intent_id", "setup_intent_id", "stripe_charge_id")
        return next((each for each in self.charges if stripe_id in {getattr(each, name) for name in names}), None)

    @property
    def authorized_amount(self) -> int:
        """What of all charges is reserved, in minor units."""
        return sum(each.authorized_amount for each in self.charges)

    @property
    def captured_amount(self) -> int:
        """What of all charges was taken of the customer, in minor units."""
        return sum(each.captured_amount for each in self.charges)

    @property
    def refunded_amount(self) -> int:
        """What of all charges we gave back, in minor units."""
        return sum(each.refunded_amount for each in self.charges)

    @property
    def charged_back_amount(self) -> int:
        """What of all charges the bank took back and we had not refunded, in minor units."""
        return sum(each.charged_back_amount for each in self.charges)

    @property
    def commission_amount(self) -> int:
        """Our commission as far as it is booked, in minor units."""
        return sum(each.commission_amount for each in self.charges)

    @property
    def transferred_amount(self) -> int:
        """What of all charges was transferred to the provider, in minor units."""
        return sum(each.transferred_amount for each in self.charges)

    @property
    def reversed_amount(self) -> int:
        """What of all transfers came back, in minor units."""
        return sum(each.reversed_amount for each in self.charges)

    @property
    def stripe_fee_amount(self) -> int:
        """Stripe's own fees of all charges, in minor units."""
        return sum(each.stripe_fee_amount for each in self.charges)

    @property
    def refund_failed_amount(self) -> int:
        """What came back of refunds that Stripe could not carry out, in minor units."""
        return sum(each.refund_failed_amount for each in self.charges)

    @property
    def lost_twice_amount(self) -> int:
        """What we lost because it was refunded and charged back as well, in minor units."""
        return sum(each.lost_twice_amount for each in self.charges)

    @property
    def transfers(self) -> list[Transferred]:
        """All transfers to the provider, charge by charge."""
        return [transfer for each in self.charges for transfer in each.transfers]

    def label_of(self, line: PriceLine) -> str:
        """What people call a line of the price."""
        return line.label or self.service.title

    @property
    def was_requested(self) -> bool:
        """Whether it ever reached its provider, who hears of what was not paid for only if they agreed to it before."""
        return self.offer_id is not None or was_requested(self.status, self.accepted_at, self.accept_by)


_UNPAID = frozenset({BookingStatus.PENDING_PAYMENT, BookingStatus.PAYMENT_EXPIRED})


def was_requested(status: BookingStatus, accepted_at: datetime | None, accept_by: datetime | None) -> bool:
    """Whether a booking ever reached its provider, by those of its fields that say so."""
    return status not in _UNPAID and (accepted_at is not None or accept_by is not None)


class HistoryEntry(Model):
    """One row of the append-only audit trail: who did what, from where to where, and which axes changed."""

    id: str
    booking_id: str
    version: int
    action: str
    actor: Actor
    from_status: BookingStatus | None
    to_status: BookingStatus
    note: str
    changed: dict[str, Any] = Field(default_factory=dict)
    at: datetime


class ShownMedia(Model):
    """Photographs that a party shows as evidence, and whose they must be."""

    media_ids: list[str]
    owner_id: str


class BookingChange(Model):
    """Everything that commits together: the decision of the domain, ready for one database transaction.

    ``expected_version`` is the version that must still be stored; ``None`` for a new booking. ``operations`` are
    written by id, new ones and ended ones alike; those named in ``canceled_operation_ids`` become ``canceled``.
    ``limits`` bound how many bookings the provider may have around the time that is claimed, ``hold_limit`` how many
    unpaid ones the network address may have, this one included. Until ``taken_until`` the operations belong to whoever
    commits the change, as if claimed; nobody has them where it is ``None``. ``shown_media`` are attached to the
    booking, if their owner may show them there.
    """

    expected_version: int | None
    booking: Booking
    history: list[HistoryEntry] = Field(default_factory=list)
    events: list[Event] = Field(default_factory=list)
    claims: list[SlotClaim] = Field(default_factory=list)
    released_claim_ids: list[str] = Field(default_factory=list)
    limits: list[SlotLimit] = Field(default_factory=list)
    hold_limit: HoldLimit | None = None
    operations: list[PaymentOperation] = Field(default_factory=list)
    taken_until: datetime | None = None
    canceled_operation_ids: list[str] = Field(default_factory=list)
    ledger: list[LedgerLine] = Field(default_factory=list)
    shown_media: ShownMedia | None = None
