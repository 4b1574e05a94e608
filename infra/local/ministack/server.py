"""MiniStack, the AWS of the local cloud: started in a clean environment, on loopback, its state kept."""

from __future__ import annotations

import os
import shutil
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local import ports, processes

if TYPE_CHECKING:
    import subprocess

ROOT = Path(__file__).resolve().parents[3]
REGION = "ap-southeast-2"
ACCOUNT = "000000000000"
KEY = "local"
READY_SECONDS = 60.0


@dataclass(frozen=True)
class Ministack:
    """A running MiniStack.

    Attributes:
        process: The server process.
        port: Its loopback port.
        log: Its log file.
        stacks: Where it keeps its stacks.
        name: Its name for people.
    """

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    stacks: Path
    name: str = "MiniStack"

    @property
    def url(self) -> str:
        """Its address for AWS clients."""
        return f"http://{ports.LOOPBACK}:{self.port}"

    def wait_ready(self) -> None:
        """Return once it answers.

        Raises:
            StartError: When it ended or did not answer in time.
        """
        processes.wait_until(
            lambda: answers(f"{self.url}/_ministack/health"),
            process=self.process,
            log=self.log,
            name=self.name,
            timeout=READY_SECONDS,
        )

    def wait_kept(self, mark: str) -> None:
        """Return once a deployed stack is written down: one that a kill loses would come back with another API.

        Args:
            mark: The stack's mark.

        Raises:
            StartError: When it ended or did not write in time.
        """
        processes.wait_until(
            lambda: self.stacks.exists() and mark in self.stacks.read_text(),
            process=self.process,
            log=self.log,
            name=self.name,
            timeout=READY_SECONDS,
        )

    def stop(self) -> None:
        """End it in order; it writes its state then."""
        processes.stop(self.process, grace=20)


def launch(folder: Path, port: int, runner_url: str) -> Ministack:
    """Start MiniStack without waiting for it.

    Args:
        folder: Folder for its state; kept between starts.
        port: Loopback port to listen on.
        runner_url: Address that executes functions.

    Returns:
        The server, still starting.
    """
    scratch = folder / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    _follow_port(folder, port)
    env = {
        "PATH": os.defpath,
        "HOME": str(scratch),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
        "BIND_HOST": ports.LOOPBACK,
        "MINISTACK_HOST": ports.LOOPBACK,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AWS_DEFAULT_REGION": REGION,
        # The one key pair whose signed addresses it takes: the functions' own.
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent",
        "TMPDIR": str(scratch),
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(folder / "s3"),
        "GIGSTA_RUNNER_URL": runner_url,
    }
    log = folder / "ministack.log"
    log.unlink(missing_ok=True)
    command = [sys.executable, "-m", "infra.local.ministack.launcher"]
    stacks = folder / "state" / "cloudformation.json"
    return Ministack(processes.start(command, log=log, env=env, cwd=scratch), port, log, stacks)


def client_settings(url: str) -> dict[str, Any]:
    """Return what a boto3 client needs to talk to MiniStack.

    Args:
        url: MiniStack's address.

    Returns:
        Keyword arguments for ``boto3.client``.
    """
    return {
        "endpoint_url": url,
        "region_name": REGION,
        "aws_access_key_id": KEY,
        "aws_secret_access_key": KEY,
    }


def function_environment(url: str) -> dict[str, str]:
    """Return the environment through which functions reach MiniStack.

    Args:
        url: MiniStack's address.

    Returns:
        Variables for boto3; Lambda itself gives the same but for the endpoint.
    """
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
    }


def answers(url: str) -> bool:
    """Tell whether a server answers a GET.

    Args:
        url: Address on loopback.

    Returns:
        True for any HTTP answer but a 5xx.
    """
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return error.code < 500  # noqa: PLR2004  (HTTP: the server's own faults)
    except OSError:
        return False


def _follow_port(folder: Path, port: int) -> None:
    """Rewrite kept state for a new port: MiniStack files its queues under their whole URL."""
    mark = folder / "port"
    kept = mark.read_text() if mark.exists() else ""
    if kept and kept != str(port):
        for state in (folder / "state").glob("*.json"):
            text = state.read_text()
            state.write_text(text.replace(f"{ports.LOOPBACK}:{kept}", f"{ports.LOOPBACK}:{port}"))
    mark.write_text(str(port))
