"""The TypeScript client: its types are generated from the OpenAPI document wherever that has changed."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from infra.build.files import exclusive
from infra.build.targets import ROOT
from infra.web import packages

if TYPE_CHECKING:
    from infra.web.node import Node

FOLDER = ROOT / "clients" / "typescript"
#: Not in the repository: what can be made from the document in two seconds is not kept beside it.
GENERATED = FOLDER / "src" / "generated"
DOCUMENT = ROOT / "functions" / "system" / "openapi.json"
GENERATE_SECONDS = 60
#: Counted up where this module writes the same document another way.
_FORMAT = 2
BUILD_SECONDS = 120
# A member with a default may be left out of a request; those of answers are all required by the document itself.
_OPTIONS = (
    "--alphabetize", "--default-non-nullable", "false", "--root-types", "--root-types-no-schema-prefix",
)  # fmt: skip


def generate() -> Node:
    """Write the client's types, where the document is another than they were made from.

    Returns:
        The Node that everything else of the client and the web app runs on.

    Raises:
        NodeError: There is no Node, no npm registry, or the document cannot be read by the generator.
    """
    node = packages.install()
    with exclusive(ROOT / "build" / "client"):
        stamp = GENERATED / ".document"
        state = hashlib.sha256(DOCUMENT.read_bytes() + json.dumps([_OPTIONS, _FORMAT]).encode()).hexdigest()
        if not stamp.is_file() or stamp.read_text(encoding="utf-8") != state:
            GENERATED.mkdir(exist_ok=True)
            program = packages.script("openapi-typescript", "bin/cli.js")
            node.run([program, DOCUMENT, "--output", GENERATED / "schema.ts", *_OPTIONS], seconds=GENERATE_SECONDS)
            (GENERATED / "codes.ts").write_text(_codes(json.loads(DOCUMENT.read_bytes())), encoding="utf-8")
            stamp.write_text(state, encoding="utf-8")
    return node


def _codes(document: dict[str, Any]) -> str:
    """The types of error codes: those of each operation, and all of them."""
    operations = [each for item in document["paths"].values() for each in item.values()]
    unions = {each["operationId"]: " | ".join(f"'{code}'" for code in each["x-error-codes"]) for each in operations}
    lines = [f"  {name}: {union}" for name, union in sorted(unions.items())]
    return "\n".join(
        [
            "/** Generated: the codes of errors that each operation can answer (`x-error-codes`). */",
            "export interface OperationErrors {",
            *lines,
            "}",
            "",
            "/** All of them; `unknown` is what no function of the marketplace wrote, such as a proxy's page. */",
            "export type ErrorCode = OperationErrors[keyof OperationErrors] | 'unknown'",
            "",
        ]
    )


def build() -> None:
    """Compile the client for publishing, into ``clients/typescript/dist``.

    Raises:
        NodeError: As ``generate``, or the client does not compile.
    """
    node = generate()
    node.run([packages.script("typescript", "bin/tsc"), "--project", FOLDER], seconds=BUILD_SECONDS)


def check() -> None:
    """Compile the client and its tests without writing anything.

    Raises:
        NodeError: As ``build``.
    """
    node = generate()
    project = FOLDER / "tsconfig.check.json"
    node.run([packages.script("typescript", "bin/tsc"), "--project", project], seconds=BUILD_SECONDS)
