"""Lambda handler of the reports function."""

from common.runtime.http import create_handler
from common.runtime.needs import EVENTS, GEOCODER, HTTP, MEDIA

from functions.reports.container import ReportsFunction
from functions.reports.routes import router

handler = create_handler(router, service="reports", needs=(HTTP, EVENTS, MEDIA, GEOCODER), container=ReportsFunction)
