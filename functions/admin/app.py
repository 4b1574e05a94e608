"""Lambda handler of the administration function."""

from common.runtime.http import create_handler

from functions.admin.routes import router

handler = create_handler(router, service="admin")
