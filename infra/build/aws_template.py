"""The template of a deployment to AWS: the same, pointing at the built folders."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from infra.build.builder import TEMPLATE
from infra.deploy import loops, roles
from infra.deploy import template as templates

if TYPE_CHECKING:
    from pathlib import Path

    from infra.build.builder import Built


def write(folder: Path, built: Built) -> Path:
    """Write the template for ``sam deploy`` next to the build.

    Args:
        folder: The target's folder.
        built: The build.

    Returns:
        The written file.
    """
    document = roles.with_own_roles(loops.expand(templates.load(TEMPLATE)))
    for resource in document["Resources"].values():
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = str(built.layer)
        elif resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = str(built.code(resource["Properties"]["CodeUri"]))
            resource.pop("Metadata", None)
    path = folder / "template.json"
    path.write_text(json.dumps(document, indent=1))
    return path
