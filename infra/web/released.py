"""What the client's released version promises, and whether its next one may break it (https://semver.org).

``python -m infra.web released`` notes, once a version is published, what it promises. Before the first one is, nobody
relies on anything, and ``python -m infra.web promised`` notes a change that is meant; others fail the check even so.
"""

from __future__ import annotations

import json
from typing import Any

from infra.web import client
from infra.web.contract import Contract, breaks, contract_of, dumped, loaded
from infra.web.node import NodeError

FILE = client.FOLDER / "released.json"


def note() -> None:
    """Note what the present version promises, which is published."""
    _write(version())


def note_unpublished() -> None:
    """Note what the first version is to promise.

    Raises:
        NodeError: A version is published, so that its promise is not changed any more.
    """
    if (released := _stored()["version"]) is not None:
        raise NodeError(f"@gigsta/client {released} is published: what it promises stays.")
    _write(None)


def check() -> None:
    """Compare the API with what the released version promises.

    Raises:
        NodeError: Something breaks, and the version does not say so.
    """
    stored = _stored()
    if fault := fault_of(stored["version"], version(), breaks(loaded(stored), present())):
        raise NodeError(fault)


def fault_of(released: str | None, now: str, broken: list[str]) -> str | None:
    """What is wrong where something breaks and the version does not say so.

    Args:
        released: The version that was published last; ``None`` where none is.
        now: The version of the package.
        broken: What breaks.
    """
    if not broken or (released is not None and says_that_it_breaks(released, now)):
        return None
    lines = "\n".join(f"  {each}" for each in broken)
    if released is None:
        return (
            "This breaks what the first @gigsta/client is to promise. Keep it, or note that it is meant by"
            f" `python -m infra.web promised`:\n{lines}"
        )
    return (
        f"This breaks what @gigsta/client {released} promises. Keep it, or raise the version in"
        f" clients/typescript/package.json and web/package.json (run `make npm ARGS=install`):\n{lines}"
    )


def says_that_it_breaks(released: str, now: str) -> bool:
    """Whether a version may break what an earlier one promised: another major one, or before 1.0 another minor one."""
    (major, minor), (new_major, new_minor) = (tuple(map(int, each.split(".")[:2])) for each in (released, now))
    return new_major > major or (new_major == major == 0 and new_minor > minor)


def version() -> str:
    """The version of the package."""
    return str(json.loads((client.FOLDER / "package.json").read_text(encoding="utf-8"))["version"])


def present() -> Contract:
    """What the API's description promises now."""
    return contract_of(json.loads(client.DOCUMENT.read_bytes()))


def _stored() -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return stored


def _write(of: str | None) -> None:
    stored = {"version": of, **dumped(present())}
    FILE.write_text(json.dumps(stored, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
