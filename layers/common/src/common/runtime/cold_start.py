"""The cold-start prelude: runs before anything heavy is imported, once per process.

Importing ``common.runtime`` runs it, and every area's package does so before anything else, so that each entry point
gets it without saying so. Nothing is imported here: each measure takes effect when its library is first imported, by
whomever. Each is worth its milliseconds on a cold start and is held by a test that fails when a new release of a
library makes it void:

- the garbage collector rests until the first invocation has ended (only inside a Lambda process), and what the imports
  left is frozen out of later collections;
- pydantic builds a model's validator at its first use, not at import; it does not search the installed packages for
  plugins, of which there are none; its core does not evaluate the annotations of its schemas' typed dictionaries,
  which are for type checkers;
- PyMongo does not look for PyOpenSSL, which would import ``cryptography``; TLS then runs on the standard ``ssl``
  module, as it does wherever PyOpenSSL is not installed. Inside a Lambda process it leaves its synchronous client and
  OpenID Connect aside, and a client does not remember which lines of which source files made it, which PyMongo tells in
  its warning about clients that were never closed;
- the metadata of installed packages, which pydantic, PyMongo and urllib3 read for rare features only, is loaded by the
  first of them that asks for it;
- FastAPI finds neither pydantic's old interface, which it would import to see that no model uses it, nor
  email-validator, which only its model of a contact in an OpenAPI document would use, nor OpenTelemetry, whose use by
  FastAPI is off; the forty models of an OpenAPI document, and its OAuth2 scheme, which uses them, are loaded by whoever
  describes the routes. It takes the place of an endpoint from its byte-code, not by reading its source file;
- FastAPI loads ``email.message``, to read a body's media type, and Starlette ``http.client``, for the phrase of a
  status, and ``tempfile``, for uploads, when they use them;
- PyJWT does without those parts of ``cryptography`` that read certificates and SSH keys, and without the HTTP client
  of its key fetcher.
"""

import gc
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any

from common.runtime.import_hooks import Measure, install
from common.runtime.stubs import lazily, plain_typed_dicts, standing_in, without, without_rebuilding

#: Set by the Lambda service for its runtime client
#: (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
_IN_LAMBDA = "AWS_LAMBDA_RUNTIME_API"
_INITIALIZATION = "AWS_LAMBDA_INITIALIZATION_TYPE"
_ON_DEMAND = "on-demand"
#: What FastAPI's telemetry imports.
_OPENTELEMETRY = (
    "opentelemetry._logs", "opentelemetry.metrics", "opentelemetry.propagate",
    "opentelemetry.propagators.textmap", "opentelemetry.trace",
)  # fmt: skip
#: What PyMongo imports and neither the asynchronous client nor signing in by password or certificate has a use for.
_UNUSED_PYMONGO = (
    *(f"pymongo.synchronous.{name}" for name in ("change_stream", "client_session", "collection", "command_cursor")),
    *(f"pymongo.synchronous.{name}" for name in ("cursor", "database", "mongo_client")),
    "pymongo.auth_oidc_shared",
)
#: What PyJWT imports and RS256 has no use for.
_CERTIFICATES = ("cryptography.x509", "cryptography.hazmat.primitives.serialization.ssh")


def is_in_lambda(environ: Mapping[str, str]) -> bool:
    """Whether the process with this environment is a Lambda function's."""
    return _IN_LAMBDA in environ


def is_preinitialized(environ: Mapping[str, str]) -> bool:
    """Whether Lambda makes this environment ahead of its requests: for SnapStart's snapshot, or provisioned."""
    return environ.get(_INITIALIZATION, _ON_DEMAND) != _ON_DEMAND


def begin() -> None:
    """Prepare the process for its imports; safe to call again."""
    measures = dict(_MEASURES)
    if is_in_lambda(os.environ):
        gc.disable()
        measures |= _IN_LAMBDA_ONLY
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for unwanted in ("pymongo.pyopenssl_context", "pydantic.v1"):
        sys.modules.setdefault(unwanted, None)  # type: ignore[arg-type]
    install(measures)
    if "pydantic.main" in sys.modules:
        _defer_builds()
    # FastAPI silences this while it builds its fields; with the build put off, it would come out later.
    warnings.filterwarnings("ignore", message="The 'alias' attribute with value", category=UserWarning)


def finish() -> None:
    """Freeze what the imports made and let the collector work; called at the end of every invocation, works once.

    The first invocation imports too, so the collector rests until its end.
    """
    if is_in_lambda(os.environ) and not gc.isenabled():
        gc.freeze()
        gc.enable()


@contextmanager
def _deferring_builds() -> Iterator[None]:
    yield
    _defer_builds()


def _defer_builds() -> None:
    sys.modules["pydantic.main"].BaseModel.model_config["defer_build"] = True


@contextmanager
def _lean_fastapi() -> Iterator[None]:
    unused = ("fastapi.openapi.models", "fastapi.security.oauth2", "importlib.metadata", *_OPENTELEMETRY)
    with standing_in(*unused), lazily("email.message", "http.client"):
        yield


@contextmanager
def _openapi_models() -> Iterator[None]:
    with without("email_validator"), without_rebuilding():
        yield


@contextmanager
def _remembering_no_stack() -> Iterator[None]:
    yield
    vars(sys.modules["pymongo.settings_shared"])["traceback"] = SimpleNamespace(format_stack=list)


@contextmanager
def _reading_no_sources() -> Iterator[None]:
    yield
    vars(sys.modules["fastapi.routing"])["_extract_endpoint_context"] = _endpoint_context


def _endpoint_context(endpoint: Any) -> dict[str, Any]:
    """Where an endpoint is, as FastAPI tells it in the message of a response that breaks its own model."""
    code = getattr(endpoint, "__code__", None)
    return {"file": code.co_filename, "line": code.co_firstlineno, "function": endpoint.__name__} if code else {}


_MEASURES: Mapping[str, Measure] = {
    "pydantic_core.core_schema": plain_typed_dicts,
    "pydantic.main": _deferring_builds,
    "pydantic.plugin._loader": partial(standing_in, "importlib.metadata"),
    "pymongo.common": partial(standing_in, "importlib.metadata"),
    "fastapi": _lean_fastapi,
    "fastapi.openapi.models": _openapi_models,
    "fastapi.routing": _reading_no_sources,
    "starlette.exceptions": partial(lazily, "http.client"),
    "starlette.formparsers": partial(standing_in, "tempfile"),
    "urllib3": partial(standing_in, "importlib.metadata"),
    "jwt": partial(standing_in, "jwt.jwks_client", *_CERTIFICATES),
}
#: A developer's processes keep what finds a developer's mistakes.
_IN_LAMBDA_ONLY: Mapping[str, Measure] = {
    "pymongo": partial(standing_in, *_UNUSED_PYMONGO),
    "pymongo.settings_shared": _remembering_no_stack,
}
