"""Start the parts that are servers of our own: the local Stripe, the runner and the gateway."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from infra.build.targets import ROOT
from infra.local import options, ports, processes
from infra.local.ministack import server as ministack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

READY_SECONDS = 40.0
TOOL_SECONDS = 300


@dataclass(frozen=True)
class Part:
    """A running server.

    Attributes:
        name: Its name for people.
        process: The server process.
        url: Its address.
        log: Its log file.
        probe: Address that answers once it is ready.
    """

    name: str
    process: subprocess.Popen[bytes]
    url: str
    log: Path
    probe: str

    def wait_ready(self) -> None:
        """Return once it answers.

        Raises:
            StartError: When it ended or did not answer in time.
        """
        processes.wait_until(
            lambda: ministack.answers(self.probe),
            process=self.process,
            log=self.log,
            name=self.name,
            timeout=READY_SECONDS,
        )

    def stop(self) -> None:
        """End it in order."""
        processes.stop(self.process)


def stripe(state_dir: Path, port: int, webhook: str) -> Part:
    """Start the local Stripe, with payouts by hand, as a platform's account is to be set.

    Args:
        state_dir: The cloud's folder.
        port: Loopback port.
        webhook: ``URL=SECRET`` of the endpoint that gets events.
    """
    arguments: list[str | Path] = [
        "--port",
        str(port),
        "--state-dir",
        state_dir / "stripe",
        "--clock-file",
        state_dir / "clock",
        "--set",
        "payouts=manual",
    ]
    ready = state_dir / "stripe-ready.json"
    ready.unlink(missing_ok=True)
    return _part("Stripe", state_dir, port, [*arguments, "--ready-file", ready, "--webhook", webhook], "stripe_local")


def oidc(state_dir: Path, port: int) -> Part:
    """Start the local OpenID provider, which stands in for Google and Facebook.

    Args:
        state_dir: The cloud's folder.
        port: Loopback port.
    """
    return _part("OpenID", state_dir, port, ["--port", str(port)], "infra.local.openid", "/google/jwks")


def runner(state_dir: Path, port: int, aws_url: str, workers: int, live: Path | None) -> Part:
    """Start the function runner.

    Args:
        state_dir: The cloud's folder.
        port: Loopback port.
        aws_url: MiniStack's address.
        workers: Most workers of one function.
        live: Folder of live sources; the built functions run when None.
    """
    live_arguments: list[str | Path] = ["--live", live] if live else []
    arguments: list[str | Path] = [
        "--port", str(port), "--aws-url", aws_url, "--state-dir", state_dir, "--clock-file", state_dir / "clock",
        "--workers", str(workers), *live_arguments,
    ]  # fmt: skip
    return _part("Runner", state_dir, port, arguments, "infra.local.runner", "/status")


def gateway(state_dir: Path, port: int) -> Part:
    """Start the gateway, which reads the stored information of the cloud.

    Args:
        state_dir: The cloud's folder.
        port: Public port.
    """
    return _part(
        "Gateway",
        state_dir,
        port,
        ["--port", str(port), "--state-dir", state_dir],
        "infra.local.gateway",
        "/_dev/clock",
    )


def web_build(state_dir: Path) -> subprocess.Popen[bytes]:
    """Begin to build the web app where its sources have changed; nobody waits for it, and its page says how it stands.

    Args:
        state_dir: The cloud's folder.
    """
    log = state_dir / "logs" / "web.log"
    log.unlink(missing_ok=True)
    return processes.start([sys.executable, "-m", "infra.web", "app"], log=log, env=os.environ, cwd=ROOT)


def tool(module: str, env: Mapping[str, str], *arguments: str) -> str:
    """Run a module of ours to its end.

    Args:
        module: Dotted name.
        env: Variables beside the inherited ones.
        arguments: Its arguments.

    Returns:
        What it printed.

    Raises:
        StartError: When it failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**options.inherited(), **env},
        capture_output=True,
        text=True,
        timeout=TOOL_SECONDS,
        check=False,
    )
    if done.returncode:
        raise processes.StartError(f"{' '.join([module, *arguments])} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def post(url: str, body: object = None) -> None:
    """Send JSON to a part's control address.

    Args:
        url: The address.
        body: What to send.
    """
    httpx.post(url, content=json.dumps(body), timeout=TOOL_SECONDS, trust_env=False).raise_for_status()


def _part(name: str, state_dir: Path, port: int, arguments: list[str | Path], module: str, probe: str = "/") -> Part:
    """Start one of our modules as a server."""
    log = state_dir / "logs" / f"{name.lower()}.log"
    log.unlink(missing_ok=True)
    process = processes.start([sys.executable, "-m", module, *arguments], log=log, env=options.inherited(), cwd=ROOT)
    url = f"http://{ports.LOOPBACK}:{port}"
    return Part(name, process, url, log, url + probe)
