"""What the API's description promises to callers, and which changes of it break a promise.

Limits of values (lengths, patterns) and texts are no part of it: they are no part of a client's types either.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_REFERENCE = "#/components/schemas/"
#: Answered by every refusal, and so by no operation of its own.
_OF_REFUSALS = "Problem"
#: What stands before the type of an array's members, and of a map's.
_ARRAY, _MAP = "[]", "{}"
_WRAPPED = re.compile(r"^(\[\]|\{\})+")
_REQUIRED = "required"
_PARTS = ("takes", "answers", "members")


class Field(NamedTuple):
    """A parameter, body, answer or member: the types that it can have, and whether it is always there."""

    types: frozenset[str]
    is_required: bool


class Contract(NamedTuple):
    """What callers rely on.

    Args:
        names: of the operations in a client, by method and path.
        takes: parameters and bodies, by ``(operation, name)``.
        answers: of success, by ``(operation, status and content type)``.
        members: of schemas, by ``(schema, name)``; a schema that is no object is one without a name.
        codes: of errors.
    """

    names: dict[str, str]
    takes: dict[tuple[str, str], Field]
    answers: dict[tuple[str, str], Field]
    members: dict[tuple[str, str], Field]
    codes: frozenset[str]


def contract_of(document: dict[str, Any]) -> Contract:
    """Take from an OpenAPI document what callers rely on.

    Args:
        document: the document.
    """
    operations = {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    codes = frozenset(code for each in operations.values() for code in each["x-error-codes"])
    found = Contract({name: each["operationId"] for name, each in operations.items()}, {}, {}, {}, codes)
    for name, operation in operations.items():
        for each in operation.get("parameters", ()):
            its = Field(_types(each["schema"]), bool(each.get("required")))
            found.takes[name, f"{each['in']} {each['name']}"] = its
        body = operation.get("requestBody", {})
        for kind, content in body.get("content", {}).items():
            found.takes[name, kind] = Field(_types(content.get("schema", {})), bool(body.get("required")))
        for status, answer in operation["responses"].items():
            for kind, content in answer.get("content", {"nothing": {}}).items():
                if status.startswith(("2", "3")):
                    its = Field(_types(content.get("schema", {})), is_required=True)
                    found.answers[name, f"{status} {kind}"] = its
    for name, schema in document["components"]["schemas"].items():
        if "properties" not in schema:
            found.members[name, ""] = Field(_types(schema), is_required=True)
        for member, its_schema in schema.get("properties", {}).items():
            found.members[name, member] = Field(_types(its_schema), member in schema.get(_REQUIRED, ()))
    return found


def _types(schema: dict[str, Any]) -> frozenset[str]:
    """The alternatives of a schema by name; of arrays and maps those of their members, wrapped."""
    if "$ref" in schema:
        return frozenset({schema["$ref"].removeprefix(_REFERENCE)})
    if choices := [each for kind in ("anyOf", "oneOf", "allOf") for each in schema.get(kind, ())]:
        return frozenset[str]().union(*map(_types, choices))
    if values := schema.get("enum", [schema["const"]] if "const" in schema else []):
        return frozenset(json.dumps(each, ensure_ascii=False) for each in values)
    kinds = schema.get("type", "anything")
    return frozenset[str]().union(*(_named(schema, each) for each in ([kinds] if isinstance(kinds, str) else kinds)))


def _named(schema: dict[str, Any], kind: str) -> set[str]:
    """One type of a schema by name."""
    if kind == "array":
        return {f"{_ARRAY}{each}" for each in _types(schema.get("items", {}))}
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return {f"{_MAP}{each}" for each in _types(schema["additionalProperties"])}
    return {kind}


def dumped(contract: Contract) -> dict[str, Any]:
    """The contract as it is stored, in a stable order."""
    stored: dict[str, Any] = {"names": dict(sorted(contract.names.items())), "codes": sorted(contract.codes)}
    for part in _PARTS:
        rows: dict[str, dict[str, str]] = {}
        for (owner, name), field in sorted(getattr(contract, part).items()):
            types = " | ".join(sorted(field.types))
            rows.setdefault(owner, {})[name] = f"{_REQUIRED} {types}" if field.is_required else types
        stored[part] = rows
    return stored


def loaded(stored: dict[str, Any]) -> Contract:
    """The contract that ``dumped`` has stored."""
    return Contract(
        names=stored["names"],
        takes=_fields(stored["takes"]),
        answers=_fields(stored["answers"]),
        members=_fields(stored["members"]),
        codes=frozenset(stored["codes"]),
    )


def _fields(rows: dict[str, dict[str, str]]) -> dict[tuple[str, str], Field]:
    return {(owner, name): _field(text) for owner, row in rows.items() for name, text in row.items()}


def _field(text: str) -> Field:
    types = text.removeprefix(f"{_REQUIRED} ")
    return Field(frozenset(types.split(" | ")), is_required=types != text)


def breaks(old: Contract, new: Contract) -> list[str]:
    """What worked by the old contract and does not by the new one, a line for each.

    What is sent may not be asked for more, nor be taken less; what is answered may not lack anything, nor be of a type
    that callers do not know, but for one more name of an enumeration.

    Args:
        old: what was promised.
        new: what holds now.
    """
    sent = _schemas_of(old, old.takes.values()) & _schemas_of(new, new.takes.values())
    answered = _schemas_of(old, old.answers.values()) | {_OF_REFUSALS}
    operations = old.names.keys() & new.names.keys()
    schemas, new_schemas = ({owner for owner, _ in each.members} for each in (old, new))
    return [
        *(f"{each} is gone" for each in sorted(old.names.keys() - new.names.keys())),
        *(f"{each} is called {new.names[each]}" for each in sorted(old.names) if _is_renamed(old, new, each)),
        *(f"the schema {each} is gone" for each in sorted(schemas - new_schemas)),
        *(f"no error has the code {each}" for each in sorted(old.codes - new.codes)),
        *_compare(old.takes, new.takes, operations, goes_in=operations, goes_out=set()),
        *_compare(old.answers, new.answers, operations, goes_in=set(), goes_out=operations),
        *_compare(old.members, new.members, schemas & new_schemas, goes_in=sent, goes_out=answered),
    ]


def _is_renamed(old: Contract, new: Contract, operation: str) -> bool:
    return new.names.get(operation, old.names[operation]) != old.names[operation]


def _schemas_of(contract: Contract, roots: Iterable[Field]) -> set[str]:
    """The schemas that fields lead to, directly or through others."""
    led: dict[str, set[str]] = {}
    for (owner, _), field in contract.members.items():
        led.setdefault(owner, set()).update(_bare(each) for each in field.types)
    found, ahead = set[str](), {_bare(each) for field in roots for each in field.types}
    while ahead:
        name = ahead.pop()
        if name in led and name not in found:
            found.add(name)
            ahead |= led[name]
    return found


def _bare(kind: str) -> str:
    return _WRAPPED.sub("", kind)


def _compare(
    old: dict[tuple[str, str], Field],
    new: dict[tuple[str, str], Field],
    owners: set[str],
    *,
    goes_in: set[str],
    goes_out: set[str],
) -> list[str]:
    """Compare the fields of owners that were there before and are now."""
    lines = []
    for owner, name in sorted(key for key in old.keys() | new.keys() if key[0] in owners):
        before, now = old.get((owner, name)), new.get((owner, name))
        faults = _faults(before, now, goes_in=owner in goes_in, goes_out=owner in goes_out)
        lines += [f"{owner}: {name or 'it'} {fault}" for fault in faults]
    return lines


def _faults(before: Field | None, now: Field | None, *, goes_in: bool, goes_out: bool) -> list[str]:
    if before is None or now is None:
        if now is None:
            return ["is gone"]
        return ["is new and required"] if goes_in and now.is_required else []
    faults = []
    if goes_in and now.is_required and not before.is_required:
        faults.append("is required now")
    if goes_out and before.is_required and not now.is_required:
        faults.append("may be missing now")
    if goes_in and (lost := [each for each in before.types if not _takes(now.types, each)]):
        faults.append(f"does not take {', '.join(sorted(lost))} any more")
    if goes_out and (strange := [each for each in now.types if not _knows(before.types, each)]):
        faults.append(f"can be {', '.join(sorted(strange))} now")
    return faults


def _takes(types: frozenset[str], kind: str) -> bool:
    """Whether one of the types is this one, or wider."""
    bare = _bare(kind)
    wrapping = kind.removesuffix(bare)
    wider = {"integer": "number"}.get(bare, "string" if bare.startswith('"') else bare)
    return not types.isdisjoint({kind, wrapping + wider, f"{wrapping}anything", "anything"})


def _knows(types: frozenset[str], kind: str) -> bool:
    """Whether callers who know these types understand this one, as they do one more name of an enumeration."""
    is_name = _bare(kind).startswith('"') and any(_bare(each).startswith('"') for each in types)
    return is_name or _takes(types, kind)
