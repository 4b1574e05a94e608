"""Signing keys change on the deployed cloud as the runbook says, and nobody is signed out."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import boto3
import jwt
import pytest

from infra.local import parts, secrets
from infra.local.ministack import server as ministack
from tests.e2e.test_identity import PASSWORD, member

if TYPE_CHECKING:
    import httpx

    from infra.local.cloud import LocalCloud
    from infra.local.demo.stage import Stage

_SECONDS = 30


class Operator:
    """An operator who follows the runbook's section on signing keys.

    Args:
        cloud: the running cloud.
    """

    def __init__(self, cloud: LocalCloud) -> None:
        self._info = cloud.info
        self._vault = boto3.client("secretsmanager", **ministack.client_settings(cloud.info.aws_url))

    def store(self, step: str) -> None:
        """Take the secret one step further."""
        secrets.publish(self._info.aws_url, {secrets.SIGNING_KEYS: self._run(step)})

    def publish(self, *options: str) -> list[str]:
        """Publish the secret's public halves; returns the ids that are published now."""
        return self._run("publish", *options).split()

    def start_functions_anew(self) -> None:
        """Replace every execution environment, as a deployment does; secrets and public keys are read again."""
        parts.post(f"{self._info.runner_url}/open")

    def _run(self, *arguments: str) -> str:
        keys = self._vault.get_secret_value(SecretId=secrets.SIGNING_KEYS)["SecretString"]
        database = {"MONGODB_URI": self._info.mongodb_uri, "MONGODB_DATABASE": self._info.database}
        command = [sys.executable, "-m", "infra.ops", "keys", *arguments]
        environment = {**os.environ, **database}
        done = subprocess.run(
            command, input=keys, env=environment, capture_output=True, text=True, check=True, timeout=_SECONDS
        )
        return done.stdout


def log_in(web: httpx.Client, email: str) -> dict[str, Any]:
    answer = web.post("/v1/auth/login", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def renew(web: httpx.Client, pair: dict[str, Any]) -> dict[str, Any]:
    answer = web.post("/v1/auth/refresh", json={"refresh_token": pair["refresh_token"]})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def verdicts(web: httpx.Client, pair: dict[str, Any]) -> list[tuple[int, str | None]]:
    """What two functions say to an access token: the one that holds private keys, and one that does not."""
    headers = {"Authorization": f"Bearer {pair['access_token']}"}
    answers = [web.get(path, headers=headers) for path in ("/v1/users/me", "/v1/bookings")]
    return [(answer.status_code, answer.json().get("code")) for answer in answers]


def signer(pair: dict[str, Any]) -> str:
    return str(jwt.get_unverified_header(pair["access_token"])["kid"])


def published(web: httpx.Client) -> set[str]:
    return {key["kid"] for key in web.get("/.well-known/jwks.json").json()["keys"]}


@pytest.mark.timeout(200)
def test_signing_keys_change_without_signing_anyone_out(stage: Stage, web: httpx.Client, cloud: LocalCloud) -> None:
    operator, accepted = Operator(cloud), [(200, None)] * 2
    email = member(stage).email
    early, idle = log_in(web, email), log_in(web, email)
    old = signer(early)
    assert published(web) == {old}

    operator.store("add")
    new, *others = operator.publish()
    assert others == [old]
    assert published(web) == {old, new}
    assert signer(log_in(web, email)) == old, "a key is known everywhere before it signs"

    operator.store("activate")
    operator.start_functions_anew()
    assert verdicts(web, early) == accepted
    renewed, fresh = renew(web, early), log_in(web, email)
    assert [signer(renewed), signer(fresh)] == [new, new]
    assert verdicts(web, renewed) == verdicts(web, fresh) == accepted
    assert published(web) == {old, new}

    operator.store("retire")
    assert operator.publish("--prune") == [new]
    operator.start_functions_anew()
    assert published(web) == {new}
    assert verdicts(web, early) == [(401, "invalid_token")] * 2
    assert verdicts(web, fresh) == verdicts(web, renew(web, idle)) == accepted
