"""The cold-start prelude: runs before anything heavy is imported, once per process.

Importing ``common.runtime`` runs it, so every entry point gets it without saying so. Each measure is worth its
milliseconds on a cold start and is held by a test that fails when a new release of a library makes it void:

- the garbage collector rests while modules are imported (only inside a Lambda process) and what they left is frozen
  out of later collections;
- pydantic builds a model's validator at its first use, not at import;
- pydantic does not search the installed packages for plugins, of which there are none;
- PyMongo does not look for PyOpenSSL, which would import ``cryptography``; TLS then runs on the standard ``ssl``
  module, as it does wherever PyOpenSSL is not installed;
- FastAPI finds neither pydantic's old interface, which it would import to see that no model uses it, nor
  email-validator, which only its model of a contact in an OpenAPI document would use.
"""

import gc
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

#: Set by the Lambda service for its runtime client
#: (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
_IN_LAMBDA = "AWS_LAMBDA_RUNTIME_API"


def is_in_lambda(environ: Mapping[str, str]) -> bool:
    """Whether the process with this environment is a Lambda function's."""
    return _IN_LAMBDA in environ


def begin() -> None:
    """Prepare the process for its imports; safe to call again."""
    if is_in_lambda(os.environ):
        gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for unwanted in ("pymongo.pyopenssl_context", "pydantic.v1"):
        sys.modules.setdefault(unwanted, None)  # type: ignore[arg-type]
    from pydantic import BaseModel  # noqa: PLC0415 - must follow gc.disable()

    BaseModel.model_config["defer_build"] = True
    # FastAPI silences this while it builds its fields; with the build put off, it would come out later.
    warnings.filterwarnings("ignore", message="The 'alias' attribute with value", category=UserWarning)


@contextmanager
def without(module: str) -> Iterator[None]:
    """Let no import inside the block find a module, unless it is there already; afterwards it can be imported."""
    is_hidden = module not in sys.modules
    if is_hidden:
        sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if is_hidden:
            del sys.modules[module]


def finish() -> None:
    """Freeze what the imports made and let the collector work again; called once the handler is built."""
    if is_in_lambda(os.environ):
        gc.freeze()
        gc.enable()
