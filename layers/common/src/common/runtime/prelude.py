"""The cold-start prelude: runs before anything heavy is imported, once per process.

Importing ``common.runtime`` runs it, so every entry point gets it without saying so. Each measure is worth its
milliseconds on a cold start and is held by a test that fails when a new release of a library makes it void:

- the garbage collector rests while modules are imported (only inside a Lambda process) and what they left is frozen
  out of later collections;
- pydantic builds a model's validator at its first use, not at import;
- pydantic does not search the installed packages for plugins, of which there are none;
- pydantic's core does not evaluate the annotations of its schemas' typed dictionaries, which are for type checkers;
- PyMongo does not look for PyOpenSSL, which would import ``cryptography``; TLS then runs on the standard ``ssl``
  module, as it does wherever PyOpenSSL is not installed;
- the metadata of installed packages, which pydantic and PyMongo read for rare features only, is loaded by the first
  of them that asks for it;
- FastAPI finds neither pydantic's old interface, which it would import to see that no model uses it, nor
  email-validator, which only its model of a contact in an OpenAPI document would use, nor OpenTelemetry, whose use by
  FastAPI is off; its models of an OpenAPI document, which it rebuilds at import, wait for their first use as well;
- PyJWT does without those parts of ``cryptography`` that read certificates and SSH keys.
"""

import gc
import importlib
import os
import sys
import typing
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

#: Set by the Lambda service for its runtime client
#: (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
_IN_LAMBDA = "AWS_LAMBDA_RUNTIME_API"
#: What FastAPI's telemetry imports.
OPENTELEMETRY = (
    "opentelemetry._logs", "opentelemetry.metrics", "opentelemetry.propagate",
    "opentelemetry.propagators.textmap", "opentelemetry.trace",
)  # fmt: skip
#: What PyJWT imports and RS256 has no use for.
CERTIFICATES = ("cryptography.x509", "cryptography.hazmat.primitives.serialization.ssh")


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
    with _plain_typed_dicts():
        import pydantic_core  # noqa: F401, PLC0415 - must follow gc.disable()
    with standing_in("importlib.metadata"):
        import pydantic.plugin._loader  # noqa: PLC0415
        import pymongo.common  # noqa: F401, PLC0415

    pydantic.BaseModel.model_config["defer_build"] = True
    # FastAPI silences this while it builds its fields; with the build put off, it would come out later.
    warnings.filterwarnings("ignore", message="The 'alias' attribute with value", category=UserWarning)


@contextmanager
def without(module: str) -> Iterator[None]:
    """Let no import inside the block find a module, unless it is there already; afterwards it can be imported."""
    with _replaced(module, None):
        yield


@contextmanager
def standing_in(*modules: str) -> Iterator[None]:
    """Let imports inside the block take stand-ins for what modules hold, unless these are loaded already.

    What is so imported can be called, which loads the module and calls the real thing; as a class it serves for
    annotations and as a base only.
    """
    if not modules:
        yield
        return
    with _replaced(modules[0], _StandIn(modules[0])), standing_in(*modules[1:]):
        yield


@contextmanager
def without_rebuilding() -> Iterator[None]:
    """Let models that are rebuilt inside the block be built at their first use, as all others are."""
    from pydantic import BaseModel  # noqa: PLC0415 - must follow begin()

    original = BaseModel.__dict__["model_rebuild"]

    def rebuild(cls: type[BaseModel], /, **given: Any) -> bool | None:
        # The first use of a model, which may be inside the block too, gives arguments; a module's plain call does not.
        return bool(original.__func__(cls, **given)) if given else None

    BaseModel.model_rebuild = classmethod(rebuild)  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        BaseModel.model_rebuild = original  # type: ignore[method-assign]


def finish() -> None:
    """Freeze what the imports made and let the collector work again; called once the handler is built."""
    if is_in_lambda(os.environ):
        gc.freeze()
        gc.enable()


class _StandIn(ModuleType):
    """A module that is loaded when something in it is called."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(cls: type, *args: Any, **options: Any) -> Any:
            if cls is not made:
                return object.__new__(cls)
            return getattr(self._real(), name)(*args, **options)

        made = type(name, (), {"__new__": call, "__class_getitem__": classmethod(lambda cls, _: cls)})
        return made

    def _real(self) -> ModuleType:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return importlib.import_module(self.__name__)


class _PlainDict(dict[str, Any]):
    """Base of a typed dictionary whose annotations nobody reads."""

    def __init_subclass__(cls, **_: object) -> None:
        """Take ``total=False`` as ``TypedDict`` does."""


@contextmanager
def _replaced(name: str, module: ModuleType | None) -> Iterator[None]:
    """Put something in a module's place inside the block, unless it is loaded already."""
    is_loaded = name in sys.modules
    if not is_loaded:
        sys.modules[name] = module  # type: ignore[assignment]
    try:
        yield
    finally:
        if not is_loaded and sys.modules.get(name) is module:
            del sys.modules[name]


@contextmanager
def _plain_typed_dicts() -> Iterator[None]:
    """Make typed dictionaries of modules that are imported inside the block plain ones."""
    import typing_extensions  # noqa: PLC0415 - must follow gc.disable()

    homes = (typing, typing_extensions)
    originals = [home.TypedDict for home in homes]
    for home in homes:
        home.TypedDict = _PlainDict  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for home, original in zip(homes, originals, strict=True):
            home.TypedDict = original  # type: ignore[attr-defined]
