"""The groups of settings that entry points name as what they do not start without."""

from common.runtime.container.settings import (
    EventSettings,
    FactorSettings,
    FrontendSettings,
    GeocoderSettings,
    HttpSettings,
    MailSettings,
    MediaSettings,
    SocketSettings,
    StreamSettings,
    StripeEventSettings,
    StripeSettings,
    TokenSettings,
    VerifierSettings,
)

HTTP = HttpSettings
FRONTEND = FrontendSettings
EVENTS = EventSettings
TOKENS = TokenSettings
FACTORS = FactorSettings
GEOCODER = GeocoderSettings
MAIL = MailSettings
MEDIA = MediaSettings
STREAMS = StreamSettings
SOCKETS = SocketSettings
STRIPE = StripeSettings
STRIPE_EVENTS = StripeEventSettings
VERIFIER = VerifierSettings
