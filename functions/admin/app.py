"""Lambda handler of the administration function."""

from common.runtime.http import create_handler
from common.runtime.needs import EVENTS, HTTP

from functions.admin.container import AdminFunction
from functions.admin.routes import router

handler = create_handler(router, service="admin", needs=(HTTP, EVENTS), container=AdminFunction)
