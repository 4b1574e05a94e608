"""Make a bounded load: ``make load`` against the local cloud that runs, ``make load URL=… ARGS=…`` against a stage.

Locust makes it, in an environment of its own that uv keeps.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from uv import find_uv_bin

from infra.build.targets import ROOT
from infra.load import bounds, plan, prepare, verdict
from infra.local.demo.people import RequestRefused
from infra.local.handle import RunningCloud
from infra.local.processes import StartError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOCUST = "locust==2.47.0"
#: Beside the load itself: installing Locust the first time, and ending.
_SPARE_SECONDS = 300


def main(arguments: Sequence[str], environ: Mapping[str, str], state_dir: Path = ROOT / ".local") -> int:
    """Make it, and tell how it went; returns the exit code.

    Args:
        arguments: The command line.
        environ: Variables.
        state_dir: Folder of the local cloud.
    """
    try:
        load = bounds.read(arguments)
        planned = (
            prepare.elsewhere(load, load.people, environ)
            if load.people
            else prepare.local(load, RunningCloud.attach(state_dir), _say)
        )
        outcome = run(planned)
    except (bounds.BoundsError, StartError, RequestRefused) as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(verdict.lines(outcome)))
    fault = verdict.fault(outcome, load.failures_percent)
    print(fault or f"At most {load.failures_percent:g} % failed.")
    return 1 if fault else 0


def run(planned: plan.Plan) -> plan.Outcome:
    """Run a plan in Locust's environment.

    Args:
        planned: What is done.
    """
    _say(f"{planned.users} users, {planned.a_second:g} more a second, {planned.seconds} s at {planned.url}")
    with tempfile.TemporaryDirectory() as folder:
        given, done = Path(folder) / "plan.json", Path(folder) / "outcome.json"
        planned.write(given)
        command = locust("-m", "infra.load.under_locust", str(given), str(done))
        subprocess.run(command, check=True, cwd=ROOT, timeout=planned.seconds + _SPARE_SECONDS)
        return plan.read_outcome(done)


def locust(*arguments: str) -> list[str]:
    """The command that runs Python where Locust is.

    Args:
        arguments: Python's.
    """
    options = ["--quiet", "--isolated", "--no-project", "--python", sys.executable, "--with", LOCUST]
    return [find_uv_bin(), "run", *options, "--", "python", *arguments]


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:], os.environ))
