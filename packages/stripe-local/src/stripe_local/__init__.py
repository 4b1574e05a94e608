"""A local, stateful stand-in for Stripe's API, for development and tests on one machine.

`Server(Options(…)).serve_here()` serves; the command line does just that. Tests begin with `stripe_local.testing`.
"""

from importlib.metadata import version

from stripe_local.reference.settings import Settings
from stripe_local.serving.server import DEFAULT_PORT, ListenError, Options, Server

__all__ = ["DEFAULT_PORT", "ListenError", "Options", "Server", "Settings", "__version__"]

__version__ = version("stripe-local")
