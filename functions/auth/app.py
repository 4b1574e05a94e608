"""Lambda handler of the identity function."""

from common.runtime.http import create_handler
from common.runtime.needs import EVENTS, FACTORS, FRONTEND, GEOCODER, HTTP, STRIPE, TOKENS

from functions.auth.container import AuthFunction
from functions.auth.routes import router

handler = create_handler(
    router, service="auth", needs=(HTTP, FRONTEND, EVENTS, STRIPE, TOKENS, FACTORS, GEOCODER), container=AuthFunction
)
