"""Settings from the environment, checked when a function starts."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from common.domain.payments.platform import platform_problems
from common.domain.shared.topics import Topic
from common.runtime.secrets import fetch_secret

#: Every function needs these; alternatives are joined by a bar.
BASE = ("STAGE", "MONGODB_URI|MONGODB_URI_SECRET", "MONGODB_DATABASE")
#: Functions that answer HTTP verify access tokens, whose issuer is the public base URL.
HTTP = (*BASE, "PUBLIC_BASE_URL")
#: Functions whose use cases emit events.
EVENTS = ("NOTIFICATIONS_QUEUE_URL", "PAYMENT_CHECKS_QUEUE_URL")
STRIPE = ("STRIPE_SECRET|STRIPE_SECRET_KEY",)

#: What each function needs, by its service name.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "auth": (*HTTP, *EVENTS, *STRIPE, "JWT_SIGNING_KEYS_SECRET|JWT_SIGNING_KEYS", "FRONTEND_BASE_URL"),
    "admin": (*HTTP, *EVENTS),
    "providers": HTTP,
    "search": HTTP,
    "bookings": (*HTTP, *EVENTS, *STRIPE),
    "payments": (*HTTP, *EVENTS, *STRIPE),
    "webhooks": (*HTTP, "STRIPE_EVENTS_QUEUE_URL", *STRIPE),
    "notifications": HTTP,
    "system": HTTP,
    "notifications-queue": (*BASE, "FRONTEND_BASE_URL", "MAIL_FROM"),
    "payment-checks-queue": (*BASE, *EVENTS, *STRIPE),
    "stripe-events-queue": (*BASE, *EVENTS, *STRIPE),
    "sweep-schedule": (*BASE, *EVENTS),
    "outbox-schedule": (*BASE, *EVENTS),
    "cleanup-schedule": BASE,
    "reconciliation-schedule": (*BASE, *EVENTS, "STRIPE_EVENTS_QUEUE_URL", *STRIPE),
}


#: Functions that look addresses up, and what the chosen geocoder needs.
GEOCODING = frozenset({"auth", "bookings", "providers", "search"})
GEOCODERS: Mapping[str, tuple[str, ...]] = {
    "gazetteer": (),
    "nominatim": ("GEOCODER_CONTACT", "GEOCODER_URL"),
    "addressable": ("GEOCODER_API_KEY_SECRET|GEOCODER_API_KEY",),
}


#: OpenStreetMap's own server: no more than a request a second, and not for applications that live by it
#: (https://operations.osmfoundation.org/policies/nominatim/), so it is asked only where it is named.
PUBLIC_NOMINATIM = "nominatim.openstreetmap.org"


#: What is wrapped as soon as it is read.
_SECRETS = frozenset(
    {
        "mongodb_uri", "stripe_secret_key", "stripe_webhook_secrets", "jwt_signing_keys", "geocoder_api_key",
        "oauth_settings", "push_private_key",
    }
)  # fmt: skip


class SettingsError(RuntimeError):
    """The environment does not hold what the function needs; the message names all of it."""


class Stage(StrEnum):
    """Stages whose name changes behaviour; every other name is a deployed stage."""

    LOCAL = "local"
    TEST = "test"


class Secret:
    """A value that shows in no text: neither a log line nor a traceback has it.

    Args:
        value: what is kept.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return "Secret(…)"

    def get_secret_value(self) -> str:
        """The value, for the one place that uses it."""
        return self._value


#: Settings that are whole numbers, with the least of each.
_COUNTS = {"public_cache_entries": 0, "lookups_per_minute": 1, "searches_per_minute": 1, "recent_sign_in_minutes": 1}


@dataclass(frozen=True)
class Settings:
    """What the environment says, read once.

    No pydantic model, because a worker that finds nothing to do never loads pydantic. Where a secret is given by name,
    its value is fetched at first use. ``public_cache_entries`` is how many answers to anonymous reads a process
    remembers; with 0 it remembers none. ``platform_country`` is where our Stripe account is, and
    ``settlement_currencies`` are those in which it has bank accounts besides that country's own.
    ``lookups_per_minute`` and ``searches_per_minute`` are how many addresses one network address may have looked up
    and how often it may search.
    ``recent_sign_in_minutes`` is how old a sign-in may be for what asks for a recent one; by default as long as a
    guest's booking is held.
    """

    stage: str
    mongodb_database: str
    mongodb_uri: Secret | None = None
    mongodb_uri_secret: str | None = None
    public_base_url: str = ""
    frontend_base_url: str = ""
    cors_origins: tuple[str, ...] = ()
    notifications_queue_url: str = ""
    payment_checks_queue_url: str = ""
    stripe_events_queue_url: str = ""
    stripe_secret: str | None = None
    stripe_secret_key: Secret | None = None
    stripe_webhook_secrets: Secret | None = None
    stripe_api_base: str | None = None
    platform_country: str = "NZ"
    settlement_currencies: tuple[str, ...] = ()
    jwt_signing_keys_secret: str | None = None
    jwt_signing_keys: Secret | None = None
    geocoder: str = "gazetteer"
    geocoder_url: str | None = None
    geocoder_contact: str = ""
    geocoder_api_key: Secret | None = None
    geocoder_api_key_secret: str | None = None
    oauth_settings: Secret | None = None
    oauth_settings_secret: str | None = None
    mail_from: str = ""
    push_public_key: str = ""
    push_private_key: Secret | None = None
    push_private_key_secret: str | None = None
    clock_file: str | None = None
    public_cache_entries: int = 256
    lookups_per_minute: int = 60
    searches_per_minute: int = 240
    recent_sign_in_minutes: int = 30

    @property
    def is_local(self) -> bool:
        """Whether this is a developer's or a test's stage, where the clock may be moved."""
        return self.stage in {Stage.LOCAL, Stage.TEST}

    @property
    def is_public_geocoder(self) -> bool:
        """Whether addresses are looked up at the server that OpenStreetMap lets everybody use, slowly."""
        return urlsplit(self.geocoder_url or "").hostname == PUBLIC_NOMINATIM

    def secret_names(self) -> list[str]:
        """The names of all secrets that are given by name."""
        names = (
            self.mongodb_uri_secret, self.stripe_secret, self.jwt_signing_keys_secret, self.geocoder_api_key_secret,
            self.oauth_settings_secret, self.push_private_key_secret,
        )  # fmt: skip
        return [name for name in names if name]

    def queue_urls(self) -> dict[Topic, str]:
        """Each topic's queue."""
        return {Topic.NOTIFICATIONS: self.notifications_queue_url, Topic.PAYMENTS: self.payment_checks_queue_url}

    def mongo_uri(self) -> str:
        """The connection string, credentials included.

        Raises:
            Unavailable: it is given by name and cannot be fetched.
        """
        return _by_value_or_name(self.mongodb_uri, self.mongodb_uri_secret, "MONGODB_URI")

    @cached_property
    def _stripe(self) -> dict[str, Any]:
        if self.stripe_secret_key is None and self.stripe_secret:
            return dict(json.loads(fetch_secret(self.stripe_secret)))
        given = self.stripe_webhook_secrets.get_secret_value() if self.stripe_webhook_secrets else ""
        key = self.stripe_secret_key.get_secret_value() if self.stripe_secret_key else ""
        return {"secret_key": key, "webhook_secrets": _split(given)}

    def stripe_key(self) -> str:
        """Stripe's secret API key.

        Raises:
            SettingsError: there is none.
            Unavailable: it is given by name and cannot be fetched.
        """
        key = str(self._stripe.get("secret_key", ""))
        if not key:
            raise SettingsError("Missing settings: STRIPE_SECRET or STRIPE_SECRET_KEY")
        return key

    def stripe_signing_secrets(self) -> tuple[str, ...]:
        """Signing secrets of Stripe's webhook endpoints; more than one while one is being rolled."""
        return tuple(self._stripe.get("webhook_secrets", ()))

    def signing_keys(self) -> str:
        """The private token signing keys as JSON (``{"keys": [{"kid", "private_pem", "active"}]}``).

        Raises:
            Unavailable: they are given by name and cannot be fetched.
        """
        return _by_value_or_name(self.jwt_signing_keys, self.jwt_signing_keys_secret, "JWT_SIGNING_KEYS")

    @property
    def has_push_key(self) -> bool:
        """Whether push messages can be signed."""
        return self.push_private_key is not None or bool(self.push_private_key_secret)

    def push_key(self) -> str:
        """The private key that signs push messages (VAPID), as PEM.

        Raises:
            Unavailable: it is given by name and cannot be fetched.
        """
        return _by_value_or_name(self.push_private_key, self.push_private_key_secret, "PUSH_PRIVATE_KEY")

    def geocoder_key(self) -> str:
        """The geocoder's API key.

        Raises:
            Unavailable: it is given by name and cannot be fetched.
        """
        return _by_value_or_name(self.geocoder_api_key, self.geocoder_api_key_secret, "GEOCODER_API_KEY")

    def oauth_providers(self) -> dict[str, dict[str, str]]:
        """Identity providers by name, each with ``client_id``, ``client_secret`` and, if not its usual, ``issuer``.

        Raises:
            Unavailable: they are given by name and cannot be fetched.
        """
        if self.oauth_settings is None and not self.oauth_settings_secret:
            return {}
        return dict(json.loads(_by_value_or_name(self.oauth_settings, self.oauth_settings_secret, "OAUTH_SETTINGS")))


def load_settings(service: str | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the environment.

    Args:
        service: whose needs to check (a key of ``NEEDS``); ``None`` or an unknown one checks the base only.
        environ: variables to read; the process's by default.

    Raises:
        SettingsError: variables are missing or malformed; every one of them is named, no value is.
    """
    variables = {name: value for name, value in (os.environ if environ is None else environ).items() if value != ""}
    _require(service, variables, NEEDS.get(service or "", BASE))
    values = {each.name: variables[each.name.upper()] for each in fields(Settings) if each.name.upper() in variables}
    given: dict[str, Any] = {name: Secret(value) if name in _SECRETS else value for name, value in values.items()}
    given["cors_origins"] = _split(variables.get("CORS_ORIGINS", ""))
    given["settlement_currencies"] = _split(variables.get("SETTLEMENT_CURRENCIES", "").lower())
    for name in ("public_base_url", "frontend_base_url"):
        given[name] = variables.get(name.upper(), "").rstrip("/")
    _check(values)
    given |= {name: int(values[name]) for name in _COUNTS if name in values}
    settings = Settings(**given)
    if service in GEOCODING:
        _require(service, variables, GEOCODERS[settings.geocoder])
    return settings


def _check(values: Mapping[str, str]) -> None:
    """Name every value that is not what it should be."""
    is_right = {
        "geocoder": values.get("geocoder", "gazetteer") in GEOCODERS,
        **{name: _is_count(values[name], least) for name, least in _COUNTS.items() if name in values},
    }
    problems = [name.upper() for name, right in is_right.items() if not right]
    currencies = _split(values.get("settlement_currencies", "").lower())
    if wrong := ", ".join([*problems, *platform_problems(values.get("platform_country", "NZ"), currencies)]):
        raise SettingsError(f"Malformed settings: {wrong}")


def _is_count(text: str, least: int) -> bool:
    return text.isascii() and text.isdecimal() and int(text) >= least


def _require(service: str | None, variables: Mapping[str, str], names: Iterable[str]) -> None:
    missing = [name for name in names if not any(each in variables for each in name.split("|"))]
    if missing:
        listed = ", ".join(name.replace("|", " or ") for name in missing)
        raise SettingsError(f"Missing settings{f' of {service}' if service else ''}: {listed}")


def _split(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _by_value_or_name(value: Secret | None, name: str | None, variable: str) -> str:
    if value is not None:
        return value.get_secret_value()
    if name is not None:
        return fetch_secret(name)
    raise SettingsError(f"Missing settings: {variable} or {variable}_SECRET")
