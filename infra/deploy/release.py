"""The mark of a release, which lets every published version follow a changed layer or parameter.

SAM decides whether to publish a new version of a function from the function's own properties as the template writes
them. What ``{"Ref": …}`` stands for, and what is inside a layer, it does not see
(https://github.com/aws/serverless-application-model/issues/3820), so a release that changes only these would never
reach the alias that callers use. A literal environment variable that stands for all of them does.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "RELEASE"


def marked(template: dict[str, Any], fingerprint: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return a template whose functions all carry the release's mark.

    Args:
        template: A template without loops, as ``infra.deploy.loops.expand`` returns it.
        fingerprint: Stands for the built code, the layer's included.
        parameters: The stage's parameters as they will be given.

    Returns:
        The same with the variable ``RELEASE`` for every function: another value whenever code, template or a
        parameter differs.
    """
    whole = json.dumps([template, fingerprint, dict(parameters)], sort_keys=True)
    mark = hashlib.sha256(whole.encode()).hexdigest()[:16]
    shared = template["Globals"]["Function"]
    variables = {**shared["Environment"]["Variables"], VARIABLE: mark}
    return {**template, "Globals": {"Function": {**shared, "Environment": {"Variables": variables}}}}
