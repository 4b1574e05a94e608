"""Configurations of deployed functions, read from MiniStack's Lambda."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import boto3

from infra.build.builder import TEMPLATE
from infra.deploy import template as templates
from infra.local.ministack import server as ministack
from infra.local.runner.worker import FunctionConfig

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class Configurations:
    """Reads a function's deployed configuration."""

    def __init__(self, aws_url: str) -> None:
        """Keep the address.

        Args:
            aws_url: MiniStack's address.
        """
        self._aws_url = aws_url
        self._client: LambdaClient | None = None
        self._layers = {each.name: each.layers for each in templates.functions(templates.load(TEMPLATE))}

    async def __call__(self, name: str, version: str) -> FunctionConfig:
        """Return the configuration of a version.

        Args:
            name: Physical function name, ``<stack>-<logical id>-<suffix>``.
            version: Version or ``$LATEST``.
        """
        return await asyncio.to_thread(self._read, name, version)

    def _read(self, name: str, version: str) -> FunctionConfig:
        """Ask MiniStack."""
        if self._client is None:
            self._client = boto3.client("lambda", **ministack.client_settings(self._aws_url))
        found = self._client.get_function_configuration(FunctionName=name, Qualifier=version)
        logical_id = name.split("-")[1]
        return FunctionConfig(
            name=logical_id,
            handler=found["Handler"],
            timeout=found["Timeout"],
            memory=found["MemorySize"],
            environment=found.get("Environment", {}).get("Variables", {}),
            layers=self._layers.get(logical_id, ()),
        )
