"""Command line of the runner, used by the local cloud."""

from __future__ import annotations

import argparse
from pathlib import Path

import uvicorn

from infra.build.targets import ROOT
from infra.local.ministack import server as ministack
from infra.local.ports import LOOPBACK
from infra.local.runner.app import Runner, create_app
from infra.local.runner.configuration import Configurations
from infra.local.runner.logs import FunctionLogs
from infra.local.runner.sources import BuiltCode, LiveCode
from infra.local.runner.worker import Host


def main() -> None:
    """Serve invocations until told to end."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.runner", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--aws-url", required=True, help="MiniStack's address")
    parser.add_argument("--state-dir", type=Path, required=True)
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "local")
    parser.add_argument("--runtime", type=Path, default=ROOT / "build" / "runtime" / "bin" / "python")
    parser.add_argument("--live", type=Path, help="folder of live sources to run instead of the built functions")
    parser.add_argument("--workers", type=int, default=4, help="most workers of one function")
    parser.add_argument("--clock-file", type=Path, required=True)
    chosen = parser.parse_args()
    live = chosen.live is not None
    code = LiveCode(chosen.state_dir / "code", chosen.live) if live else BuiltCode(chosen.build / "functions")
    environment = {
        **ministack.function_environment(chosen.aws_url),
        "CLOCK_FILE": str(chosen.clock_file),
    }

    def make() -> Runner:
        layer = chosen.build / "layer" / "python"
        host = Host(chosen.runtime, layer, code.code, code.path_first, environment)
        logs = FunctionLogs(chosen.state_dir / "logs")
        return Runner(host, code, Configurations(chosen.aws_url), logs, chosen.workers)

    uvicorn.run(create_app(make), host=LOOPBACK, port=chosen.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
