"""Accounts, sign-in, onboarding, staff."""

import json
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from common.adapters.identity.oidc import OidcProviders
from common.adapters.identity.one_time_codes import TotpCodes
from common.adapters.identity.passkeys import WebAuthnPasskeys
from common.adapters.identity.passwords import Argon2Passwords
from common.adapters.mongo.bookings.calendar_feeds import MongoCalendarFeeds
from common.adapters.mongo.catalogue.provider_lists import MongoProviderLists
from common.adapters.mongo.identity.credentials import MongoCredentials
from common.adapters.mongo.identity.factor_challenges import MongoFactorChallenges
from common.adapters.mongo.identity.factors import MongoFactors
from common.adapters.mongo.identity.mail_tokens import MongoMailTokens
from common.adapters.mongo.identity.registrations import MongoRegistrations
from common.adapters.mongo.identity.security_events import MongoSecurityLog
from common.adapters.mongo.identity.sessions import MongoSessions
from common.adapters.mongo.identity.sign_in_attempts import MongoSignInAttempts
from common.adapters.mongo.identity.sign_in_guard import MongoSignInGuard
from common.adapters.mongo.identity.users import MongoUsers
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
from common.adapters.privacy.export import MongoPersonalExport
from common.adapters.privacy.personal_data import MongoPersonalData
from common.application.admin.deps import AdminDeps
from common.application.bookings.guest_completion import GuestBookings
from common.application.identity.account_deletion import AccountDeletionDeps
from common.application.identity.deps import AuthDeps
from common.application.identity.erasure import ErasureDeps
from common.application.identity.mail_links import LinkDeps
from common.application.identity.oauth import OAuthDeps
from common.application.identity.onboarding.deps import OnboardingDeps
from common.application.ports.identity.accounts import Passwords
from common.domain.identity.terms import MAX_VERSION as MAX_TERMS_VERSION
from common.domain.identity.terms import Terms
from common.runtime.container.core import CoreContainer
from common.runtime.settings import Count, SecretRef, SettingsGroup


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


class IdentityContainer(CoreContainer):
    """Accounts, sign-in, onboarding, staff."""

    @cached_property
    def users(self) -> MongoUsers:
        """Accounts."""
        return MongoUsers(self.mongo)

    @cached_property
    def mail_links(self) -> LinkDeps:
        """What making the links of identity mails needs."""
        return LinkDeps(
            clock=self.clock,
            users=self.users,
            registrations=MongoRegistrations(self.mongo),
            mail_tokens=MongoMailTokens(self.mongo),
            frontend_base_url=self.frontend_base_url,
        )

    @cached_property
    def auth(self) -> AuthDeps:
        """What the identity use cases need."""
        return AuthDeps(
            clock=self.clock,
            unit_of_work=MongoUnitOfWork(self.mongo),
            users=self.users,
            credentials=MongoCredentials(self.mongo),
            sessions=MongoSessions(self.mongo),
            registrations=MongoRegistrations(self.mongo),
            mail_tokens=MongoMailTokens(self.mongo),
            log=MongoSecurityLog(self.mongo),
            passwords=self.passwords,
            tokens=self.token_issuer,
            guard=MongoSignInGuard(self.mongo),
            limits=self.rate_limits,
            outbox=self.outbox,
            publisher=self.publisher,
            feeds=MongoCalendarFeeds(self.mongo),
            factors=MongoFactors(self.mongo),
            factor_challenges=MongoFactorChallenges(self.mongo),
            codes=self.codes,
            passkeys=WebAuthnPasskeys(
                lambda: self.frontend_base_url, lambda: self.settings.of(FactorSettings).passkey_domain
            ),
            terms=self.terms,
            frontend_base_url=self.frontend_base_url,
            recent_sign_in=timedelta(minutes=self.settings.of(SignInSettings).recent_sign_in_minutes),
        )

    @cached_property
    def terms(self) -> Terms:
        """The platform's terms and privacy notice in force."""
        settings = self.settings.of(TermsSettings)
        return Terms(
            settings.terms_version,
            settings.terms_url or f"{self.frontend_base_url}/terms",
            settings.privacy_version,
            settings.privacy_url or f"{self.frontend_base_url}/privacy",
            is_required_of_providers=settings.terms_required == "providers",
        )

    @cached_property
    def codes(self) -> TotpCodes:
        """One-time codes of authenticator apps; only the identity functions have the keys of their secrets."""
        return TotpCodes(self.settings.of(FactorSettings).factor_keys.get)

    @cached_property
    def passwords(self) -> Passwords:
        """Password hashing."""
        return Argon2Passwords()

    @cached_property
    def account_deletion(self) -> AccountDeletionDeps:
        """What export and deletion of an account need."""
        return AccountDeletionDeps(
            **vars(self.auth),
            providers=self.container.providers,
            personal=MongoPersonalData(self.mongo),
            exports=MongoPersonalExport(self.mongo),
        )

    @cached_property
    def erasure(self) -> ErasureDeps:
        """What follows the deletion of an account."""
        return ErasureDeps(
            self.clock,
            self.container.booking_repository,
            self.container.payments.gateway,
            MongoPersonalData(self.mongo),
            self.outbox,
            self.publisher,
        )

    @cached_property
    def identity_providers(self) -> OidcProviders:
        """Google, Facebook, or what stands in for them."""
        return OidcProviders(self.settings.of(SignInSettings).oauth_providers)

    @cached_property
    def oauth(self) -> OAuthDeps:
        """What signing in elsewhere needs."""
        return OAuthDeps(
            **vars(self.auth),
            identity_providers=self.identity_providers,
            attempts=MongoSignInAttempts(self.mongo),
        )

    @cached_property
    def onboarding(self) -> OnboardingDeps:
        """What onboarding needs."""
        return OnboardingDeps(
            **vars(self.auth),
            providers=self.container.providers,
            services=self.container.services,
            geocoder=self.container.geocoder,
            intents=GuestBookings(lambda: self.container.booking_intents),
            connect=lambda: self.container.connect,
            platform=self.platform,
        )

    @cached_property
    def admin(self) -> AdminDeps:
        """What the use cases of staff need."""
        return AdminDeps(
            clock=self.clock,
            unit_of_work=MongoUnitOfWork(self.mongo),
            users=self.users,
            staff=self.users,
            sessions=MongoSessions(self.mongo),
            factors=MongoFactors(self.mongo),
            providers=self.container.providers,
            provider_lists=MongoProviderLists(self.mongo),
            log=MongoSecurityLog(self.mongo),
            outbox=self.outbox,
            publisher=self.publisher,
        )

    async def close(self) -> None:
        """Close what holds connections."""
        if "identity_providers" in self.__dict__:
            await self.identity_providers.close()
        await super().close()
