"""Lambda handler of the system function."""

from common.runtime.http import create_handler
from common.runtime.needs import HTTP

from functions.system.container import SystemFunction
from functions.system.routes import router

handler = create_handler(router, service="system", needs=(HTTP,), container=SystemFunction)
