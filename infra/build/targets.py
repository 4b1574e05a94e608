"""The two targets of a build: this machine, and Lambda."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAMBDA_PYTHON = "3.13"
PROBE_SECONDS = 20
# Lambda's python3.13 runs on Amazon Linux 2023 with glibc 2.34:
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
PLATFORMS = {"x86_64": "x86_64-manylinux_2_34", "arm64": "aarch64-manylinux_2_34"}


@dataclass(frozen=True)
class Target:
    """Where built code will run.

    Attributes:
        name: ``local`` or ``aws``.
        python: Version of the interpreter, such as ``3.13``.
        platform: uv's name of the platform; None for this machine.
        interpreter: An interpreter of that version on this machine, to compile byte-code; None if there is none.
    """

    name: str
    python: str
    platform: str | None
    interpreter: Path | None

    @property
    def folder(self) -> Path:
        """Folder that receives the build."""
        return ROOT / "build" / self.name


def local() -> Target:
    """Return the target of the local cloud: the interpreter that runs this."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Target("local", version, None, Path(sys.executable))


def aws(architecture: str) -> Target:
    """Return the target of a deployment to AWS.

    Args:
        architecture: ``x86_64`` or ``arm64``.
    """
    return Target("aws", LAMBDA_PYTHON, PLATFORMS[architecture], find_interpreter(LAMBDA_PYTHON))


def find_interpreter(version: str) -> Path | None:
    """Find an interpreter of a version that really runs; shims of version managers may not.

    Args:
        version: Such as ``3.13``.

    Returns:
        Its path, or None.
    """
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    managed = Path.home() / ".local" / "share" / "uv" / "python"
    candidates = [
        Path(sys.executable),
        *map(Path, filter(None, [shutil.which(name)])),
        *sorted(pyenv.glob(f"{version}*/bin/{name}")),
        *sorted(managed.glob(f"*{version}*/bin/{name}")),
    ]
    return next((path for path in candidates if _runs(path, version)), None)


def _runs(path: Path, version: str) -> bool:
    """Tell whether a program is a working interpreter of the version."""
    probe = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([path, "-c", probe], capture_output=True, text=True, timeout=PROBE_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return answer.stdout.strip() == version
