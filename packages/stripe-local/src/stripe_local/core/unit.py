"""What a handler works with: the objects of one account, in one transaction, at one moment."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

import stripe

from stripe_local.core.store import Transaction
from stripe_local.protocol.errors import Json, invalid, not_found
from stripe_local.protocol.forms import MOST_KEYS
from stripe_local.protocol.render import public
from stripe_local.reference.settings import Settings

PLATFORM = ""
Scalar = str | int | None


@dataclass(frozen=True)
class Unit:
    """One unit of work.

    Args:
        tx: The open transaction.
        now: Seconds since the epoch by the server's clock.
        base_url: Where this server is reached, for links to its pages.
        settings: What the platform's account is set to.
        account: Connected account the request speaks for; empty for the platform.
        request_id: The request's id; None for what the server does by itself.
        idempotency_key: As sent.
        publishable: Whether the caller holds only a publishable key.
    """

    tx: Transaction
    now: int
    base_url: str
    settings: Settings
    account: str = PLATFORM
    request_id: str | None = None
    idempotency_key: str | None = None
    publishable: bool = False

    def within(self, account: str) -> "Unit":
        """The same unit of work, for another account."""
        return replace(self, account=account)

    def create(self, kind: str, prefix: str, fields: Mapping[str, object]) -> Json:
        """Make an object with the members all of Stripe's objects have."""
        body: Json = {
            "id": fields.get("id") or new_id(prefix),
            "object": kind,
            "created": self.now,
            "livemode": False,
            **fields,
        }
        body["metadata"] = merge_metadata({}, body.get("metadata"))
        return self.tx.add(self.account, body)

    def find(self, object_id: object, kind: str | None = None) -> Json | None:
        """An object of this account, or None."""
        body = self.tx.find(self.account, str(object_id))
        return None if body is None or (kind and body["object"] != kind) else body

    def get(self, object_id: object, kind: str, *, param: str = "id", status: int = 404) -> Json:
        """An object of this account.

        Raises:
            StripeError: There is none (`resource_missing`).
        """
        body = self.find(object_id, kind)
        if body is None or body.get("_deleted"):
            raise not_found(kind.replace(".", "_"), str(object_id), param=param, status=status)
        return body

    def referred(self, params: Mapping[str, object], param: str, kind: str) -> Json | None:
        """The object a parameter names, or None when the parameter is not given."""
        value = params.get(param)
        return None if not value else self.get(value, kind, param=param, status=400)

    def select(self, kind: str, **members: Scalar) -> list[Json]:
        """All objects of a kind whose members have these values, newest first."""
        conditions = "".join(f" AND json_extract(body, '$.{name}') IS ?" for name in members)
        return self.tx.select(f"account = ? AND kind = ?{conditions}", (self.account, kind, *members.values()))

    def emit(self, kind: str, body: Json, previous: Mapping[str, object] | None = None) -> None:
        """Record an event about an object as it is now, to be sent to the webhook endpoints."""
        data: Json = {"object": public(body)}
        if previous:
            data["previous_attributes"] = dict(previous)
        event: Json = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": stripe.api_version,
            "created": self.now,
            "data": data,
            "livemode": False,
            "pending_webhooks": 0,
            "request": {"id": self.request_id, "idempotency_key": self.idempotency_key},
            "type": kind,
        }
        if self.account != PLATFORM:
            event["account"] = self.account
        self.tx.add(self.account, event)
        self.tx.events.append((self.account, event))

    def later(self, due: int, action: str, target: str) -> None:
        """Run a timer's action on an object once the clock reaches `due`; the same order twice counts once."""
        self.tx.schedule(due, self.account, action, target)


def new_id(prefix: str) -> str:
    """A random id as Stripe writes them: a prefix and 24 letters or digits."""
    return f"{prefix}_{secrets.token_hex(12)}"


def merge_metadata(before: Mapping[str, str] | None, change: object) -> dict[str, str]:
    """Stripe's rule for metadata: keys are merged, an empty value removes a key, an empty string removes all."""
    if change is None:
        return dict(before or {})
    if not isinstance(change, Mapping):
        return {}
    merged = {key: value for key, value in {**(before or {}), **change}.items() if value != ""}
    if len(merged) > MOST_KEYS:
        raise invalid(f"Metadata can have up to {MOST_KEYS} keys, but there would be {len(merged)}.", param="metadata")
    return merged


def update(body: Json, params: Mapping[str, object]) -> Json:
    """Apply plain parameters to an object; an empty string unsets a member, metadata is merged."""
    for name, value in params.items():
        if name == "metadata":
            body["metadata"] = merge_metadata(body.get("metadata"), value)
        elif name != "expand":
            body[name] = None if value == "" else value
    return body
