"""The stages of ``samconfig.toml``: their parameters, refused while they are not filled in."""

from __future__ import annotations

import json
import math
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.domain.bookings.settings import VARIABLE as OF_BOOKINGS
from common.domain.bookings.settings import load_booking_settings
from common.domain.matching.settings import VARIABLE as OF_MATCHING
from common.domain.matching.settings import load_matching_settings

from infra.build.builder import TEMPLATE
from infra.build.targets import ROOT
from infra.deploy import combinations, connections
from infra.deploy import template as templates
from infra.deploy.rollout import ALL_AT_ONCE, ROLLOUTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

CONFIGURATION = ROOT / "samconfig.toml"
#: Parameters of many settings, and what reads them.
_SETTINGS: Mapping[str, Callable[[str], object]] = {
    "BookingSettings": lambda given: load_booking_settings({OF_BOOKINGS: given}),
    "MatchingSettings": lambda given: load_matching_settings({OF_MATCHING: given}),
}
#: What the committed file leaves to be filled in is written in capitals; RFC 2606 keeps the name for such use.
_PLACEHOLDER = re.compile(r"EXAMPLE\.(COM|ORG|NET)")


class StageError(ValueError):
    """A stage cannot be deployed as it is written; the message says what to change."""


@dataclass(frozen=True)
class Stage:
    """What a stage is deployed with.

    Attributes:
        name: Its section in ``samconfig.toml``.
        options: The section's options of ``sam deploy``, the parameters aside.
        parameters: The template's parameters by name.
        rollout: How callers reach a new version, one of ``infra.deploy.rollout.ROLLOUTS``.
        is_protected: Whether nobody can delete the stack by mistake.
    """

    name: str
    options: dict[str, Any]
    parameters: dict[str, str]
    rollout: str = ALL_AT_ONCE
    is_protected: bool = False

    def write(self, folder: Path) -> Path:
        """Write the stage as a configuration of its own, whose parameters are those checked here.

        Args:
            folder: Where to write it.

        Returns:
            The written file.
        """
        given = [f'{name}="{_quoted(value)}"' for name, value in self.parameters.items()]
        options = {**self.options, "parameter_overrides": given}
        # Strings, booleans and lists of strings are written alike in TOML and in JSON.
        lines = [f"{name} = {json.dumps(value)}" for name, value in options.items()]
        path = folder / "samconfig.toml"
        path.write_text("\n".join(["version = 0.1", f"[{self.name}.deploy.parameters]", *lines, ""]))
        return path


def read(name: str, overrides: Mapping[str, str], path: Path = CONFIGURATION) -> Stage:
    """Read a stage and see that it can be deployed.

    Args:
        name: The stage.
        overrides: Parameters given for once, instead of or beside the stage's.
        path: The configuration.

    Returns:
        The stage with its parameters.

    Raises:
        StageError: There is no such stage, or a parameter is unknown, missing, a placeholder, or one that no
            deployment should have.
    """
    sections = tomllib.loads(path.read_text())
    try:
        options = dict(sections[name]["deploy"]["parameters"])
    except KeyError:
        known = ", ".join(sorted(each for each in sections if each != "version"))
        raise StageError(f"{path.name} has no stage {name!r}. It has: {known}.") from None
    written = dict(each.split("=", 1) for each in options.pop("parameter_overrides"))
    release = sections[name].get("release", {})
    rollout = release.get("rollout", ALL_AT_ONCE)
    stage = Stage(name, options, {**written, **overrides}, rollout, bool(release.get("protected", False)))
    template = templates.load(TEMPLATE)
    faults = [
        *_faults(stage.parameters, template["Parameters"]),
        *_shared(stage, sections, template["Parameters"]),
        *combinations.faults(stage.parameters, options["region"]),
        *_rollout_faults(stage),
    ]
    # Numbers are counted with once they are numbers.
    faults = faults or list(connections.faults(sections[name].get("database", {}), stage.parameters, template))
    if faults:
        listed = "\n".join(f"  {fault}" for fault in faults)
        raise StageError(f"Stage {name} cannot be deployed as {path.name} has it:\n{listed}")
    return stage


def _faults(parameters: Mapping[str, str], known: Mapping[str, Any]) -> list[str]:
    """Say what is wrong with a stage's parameters, one line each."""
    faults = [f"{name} is not a parameter of template.yaml" for name in parameters if name not in known]
    faults += [f"{name} is missing" for name, each in known.items() if _is_missing(each, parameters.get(name))]
    faults += [
        f"{name}={parameters[name]} is not {wanted}"
        for name, each in known.items()
        if name in parameters and (wanted := _wanted(each, parameters[name]))
    ]
    faults += [
        f"{name}={value} is a placeholder: fill in your own"
        for name, value in parameters.items()
        if _PLACEHOLDER.search(value)
    ]
    faults += [
        fault
        for name in _SETTINGS
        if (fault := _settings_fault(name, parameters.get(name, ""), known[name]["MaxLength"]))
    ]
    return faults


def _is_missing(parameter: Mapping[str, Any], value: str | None) -> bool:
    """Whether a parameter has to be given and is not; a list may be given as an empty one."""
    is_given = value is not None if parameter["Type"] == "CommaDelimitedList" else bool(value)
    return not is_given and "Default" not in parameter


def _shared(stage: Stage, sections: Mapping[str, Any], known: Mapping[str, Any]) -> list[str]:
    """Say what a stage has in common with another, as a copied section may: either would overwrite the other's."""
    faults = [] if stage.parameters.get("Stage") == stage.name else [f"Stage is not {stage.name}, the section's name"]
    for name, section in sections.items():
        if name == stage.name or not isinstance(section, dict) or "deploy" not in section:
            continue
        options = section["deploy"]["parameters"]
        other = dict(each.split("=", 1) for each in options["parameter_overrides"])
        if options["stack_name"] == stage.options["stack_name"]:
            faults.append(f"stack_name={options['stack_name']} is the stack of {name}")
        database = [
            (given["MongodbSecretName"], given.get("MongodbDatabase", known["MongodbDatabase"]["Default"]))
            for given in (other, stage.parameters)
            if given.get("MongodbSecretName")
        ]
        if len(database) > len(set(database)):
            faults.append(f"MongodbSecretName and MongodbDatabase are those of {name}")
    return faults


def _wanted(known: Mapping[str, Any], given: str) -> str:
    """Say what a parameter takes, where a value is none of it; CloudFormation would, after the database has changed."""
    if allowed := known.get("AllowedValues"):
        return "" if given in map(str, allowed) else f"one of {', '.join(map(str, allowed))}"
    if pattern := known.get("AllowedPattern"):
        return "" if re.fullmatch(pattern, given) else f"of the form {pattern}"
    least, most = known.get("MinValue", 0), known.get("MaxValue", math.inf)
    if known["Type"] == "Number" and not (given.isdecimal() and least <= int(given) <= most):
        return f"a number from {least} to {most}"
    return ""


def _rollout_faults(stage: Stage) -> list[str]:
    """Say what is wrong with how callers shall reach a new version."""
    if stage.rollout not in ROLLOUTS:
        return [f"rollout={stage.rollout} is none of {', '.join(ROLLOUTS)}"]
    if stage.rollout != ALL_AT_ONCE and stage.parameters.get("Alarms") == "off":
        return [f"rollout={stage.rollout} needs Alarms=on, which lead callers back"]
    return []


def _settings_fault(name: str, given: str, most: int) -> str:
    """Say what is wrong with a parameter of many settings, as every function would when it starts."""
    if len(given) > most:
        return f"{name} has {len(given)} characters, at most {most} fit beside a function's other variables"
    try:
        _SETTINGS[name](given)
    except ValueError as error:
        return f"{name}: {error}"
    return ""


def _quoted(value: str) -> str:
    """Return a value as it may stand between double quotes in ``parameter_overrides``."""
    return value.replace('"', '\\"')
