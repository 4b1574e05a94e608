"""Accounts, sign-in, onboarding, guest checkout."""

from datetime import timedelta
from functools import cached_property

from common.adapters.identity.oidc import OidcProviders
from common.adapters.identity.one_time_codes import TotpCodes
from common.adapters.identity.passkeys import WebAuthnPasskeys
from common.adapters.identity.passwords import Argon2Passwords
from common.adapters.identity.tokens import TokenIssuer
from common.adapters.mongo.bookings.calendar_feeds import MongoCalendarFeeds
from common.adapters.mongo.identity.credentials import MongoCredentials
from common.adapters.mongo.identity.factor_challenges import MongoFactorChallenges
from common.adapters.mongo.identity.factors import MongoFactors
from common.adapters.mongo.identity.mail_tokens import MongoMailTokens
from common.adapters.mongo.identity.registrations import MongoRegistrations
from common.adapters.mongo.identity.security_events import MongoSecurityLog
from common.adapters.mongo.identity.sessions import MongoSessions
from common.adapters.mongo.identity.sign_in_attempts import MongoSignInAttempts
from common.adapters.mongo.identity.sign_in_guard import MongoSignInGuard
from common.adapters.mongo.media.media import MongoMedia
from common.adapters.mongo.reports.reports import MongoReports
from common.adapters.mongo.reports.support import MongoReportComments
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
from common.adapters.privacy.export import MongoPersonalExport
from common.adapters.privacy.personal_data import MongoPersonalData
from common.application.bookings.guest_completion import GuestBookings
from common.application.bookings.intents import IntentDeps
from common.application.identity.account_deletion import AccountDeletionDeps
from common.application.identity.deps import AuthDeps
from common.application.identity.erasure import ErasureDeps
from common.application.identity.oauth import OAuthDeps
from common.application.identity.onboarding.deps import OnboardingDeps
from common.application.ports.identity.accounts import Passwords
from common.domain.identity.terms import Terms
from common.runtime.container.bookings import BookingContainer
from common.runtime.container.settings import FactorSettings, SignInSettings, TermsSettings, TokenSettings


class IdentityContainer(BookingContainer):
    """Accounts, sign-in, onboarding, guest checkout; an account may come with a booking."""

    @cached_property
    def token_issuer(self) -> TokenIssuer:
        """Signs access tokens; only the identity functions have the private keys."""
        return TokenIssuer(self.public_base_url, self.settings.of(TokenSettings).jwt_signing_keys.get)

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
            providers=self.providers,
            personal=MongoPersonalData(self.mongo),
            exports=MongoPersonalExport(self.mongo),
        )

    @cached_property
    def erasure(self) -> ErasureDeps:
        """What follows the deletion of an account."""
        return ErasureDeps(
            self.clock,
            self.booking_repository,
            self.payments.gateway,
            MongoPersonalData(self.mongo),
            self.outbox,
            self.publisher,
            MongoMedia(self.mongo),
            MongoReports(self.mongo),
            MongoReportComments(self.mongo),
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
    def booking_intents(self) -> IntentDeps:
        """What guest checkout needs."""
        return IntentDeps(**vars(self.bookings), auth=lambda: self.auth)

    @cached_property
    def onboarding(self) -> OnboardingDeps:
        """What onboarding needs."""
        return OnboardingDeps(
            **vars(self.auth),
            providers=self.providers,
            services=self.services,
            geocoder=self.geocoder,
            intents=GuestBookings(lambda: self.booking_intents),
            connect=lambda: self.connect,
            platform=self.platform,
            media=MongoMedia(self.mongo),
        )

    async def close(self) -> None:
        """Close what holds connections."""
        if "identity_providers" in self.__dict__:
            await self.identity_providers.close()
        await super().close()
