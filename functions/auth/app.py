"""Lambda handler of the identity function."""

from common.runtime.http import create_handler

from functions.auth.routes import router

handler = create_handler(router, service="auth")
