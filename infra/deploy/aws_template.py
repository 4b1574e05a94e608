"""The template of a deployment to AWS: the same, pointing at the built folders."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infra.deploy import composition, release, rollout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from infra.build.builder import Built
    from infra.deploy.stages import Stage


def compose(built: Built, parameters: Mapping[str, str], how: str = rollout.ALL_AT_ONCE) -> dict[str, Any]:
    """Return what ``sam deploy`` gets.

    Args:
        built: The build.
        parameters: The stage's parameters.
        how: How callers reach a new version, one of ``infra.deploy.rollout.ROLLOUTS``.
    """
    document = rollout.gradual(composition.compose(), how)
    for resource in document["Resources"].values():
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = str(built.content(resource["Properties"]["ContentUri"]))
        elif resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = str(built.code(resource["Properties"]["CodeUri"]))
    return release.marked(document, built.fingerprint, parameters)


def write(folder: Path, built: Built, stage: Stage) -> Path:
    """Write the template next to the build.

    Args:
        folder: The target's folder.
        built: The build.
        stage: The stage.

    Returns:
        The written file.
    """
    path = folder / "template.json"
    path.write_text(json.dumps(compose(built, stage.parameters, stage.rollout), indent=1))
    return path
