"""The groups of settings of the parts; loads no part, so that an entry point can name any of them."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, field_validator

from common.domain.identity.terms import MAX_VERSION as MAX_TERMS_VERSION
from common.domain.payments.platform import platform_problems
from common.domain.shared.topics import Topic
from common.runtime.settings import (
    BaseUrl,
    Count,
    NamedBy,
    Names,
    Secret,
    SecretRef,
    SettingsError,
    SettingsGroup,
    as_secret,
)

#: OpenStreetMap's own server: no more than a request a second, and not for applications that live by it
#: (https://operations.osmfoundation.org/policies/nominatim/), so it is asked only where it is named.
PUBLIC_NOMINATIM = "nominatim.openstreetmap.org"


class HttpSettings(SettingsGroup):
    """What functions that answer HTTP need: the API's public address, which is the issuer of access tokens."""

    needed = ("public_base_url",)

    public_base_url: BaseUrl = ""


class FrontendSettings(SettingsGroup):
    """What functions that lead people to the product's pages need."""

    needed = ("frontend_base_url",)

    frontend_base_url: BaseUrl = ""


class EventSettings(SettingsGroup):
    """What functions whose use cases emit events need: each topic's queue."""

    needed = ("notifications_queue_url", "payment_checks_queue_url")

    notifications_queue_url: str = ""
    payment_checks_queue_url: str = ""

    def queue_urls(self) -> dict[Topic, str]:
        """Each topic's queue."""
        return {Topic.NOTIFICATIONS: self.notifications_queue_url, Topic.PAYMENTS: self.payment_checks_queue_url}


class TokenSettings(SettingsGroup):
    """What issuing access tokens needs.

    Attributes:
        jwt_signing_keys: the private keys as JSON, ``{"keys": [{"kid", "private_pem", "active"}]}``.
    """

    needed = ("jwt_signing_keys",)

    jwt_signing_keys: SecretRef


class PlatformSettings(SettingsGroup):
    """Where our Stripe account is.

    Attributes:
        platform_country: its country.
        settlement_currencies: in which it has bank accounts besides that country's own.
    """

    platform_country: str = "NZ"
    settlement_currencies: Names = ()

    @field_validator("platform_country")
    @classmethod
    def _is_known(cls, country: str) -> str:
        if platform_problems(country, ()):
            raise ValueError("no country for an account")
        return country

    @field_validator("settlement_currencies")
    @classmethod
    def _are_codes(cls, currencies: tuple[str, ...]) -> tuple[str, ...]:
        lowered = tuple(currency.lower() for currency in currencies)
        if platform_problems(cls.model_fields["platform_country"].default, lowered):
            raise ValueError("no currencies")
        return lowered


class SignInSettings(SettingsGroup):
    """How people sign in.

    Attributes:
        recent_sign_in_minutes: how old a sign-in may be for what asks for a recent one; by default as long as a
            guest's booking is held.
        oauth_settings: identity providers by name as JSON, each with ``client_id``, ``client_secret`` and, if not its
            usual, ``issuer``.
    """

    recent_sign_in_minutes: Annotated[Count, Field(ge=1)] = 30
    oauth_settings: SecretRef

    def oauth_providers(self) -> dict[str, dict[str, str]]:
        """The identity providers; none where none is set.

        Raises:
            Unavailable: they are given by name and cannot be fetched.
        """
        return dict(json.loads(self.oauth_settings.get())) if self.oauth_settings.is_given else {}


class FactorSettings(SettingsGroup):
    """What second factors need.

    Attributes:
        factor_keys: Fernet keys between commas, under which the secrets of authenticator apps rest; the first encrypts.
        passkey_domain: the domain that passkeys belong to, where it is not the host of the product's pages but one
            above it; another one later makes every passkey useless.
    """

    needed = ("factor_keys",)

    factor_keys: SecretRef
    passkey_domain: str = ""


class TermsSettings(SettingsGroup):
    """The platform's terms and privacy notice.

    Attributes:
        terms_version: the version in force, any text; empty where there are no terms to accept.
        terms_url: where they can be read; the page ``/terms`` by default.
        privacy_version: the privacy notice's version.
        privacy_url: where it can be read; the page ``/privacy`` by default.
        terms_required: ``providers`` where nobody applies as a provider without having accepted; ``nobody`` by default.
    """

    terms_version: Annotated[str, Field(max_length=MAX_TERMS_VERSION)] = ""
    terms_url: str = ""
    privacy_version: Annotated[str, Field(max_length=MAX_TERMS_VERSION)] = ""
    privacy_url: str = ""
    terms_required: Literal["nobody", "providers"] = "nobody"


class GeocoderSettings(SettingsGroup):
    """What functions that look addresses up need: the chosen service, and what that asks for."""

    geocoder: Literal["gazetteer", "nominatim", "addressable"] = "gazetteer"
    geocoder_url: str | None = None
    geocoder_contact: str = ""
    geocoder_api_key: SecretRef

    needs_of: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "nominatim": ("geocoder_contact", "geocoder_url"),
        "addressable": ("geocoder_api_key",),
    }

    @classmethod
    def missing(cls, environ: Mapping[str, str]) -> list[str]:
        """The variables that the chosen service asks for and the environment lacks."""
        return cls.lacking(environ, cls.needs_of.get(environ.get("GEOCODER", ""), ()))

    @property
    def is_public_geocoder(self) -> bool:
        """Whether addresses are looked up at the server that OpenStreetMap lets everybody use, slowly."""
        return urlsplit(self.geocoder_url or "").hostname == PUBLIC_NOMINATIM


class ResponseCacheSettings(SettingsGroup):
    """How many answers to anonymous reads a process remembers; with 0 it remembers none."""

    public_cache_entries: Count = 256


class StripeApiSettings(SettingsGroup):
    """Another server that speaks Stripe's API, such as the local one."""

    stripe_api_base: str | None = None


class StripeSettings(SettingsGroup):
    """What functions that call Stripe, or are called by it, need.

    Attributes:
        stripe_secret_key: the secret key; by name it is JSON, ``{"secret_key", "webhook_secrets": […]}``.
        stripe_webhook_secrets: signing secrets between commas, where the key is given by value.
    """

    needed = ("stripe_secret_key",)

    stripe_secret_key: Annotated[SecretRef, NamedBy("STRIPE_SECRET")]
    stripe_webhook_secrets: Annotated[Secret | None, BeforeValidator(as_secret)] = None

    def secret_key(self) -> str:
        """Stripe's secret API key.

        Raises:
            SettingsError: there is none.
            Unavailable: it is given by name and cannot be fetched.
        """
        key = str(self._both()["secret_key"]) if self.stripe_secret_key.name else self.stripe_secret_key.get()
        if not key:
            raise SettingsError(f"Missing settings: {self.stripe_secret_key.variables}")
        return key

    def signing_secrets(self) -> tuple[str, ...]:
        """Signing secrets of Stripe's webhook endpoints; more than one while one is being rolled.

        Raises:
            Unavailable: they are given by name and cannot be fetched.
        """
        if self.stripe_secret_key.name:
            return tuple(self._both().get("webhook_secrets", ()))
        given = self.stripe_webhook_secrets.get_secret_value() if self.stripe_webhook_secrets else ""
        return tuple(part.strip() for part in given.split(",") if part.strip())

    def _both(self) -> dict[str, Any]:
        return dict(json.loads(self.stripe_secret_key.get()))


class StripeEventSettings(SettingsGroup):
    """What queueing Stripe's events needs."""

    needed = ("stripe_events_queue_url",)

    stripe_events_queue_url: str = ""


class ReconciliationSettings(SettingsGroup):
    """How fast reconciliation goes.

    Attributes:
        reconciliation_reads_per_second: what all workers together may ask of Stripe in a second. Stripe takes 100
            requests a second, 25 of a sandbox and 25 of any one kind, and people's own payments need theirs
            (https://docs.stripe.com/rate-limits).
    """

    reconciliation_reads_per_second: Annotated[Count, Field(ge=1)] = 10


class MailSettings(SettingsGroup):
    """What sending mails needs: the sender."""

    needed = ("mail_from",)

    mail_from: str = ""


class PushSettings(SettingsGroup):
    """What push messages are signed with (VAPID); without a key none are sent.

    Attributes:
        push_public_key: by which a browser subscribes.
        push_private_key: the private key as PEM.
    """

    push_public_key: str = ""
    push_private_key: SecretRef
