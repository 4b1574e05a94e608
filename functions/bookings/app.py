"""Lambda handler of the bookings function."""

from common.runtime.http import create_handler

from functions.bookings.routes import router

handler = create_handler(router, service="bookings")
