"""A provider's services: make, read, change, delete."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from common.application.catalogue.deps import ProviderDeps
from common.application.media.showing import PhotoUse, show_photos, usable_photos
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import PriceType, Service, ServiceStatus
from common.domain.media.media import Purpose
from common.domain.media.photos import Photo
from common.domain.payments.currencies import charge_problem, is_charged, minimum_charge, step_problem
from common.domain.payments.platform import Platform
from common.domain.shared.errors import Conflict, FieldError, InvalidInput, NotFound, Unavailable, VersionConflict
from common.domain.shared.ids import new_id

T = TypeVar("T")

_AS_IMAGES = PhotoUse(purpose=Purpose.SERVICE_IMAGE, field="media_ids")
#: Each try checks anew what the change would make of the service as it is then.
_TRIES = 8


async def create_service(deps: ProviderDeps, provider: Provider, fields: Mapping[str, Any]) -> Service:
    """Make a service.

    Args:
        deps: ports.
        provider: the caller's profile.
        fields: fields of ``Service`` by name.

    Raises:
        InvalidInput: the fields contradict each other, the category does not exist, or a photograph cannot be shown.
        Conflict: the provider has as many services as it may, or as many active ones as its plan allows; or it becomes
            active at the provider's place, which cannot be located (code ``provider_address_needed``).
    """
    now = deps.clock.now()
    service_id = new_id("svc", now)
    made = {"id": service_id, "provider_id": provider.id, "created_at": now, "updated_at": now}
    fields = await _with_photos(deps, provider, service_id, fields)
    service = Service.model_validate({**made, **_with_option_ids(fields, now)})
    await _check(deps, service)
    _require_place(service, provider)
    write = partial(deps.services.insert, service)
    await (_showing(deps, provider, service_id, write, service.photos) if service.photos else write())
    return service


async def update_service(
    deps: ProviderDeps, provider: Provider, service_id: str, fields: Mapping[str, Any], *, expected: int | None = None
) -> Service:
    """Change a service; bookings made before keep what they were agreed on.

    Args:
        deps: ports.
        provider: the caller's profile.
        service_id: which.
        fields: fields of ``Service`` to set, by name.
        expected: the version the caller has read, if it said so.

    Raises:
        NotFound: there is no such service of the caller's.
        InvalidInput: the fields contradict each other, or the category does not exist.
        VersionConflict: it is not the version that the caller expects.
        Unavailable: it kept changing.
        Conflict: it becomes active, and the plan lets no more be active (code ``plan_limit``), or it is done at the
            provider's place, which cannot be located (code ``provider_address_needed``).
    """
    fields = _with_option_ids(await _with_photos(deps, provider, service_id, fields), deps.clock.now())
    for _ in range(_TRIES):
        before = await own_service(deps, provider, service_id)
        after = Service.model_validate({**before.model_dump(), **fields})
        await _check(deps, after)
        _require_place(after, provider)
        version = before.version if expected is None else expected
        write = partial(deps.services.update, service_id, fields, now=deps.clock.now(), expected_version=version)
        try:
            if before.photos == after.photos:
                return await write()
            return await _showing(deps, provider, service_id, write, after.photos)
        except VersionConflict:
            if expected is not None:
                raise
    raise Unavailable("The service is being changed by others.", retry_after=1)


async def delete_service(deps: ProviderDeps, provider: Provider, service_id: str) -> None:
    """Delete a service; its bookings stay, its photographs go.

    Raises:
        NotFound: there is no such service of the caller's.
    """
    await own_service(deps, provider, service_id)
    fields = {"status": ServiceStatus.DELETED, "photos": []}
    write = partial(deps.services.update, service_id, fields, now=deps.clock.now())
    await _showing(deps, provider, service_id, write, [])


async def own_service(deps: ProviderDeps, provider: Provider, service_id: str) -> Service:
    """A service of the caller's.

    Raises:
        NotFound: there is no such service of the caller's.
    """
    service = await deps.services.get(service_id)
    if service is None or service.provider_id != provider.id or service.status is ServiceStatus.DELETED:
        raise NotFound("There is no such service.")
    return service


async def visible_service(
    deps: ProviderDeps, service_id: str, viewer_provider_id: str | None = None
) -> tuple[Service, Provider]:
    """A service that the viewer may see: a shown one, or one of the viewer's own.

    Raises:
        NotFound: there is none, or not for this viewer.
    """
    found = await deps.services.get_with_provider(service_id)
    if found is None or found[0].status is ServiceStatus.DELETED:
        raise NotFound("There is no such service.")
    service, provider = found
    is_shown = service.status is ServiceStatus.ACTIVE and provider.is_listed
    if not is_shown and provider.id != viewer_provider_id:
        raise NotFound("There is no such service.")
    return service, provider


async def _with_photos(
    deps: ProviderDeps, provider: Provider, service_id: str, fields: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The fields with what is remembered of the photographs that were named."""
    if "media_ids" not in fields:
        return fields
    rest = {name: value for name, value in fields.items() if name != "media_ids"}
    photos = await usable_photos(deps, provider.user_id, fields["media_ids"], target=_target(service_id), **_AS_IMAGES)
    return {**rest, "photos": photos}


async def _showing(
    deps: ProviderDeps,
    provider: Provider,
    service_id: str,
    write: Callable[[], Awaitable[T]],
    after: Sequence[Photo],
) -> T:
    """Write a service together with the photographs that it shows."""

    async def read_shown() -> Sequence[Photo]:
        stored = await deps.services.get(service_id)
        return stored.photos if stored else []

    target = _target(service_id)
    return await show_photos(
        deps, provider.user_id, write, read_shown=read_shown, after=after, target=target, **_AS_IMAGES
    )


def _target(service_id: str) -> str:
    return f"service:{service_id}"


def _require_place(service: Service, provider: Provider) -> None:
    """Customers find the way to what is active at the provider's place."""
    if service.status is not ServiceStatus.ACTIVE or PlaceKind.PROVIDER not in service.place_kinds:
        return
    if not provider.address.is_located:
        raise Conflict("Give your profile an address that can be located first.", code="provider_address_needed")


async def _check(deps: ProviderDeps, service: Service) -> None:
    errors = [*_price_errors(service, deps.platform), *_option_errors(service)]
    tree = await deps.categories.tree()
    if not tree.is_leaf(service.category):
        message = (
            "Choose a category without subcategories." if service.category in tree.by_slug else "No such category."
        )
        errors.append(FieldError("category", message, "unknown_category"))
    if errors:
        raise InvalidInput("The service has errors.", errors=errors)


def _with_option_ids(fields: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """The fields with an id for each option that came without one."""
    if "options" not in fields:
        return fields
    return {**fields, "options": [{**each, "id": each.get("id") or new_id("opt", now)} for each in fields["options"]]}


def _option_errors(service: Service) -> list[FieldError]:
    """What is wrong with the options beside the service's price, whose currency and whose step of amounts they have."""
    if service.price_type is PriceType.QUOTE and service.options:
        return [FieldError("options", "A service by quote has no options.", "not_allowed")]
    errors, seen = [], set[str]()
    for position, option in enumerate(service.options):
        named = f"options.{position}"
        if option.id in seen:
            errors.append(FieldError(f"{named}.id", "Another option has this id.", "duplicate_option"))
        seen.add(option.id)
        if service.price and option.price.currency != service.price.currency:
            message = "Options are sold in the currency of the service."
            errors.append(FieldError(f"{named}.price.currency", message, "currency_mismatch"))
        elif problem := step_problem(option.price):
            errors.append(FieldError(f"{named}.price.amount", problem, "not_chargeable"))
    return errors


def _price_errors(service: Service, platform: Platform) -> list[FieldError]:
    if service.price_type is PriceType.QUOTE:
        errors = []
        if service.price is not None:
            errors.append(FieldError("price", "A service by quote has no price.", "not_allowed"))
        if service.auto_accept:
            errors.append(FieldError("auto_accept", "A service by quote cannot accept automatically.", "not_allowed"))
        return errors
    total = service.total_price()
    if total is None:
        return [FieldError("price", "Give a price.", "missing")]
    problem = charge_problem(total)
    if problem is not None and not is_charged(total.currency):
        return [FieldError("price.currency", problem, "unknown_currency")]
    if unsold := platform.sale_problem(total.currency):
        return [FieldError("price.currency", unsold, "currency_not_supported")]
    if problem is not None:
        too_small = total.amount < minimum_charge(total.currency)
        return [FieldError("price.amount", problem, "too_small" if too_small else "not_chargeable")]
    return []
