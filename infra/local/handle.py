"""A running local cloud as its user sees it, no matter who started it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local import aws, clock, info, lock, mailbox, parts
from infra.local.processes import StartError

if TYPE_CHECKING:
    from infra.local.mailbox import Mail


class RunningCloud:
    """What one can do with a running cloud."""

    def __init__(self, known: info.CloudInfo | None = None) -> None:
        """Take hold of a cloud.

        Args:
            known: Its addresses and names; None until it runs.
        """
        self._info = known

    @classmethod
    def attach(cls, state_dir: Path) -> RunningCloud:
        """Take hold of the cloud that runs in a folder.

        Args:
            state_dir: The cloud's folder.

        Raises:
            StartError: When none runs.
        """
        known = info.read(state_dir)
        if known is None or lock.holder(state_dir) is None:
            raise StartError("No local cloud runs here. Start it with: make dev")
        return RunningCloud(known)

    @property
    def info(self) -> info.CloudInfo:
        """Addresses and names.

        Raises:
            RuntimeError: When the cloud does not run.
        """
        if self._info is None:
            raise RuntimeError("The local cloud does not run.")
        return self._info

    @property
    def base_url(self) -> str:
        """The public address."""
        return self.info.base_url

    @property
    def mongodb_uri(self) -> str:
        """Connection string of the database server."""
        return self.info.mongodb_uri

    @property
    def stripe_url(self) -> str:
        """Address of the local Stripe."""
        return self.info.stripe_url

    def clock_offset(self) -> float:
        """Return the seconds by which the clock is ahead."""
        return clock.read_offset(Path(self.info.clock_file))

    def set_clock_offset(self, seconds: float, *, run_schedules: bool = True) -> None:
        """Move the clock of functions and of the local Stripe.

        Args:
            seconds: Seconds added to the system's time.
            run_schedules: Run every scheduled function then, so that what is due happens.
        """
        clock.write_offset(Path(self.info.clock_file), seconds)
        if run_schedules:
            aws.run_schedules(self.info)

    def run_function(self, name: str) -> Any:
        """Run a function now, as its schedule would.

        Args:
            name: Logical id in the template.

        Returns:
            Its answer.
        """
        return aws.run_function(self.info, name)

    def crash_next(self, function: str, after_seconds: float = 0) -> None:
        """Kill the worker of the function's next invocation in the midst of it.

        Args:
            function: Logical id in the template; it must have been called before.
            after_seconds: Time from handing over the event to the kill.
        """
        parts.post(f"{self.info.runner_url}/crash", {"function": function, "after_seconds": after_seconds})

    def mails(self, to: str | None = None) -> list[Mail]:
        """Return sent mails, newest first.

        Args:
            to: Keep only those to this address.
        """
        return mailbox.fetch(self.info.aws_url, to)
