"""No answer that is stored for replays holds a secret: every route with one keeps it out, and can make it again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

import pytest
from common.runtime.http.idempotency import IdempotentRoute, KeptOut
from pydantic import BaseModel

from infra import applications

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What secrets are called: anyone who knows one may do something with it.
SECRET = re.compile(r"secret|token|password|nonce|hash|key|endpoint|url|link|href|(^|_)code$|p256dh|^auth$")
#: Fields that sound like one and tell nothing that could be used.
HARMLESS = {
    "last_error_code": "Stripe's reason of a decline",
    "failure_code": "Stripe's reason of a failure",
    "payment_action_type": "the kind of a step at Stripe",
}
ROUTES = {
    f"{min(route.methods or ())} {route.path}": route
    for area in applications.areas()
    for route in applications.router(area).routes
    if isinstance(route, IdempotentRoute) and not {"GET"} & (route.methods or set())
}


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model that a type is made of, unions and lists included."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models(inner)


def fields(annotation: Any, path: str = "", seen: tuple[type[BaseModel], ...] = ()) -> Iterator[str]:
    """The dotted path of every field of an answer."""
    for model in models(annotation):
        if model in seen:
            continue
        for name, field in model.model_fields.items():
            yield f"{path}{name}"
            yield from fields(field.annotation, f"{path}{name}.", (*seen, model))


def kept_out(route: IdempotentRoute) -> set[str]:
    marked: KeptOut | None = getattr(route.endpoint, "kept_out", None)
    return set(marked.stored_as) if marked else set()


def sounding_secret(annotation: Any) -> set[str]:
    return {
        path for path in fields(annotation)
        if SECRET.search(path.rpartition(".")[2]) and path.rpartition(".")[2] not in HARMLESS
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_every_secret_of_a_stored_answer_is_kept_out(name: str) -> None:
    route = ROUTES[name]
    kept = kept_out(route)
    paths = sounding_secret(route.response_model)
    assert {next((whole for whole in kept if f"{path}.".startswith(f"{whole}.")), path) for path in paths} == kept


def test_there_is_something_to_keep_out() -> None:
    with_secrets = {name for name, route in ROUTES.items() if kept_out(route)}
    assert {"POST /v1/bookings", "POST /v1/booking-intents", "POST /v1/subscriptions/portal"} <= with_secrets


def test_a_new_secret_would_be_noticed() -> None:
    class Inner(BaseModel):
        client_secret: str | None

    class Answer(BaseModel):
        id: str
        items: list[Inner]
        start_code: str

    assert sounding_secret(Answer | None) == {"items.client_secret", "start_code"}
