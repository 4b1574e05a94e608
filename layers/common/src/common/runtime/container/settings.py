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

    needed = ("notifications_queue_url", "payment_checks_queue_url", "realtime_queue_url")

    notifications_queue_url: str = ""
    payment_checks_queue_url: str = ""
    realtime_queue_url: str = ""
    media_queue_url: str = ""
    matching_queue_url: str = ""
    reports_queue_url: str = ""

    def queue_urls(self) -> dict[Topic, str]:
        """Each topic's queue."""
        return {
            Topic.NOTIFICATIONS: self.notifications_queue_url,
            Topic.PAYMENTS: self.payment_checks_queue_url,
            Topic.REALTIME: self.realtime_queue_url,
            Topic.MEDIA: self.media_queue_url,
            Topic.MATCHING: self.matching_queue_url,
            Topic.REPORTS: self.reports_queue_url,
        }

    def addresses(self) -> dict[str, str]:
        """Each queue's address by its name, such as ``payment_checks``."""
        return {name.removesuffix("_queue_url"): getattr(self, name) for name in type(self).model_fields}


class StreamSettings(SettingsGroup):
    """What functions that let clients connect need: where clients open sockets."""

    needed = ("realtime_url",)

    realtime_url: BaseUrl = ""


class SocketSettings(SettingsGroup):
    """What functions that write to sockets need: the address of API Gateway's connections, with the stage."""

    needed = ("realtime_connections_url",)

    realtime_connections_url: BaseUrl = ""


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


class VerifierSettings(SettingsGroup):
    """What judges reports: rules, which look at words alone and ask nobody, or Gemini, which wants a key.

    Attributes:
        report_verifier: which of them.
        gemini_model: the model that is asked (https://ai.google.dev/gemini-api/docs/models).
        gemini_url: another server that speaks Gemini's API, such as the local one.
        gemini_api_key: the key.
    """

    report_verifier: Literal["rules", "gemini"] = "rules"
    gemini_model: str | None = None
    gemini_url: BaseUrl = ""
    gemini_api_key: SecretRef

    @classmethod
    def missing(cls, environ: Mapping[str, str]) -> list[str]:
        """The variables that the chosen verifier asks for and the environment lacks."""
        return cls.lacking(environ, ("gemini_api_key",) if environ.get("REPORT_VERIFIER") == "gemini" else ())


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

    def secret_key(self, *, anew: bool = False) -> str:
        """Stripe's secret API key.

        Args:
            anew: whether the one that was given before has been refused.

        Raises:
            SettingsError: there is none.
            Unavailable: it is given by name and cannot be fetched.
        """
        key = str(self._both(anew=anew)["secret_key"]) if self.stripe_secret_key.name else self.stripe_secret_key.get()
        if not key:
            raise SettingsError(f"Missing settings: {self.stripe_secret_key.variables}")
        return key

    def signing_secrets(self, *, anew: bool = False) -> tuple[str, ...]:
        """Signing secrets of Stripe's webhook endpoints; more than one while one is being rolled.

        Args:
            anew: whether none of those that were given before has made a signature.

        Raises:
            Unavailable: they are given by name and cannot be fetched.
        """
        if self.stripe_secret_key.name:
            return tuple(self._both(anew=anew).get("webhook_secrets", ()))
        given = self.stripe_webhook_secrets.get_secret_value() if self.stripe_webhook_secrets else ""
        return tuple(part.strip() for part in given.split(",") if part.strip())

    def _both(self, *, anew: bool) -> dict[str, Any]:
        return dict(json.loads(self.stripe_secret_key.get(anew=anew)))


class StripeEventSettings(SettingsGroup):
    """What queueing Stripe's events needs."""

    needed = ("stripe_events_queue_url",)

    stripe_events_queue_url: str = ""


class WatchedQueueSettings(SettingsGroup):
    """Which queues are watched.

    Attributes:
        dead_letters: the name at SQS of the dead letters of each queue, as JSON by the queue's own name.
    """

    dead_letters: str = "{}"

    @field_validator("dead_letters")
    @classmethod
    def _are_names(cls, text: str) -> str:
        if not all(isinstance(each, str) for each in dict(json.loads(text)).values()):
            raise ValueError("no names")
        return text

    def watched(self, addresses: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        """Of each watched queue its address and that of its dead letters, which lie beside it.

        Args:
            addresses: of the queues, by their names.
        """
        names: dict[str, str] = json.loads(self.dead_letters)
        return {
            name: (addresses[name], f"{addresses[name].rpartition('/')[0]}/{dead}")
            for name, dead in names.items()
            if addresses.get(name)
        }


class ReconciliationSettings(SettingsGroup):
    """How fast reconciliation goes.

    Attributes:
        reconciliation_reads_per_second: what all workers together may ask of Stripe in a second. Stripe takes 100
            requests a second, 25 of a sandbox and 25 of any one kind, and people's own payments need theirs
            (https://docs.stripe.com/rate-limits).
    """

    reconciliation_reads_per_second: Annotated[Count, Field(ge=1)] = 10


class MailSettings(SettingsGroup):
    """What sending mails needs: the sender.

    Attributes:
        mail_from: the sender.
        mail_configuration_set: SES's name of what it does about bounces and complaints.
    """

    needed = ("mail_from",)

    mail_from: str = ""
    mail_configuration_set: str = ""


class PushSettings(SettingsGroup):
    """What push messages are signed with (VAPID); without a key none are sent.

    Attributes:
        push_public_key: by which a browser subscribes.
        push_private_key: the private key as PEM.
    """

    push_public_key: str = ""
    push_private_key: SecretRef


class UnsubscribeSettings(SettingsGroup):
    """By which mails of a kind are switched off with one click; without keys mails name the page of preferences.

    Attributes:
        unsubscribe_keys: Fernet keys between commas; the first seals the links of new mails.
    """

    unsubscribe_keys: SecretRef


class MediaSettings(SettingsGroup):
    """Where photographs lie.

    Attributes:
        media_bucket: the bucket's name.
        media_endpoint_url: another provider than Amazon that speaks its protocol, such as
            ``https://<account>.r2.cloudflarestorage.com``.
        media_region: the bucket's region, where it is not the function's; R2's is ``auto``.
        media_upload_checksum: what an upload's address promises of its bytes: ``sha256`` where the provider checks it,
            as Amazon does, ``none`` where it does not know it, as R2. They are hashed afterwards in either case.
        media_public_base_url: where everybody reads what is public, such as a CDN's address; empty to sign those too.
        media_credentials: another provider's key pair as JSON, ``{"access_key_id", "secret_access_key"}``.
    """

    needed = ("media_bucket",)

    media_bucket: str = ""
    media_endpoint_url: BaseUrl = ""
    media_region: str = ""
    media_upload_checksum: Literal["sha256", "none"] = "sha256"
    media_public_base_url: BaseUrl = ""
    media_credentials: SecretRef
