"""Expand ``Fn::ForEach``, which the SAM CLI does not understand, so that one plain template goes everywhere.

The rules are those of AWS::LanguageExtensions as far as the template uses them:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

from typing import Any

PREFIX = "Fn::ForEach::"
EXTENSIONS = "AWS::LanguageExtensions"


def expand(template: dict[str, Any]) -> dict[str, Any]:
    """Return a template without loops.

    Args:
        template: A template as ``infra.deploy.template.load`` returns it.

    Returns:
        The same with every loop over resources written out.
    """
    resources: dict[str, Any] = {}
    for name, resource in template["Resources"].items():
        if name.startswith(PREFIX):
            variable, values, body = resource
            for value in values:
                resources.update(_substitute(body, f"${{{variable}}}", value))
        else:
            resources[name] = resource
    transforms = [transform for transform in template["Transform"] if transform != EXTENSIONS]
    return {**template, "Transform": transforms, "Resources": resources}


def _substitute(node: Any, variable: str, value: str) -> Any:
    """Replace a loop's variable in keys and texts, and a ``Fn::Sub`` that is left without variables by its text."""
    if isinstance(node, str):
        return node.replace(variable, value)
    if isinstance(node, list):
        return [_substitute(each, variable, value) for each in node]
    if not isinstance(node, dict):
        return node
    replaced = {_substitute(key, variable, value): _substitute(each, variable, value) for key, each in node.items()}
    text = replaced.get("Fn::Sub")
    return text if isinstance(text, str) and "${" not in text else replaced
