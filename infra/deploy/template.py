"""Read the SAM template with its short intrinsic functions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """A safe YAML loader of its own, so that the tags below stay here."""


def _intrinsic(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    """Turn a short form such as ``!Ref X`` into ``{"Ref": "X"}``."""
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)


@dataclass(frozen=True)
class Function:
    """A function of the template.

    Attributes:
        name: Logical id.
        handler: Dotted path of the handler.
        code: Folder of its source, relative to the template.
        timeout: Seconds an invocation may take.
        schedule: Schedule expression of a scheduled function.
        layers: Folders of the layers that it has beside the common one.
    """

    name: str
    handler: str
    code: str
    timeout: int
    schedule: str | None
    layers: tuple[str, ...] = ()

    @property
    def area(self) -> str:
        """Its folder below ``functions``."""
        return self.code.rstrip("/").rpartition("/")[2]

    @property
    def is_http(self) -> bool:
        """Whether it serves routes: those of its folder."""
        return self.handler == f"functions.{self.area}.app.handler"


def load(path: Path) -> dict[str, Any]:
    """Read a template.

    Args:
        path: The YAML file.

    Returns:
        The template as JSON would have it.
    """
    document: dict[str, Any] = yaml.load(path.read_text(), _Loader)  # noqa: S506  (a safe loader)
    return document


def functions(template: dict[str, Any]) -> list[Function]:
    """List the functions of a template.

    Args:
        template: As ``load`` returns it.

    Returns:
        The functions in the template's order.
    """
    return [
        _function(name, resource["Properties"], template["Resources"])
        for name, resource in template["Resources"].items()
        if isinstance(resource, dict) and resource.get("Type") == "AWS::Serverless::Function"
    ]


def _function(name: str, properties: dict[str, Any], resources: dict[str, Any]) -> Function:
    """Read one function."""
    events = [(event["Type"], event.get("Properties", {})) for event in properties.get("Events", {}).values()]
    schedules = [detail["ScheduleExpression"] for kind, detail in events if kind == "ScheduleV2"]
    return Function(
        name=name,
        handler=properties["Handler"],
        code=properties["CodeUri"],
        timeout=properties["Timeout"],
        schedule=schedules[0] if schedules else None,
        layers=tuple(
            Path(resources[layer["Ref"]]["Properties"]["ContentUri"]).name for layer in properties.get("Layers", [])
        ),
    )
