"""Lambda handler of the search function."""

from common.runtime.http import create_handler
from common.runtime.needs import GEOCODER, HTTP

from functions.search.container import SearchFunction
from functions.search.routes import router

handler = create_handler(router, service="search", needs=(HTTP, GEOCODER), container=SearchFunction)
