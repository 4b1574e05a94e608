"""What ``python -m infra.local`` does."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from infra.build.targets import ROOT
from infra.local import aws, follow, lock, mailbox, options
from infra.local.cloud import LocalCloud
from infra.local.handle import RunningCloud
from infra.local.processes import StartError
from infra.local.runner.logs import COMBINED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import FrameType

    from infra.local.info import CloudInfo

DOWN_SECONDS = 40.0
POLL_SECONDS = 0.1


def say(line: str) -> None:
    """Print a progress line at once.

    Args:
        line: The line.
    """
    print(line, flush=True)


def up(state_dir: Path) -> None:
    """Start the local cloud, tell where it is and follow the logs until Ctrl-C or SIGTERM.

    Args:
        state_dir: The cloud's folder.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    started = time.monotonic()
    with contextlib.suppress(KeyboardInterrupt):
        with LocalCloud(options.from_environment(state_dir, say, os.environ)) as cloud:
            say(_banner(cloud.info, time.monotonic() - started))
            with contextlib.suppress(KeyboardInterrupt):
                for line in follow.lines(state_dir / "logs" / COMBINED, from_end=True):
                    say(line)
            say("\nStopping …")
        say("Stopped. What was done is kept; `make clean` forgets it.")


def down(state_dir: Path) -> None:
    """Stop a local cloud that runs elsewhere.

    Args:
        state_dir: The cloud's folder.

    Raises:
        StartError: When it does not end in time.
    """
    pid = lock.holder(state_dir)
    if pid is None:
        say("No local cloud runs here.")
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + DOWN_SECONDS
    while lock.holder(state_dir) is not None:
        if time.monotonic() > deadline:
            raise StartError(f"The local cloud (pid {pid}) still runs after {DOWN_SECONDS:.0f} s.")
        time.sleep(POLL_SECONDS)
    say("Stopped.")


def status(state_dir: Path) -> None:
    """Tell whether a local cloud runs, and what it does.

    Args:
        state_dir: The cloud's folder.
    """
    known = RunningCloud.attach(state_dir).info
    say(_banner(known))
    for row in aws.queue_depths(known):
        say(f"  {row['queue']:<14} {row['waiting']} waiting, {row['in_flight']} in flight, {row['dead']} dead")


def mail(state_dir: Path, to: str | None) -> None:
    """Print the mails, oldest first.

    Args:
        state_dir: The cloud's folder.
        to: Keep only those to this address.
    """
    for each in reversed(mailbox.fetch(RunningCloud.attach(state_dir).info.aws_url, to)):
        say(f"{each.sent_at}  to {', '.join(each.to)}  {each.subject}")
        for link in each.links:
            say(f"    {link}")


def logs(state_dir: Path) -> None:
    """Follow the functions' logs until Ctrl-C.

    Args:
        state_dir: The cloud's folder.
    """
    with contextlib.suppress(KeyboardInterrupt):
        for line in follow.lines(state_dir / "logs" / COMBINED, from_end=False):
            say(line)


def redrive(state_dir: Path) -> None:
    """Move dead letters back to their queues.

    Args:
        state_dir: The cloud's folder.
    """
    for queue, moved in aws.redrive(RunningCloud.attach(state_dir).info).items():
        say(f"{queue}: {moved} message(s) sent back")


def demo(state_dir: Path, arguments: Sequence[str]) -> int:
    """Play the demonstration on the running cloud, or on one started for it.

    Args:
        state_dir: The cloud's folder.
        arguments: Arguments of the demonstration.

    Returns:
        Its exit code.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    with contextlib.ExitStack() as stack:
        if lock.holder(state_dir) is None:
            stack.enter_context(LocalCloud(options.from_environment(state_dir, say, os.environ)))
        base_url = RunningCloud.attach(state_dir).base_url
        command = [sys.executable, "-m", "infra.demo", "--base-url", base_url, *arguments]
        return subprocess.run(command, cwd=ROOT, check=False).returncode


def _banner(known: CloudInfo, seconds: float | None = None) -> str:
    """Return what one needs to use the cloud."""
    people = [f"    {person['who']:<12} {person['email']:<28} {person['password']}" for person in known.sign_ins]
    lines = [
        "",
        f"  GigSta is up{f' after {seconds:.1f} s' if seconds else ''}: {known.base_url}",
        f"  API docs    {known.base_url}/docs",
        f"  Mail        {known.base_url}/_dev/mail",
        f"  Status      {known.base_url}/_dev",
        *(["  Sign-ins"] if people else []),
        *people,
        "  Ctrl-C stops it.",
        "",
    ]
    return "\n".join(lines)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Treat SIGTERM like Ctrl-C."""
    raise KeyboardInterrupt
