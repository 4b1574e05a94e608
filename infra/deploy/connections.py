"""What a stage's functions may open towards its database at most, beside what the cluster takes.

A section ``[STAGE.database]`` of ``samconfig.toml`` says which cluster the stage has, by Atlas's ``tier`` or, for
another, by the ``connections`` that a node of it takes. A stage whose functions could open more is not deployed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from common.adapters.mongo.shared.database import MongoLimits

from infra.deploy import template as templates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: What a node takes by its tier (https://www.mongodb.com/docs/atlas/reference/atlas-limits/).
TIERS: Mapping[str, int] = {"M10": 1_500, "M20": 3_000, "M30": 3_000, "M40": 6_000, "M50": 16_000, "M60": 32_000}
#: Of these Atlas keeps some for itself (the same page).
ATLAS_OWN = 10
#: An environment's connections to one node: those of its pool, and the driver's two that watch it. An environment
#: serves one request at a time and rarely uses more than one of its pool, which leaves room for environments of the
#: release before, whose connections stay until Lambda removes them.
OF_AN_ENVIRONMENT = MongoLimits().max_pool_size + 2
#: What Lambda leaves to functions without a bound of their own
#: (https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html).
UNRESERVED = 100
_MINUTES = {"minute": 1, "minutes": 1, "hour": 60, "hours": 60}


def faults(given: Mapping[str, Any], parameters: Mapping[str, str], template: dict[str, Any]) -> Iterator[str]:
    """Say what does not go together.

    Args:
        given: The stage's section of its database.
        parameters: The stage's parameters.
        template: ``template.yaml``, for the defaults and the functions.

    Yields:
        A line for each fault.
    """
    bound, account = (number(name, parameters, template) for name in ("FunctionConcurrency", "AccountConcurrency"))
    functions = templates.functions(template)
    if bound:
        yield from _bound_faults(bound, account, parameters, template)
    room = _room(given)
    if room is None:
        listed = ", ".join(TIERS)
        yield f"the section of its database needs tier = one of {listed}, or connections = what a node takes"
        return
    most = min(account, sum(_at_once(each, bound, parameters, template) for each in functions)) if bound else account
    if most * OF_AN_ENVIRONMENT > room:
        fits = room // OF_AN_ENVIRONMENT
        yield (
            f"{most} functions at once may open {most * OF_AN_ENVIRONMENT} connections, and the cluster takes {room}: "
            f"a larger one, or AccountConcurrency (the quota) or FunctionConcurrency for at most {fits} at once"
        )


def _room(given: Mapping[str, Any]) -> int | None:
    """What the cluster takes; None where the section does not say."""
    if "connections" in given:
        return int(given["connections"])
    return TIERS[given["tier"]] - ATLAS_OWN if given.get("tier") in TIERS else None


def _bound_faults(bound: int, account: int, parameters: Mapping[str, str], template: dict[str, Any]) -> Iterator[str]:
    """What Lambda refuses, or answers by throttling, of a bound for each function."""
    functions = templates.functions(template)
    if bound * len(functions) > account - UNRESERVED:
        yield (
            f"FunctionConcurrency={bound} reserves {bound * len(functions)} for {len(functions)} functions, and of "
            f"AccountConcurrency={account} Lambda leaves {account - UNRESERVED} to be reserved"
        )
    # What a queue sends beyond the bound is throttled, and counts as a try until it is a dead letter
    # (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html).
    for each in functions:
        if (sent := _from_queue(each.name, parameters, template)) is not None and sent > bound:
            yield f"FunctionConcurrency={bound} throttles {each.name}, to which its queue sends {sent} at once"


def _at_once(function: templates.Function, bound: int, parameters: Mapping[str, str], template: dict[str, Any]) -> int:
    """How often a function runs at once, at most."""
    if function.schedule:
        number, unit = function.schedule.removeprefix("rate(").removesuffix(")").split()
        return min(bound, math.ceil(function.timeout / (60 * int(number) * _MINUTES[unit])))
    sent = _from_queue(function.name, parameters, template)
    return bound if sent is None else min(bound, sent)


def _from_queue(name: str, parameters: Mapping[str, str], template: dict[str, Any]) -> int | None:
    """How many batches a function's queue sends it at once, at most; None where it has no queue."""
    for event in template["Resources"][name]["Properties"].get("Events", {}).values():
        if event["Type"] == "SQS":
            most = event["Properties"]["ScalingConfig"]["MaximumConcurrency"]
            return number(most["Ref"], parameters, template) if isinstance(most, dict) else int(most)
    return None


def number(name: str, parameters: Mapping[str, str], template: dict[str, Any]) -> int:
    """A parameter that is a number, as given or by default.

    Args:
        name: The parameter.
        parameters: The stage's.
        template: ``template.yaml``, for the default.
    """
    return int(parameters.get(name) or template["Parameters"][name]["Default"])
