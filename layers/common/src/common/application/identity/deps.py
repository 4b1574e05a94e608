"""What the identity use cases need."""

from dataclasses import dataclass
from datetime import timedelta

from common.application.ports.bookings.calendar_feeds import CalendarFeeds
from common.application.ports.identity.accounts import (
    AccessTokenIssuer,
    Credentials,
    MailTokens,
    Passwords,
    Registrations,
    Sessions,
    SignInGuard,
    UnitOfWork,
    Users,
)
from common.application.ports.identity.factors import FactorChallenges, Factors, OneTimeCodes, Passkeys
from common.application.ports.identity.security_log import SecurityLog
from common.application.ports.shared.clock import Clock
from common.application.ports.shared.limits import RateLimits
from common.application.ports.shared.outbox import Outbox, Publisher
from common.domain.identity.terms import Terms


@dataclass(frozen=True)
class AuthDeps:
    """Ports of identity.

    Links in mails begin with ``frontend_base_url``. ``recent_sign_in`` is how old a sign-in may be for what asks for a
    recent one.
    """

    clock: Clock
    unit_of_work: UnitOfWork
    users: Users
    credentials: Credentials
    sessions: Sessions
    registrations: Registrations
    mail_tokens: MailTokens
    log: SecurityLog
    passwords: Passwords
    tokens: AccessTokenIssuer
    guard: SignInGuard
    limits: RateLimits
    outbox: Outbox
    publisher: Publisher
    feeds: CalendarFeeds
    factors: Factors
    factor_challenges: FactorChallenges
    codes: OneTimeCodes
    passkeys: Passkeys
    terms: Terms
    frontend_base_url: str
    recent_sign_in: timedelta
