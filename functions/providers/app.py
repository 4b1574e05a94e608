"""Lambda handler of the providers function."""

from common.runtime.http import create_handler
from common.runtime.needs import GEOCODER, HTTP

from functions.providers.container import ProvidersFunction
from functions.providers.routes import router

handler = create_handler(router, service="providers", needs=(HTTP, GEOCODER), container=ProvidersFunction)
