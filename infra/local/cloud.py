"""The whole local cloud as one object: start it, use it, stop it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from infra.build import builder, targets
from infra.deploy import local as deployment
from infra.deploy import template as templates
from infra.local import aws, info, lock, mongod, own_database, parts, ports, processes, secrets
from infra.local.handle import RunningCloud
from infra.local.ministack import server as ministack
from infra.local.openid.settings import oauth_settings
from infra.local.processes import StartError
from infra.ops.keys.publishing import publish as publish_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import TracebackType

    from infra.local.options import Options

WEBHOOK_PATH = "/v1/webhooks/stripe"
#: Where a web frontend is commonly served on a developer's machine; it may call the API.
USUAL_FRONTEND = "http://localhost:3000"
MAIL_DOMAIN = "gigsta.test"
MAIL_FROM = f"GigSta <hello@{MAIL_DOMAIN}>"


Server = mongod.Mongod | ministack.Ministack | parts.Part


@dataclass(frozen=True)
class _Running:
    """The servers behind the gateway."""

    parts: tuple[Server, ...]
    aws: ministack.Ministack
    runner_url: str
    mongodb_uri: str
    stripe_url: str
    oidc_url: str

    @property
    def aws_url(self) -> str:
        return self.aws.url


class LocalCloud(RunningCloud):
    """A local cloud in a state folder.

    Use it as ``with LocalCloud(options) as cloud: cloud.base_url``.
    """

    def __init__(self, options: Options) -> None:
        """Plan a cloud; nothing runs yet.

        Args:
            options: Choices of this start.
        """
        super().__init__()
        self._options = replace(options, state_dir=options.state_dir.resolve())
        self._say = options.say
        self._stack = contextlib.ExitStack()
        self._owned: list[Server] = []

    @property
    def process_ids(self) -> list[int]:
        """The servers' process ids."""
        return [part.process.pid for part in self._owned]

    def ended_part(self) -> Server | None:
        """Return a server that has ended on its own, or None while all run."""
        return next((part for part in self._owned if part.process.poll() is not None), None)

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
        if options.mongodb_uri:
            own_database.check(options.mongodb_uri)
        if options.web:
            self._stack.callback(processes.stop, parts.web_build(folder))
        with self._step(f"Started {_started(options)}; built the code"):
            running = self._launch(base_url, kept)
            built = _build(self._say)
            for part in running.parts:
                part.wait_ready()
        aws.verify_sender(running.aws_url, MAIL_DOMAIN)
        secrets.publish(running.aws_url, self._secret_values(running, kept))
        with self._step("Deployed the template, migrated and seeded the database"), ThreadPoolExecutor(2) as pool:
            migrating = pool.submit(self._prepare_database, running, kept)
            publishing = pool.submit(self._publish_plans, running)
            parameters = self._parameters(base_url, running.stripe_url, running.aws_url)
            settings = ministack.client_settings(running.aws_url)
            deployed = deployment.deploy(builder.TEMPLATE, parameters, built.fingerprint, settings)
            running.aws.wait_kept(deployed.mark)
            sign_ins = migrating.result()
            publishing.result()
        self._info = info.CloudInfo(
            pid=os.getpid(),
            base_url=base_url,
            aws_url=running.aws_url,
            frontend_url=self._frontend_url(base_url),
            stripe_publishable_key=options.stripe_publishable_key,
            runner_url=running.runner_url,
            stripe_url=running.stripe_url,
            mongodb_uri=running.mongodb_uri,
            database=options.database,
            clock_file=str(self._clock_file),
            outputs=deployed.outputs,
            functions=deployed.functions,
            schedules=_schedules(),
            sign_ins=sign_ins,
        )
        info.write(folder, self._info)
        with self._step("Opened the gateway"):
            gateway = parts.gateway(folder, port)
            self._own(gateway)
            parts.post(f"{running.runner_url}/open")
            gateway.wait_ready()

    def _prepare_database(self, running: _Running, kept: secrets.LocalSecrets) -> list[dict[str, str]]:
        """Migrate, publish the public halves of the signing keys, seed; return the seeded people."""
        environment = {**self._database_environment(running.mongodb_uri), "FACTOR_KEYS": kept.factor_keys}
        parts.tool("infra.ops", environment, "migrate")
        publish_keys(running.mongodb_uri, self._options.database, kept.signing_keys)
        if not self._options.seed:
            return []
        if running.stripe_url:
            stripe = {"STRIPE_API_BASE": running.stripe_url, "STRIPE_SECRET_KEY": secrets.LOCAL_STRIPE_KEY}
            environment |= stripe
        seeded = json.loads(parts.tool("infra.local.seed", environment, "--json"))["sign_ins"]
        return info.kept_people(self._options.state_dir, self._database_name(), seeded)

    def _database_name(self) -> str:
        """Return what stands for server and database; our own server's port may change from start to start."""
        options = self._options
        server = hashlib.sha256(options.mongodb_uri.encode()).hexdigest()[:16] if options.mongodb_uri else "own"
        return f"{server}/{options.database}"

    def _publish_plans(self, running: _Running) -> None:
        """See that Stripe, the local one or its test mode, sells the provider plans."""
        key = self._options.stripe_key or secrets.LOCAL_STRIPE_KEY
        parts.tool("infra.ops", {"STRIPE_SECRET_KEY": key, "STRIPE_API_BASE": running.stripe_url}, "plans")

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
        oidc = parts.oidc(folder, book.port("oidc"))
        started.append(self._own(oidc))
        return _Running(tuple(started), aws_part, runner.url, uri, stripe_url, oidc.url)

    def _own(self, part: Server) -> Server:
        """Remember to stop a part."""
        self._owned.append(part)
        self._stack.callback(part.stop)
        return part

    def _secret_values(self, running: _Running, kept: secrets.LocalSecrets) -> dict[str, str]:
        """Return the secret strings by name."""
        options = self._options
        webhook_secrets = [secret for secret in options.stripe_webhook_secrets.split(",") if secret]
        stripe = {
            "secret_key": options.stripe_key or secrets.LOCAL_STRIPE_KEY,
            "webhook_secrets": webhook_secrets or [kept.webhook_secret],
        }
        return {
            secrets.MONGODB: running.mongodb_uri,
            secrets.STRIPE: json.dumps(stripe),
            secrets.SIGNING_KEYS: json.dumps(kept.signing_keys),
            secrets.FACTOR_KEYS: kept.factor_keys,
            secrets.UNSUBSCRIBE_KEYS: kept.unsubscribe_keys,
            secrets.OAUTH: json.dumps(oauth_settings(running.oidc_url)),
        }

    def _parameters(self, base_url: str, stripe_url: str, aws_url: str) -> dict[str, str]:
        """Return the template's parameters."""
        return {
            "Stage": "local",
            "Architecture": "x86_64",
            "Tracing": "PassThrough",
            "Alarms": "off",
            "MailEvents": "off",
            "MongodbSecretName": secrets.MONGODB,
            "MongodbDatabase": self._options.database,
            "StripeSecretName": secrets.STRIPE,
            "StripeApiBase": stripe_url,
            "JwtSigningKeysSecretName": secrets.SIGNING_KEYS,
            "FactorKeysSecretName": secrets.FACTOR_KEYS,
            "UnsubscribeKeysSecretName": secrets.UNSUBSCRIBE_KEYS,
            "OauthSettingsSecretName": secrets.OAUTH,
            "TermsVersion": "2026-11-01",
            "PrivacyVersion": "2026-11-01",
            "MediaEndpointUrl": aws_url,
            "PublicBaseUrl": base_url,
            "FrontendBaseUrl": self._frontend_url(base_url),
            "RealtimeUrl": f"{base_url.replace('http', 'ws', 1)}/v1/realtime",
            "SocketsBaseUrl": f"{aws_url}/_aws/execute-api",
            "MailFrom": MAIL_FROM,
            "CorsOrigins": ",".join(self._origins(base_url)),
            "QueueVisibilitySeconds": str(self._options.queue_visibility),
        }

    def _frontend_url(self, base_url: str) -> str:
        """Return where links in mails lead: to the web app that is served here, unless another frontend runs."""
        return self._options.frontend_url or base_url

    def _origins(self, base_url: str) -> list[str]:
        """Return the web origins that may call the API, our own pages' among them."""
        frontend = urlsplit(self._frontend_url(base_url))
        return list(dict.fromkeys([f"{frontend.scheme}://{frontend.netloc}", base_url, USUAL_FRONTEND]))

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


def _started(options: Options) -> str:
    """Name what is started here, beside what runs elsewhere already."""
    named = [*([] if options.mongodb_uri else ["MongoDB"]), "AWS", *([] if options.stripe_key else ["Stripe"])]
    return f"{', '.join(named)} and the function runner"


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
