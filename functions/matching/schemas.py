"""The contract of job requests and offers."""

from typing import Annotated, Any

from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.matching.job_requests import DESCRIPTION_LIMIT, TITLE_LIMIT, JobRequestStatus, Mode
from common.domain.matching.offers import OFFER_NOTE_LIMIT, DeclineReason, OfferStatus, PartName
from common.domain.shared.actors import ActorKind
from common.domain.shared.contact_fields import AddressText
from common.domain.shared.money import MAX_AMOUNT
from common.domain.shared.texts import PROSE, TITLE
from common.domain.shared.time_zones import TimeZoneName
from common.runtime.http.schemas import Instant, MoneySchema, RequestModel, ResponseModel
from pydantic import Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
_Note = Annotated[str, StringConstraints(max_length=OFFER_NOTE_LIMIT), PROSE]
#: No request has more; the setting may allow fewer.
_MOST_PHOTOS = 20
_DAY_MINUTES = 24 * 60
#: As of a booking, which they become.
_ACCESS_NOTES_LIMIT = 500
_MOST_RADIUS_KM = 1_000
_RadiusKm = Annotated[int, Field(ge=1, le=_MOST_RADIUS_KM, strict=True)]


class AskedMoney(MoneySchema):
    """An amount of more than nothing."""

    amount: Annotated[int, Field(ge=1, le=MAX_AMOUNT, strict=True, description="Minor units, e.g. cents")]


class WindowSchema(RequestModel):
    """When the work may happen: it begins at `start_at` or later, and is done by `end_at`."""

    start_at: Instant
    end_at: Instant


class JobRequestBody(RequestModel):
    """A job, described once. Name a `category`, or the `service_id` of one service to ask its provider first."""

    category: Annotated[str | None, StringConstraints(max_length=64)] = None
    service_id: Annotated[
        Id | None, Field(description="Ask the provider of this service before others, as for a quote")
    ] = None
    title: Annotated[str, StringConstraints(max_length=TITLE_LIMIT), TITLE] = ""
    description: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=DESCRIPTION_LIMIT),
        PROSE,
        Field(description="For those who are asked; contact details are hidden from them"),
    ]
    place_kind: Annotated[PlaceKind | None, Field(description="Where; at the customer's if nothing is said")] = None
    address: Annotated[
        AddressText | None,
        Field(description="For a visit where the provider shall come to, else around where to look; not for `online`"),
    ] = None
    access_notes: Annotated[
        str,
        StringConstraints(max_length=_ACCESS_NOTES_LIMIT),
        PROSE,
        Field(description="How to get in: shown once a booking of it is accepted"),
    ] = ""
    window: WindowSchema
    timezone: Annotated[TimeZoneName | None, Field(description="In which the window is read")] = None
    duration_minutes: Annotated[
        int | None,
        Field(ge=5, le=_DAY_MINUTES, multiple_of=5, strict=True, description="The service's if nothing is said"),
    ] = None
    budget: Annotated[AskedMoney | None, Field(description="The most it may cost: nobody can ask for more")] = None
    mode: Annotated[
        Mode | None,
        Field(description="`first`: the first who accepts gets it. `compare`: quotes come in, and you choose"),
    ] = None
    media_ids: Annotated[list[Id], Field(max_length=_MOST_PHOTOS, description="Photos, uploaded as `job_request`")] = (
        Field(default_factory=list)
    )
    payment_method_id: Annotated[
        str | None, Field(max_length=255, description="A saved card, authorized as soon as somebody is found")
    ] = None
    radius_km: _RadiusKm | None = None

    @field_validator("media_ids")
    @classmethod
    def _are_different(cls, value: list[str]) -> list[str]:
        if len(set(value)) < len(value):
            raise PydanticCustomError("duplicate", "Name each photo once.")
        return value


class ExtendBody(RequestModel):
    """What is widened; at least one of them."""

    radius_km: _RadiusKm | None = None
    window: WindowSchema | None = None
    budget: AskedMoney | None = None


class CancelBody(RequestModel):
    """Why a request is called off, for whoever reads its history."""

    reason: _Note = ""


class AcceptBody(RequestModel):
    """The provider's yes.

    `price` is for what has none: at most the budget. Where the customer compares, it makes a quote that holds its time.
    """

    start_at: Annotated[Instant | None, Field(description="A free slot's start; the soonest if nothing is said")] = None
    price: AskedMoney | None = None
    valid_until: Annotated[Instant | None, Field(description="Of a quote: until when it holds its time")] = None
    note: _Note = ""


class DeclineBody(RequestModel):
    """Why not, from a list, and a word."""

    reason: DeclineReason = DeclineReason.OTHER
    note: _Note = ""


class ChooseBody(RequestModel):
    """What the customer has seen that the quote costs."""

    accepted_price: Annotated[AskedMoney | None, Field(description="The quote's total; not needed with `If-Match`")] = (
        None
    )


class CounterBody(RequestModel):
    """What the customer would pay instead; the provider accepts it, or quotes once more."""

    price: AskedMoney
    start_at: Annotated[Instant | None, Field(description="Another start; the quote's if nothing is said")] = None
    note: _Note = ""


class MatchingActionView(ResponseModel):
    """Something the caller may do now. Show an unknown one with its label; ask twice where it is critical."""

    action_name: str
    button_label: str
    note: str
    is_critical: bool
    input_schema: Annotated[dict[str, Any] | None, Field(description="JSON schema of the body to send")]


class WindowView(ResponseModel):
    """When the work may happen, in UTC, and the zone in which people read it."""

    start_at: Instant
    end_at: Instant
    timezone: str


class AreaView(ResponseModel):
    """About where the work happens: the suburb, and a point about a kilometre off."""

    kind: PlaceKind
    suburb: str
    lat: float | None
    lng: float | None


class ExactPlaceView(AreaView):
    """Where the work happens."""

    address: str
    is_located: bool


class JobPhotoFile(ResponseModel):
    """One file of a photo; its address works for 5 to 10 minutes."""

    name: str
    url: str
    content_type: str
    width: int
    height: int


class JobPhotoView(ResponseModel):
    """A photo of the job; ``files`` are the largest first."""

    id: str
    files: list[JobPhotoFile]


class ReasonView(ResponseModel):
    """Why so many providers did not come into question."""

    reason: str
    count: int
    text: Annotated[str, Field(description="Goes on behind the count: “12 too far”")]


class SearchView(ResponseModel):
    """What the last search for providers has found."""

    candidates: int
    left_out: list[ReasonView]
    text: Annotated[str, Field(description="All reasons in a line: “12 too far, 4 booked”")]


class AskedView(ResponseModel):
    """Somebody who was asked."""

    offer_id: str
    provider_id: str
    provider_name: str
    status: OfferStatus
    wave: int
    is_quoted: bool
    asked_at: Instant
    expires_at: Instant


class JobRequestHistoryView(ResponseModel):
    """One line of what happened to a request."""

    action: str
    actor_kind: ActorKind
    from_status: JobRequestStatus | None
    to_status: JobRequestStatus
    note: str
    offer_id: str | None
    count: int | None
    at: Instant


class JobRequestBrief(ResponseModel):
    """A job request in a list of them."""

    id: str
    version: int
    status: JobRequestStatus
    mode: Mode
    category: str
    service_id: str | None
    title: str
    window: WindowView
    budget: MoneySchema | None
    wave: int
    asked_count: int
    next_wave_at: Annotated[Instant | None, Field(description="When the next are asked")]
    matched_offer_id: str | None
    booking_id: str | None
    expires_at: Instant
    created_at: Instant
    updated_at: Instant


class JobRequestView(JobRequestBrief):
    """A job request as its customer, or an operator, sees it: with who was asked, and why others were not."""

    role: ActorKind
    customer_id: str
    description: str
    place: ExactPlaceView
    duration_minutes: int | None
    media: list[JobPhotoView]
    radius_km: int
    report_id: str | None
    matched_until: Annotated[Instant | None, Field(description="Until when the booking has to be paid")]
    asked: list[AskedView]
    search: Annotated[SearchView | None, Field(description="`null` before the first search")]
    history: list[JobRequestHistoryView]
    available_actions: list[MatchingActionView]


class ScorePartView(ResponseModel):
    """One part of a score."""

    name: PartName
    points: int
    max: int
    reason: str


class ScoreView(ResponseModel):
    """Why somebody was asked; the points are the sum of the parts'. It explains, and does not decide."""

    points: int
    parts: list[ScorePartView]
    weights_version: str


class QuoteLineView(ResponseModel):
    """A line of a quote."""

    label: str
    amount: MoneySchema


class QuoteView(ResponseModel):
    """A provider's price and time, which is kept until `valid_until`."""

    total: MoneySchema
    lines: list[QuoteLineView]
    start_at: Instant
    valid_until: Instant
    note: str
    is_counter: Annotated[bool, Field(description="Whether it answers the price that the customer proposed")]
    made_at: Instant


class CounterView(ResponseModel):
    """What the customer would pay instead."""

    price: MoneySchema
    start_at: Instant | None
    note: str
    made_at: Instant


class OfferFacts(ResponseModel):
    """What both sides see of an offer."""

    id: str
    version: int
    status: OfferStatus
    request_id: str
    service_id: str
    service_title: str
    provider_id: str
    provider_name: str
    mode: Mode
    wave: int
    minutes: int
    score: ScoreView
    distance_m: Annotated[int | None, Field(description="To the point that is shown, about a kilometre off")]
    soonest_start_at: Instant | None
    price: Annotated[MoneySchema | None, Field(description="`null` where the provider names it")]
    quote: QuoteView | None
    counter: CounterView | None
    decline_reason: DeclineReason | None
    declined_by: ActorKind | None
    booking_id: str | None
    conversation_id: Annotated[str, Field(description="Where both write to each other: `/v1/conversations/{id}`")]
    expires_at: Instant
    available_actions: list[MatchingActionView]
    created_at: Instant
    updated_at: Instant


class MatchView(OfferFacts):
    """Somebody who was asked, as the customer compares them; the best score first."""

    decline_note: str


class AskedJobView(ResponseModel):
    """The job, as somebody sees it who was asked: nothing tells whose it is or where they live."""

    title: str
    description: str
    category: str
    place: AreaView
    window: WindowView
    duration_minutes: int | None
    budget: MoneySchema | None
    media: list[JobPhotoView]


class OfferView(OfferFacts):
    """A job that the caller was asked about."""

    job: AskedJobView
    accepting: Annotated[
        str | None,
        Field(description="What accepting makes now: `booking`, or `quote` that the customer may choose"),
    ]
