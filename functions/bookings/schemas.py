"""The contract of bookings."""

from typing import Annotated, Any

from common.domain.bookings.booking import ActorKind, BookingStatus, PayoutState, ReviewState, ServiceArea
from common.domain.bookings.charges import PaymentState
from common.domain.bookings.intents import IntentStatus
from common.domain.bookings.ratings import RatingState
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.service_options import MOST_OF_ONE, MOST_OPTIONS
from common.domain.catalogue.services import CancellationPolicyName
from common.domain.payments.operations import PaymentMode
from common.domain.shared.contact_fields import AddressText, EmailText, PhoneText
from common.domain.shared.money import MAX_AMOUNT, CurrencyCode, Money
from common.domain.shared.names import PersonName
from common.domain.shared.texts import PROSE
from common.runtime.http.price_schemas import PriceLineView
from common.runtime.http.schemas import Instant, MoneySchema, RequestModel, ResponseModel
from pydantic import Field, StringConstraints

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Notes = Annotated[str, StringConstraints(max_length=2_000), PROSE]


AccessNotes = Annotated[
    str,
    StringConstraints(max_length=500),
    PROSE,
    Field(description="How to get in, such as a gate's code: the provider sees it once the booking is accepted"),
]
AskedPlaceKind = Annotated[
    PlaceKind | None, Field(description="Where it shall be done; may be left out where the service has one kind only")
]
VisitAddress = Annotated[
    AddressText | None, Field(description="Where the provider shall come to: for `customer`, and for nothing else")
]


class ExpectedPrice(RequestModel):
    """The price that was shown, in minor units."""

    amount: Annotated[int, Field(ge=0, le=MAX_AMOUNT, strict=True)]
    currency: CurrencyCode

    def to_domain(self) -> Money:
        """The domain's value."""
        return Money(amount=self.amount, currency=self.currency)


class OptionChoice(RequestModel):
    """An option of the service, and how many of it."""

    option_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    quantity: Annotated[int, Field(ge=1, le=MOST_OF_ONE, strict=True)] = 1


class SeenTerms(RequestModel):
    """What is chosen, and the terms that were shown.

    Where the service has other terms by now the answer is 409 `terms_changed` with them.
    """

    expected_price: Annotated[
        ExpectedPrice | None, Field(description="The price that was shown, with the options that are chosen")
    ] = None
    expected_cancellation_policy: Annotated[
        CancellationPolicyName | None, Field(description="The cancellation policy that was shown")
    ] = None
    options: Annotated[
        list[OptionChoice], Field(max_length=MOST_OPTIONS, description="What is added to the service, each option once")
    ] = Field(default_factory=list)

    def seen(self) -> dict[str, Any]:
        """The domain's values."""
        price = self.expected_price.to_domain() if self.expected_price else None
        return {
            "expected_price": price,
            "expected_cancellation_policy": self.expected_cancellation_policy,
            "options": [each.model_dump() for each in self.options],
        }


class BookingRequest(SeenTerms):
    """What a customer asks for."""

    service_id: Id
    start_at: Annotated[Instant, Field(description="A free slot's start")]
    place_kind: AskedPlaceKind = None
    address: VisitAddress = None
    notes: Annotated[
        Notes, Field(description="For the provider, who sees them before accepting, without contact details")
    ] = ""
    access_notes: AccessNotes = ""
    payment_method_id: Annotated[str | None, Field(max_length=255, description="A saved card to pay with")] = None


class Consequences(ResponseModel):
    """What ending the booking now would mean for the customer."""

    refund: MoneySchema
    fee: MoneySchema


class ActionView(ResponseModel):
    """Something the caller may do now. Show an unknown one with its label; ask twice where it is critical."""

    action_name: str
    button_label: str
    note: str
    is_critical: bool
    input_schema: Annotated[dict[str, Any] | None, Field(description="JSON schema of the body to send")]
    consequences: Consequences | None


class ServiceView(ResponseModel):
    """What was bought, as it was then."""

    id: str
    title: str
    category: str
    duration_minutes: int


class PlaceView(ResponseModel):
    """Where the work happens: at the customer's, at the provider's, or online.

    Until the booking is accepted, and again long after it, who would go there sees the area alone: ``address`` is then
    the suburb, the point lies about a kilometre off, and ``is_exact`` is false. Online, ``is_exact`` is false while
    both are shown no link; where it is true and the link is ``null``, the provider has given none yet.
    """

    kind: PlaceKind
    address: Annotated[str, Field(description="Empty online")]
    online_link: Annotated[str | None, Field(description="Where to meet online, while the work is agreed or under way")]
    suburb: Annotated[str, Field(description="Suburb or town; empty where the address could not be located")]
    lat: float | None
    lng: float | None
    is_located: bool
    service_area: Annotated[
        ServiceArea,
        Field(
            description="Whether the place lies within the provider's radius: `uncertain` where the addresses are not "
            "exact enough to tell, `unknown` where one could not be located"
        ),
    ]
    is_exact: bool


class PolicyStep(ResponseModel):
    """With at least this much notice, this share of the price comes back."""

    hours_before_start: int
    refund_basis_points: int


class PolicyView(ResponseModel):
    """The cancellation policy as agreed."""

    name: str
    steps: list[PolicyStep]


class PaymentView(ResponseModel):
    """The customer's money. ``client_secret`` is there where the customer must act at Stripe."""

    state: PaymentState
    mode: PaymentMode
    authorized: MoneySchema
    captured: MoneySchema
    refunded: MoneySchema
    action: Annotated[str | None, Field(description="payment_intent or setup_intent: what the secret is for")]
    client_secret: str | None
    last_error_code: str | None
    last_error_message: str | None


class PayoutView(ResponseModel):
    """The provider's money."""

    state: PayoutState


class ExtraView(ResponseModel):
    """What the provider proposes to do beyond what was booked; it waits for the customer's answer."""

    label: str
    amount: MoneySchema
    proposed_at: Instant


class RescheduleView(ResponseModel):
    """A proposed new time that waits for an answer."""

    proposed_by: ActorKind
    start_at: Instant
    end_at: Instant
    expires_at: Instant


class NoShowView(ResponseModel):
    """Who was reported absent."""

    absent: ActorKind
    reported_by: ActorKind
    contest_until: Instant


class EvidenceView(ResponseModel):
    """What a party of a dispute says and shows."""

    by: ActorKind
    at: Instant
    text: str
    media_ids: list[str]


class DisputeView(ResponseModel):
    """A disagreement that a person decides. ``refund`` is the decision, or the first of two."""

    opened_by: ActorKind
    reason: str
    evidence: list[EvidenceView]
    opened_at: Instant
    refund: MoneySchema | None
    grounds: str | None
    needs_second_approval: bool
    resolved_at: Instant | None


class ContactView(ResponseModel):
    """How to reach the other party; shared once the booking is accepted."""

    name: str
    phone_number: str | None
    email: str | None


class BookingView(ResponseModel):
    """A booking as the caller sees it. ``start_code`` is for the customer alone, who reads it out when they meet."""

    id: str
    version: int
    role: ActorKind
    status: BookingStatus
    payment: PaymentView
    payout: PayoutView
    review: ReviewState
    customer_id: str
    provider_id: str
    provider_name: Annotated[str, Field(description="The trading name when the booking was made")]
    service: ServiceView
    start_at: Instant
    end_at: Instant
    timezone: str
    place: PlaceView
    notes: str
    access_notes: Annotated[
        str, Field(description="How to get in: for the customer, and for the provider while the work is agreed")
    ]
    price: Annotated[MoneySchema, Field(description="The sum of the lines")]
    price_lines: list[PriceLineView]
    cancellation_policy: PolicyView
    start_code: Annotated[str | None, Field(description="`null` online, where the work starts without one")]
    contact: ContactView | None
    hold_expires_at: Instant | None
    accept_by: Instant | None
    accepted_at: Instant | None
    started_at: Instant | None
    completed_at: Instant | None
    cancelled_at: Instant | None
    settled_at: Instant | None
    cancelled_by: ActorKind | None
    cancel_reason: str
    reschedule: RescheduleView | None
    reschedule_count: int
    extra: Annotated[ExtraView | None, Field(description="The extra that is proposed, until it is answered")]
    no_show: NoShowView | None
    dispute: DisputeView | None
    available_actions: list[ActionView]
    conversation_id: Annotated[
        str | None, Field(description="Where its parties write to each other: `/v1/conversations/{id}`; not for staff")
    ]
    job_request_id: Annotated[str | None, Field(description="The request for offers that led to it, if any")]
    offer_id: Annotated[str | None, Field(description="The offer that both sides agreed to, if any")]
    created_at: Instant
    updated_at: Instant


class HistoryActor(ResponseModel):
    """In which part somebody acted."""

    kind: ActorKind
    id: str


class HistoryView(ResponseModel):
    """One row of the audit trail. ``changed`` has old and new value of each field that changed."""

    id: str
    version: int
    action: str
    actor: HistoryActor
    from_status: BookingStatus | None
    to_status: BookingStatus
    note: str
    changed: dict[str, Any]
    at: Instant


class GuestRequest(RequestModel):
    """Who the guest says to be; what is typed here goes onto no account before the address is proven."""

    full_name: PersonName
    email: EmailText
    phone_number: PhoneText | None = None


class EarlierIntentRef(RequestModel):
    """An intent of the guest's own, with the secret that its answer had."""

    id: Id
    secret: Annotated[str, StringConstraints(min_length=1, max_length=128)]


class IntentRequest(SeenTerms):
    """What a guest asks for."""

    service_id: Id
    start_at: Annotated[Instant, Field(description="A free slot's start")]
    place_kind: AskedPlaceKind = None
    address: VisitAddress = None
    notes: Annotated[
        Notes, Field(description="For the provider, who sees them before accepting, without contact details")
    ] = ""
    access_notes: AccessNotes = ""
    customer: GuestRequest
    replaces: Annotated[
        EarlierIntentRef | None, Field(description="An earlier intent that this one takes the place of")
    ] = None


class IntentView(ResponseModel):
    """A guest's request and the hold on its slot."""

    id: str
    status: IntentStatus
    service_id: str
    service_title: str
    place_kind: PlaceKind
    start_at: Instant
    end_at: Instant
    expires_at: Instant
    booking_id: str | None


class OpenedIntentView(IntentView):
    """The request as it was just made; ``secret`` is shown this once and reads it back."""

    secret: str


class RatingRequest(RequestModel):
    """One side's rating of the other."""

    stars: Annotated[int, Field(ge=1, le=5, strict=True)]
    text: Notes = ""


class ReplyRequest(RequestModel):
    """The provider's answer to a rating."""

    reply: Annotated[str, StringConstraints(min_length=1, max_length=2_000), PROSE]


class RatingView(ResponseModel):
    """A rating; ``hidden`` until both are in or the window closes."""

    id: str
    booking_id: str
    author_kind: ActorKind
    stars: int
    text: str
    state: RatingState
    reply: str | None
    published_at: Instant | None
    created_at: Instant
    updated_at: Instant


class RatingList(ResponseModel):
    """The ratings of a booking that the caller may see; two at most."""

    items: list[RatingView]
    next_cursor: str | None = None


class CalendarFeedView(ResponseModel):
    """The private address of a calendar, to subscribe to."""

    url: str
