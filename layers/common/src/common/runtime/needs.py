"""The groups of settings that entry points name as what they do not start without."""

from common.runtime.container.catalogue import GeocoderSettings
from common.runtime.container.core import EventSettings, FrontendSettings, HttpSettings, TokenSettings
from common.runtime.container.identity import FactorSettings
from common.runtime.container.notifications import MailSettings
from common.runtime.container.payments import StripeEventSettings, StripeSettings

HTTP = HttpSettings
FRONTEND = FrontendSettings
EVENTS = EventSettings
TOKENS = TokenSettings
FACTORS = FactorSettings
GEOCODER = GeocoderSettings
MAIL = MailSettings
STRIPE = StripeSettings
STRIPE_EVENTS = StripeEventSettings
