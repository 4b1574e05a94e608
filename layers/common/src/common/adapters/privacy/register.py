"""The register of personal data: what every collection declares, in one place to read.

The declarations stand with the collections (``HOLDINGS`` of their modules); this page only lists the modules.
"""

from collections.abc import Iterator

from common.adapters.geocoding.decorators import HOLDINGS as GEOCODING_DECORATORS
from common.adapters.mongo.admin.lags import HOLDINGS as ADMIN_LAGS
from common.adapters.mongo.admin.metrics import HOLDINGS as ADMIN_METRICS
from common.adapters.mongo.bookings.calendar_feeds import HOLDINGS as BOOKINGS_CALENDAR_FEEDS
from common.adapters.mongo.bookings.intents import HOLDINGS as BOOKINGS_INTENTS
from common.adapters.mongo.bookings.ratings import HOLDINGS as BOOKINGS_RATINGS
from common.adapters.mongo.bookings.repository import HOLDINGS as BOOKINGS_REPOSITORY
from common.adapters.mongo.catalogue.categories import HOLDINGS as CATALOGUE_CATEGORIES
from common.adapters.mongo.catalogue.listings import HOLDINGS as CATALOGUE_LISTINGS
from common.adapters.mongo.catalogue.providers import HOLDINGS as CATALOGUE_PROVIDERS
from common.adapters.mongo.catalogue.services import HOLDINGS as CATALOGUE_SERVICES
from common.adapters.mongo.identity.credentials import HOLDINGS as IDENTITY_CREDENTIALS
from common.adapters.mongo.identity.factor_challenges import HOLDINGS as IDENTITY_FACTOR_CHALLENGES
from common.adapters.mongo.identity.factors import HOLDINGS as IDENTITY_FACTORS
from common.adapters.mongo.identity.mail_tokens import HOLDINGS as IDENTITY_MAIL_TOKENS
from common.adapters.mongo.identity.registrations import HOLDINGS as IDENTITY_REGISTRATIONS
from common.adapters.mongo.identity.security_events import HOLDINGS as IDENTITY_SECURITY_EVENTS
from common.adapters.mongo.identity.sessions import HOLDINGS as IDENTITY_SESSIONS
from common.adapters.mongo.identity.sign_in_attempts import HOLDINGS as IDENTITY_SIGN_IN_ATTEMPTS
from common.adapters.mongo.identity.signing_keys import HOLDINGS as IDENTITY_SIGNING_KEYS
from common.adapters.mongo.identity.users import HOLDINGS as IDENTITY_USERS
from common.adapters.mongo.matching.job_requests import HOLDINGS as MATCHING_JOB_REQUESTS
from common.adapters.mongo.matching.offer_stats import HOLDINGS as MATCHING_OFFER_STATS
from common.adapters.mongo.matching.offers import HOLDINGS as MATCHING_OFFERS
from common.adapters.mongo.media.media import HOLDINGS as MEDIA_MEDIA
from common.adapters.mongo.messaging.conversations import HOLDINGS as MESSAGING_CONVERSATIONS
from common.adapters.mongo.messaging.realtime.connections import HOLDINGS as MESSAGING_REALTIME_CONNECTIONS
from common.adapters.mongo.messaging.realtime.streams import HOLDINGS as MESSAGING_REALTIME_STREAMS
from common.adapters.mongo.moderation.items import HOLDINGS as MODERATION_ITEMS
from common.adapters.mongo.notifications.inbox import HOLDINGS as NOTIFICATIONS_INBOX
from common.adapters.mongo.notifications.mails import HOLDINGS as NOTIFICATIONS_MAILS
from common.adapters.mongo.payments.due_reconciliations import HOLDINGS as PAYMENTS_DUE_RECONCILIATIONS
from common.adapters.mongo.payments.ledger import HOLDINGS as PAYMENTS_LEDGER
from common.adapters.mongo.payments.operations import HOLDINGS as PAYMENTS_OPERATIONS
from common.adapters.mongo.payments.reviews import HOLDINGS as PAYMENTS_REVIEWS
from common.adapters.mongo.payments.subscriptions import HOLDINGS as PAYMENTS_SUBSCRIPTIONS
from common.adapters.mongo.payments.webhook_events import HOLDINGS as PAYMENTS_WEBHOOK_EVENTS
from common.adapters.mongo.reports.cells import HOLDINGS as REPORTS_CELLS
from common.adapters.mongo.reports.reports import HOLDINGS as REPORTS_REPORTS
from common.adapters.mongo.reports.support import HOLDINGS as REPORTS_SUPPORT
from common.adapters.mongo.reports.verdicts import HOLDINGS as REPORTS_VERDICTS
from common.adapters.mongo.scheduling.own_time import HOLDINGS as SCHEDULING_OWN_TIME
from common.adapters.mongo.scheduling.slot_claims import HOLDINGS as SCHEDULING_SLOT_CLAIMS
from common.adapters.mongo.scheduling.slot_limits import HOLDINGS as SCHEDULING_SLOT_LIMITS
from common.adapters.mongo.search.booking_counts import HOLDINGS as SEARCH_BOOKING_COUNTS
from common.adapters.mongo.search.facet_changes import HOLDINGS as SEARCH_FACET_CHANGES
from common.adapters.mongo.search.facet_counters import HOLDINGS as SEARCH_FACET_COUNTERS
from common.adapters.mongo.search.index_terms import HOLDINGS as SEARCH_INDEX_TERMS
from common.adapters.mongo.shared.breakers import HOLDINGS as SHARED_BREAKERS
from common.adapters.mongo.shared.holdings import Holding, Holdings
from common.adapters.mongo.shared.idempotency import HOLDINGS as SHARED_IDEMPOTENCY
from common.adapters.mongo.shared.outbox import HOLDINGS as SHARED_OUTBOX
from common.adapters.mongo.shared.processed_events import HOLDINGS as SHARED_PROCESSED_EVENTS
from common.adapters.mongo.shared.rate_limits import HOLDINGS as SHARED_RATE_LIMITS
from common.adapters.web_push import HOLDINGS as WEB_PUSH

REGISTER: Holdings = {
    **ADMIN_LAGS,
    **ADMIN_METRICS,
    **BOOKINGS_CALENDAR_FEEDS,
    **BOOKINGS_INTENTS,
    **BOOKINGS_RATINGS,
    **BOOKINGS_REPOSITORY,
    **CATALOGUE_CATEGORIES,
    **CATALOGUE_LISTINGS,
    **CATALOGUE_PROVIDERS,
    **CATALOGUE_SERVICES,
    **GEOCODING_DECORATORS,
    **IDENTITY_CREDENTIALS,
    **IDENTITY_FACTORS,
    **IDENTITY_FACTOR_CHALLENGES,
    **IDENTITY_MAIL_TOKENS,
    **IDENTITY_REGISTRATIONS,
    **IDENTITY_SECURITY_EVENTS,
    **IDENTITY_SESSIONS,
    **IDENTITY_SIGNING_KEYS,
    **IDENTITY_SIGN_IN_ATTEMPTS,
    **IDENTITY_USERS,
    **MATCHING_JOB_REQUESTS,
    **MATCHING_OFFERS,
    **MATCHING_OFFER_STATS,
    **MEDIA_MEDIA,
    **MESSAGING_CONVERSATIONS,
    **MESSAGING_REALTIME_CONNECTIONS,
    **MODERATION_ITEMS,
    **MESSAGING_REALTIME_STREAMS,
    **NOTIFICATIONS_INBOX,
    **NOTIFICATIONS_MAILS,
    **PAYMENTS_DUE_RECONCILIATIONS,
    **PAYMENTS_LEDGER,
    **PAYMENTS_OPERATIONS,
    **PAYMENTS_REVIEWS,
    **PAYMENTS_SUBSCRIPTIONS,
    **PAYMENTS_WEBHOOK_EVENTS,
    **REPORTS_CELLS,
    **REPORTS_REPORTS,
    **REPORTS_SUPPORT,
    **REPORTS_VERDICTS,
    **SCHEDULING_OWN_TIME,
    **SCHEDULING_SLOT_CLAIMS,
    **SCHEDULING_SLOT_LIMITS,
    **SEARCH_BOOKING_COUNTS,
    **SEARCH_FACET_CHANGES,
    **SEARCH_FACET_COUNTERS,
    **SEARCH_INDEX_TERMS,
    **SHARED_BREAKERS,
    **SHARED_IDEMPOTENCY,
    **SHARED_OUTBOX,
    **SHARED_PROCESSED_EVENTS,
    **SHARED_RATE_LIMITS,
    **WEB_PUSH,
}


def holdings() -> Iterator[tuple[str, Holding]]:
    """Every declared holding with its collection."""
    for collection, held in REGISTER.items():
        for holding in held:
            yield collection, holding
