"""Tunes a cold start: runs before anything heavy is imported, once per process.

Importing ``common.runtime`` runs it, and every area's package does so before anything else, so that each entry point
gets it without saying so. Documented switches of the interpreter and of pydantic, nothing else:

- the garbage collector rests while the function's modules are imported (only inside a Lambda process), and what the
  imports left is frozen out of later collections
  (https://docs.python.org/3/library/gc.html#gc.freeze); from then on it looks at what is new less often;
- pydantic builds a model's validator at its first use, not at import, except where Lambda makes the environment ahead
  of its requests: there all are built before (https://docs.pydantic.dev/latest/api/config/#pydantic.config.ConfigDict.defer_build);
- pydantic does not search the installed packages for plugins, of which there are none
  (https://docs.pydantic.dev/latest/concepts/plugins/).
"""

import gc
import os
import warnings
from collections.abc import Mapping

from pydantic import BaseModel

#: Set by the Lambda service for its runtime client
#: (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
_IN_LAMBDA = "AWS_LAMBDA_RUNTIME_API"
_INITIALIZATION = "AWS_LAMBDA_INITIALIZATION_TYPE"
_ON_DEMAND = "on-demand"
#: How many objects more than before are made until the collector looks for circles among them. A page of a hundred
#: bookings is some ten thousand, and nearly all go without it; a request leaves few enough for this to stay small
#: (https://docs.python.org/3/library/gc.html#gc.set_threshold).
_NEW_OBJECTS = 20_000


def is_in_lambda(environ: Mapping[str, str]) -> bool:
    """Whether the process with this environment is a Lambda function's."""
    return _IN_LAMBDA in environ


def is_preinitialized(environ: Mapping[str, str]) -> bool:
    """Whether Lambda makes this environment ahead of its requests: for SnapStart's snapshot, or provisioned."""
    return environ.get(_INITIALIZATION, _ON_DEMAND) != _ON_DEMAND


def begin() -> None:
    """Prepare the process for its imports; safe to call again."""
    if is_in_lambda(os.environ):
        gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    if not is_preinitialized(os.environ):
        _defer_builds()


def finish() -> None:
    """Freeze what the imports made and let the collector work; called when a handler is made."""
    if is_in_lambda(os.environ) and not gc.isenabled():
        freeze_imports()


def freeze_imports() -> None:
    """Leave all objects that there are out of later collections, and let the collector look at what is new."""
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
    gc.enable()


def _defer_builds() -> None:
    BaseModel.model_config["defer_build"] = True
    # FastAPI silences this while it builds its fields; with the build put off, it would come out later.
    warnings.filterwarnings("ignore", message="The 'alias' attribute with value", category=UserWarning)
