"""Whether a deployed stage works at all, asked by answers that are right and by answers that are not."""

from __future__ import annotations

import httpx

from infra.ops import smoke


def right(request: httpx.Request) -> httpx.Response:
    wanted = next(each for each in smoke.CHECKS if each.path == request.url.raw_path.decode())
    return httpx.Response(wanted.status, headers={"content-type": wanted.content}, text="{}")


def test_a_stage_that_answers_rightly_has_no_fault_and_nobody_waits() -> None:
    waits: list[float] = []
    assert list(smoke.check("http://x", waits.append, httpx.MockTransport(right))) == []
    assert waits == []


def test_what_is_wrong_is_tried_again_and_then_named() -> None:
    def unmigrated(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/categories":
            return httpx.Response(503, headers={"content-type": "application/problem+json"}, text="no database")
        if request.url.path == "/v1/health":
            raise httpx.ConnectError("refused")
        return right(request)

    waits: list[float] = []
    first, second = smoke.check("http://x", waits.append, httpx.MockTransport(unmigrated))
    assert first == "/v1/health (API Gateway reaches a function): no answer (ConnectError)"
    assert second.startswith(
        "/v1/categories (the database was migrated): answered 503 application/problem+json, not 200 "
    )
    assert len(waits) == 8
