"""Lambda handler of the bookings function."""

from common.runtime.http import create_handler
from common.runtime.needs import EVENTS, GEOCODER, HTTP, STRIPE

from functions.bookings.container import BookingsFunction
from functions.bookings.routes import router

handler = create_handler(router, service="bookings", needs=(HTTP, EVENTS, STRIPE, GEOCODER), container=BookingsFunction)
