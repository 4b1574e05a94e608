"""A build that was made elsewhere: what is deployed to one stage after the other is built once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from infra.build.builder import IMAGING, LAYER, Built

if TYPE_CHECKING:
    from pathlib import Path

    from infra.build.targets import Target

FILE = "built.json"


class NotBuiltError(RuntimeError):
    """There is no such build in the folder; the message says what is there."""


def write(target: Target, built: Built) -> Path:
    """Write down what a folder holds.

    Args:
        target: For what it was built.
        built: The build.

    Returns:
        The written file, in the folder.
    """
    path = target.folder / FILE
    kept = {"platform": target.platform, "fingerprint": built.fingerprint, "byte_code": not built.without_byte_code}
    path.write_text(json.dumps(kept))
    return path


def read(target: Target) -> Built:
    """Take a folder as the build that it says it is.

    Args:
        target: What it must be built for.

    Raises:
        NotBuiltError: It is none, or one for another platform.
    """
    path = target.folder / FILE
    if not path.is_file():
        raise NotBuiltError(f"{target.folder} holds no finished build: run `python -m infra.build --target aws` first.")
    kept = json.loads(path.read_text())
    if kept["platform"] != target.platform:
        raise NotBuiltError(f"{target.folder} was built for {kept['platform']}, not for {target.platform}.")
    return Built(
        layer=target.folder / LAYER,
        imaging=target.folder / IMAGING,
        functions=target.folder / "functions",
        fingerprint=kept["fingerprint"],
        without_byte_code=not kept["byte_code"],
    )
