"""Accounts, sign-in, onboarding, staff, addresses."""

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from common.runtime.container.core import CoreParts
from common.runtime.container.lazy import deferred

if TYPE_CHECKING:
    from common.adapters.identity.oidc import OidcProviders
    from common.adapters.mongo.identity.users import MongoUsers
    from common.application.admin.deps import AdminDeps
    from common.application.bookings.guest_completion import GuestBookings
    from common.application.identity.account_deletion import AccountDeletionDeps
    from common.application.identity.deps import AuthDeps
    from common.application.identity.erasure import ErasureDeps
    from common.application.identity.mail_links import LinkDeps
    from common.application.identity.oauth import OAuthDeps
    from common.application.identity.onboarding.deps import OnboardingDeps
    from common.application.ports.catalogue.geocoding import Geocoder
    from common.application.ports.identity.accounts import Passwords


class IdentityParts(CoreParts):
    """Accounts, sign-in, onboarding, staff, addresses."""

    @cached_property
    def users(self) -> "MongoUsers":
        """Accounts."""
        from common.adapters.mongo.identity.users import MongoUsers

        return MongoUsers(self.mongo)

    @cached_property
    def mail_links(self) -> "LinkDeps":
        """What making the links of identity mails needs."""
        from common.adapters.mongo.identity.mail_tokens import MongoMailTokens
        from common.adapters.mongo.identity.registrations import MongoRegistrations
        from common.application.identity.mail_links import LinkDeps

        return LinkDeps(
            clock=self.clock,
            users=self.users,
            registrations=MongoRegistrations(self.mongo),
            mail_tokens=MongoMailTokens(self.mongo),
            frontend_base_url=self.settings.frontend_base_url,
        )

    @cached_property
    def auth(self) -> "AuthDeps":
        """What the identity use cases need."""
        from common.adapters.mongo.bookings.calendar_feeds import MongoCalendarFeeds
        from common.adapters.mongo.identity.credentials import MongoCredentials
        from common.adapters.mongo.identity.mail_tokens import MongoMailTokens
        from common.adapters.mongo.identity.registrations import MongoRegistrations
        from common.adapters.mongo.identity.security_events import MongoSecurityLog
        from common.adapters.mongo.identity.sessions import MongoSessions
        from common.adapters.mongo.identity.sign_in_guard import MongoSignInGuard
        from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
        from common.application.identity.deps import AuthDeps

        return AuthDeps(
            clock=self.clock,
            unit_of_work=MongoUnitOfWork(self.mongo),
            users=self.users,
            credentials=MongoCredentials(self.mongo),
            sessions=MongoSessions(self.mongo),
            registrations=MongoRegistrations(self.mongo),
            mail_tokens=MongoMailTokens(self.mongo),
            log=MongoSecurityLog(self.mongo),
            passwords=deferred(lambda: self.passwords),
            tokens=self.token_issuer,
            guard=MongoSignInGuard(self.mongo),
            limits=self.rate_limits,
            outbox=self.outbox,
            publisher=self.publisher,
            feeds=MongoCalendarFeeds(self.mongo),
            frontend_base_url=self.settings.frontend_base_url,
            recent_sign_in=timedelta(minutes=self.settings.recent_sign_in_minutes),
        )

    @cached_property
    def passwords(self) -> "Passwords":
        """Password hashing; loads argon2."""
        from common.adapters.identity.passwords import Argon2Passwords

        return Argon2Passwords()

    @cached_property
    def account_deletion(self) -> "AccountDeletionDeps":
        """What export and deletion of an account need."""
        from common.adapters.mongo.shared.personal_data import MongoPersonalData
        from common.application.identity.account_deletion import AccountDeletionDeps

        return AccountDeletionDeps(
            **vars(self.auth), providers=self.whole.providers, personal=MongoPersonalData(self.mongo)
        )

    @cached_property
    def erasure(self) -> "ErasureDeps":
        """What follows the deletion of an account; Stripe is loaded when it is asked."""
        from common.adapters.mongo.shared.personal_data import MongoPersonalData
        from common.application.identity.erasure import ErasureDeps

        return ErasureDeps(
            self.clock, self.whole.booking_repository, self.whole.payments.gateway, MongoPersonalData(self.mongo)
        )

    @cached_property
    def identity_providers(self) -> "OidcProviders":
        """Google, Facebook, or what stands in for them."""
        from common.adapters.identity.oidc import OidcProviders

        return OidcProviders(self.settings.oauth_providers)

    @cached_property
    def oauth(self) -> "OAuthDeps":
        """What signing in elsewhere needs."""
        from common.adapters.mongo.identity.sign_in_attempts import MongoSignInAttempts
        from common.application.identity.oauth import OAuthDeps

        return OAuthDeps(
            **vars(self.auth),
            identity_providers=self.identity_providers,
            attempts=MongoSignInAttempts(self.mongo),
        )

    @cached_property
    def geocoder(self) -> "Geocoder":
        """Addresses and points: by the chosen service, behind a breaker and a cache, else by the gazetteer."""
        from common.adapters.geocoding.gazetteer import Gazetteer

        if self.settings.geocoder == "gazetteer":
            return Gazetteer()
        from common.adapters.geocoding.decorators import (
            CachedGeocoder,
            FallbackGeocoder,
            GuardedGeocoder,
            PacedGeocoder,
            PlausibleGeocoder,
        )
        from common.adapters.mongo.shared.breakers import MongoBreakers

        breakers = MongoBreakers(self.mongo, threshold=3, window_seconds=60, rest_seconds=30)
        asked: Geocoder = GuardedGeocoder(self._remote_geocoder(), breakers)
        if self.settings.is_public_geocoder:
            asked = PacedGeocoder(asked, self.rate_limits, self.clock)
        return FallbackGeocoder(PlausibleGeocoder(CachedGeocoder(asked, self.mongo, self.clock)), Gazetteer())

    def _remote_geocoder(self) -> "Geocoder":
        from common.adapters.geocoding import addressable, nominatim
        from common.adapters.geocoding.http import http_source

        url, http = self.settings.geocoder_url, http_source(self.settings.geocoder_contact)
        if self.settings.geocoder == "addressable":
            return addressable.Addressable(self.settings.geocoder_key, url or addressable.DEFAULT_URL, http)
        return nominatim.Nominatim(url or "", http)

    @cached_property
    def onboarding(self) -> "OnboardingDeps":
        """What onboarding needs; Stripe is loaded when billing is asked for."""
        from common.application.identity.onboarding.deps import OnboardingDeps

        return OnboardingDeps(
            **vars(self.auth),
            providers=self.whole.providers,
            geocoder=self.geocoder,
            intents=deferred(self._guest_bookings),
            connect=lambda: self.whole.connect,
            platform=self.platform,
        )

    def _guest_bookings(self) -> "GuestBookings":
        from common.application.bookings.guest_completion import GuestBookings

        return GuestBookings(lambda: self.whole.booking_intents)

    @cached_property
    def admin(self) -> "AdminDeps":
        """What the use cases of staff need."""
        from common.adapters.mongo.catalogue.provider_lists import MongoProviderLists
        from common.adapters.mongo.identity.security_events import MongoSecurityLog
        from common.adapters.mongo.identity.sessions import MongoSessions
        from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
        from common.application.admin.deps import AdminDeps

        return AdminDeps(
            clock=self.clock,
            unit_of_work=MongoUnitOfWork(self.mongo),
            users=self.users,
            staff=self.users,
            sessions=MongoSessions(self.mongo),
            providers=self.whole.providers,
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
