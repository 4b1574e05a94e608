"""The uv commands a build needs."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from uv import find_uv_bin

from infra.build.targets import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from infra.build.targets import Target

INSTALL_SECONDS = 600
# Lambda brings boto3 and all it needs.
BROUGHT_BY_LAMBDA = ("boto3", "botocore")


def run(*arguments: str | Path) -> str:
    """Run uv and return what it prints.

    Args:
        arguments: Its arguments.

    Raises:
        RuntimeError: When it fails; the message is uv's.
    """
    command = [find_uv_bin(), "--quiet", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, cwd=ROOT, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr.strip()}")
    return done.stdout


def _locked(*selection: str) -> str:
    """Return locked requirements, as lines of a requirements file."""
    return run("export", "--frozen", "--no-header", "--no-hashes", "--no-annotate", *selection)


def layer_requirements() -> str:
    """Return the locked requirements of the common layer, less what Lambda brings."""
    prune = [part for name in BROUGHT_BY_LAMBDA for part in ("--prune", name)]
    selection = ["--package", "gigsta-common", "--no-emit-workspace", *prune]
    return _locked(*selection)


def imaging_requirements() -> str:
    """Return the locked requirements of the imaging layer."""
    return _locked("--only-group", "imaging")


def runtime_requirements() -> str:
    """Return the locked requirements of Lambda's own Python environment."""
    return _locked("--only-group", "lambda")


def install(requirements: Path, folder: Path, target: Target) -> None:
    """Install locked requirements into a folder, as wheels for a target.

    Args:
        requirements: Requirements file.
        folder: Folder that receives them.
        target: Where they will run.
    """
    if target.platform is None:
        where: Sequence[str | Path] = ["--python", target.interpreter or ""]
    else:
        where = ["--python-version", target.python, "--python-platform", target.platform]
    run(
        "pip", "install", "--no-deps", "--only-binary", ":all:", "--link-mode", "copy", "--target", folder,
        "--requirements", requirements, *where,
    )  # fmt: skip


def make_environment(folder: Path, requirements: Path, interpreter: Path) -> None:
    """Make a virtual environment with locked requirements and nothing else.

    Args:
        folder: The environment's folder.
        requirements: Requirements file.
        interpreter: Its interpreter.
    """
    run("venv", "--clear", "--no-project", "--python", interpreter, folder)
    run("pip", "install", "--no-deps", "--python", folder / "bin" / "python", "--requirements", requirements)
