"""What ``python -m infra.local`` does."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import sys
import time
from typing import TYPE_CHECKING

import httpx

from infra.local import aws, clock, follow, lock, mailbox, options, staff_codes
from infra.local.cloud import LocalCloud
from infra.local.demo.furnish import furnish
from infra.local.demo.people import RequestRefused
from infra.local.demo.play import DemoFailed, parse, play
from infra.local.handle import RunningCloud
from infra.local.processes import StartError, tail
from infra.local.runner.logs import COMBINED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import FrameType

DOWN_SECONDS = 40.0
POLL_SECONDS = 0.1
#: In the cloud's folder: the digests of people who have all they are given, a line for each database.
_FURNISHED = "furnished"


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

    Raises:
        StartError: When a part has ended on its own; the rest is stopped in order.
    """
    _stop_in_order()
    started = time.monotonic()
    with contextlib.suppress(KeyboardInterrupt):
        with LocalCloud(options.from_environment(state_dir, say, os.environ)) as cloud:
            if cloud.info.sign_ins and cloud.stripe_url:
                _furnish(cloud, state_dir)
            say(_banner(cloud, time.monotonic() - started))
            with contextlib.suppress(KeyboardInterrupt):
                log = state_dir / "logs" / COMBINED
                for line in follow.lines(log, from_end=True, until=lambda: cloud.ended_part() is not None):
                    say(line)
            ended = cloud.ended_part()
            say("\nStopping …")
        if ended:
            raise StartError(f"{ended.name} ended on its own:\n{tail(ended.log)}\nStart again: what was done is kept.")
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
    cloud = RunningCloud.attach(state_dir)
    known = cloud.info
    say(_banner(cloud))
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


def code(state_dir: Path) -> None:
    """Print the codes that the authenticator apps of seeded staff show now, by the marketplace's clock.

    Args:
        state_dir: The cloud's folder.
    """
    cloud = RunningCloud.attach(state_dir)
    for email, shown in staff_codes.present(cloud.info.sign_ins, cloud.clock_offset()).items():
        say(f"{email:<28} {shown}")


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
    """Play the demonstration on a local cloud of its own, because it moves the clock.

    Args:
        state_dir: The folder of local clouds; the demonstration's is made anew inside it.
        arguments: Arguments of the demonstration.

    Returns:
        0 when everything went as the rules say.
    """
    chosen = parse(arguments)
    _stop_in_order()
    folder = state_dir / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with LocalCloud(options.Options(state_dir=folder, say=say)) as cloud:
            play(cloud, fast_clock=chosen.fast_clock)
    except DemoFailed as error:
        print(f"\nThe demonstration failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _furnish(cloud: LocalCloud, state_dir: Path) -> None:
    """Give the people one can sign in as a few bookings and more; without them, the marketplace is still whole.

    What was interrupted is gone on with the next time; what was finished is left to who uses the cloud.
    """
    finished, people = state_dir / _FURNISHED, _digest(cloud.info.sign_ins)
    if finished.exists() and people in finished.read_text(encoding="ascii").splitlines():
        return
    try:
        say("Making a few bookings of the customer and the provider …")
        made = furnish(cloud)
    except (RequestRefused, TimeoutError, RuntimeError, httpx.HTTPError) as error:
        say(f"Not all was made for the people one can sign in as: {error}")
    else:
        with finished.open("a", encoding="ascii") as file:
            file.write(f"{people}\n")
        say(f"Made {len(made)}: {', '.join(made)}")


def _digest(people: Sequence[Mapping[str, str]]) -> str:
    """What stands for the people of a database; another has others, with passwords of their own."""
    return hashlib.sha256(json.dumps(people).encode()).hexdigest()


def _banner(cloud: RunningCloud, seconds: float | None = None) -> str:
    """Return what one needs to use the cloud."""
    known = cloud.info
    people = [
        f"    {each['who']:<12} {each['email']:<28} {each['password']:<18} {each.get('totp_secret', '')}".rstrip()
        for each in known.sign_ins
    ]
    lines = [
        "",
        f"  GigSta is up{f' after {seconds:.1f} s' if seconds else ''}: {known.base_url}",
        f"  Try it      {known.frontend_url}",
        f"  API docs    {known.base_url}/docs",
        f"  Mail        {known.base_url}/_dev/mail",
        *([f"  Stripe      {known.stripe_url}"] if known.stripe_url else []),
        f"  Status      {known.base_url}/_dev",
        *(["  Sign-ins    mail address, password, and staff's secret for an authenticator app"] if people else []),
        *people,
        *(["              `make code` shows the codes that staff's apps show now."] if people else []),
        f"  Clock       {clock.tell(cloud.clock_offset())}",
        *(["  Ctrl-C stops it; `make status` elsewhere shows this again."] if seconds else []),
        "",
    ]
    return "\n".join(lines)


def _stop_in_order() -> None:
    """Treat SIGTERM like Ctrl-C, and Ctrl-C like itself where a shell that starts jobs in the background ignores it."""
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, _interrupt)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Leave what is under way."""
    raise KeyboardInterrupt
