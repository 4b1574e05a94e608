"""What commands read from the environment, where secrets belong rather than on a command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, _SubParsersAction
    from collections.abc import Mapping

    #: What ``add_subparsers`` returns, to which each command adds itself.
    Commands = _SubParsersAction[ArgumentParser]

#: The database of a stage.
DATABASE = ("MONGODB_URI", "MONGODB_DATABASE")


class MissingVariablesError(LookupError):
    """The environment lacks variables; the message names them all."""


def required(environ: Mapping[str, str], *names: str) -> tuple[str, ...]:
    """Return the values of variables.

    Args:
        environ: where to look.
        names: their names.

    Raises:
        MissingVariablesError: some are missing or empty.
    """
    if missing := [name for name in names if not environ.get(name)]:
        raise MissingVariablesError(f"missing in the environment: {', '.join(missing)}")
    return tuple(environ[name] for name in names)
