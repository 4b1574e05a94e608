"""The whole local cloud as one object: start it, use it, stop it."""

from __future__ import annotations

import contextlib
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from infra.build import builder, targets
from infra.deploy import local as deployment
from infra.deploy import template as templates
from infra.local import aws, clock, info, lock, mailbox, ministack, mongod, parts, ports, secrets
from infra.local.processes import StartError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import TracebackType

    from infra.local.mailbox import Mail
    from infra.local.options import Options

WEBHOOK_PATH = "/v1/webhooks/stripe"
FRONTEND = "http://localhost:3000"
MAIL_FROM = "GigSta <hello@gigsta.test>"
POLL_SECONDS = 0.1


Server = mongod.Mongod | ministack.Ministack | parts.Part


@dataclass(frozen=True)
class _Running:
    """The servers behind the gateway."""

    parts: tuple[Server, ...]
    aws_url: str
    runner_url: str
    mongodb_uri: str
    stripe_url: str


class LocalCloud:
    """A local cloud in a state folder.

    Use it as ``with LocalCloud(options) as cloud: cloud.base_url``.
    """

    def __init__(self, options: Options) -> None:
        """Plan a cloud; nothing runs yet.

        Args:
            options: Choices of this start.
        """
        self._options = replace(options, state_dir=options.state_dir.resolve())
        self._say = options.say
        self._stack = contextlib.ExitStack()
        self._processes: list[int] = []
        self._info: info.CloudInfo | None = None

    @property
    def info(self) -> info.CloudInfo:
        """Addresses and names."""
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

    @property
    def process_ids(self) -> list[int]:
        """The servers' process ids."""
        return list(self._processes)

    def __enter__(self) -> Self:
        """Start everything.

        Raises:
            StartError: When a part does not start; what had started is stopped again.
        """
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything, last started first."""
        self._stack.close()

    def clock_offset(self) -> float:
        """Return the seconds by which the clock is ahead."""
        return clock.read_offset(self._clock_file)

    def set_clock_offset(self, seconds: float, *, run_schedules: bool = True) -> None:
        """Move the clock of functions and of the local Stripe.

        Args:
            seconds: Seconds added to the system's time.
            run_schedules: Run every scheduled function then, so that what is due happens.
        """
        clock.write_offset(self._clock_file, seconds)
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

    @property
    def _clock_file(self) -> Path:
        return self._options.state_dir / "clock"

    def _start(self) -> None:
        """Start every part, each as early as what it needs is there."""
        options, folder = self._options, self._options.state_dir
        self._stack.enter_context(lock.StateLock(folder))
        port = _public_port(options.port)
        base_url = f"http://localhost:{port}"
        kept = secrets.load_or_make(folder)
        with self._step("Started MongoDB, AWS, Stripe and the function runner; built the code"):
            running = self._launch(base_url, kept)
            built = _build(self._say)
            for part in running.parts:
                part.wait_ready()
        secrets.publish(running.aws_url, self._secret_values(running.mongodb_uri, kept))
        with self._step("Deployed the template and migrated the database"), ThreadPoolExecutor(1) as pool:
            migrating = pool.submit(parts.tool, "infra.migrations", self._database_environment(running.mongodb_uri))
            parameters = self._parameters(base_url, running.stripe_url)
            settings = ministack.client_settings(running.aws_url)
            deployed = deployment.deploy(builder.TEMPLATE, parameters, built.fingerprint, settings)
            migrating.result()
        self._info = info.CloudInfo(
            pid=os.getpid(),
            base_url=base_url,
            aws_url=running.aws_url,
            runner_url=running.runner_url,
            stripe_url=running.stripe_url,
            mongodb_uri=running.mongodb_uri,
            database=options.database,
            clock_file=str(self._clock_file),
            outputs=deployed.outputs,
            functions=deployed.functions,
            schedules=_schedules(),
            sign_ins=[],
        )
        info.write(folder, self._info)
        with self._step("Opened the gateway"):
            gateway = parts.gateway(folder, port)
            self._own(gateway)
            parts.post(f"{running.runner_url}/open")
            gateway.wait_ready()

    def _launch(self, base_url: str, kept: secrets.LocalSecrets) -> _Running:
        """Start the servers behind the gateway, without waiting for them."""
        options, folder = self._options, self._options.state_dir
        book = ports.PortBook(folder / "ports.json")
        started: list[Server] = []
        aws_port, runner_port = book.port("aws"), book.port("runner")
        aws_part = ministack.launch(folder / "aws", aws_port, f"http://{ports.LOOPBACK}:{runner_port}/invoke")
        started.append(self._own(aws_part))
        uri = options.mongodb_uri
        if not uri:
            server = mongod.launch(folder / "mongodb", book.port("mongodb"))
            started.append(self._own(server))
            uri = server.uri
        live = options.functions if options.live else None
        runner = parts.runner(folder, runner_port, aws_part.url, options.workers, live)
        started.append(self._own(runner))
        stripe_url = ""
        if not options.stripe_key:
            stripe = parts.stripe(folder, book.port("stripe"), f"{base_url}{WEBHOOK_PATH}={kept.webhook_secret}")
            started.append(self._own(stripe))
            stripe_url = stripe.url
        return _Running(tuple(started), aws_part.url, runner.url, uri, stripe_url)

    def _own(self, part: Server) -> Server:
        """Remember to stop a part."""
        self._processes.append(part.process.pid)
        self._stack.callback(part.stop)
        return part

    def _secret_values(self, uri: str, kept: secrets.LocalSecrets) -> dict[str, str]:
        """Return the secret strings by name."""
        options = self._options
        webhook_secrets = [secret for secret in options.stripe_webhook_secrets.split(",") if secret]
        stripe = {
            "secret_key": options.stripe_key or secrets.LOCAL_STRIPE_KEY,
            "webhook_secrets": webhook_secrets or [kept.webhook_secret],
        }
        return {
            secrets.MONGODB: uri,
            secrets.STRIPE: json.dumps(stripe),
            secrets.SIGNING_KEYS: json.dumps(kept.signing_keys),
        }

    def _parameters(self, base_url: str, stripe_url: str) -> dict[str, str]:
        """Return the template's parameters."""
        return {
            "Stage": "local",
            "Architecture": "x86_64",
            "Tracing": "PassThrough",
            "Alarms": "off",
            "MongodbSecretName": secrets.MONGODB,
            "MongodbDatabase": self._options.database,
            "StripeSecretName": secrets.STRIPE,
            "StripeApiBase": stripe_url,
            "JwtSigningKeysSecretName": secrets.SIGNING_KEYS,
            "PublicBaseUrl": base_url,
            "FrontendBaseUrl": FRONTEND,
            "MailFrom": MAIL_FROM,
            "CorsOrigins": FRONTEND,
            "QueueVisibilitySeconds": str(self._options.queue_visibility),
        }

    def _database_environment(self, uri: str) -> dict[str, str]:
        """Return the variables of migrations and seeds."""
        return {"MONGODB_URI": uri, "MONGODB_DATABASE": self._options.database, "STAGE": "local"}

    @contextlib.contextmanager
    def _step(self, text: str) -> Iterator[None]:
        """Say that a step is done, and how long it took."""
        started = time.monotonic()
        yield
        self._say(f"{text} ({time.monotonic() - started:.1f} s)")


def _build(say: Callable[[str], None]) -> builder.Built:
    """Build what functions need on this machine."""
    target = targets.local()
    builder.runtime_environment(target, say)
    return builder.build(target, say)


def _public_port(wanted: int) -> int:
    """Return the public port, or explain who holds it."""
    if wanted == 0:
        return ports.free_port()
    if not ports.is_free(wanted):
        by = ports.holder(wanted) or "another program"
        raise StartError(f"Port {wanted} is taken by {by}. Stop it, or choose another: PORT={wanted + 1} make dev")
    return wanted


def _schedules() -> dict[str, str]:
    """Return the schedule expressions of the template by function."""
    functions = templates.functions(templates.load(builder.TEMPLATE))
    return {function.name: function.schedule for function in functions if function.schedule}
