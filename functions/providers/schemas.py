"""Requests and responses of profiles and services."""

from typing import Annotated, Any, Literal, Self

from common.application.ports.media.attachments import MediaUrls
from common.domain.catalogue.categories import Category, CategoryTree
from common.domain.catalogue.listings import mean_of
from common.domain.catalogue.place_kinds import DEFAULT_PLACE_KINDS, PlaceKind
from common.domain.catalogue.providers import Provider, RatingSummary
from common.domain.catalogue.rating_scores import bayesian_score
from common.domain.catalogue.service_options import LONGEST_MINUTES, MOST_OF_ONE, MOST_OPTIONS
from common.domain.catalogue.services import CancellationPolicyName, PriceType, Service, ServiceStatus
from common.domain.identity.users import ProviderStatus
from common.domain.shared.contact_fields import AddressText
from common.domain.shared.links import HttpsLink
from common.domain.shared.names import NO_CONTACT_DETAILS, TradingName
from common.domain.shared.texts import PARSED, PROSE, TITLE
from common.runtime.http.photo_schemas import PhotoView
from common.runtime.http.schemas import Instant, MoneySchema, PatchModel, RequestModel, ResponseModel, Version
from pydantic import AfterValidator, AnyHttpUrl, BaseModel, Field

Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$"), PARSED]
Title = Annotated[str, Field(min_length=3, max_length=120), TITLE, NO_CONTACT_DETAILS]
Description = Annotated[str, Field(max_length=5000), PROSE]
Duration = Annotated[int, Field(ge=5, le=1440, multiple_of=5, strict=True, description="Minutes")]
Images = Annotated[list[Annotated[AnyHttpUrl, Field(max_length=2048)]], Field(max_length=10)]
MediaIds = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]],
    AfterValidator(lambda ids: list(dict.fromkeys(ids))),
    Field(max_length=10, description="Own photos, uploaded as `service_image` and ready, in the order they are shown"),
]
SettableStatus = Literal["draft", "active", "paused"]
PlaceKinds = Annotated[
    list[PlaceKind],
    AfterValidator(lambda kinds: list(dict.fromkeys(kinds))),
    Field(
        min_length=1,
        max_length=len(PlaceKind),
        description="Where it can be done; the customer chooses. `provider` needs a located address in the profile",
    ),
]
OnlineLink = Annotated[
    HttpsLink | None,
    Field(description="Where it usually happens online; customers see it in their own bookings, once accepted"),
]
Flag = Annotated[bool, Field(strict=True)]


class OptionRequest(RequestModel):
    """Something that customers may add to the service; price and duration are of one."""

    id: Annotated[
        str | None,
        Field(
            pattern=r"^[a-z0-9_]{1,64}$",
            description="Give the id that an option has to keep it; without one it is a new option and gets one",
        ),
    ] = None
    label: Annotated[str, Field(min_length=1, max_length=80), TITLE, NO_CONTACT_DETAILS]
    price: MoneySchema
    duration_minutes: Annotated[
        int, Field(ge=0, le=LONGEST_MINUTES, multiple_of=5, strict=True, description="Minutes that each adds")
    ] = 0
    max_quantity: Annotated[int, Field(ge=1, le=MOST_OF_ONE, strict=True)] = 1


Options = Annotated[
    list[OptionRequest],
    Field(max_length=MOST_OPTIONS, description="In the order in which they are shown; not for services by quote"),
]


class _ServiceFields(BaseModel):
    def fields(self) -> dict[str, Any]:
        """What was sent, by the names of the domain's fields."""
        sent = self.model_dump(exclude_unset=True, exclude={"price", "images", "version"})
        if "price" in self.model_fields_set:
            price: MoneySchema | None = getattr(self, "price", None)
            sent["price"] = price.to_domain() if price else None
        if "images" in self.model_fields_set:
            sent["images"] = [str(url) for url in getattr(self, "images", None) or []]
        if "status" in sent:
            sent["status"] = ServiceStatus(sent["status"])
        return sent


class ServiceRequest(_ServiceFields, RequestModel):
    """A new service. ``price`` is for the whole job, or for an hour where ``price_type`` is ``hourly``."""

    title: Title
    description: Description = ""
    category: Slug
    price_type: PriceType = PriceType.FIXED
    price: MoneySchema | None = Field(default=None, description="The booking must come to what a card can be charged")
    duration_minutes: Duration
    options: Options = Field(default_factory=list)
    images: Images = Field(default_factory=list)
    media_ids: MediaIds = Field(default_factory=list)
    status: SettableStatus = "draft"
    cancellation_policy: CancellationPolicyName = CancellationPolicyName.MODERATE
    auto_accept: Flag = False
    place_kinds: PlaceKinds = Field(default_factory=lambda: list(DEFAULT_PLACE_KINDS))
    online_link: OnlineLink = None


class ServicePatch(_ServiceFields, PatchModel):
    """What to change; ``version`` is the one that was read, to be refused if it is stale."""

    nullable = frozenset({"price", "online_link", "version"})

    title: Title | None = None
    description: Description | None = None
    category: Slug | None = None
    price_type: PriceType | None = None
    price: MoneySchema | None = None
    duration_minutes: Duration | None = None
    options: Options | None = None
    images: Images | None = None
    media_ids: MediaIds | None = None
    status: SettableStatus | None = None
    cancellation_policy: CancellationPolicyName | None = None
    auto_accept: Flag | None = None
    place_kinds: PlaceKinds | None = None
    online_link: OnlineLink = None
    version: Version | None = None


class RatingView(ResponseModel):
    """Published ratings in short; ``score`` is the weighted one that ranks."""

    count: int
    mean: float | None
    score: float

    @classmethod
    def of(cls, rating: RatingSummary) -> "RatingView":
        """The view of a summary."""
        mean = mean_of(rating) if rating.count else None
        return cls(count=rating.count, mean=mean, score=bayesian_score(rating.count, rating.total))


class ProviderBrief(ResponseModel):
    """A provider beside its service."""

    id: str
    trading_name: str
    is_verified: bool
    rating: RatingView

    @classmethod
    def of(cls, provider: Provider) -> "ProviderBrief":
        """The view of a provider."""
        return cls(
            id=provider.id,
            trading_name=provider.trading_name,
            is_verified=provider.status is ProviderStatus.APPROVED,
            rating=RatingView.of(provider.rating),
        )


class OptionView(ResponseModel):
    """Something that customers may add to the service; price and duration are of one."""

    id: str
    label: str
    price: MoneySchema
    duration_minutes: int
    max_quantity: int


class ServiceView(ResponseModel):
    """A service. ``total_price`` is what one booking costs without options."""

    id: str
    provider_id: str
    title: str
    description: str
    category: str
    price_type: PriceType
    price: MoneySchema | None
    total_price: MoneySchema | None
    duration_minutes: int
    options: list[OptionView]
    images: list[str]
    photos: list[PhotoView]
    status: ServiceStatus
    cancellation_policy: CancellationPolicyName
    auto_accept: bool
    place_kinds: list[PlaceKind]
    rating: RatingView
    provider: ProviderBrief | None = None
    version: int
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, service: Service, provider: Provider | None, urls: MediaUrls) -> Self:
        """The view of a service."""
        return cls(
            **service.model_dump(exclude={"rating", "price", "options", "photos"}),
            photos=[PhotoView.of(photo, urls) for photo in service.photos],
            options=[OptionView.model_validate(each.model_dump()) for each in service.options],
            price=MoneySchema.model_validate(service.price) if service.price else None,
            total_price=MoneySchema.model_validate(total) if (total := service.total_price()) else None,
            rating=RatingView.of(service.rating),
            provider=ProviderBrief.of(provider) if provider else None,
        )


class OwnServiceView(ServiceView):
    """A service as its owner sees it."""

    online_link: str | None


class ProviderPatch(PatchModel):
    """What to change of one's own profile; ``version`` is the one that was read, to be refused if it is stale.

    ``address`` is the base that distances are measured from: it is located, and services are found around it at once.
    """

    nullable = frozenset({"tax_number", "picture_media_id", "version"})

    trading_name: TradingName | None = None
    bio: Annotated[str, Field(max_length=5000), PROSE] | None = None
    service_radius_km: Annotated[float, Field(ge=1, le=200, strict=True)] | None = None
    address: AddressText | None = None
    tax_number: Annotated[str, Field(pattern=r"^[0-9 -]{8,15}$", description="GST number or ABN"), PARSED] | None = None
    picture_media_id: Annotated[
        str | None,
        Field(min_length=1, max_length=64, description="Own photo, uploaded as `profile_picture` and ready"),
    ] = None
    version: Version | None = None

    def fields(self) -> dict[str, Any]:
        """What was sent."""
        return self.model_dump(exclude_unset=True, exclude={"version"})


class ProviderView(ResponseModel):
    """A provider as everybody sees it."""

    id: str
    trading_name: str
    bio: str
    is_verified: bool
    service_radius_km: float
    timezone: str
    picture: PhotoView | None
    rating: RatingView
    created_at: Instant

    @classmethod
    def of(cls, provider: Provider, urls: MediaUrls) -> "ProviderView":
        """The view of a provider."""
        return cls(
            **provider.model_dump(include={"id", "trading_name", "bio", "service_radius_km", "timezone", "created_at"}),
            is_verified=provider.status is ProviderStatus.APPROVED,
            picture=PhotoView.of(provider.picture, urls) if provider.picture else None,
            rating=RatingView.of(provider.rating),
        )


class AddressView(ResponseModel):
    """A provider's own address."""

    text: str
    lat: float | None
    lng: float | None
    is_located: bool


class OwnProviderView(ProviderView):
    """A provider as it sees itself."""

    user_id: str
    status: ProviderStatus
    address: AddressView
    is_billable: bool
    is_listed: bool
    has_availability: bool
    tax_number: str | None
    version: int
    updated_at: Instant

    @classmethod
    def of(cls, provider: Provider, urls: MediaUrls) -> "OwnProviderView":
        """The view of the caller's own profile."""
        own = {"user_id", "status", "is_billable", "is_listed", "tax_number", "version", "updated_at"}
        return cls(
            **ProviderView.of(provider, urls).model_dump(),
            **provider.model_dump(include=own),
            address=AddressView.model_validate(provider.address),
            has_availability=provider.availability is not None,
        )


class CategoryView(ResponseModel):
    """A category and what is below it."""

    slug: str
    name: str
    parent: str | None
    synonyms: list[str]
    children: list["CategoryView"]

    @classmethod
    def of(cls, category: Category, tree: CategoryTree) -> "CategoryView":
        """The view of a category with its subtree."""
        children = [cls.of(child, tree) for child in tree.children(category.id)]
        return cls(
            slug=category.id,
            name=category.name,
            parent=category.parent,
            synonyms=category.synonyms,
            children=children,
        )


class CategoryList(ResponseModel):
    """The roots of the tree, with their subtrees."""

    items: list[CategoryView]
    next_cursor: str | None = None
