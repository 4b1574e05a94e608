"""Lambda handler of the matching function."""

from common.runtime.http import create_handler
from common.runtime.needs import EVENTS, GEOCODER, HTTP, STRIPE

from functions.matching.container import MatchingFunction
from functions.matching.routes import router

handler = create_handler(router, service="matching", needs=(HTTP, EVENTS, STRIPE, GEOCODER), container=MatchingFunction)
