"""The load as `make load` makes it: Locust, in its own environment, lives the story against a server that answers."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

import pytest

from infra.load.__main__ import locust, run
from tests.unit.infra.load.test_story import BOOKING, COUPLE, PLAN, SEEN

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Long enough for a round of some twenty requests on a busy machine.
SECONDS = 5
FETCH_SECONDS = 120
SOON = {"start_at": f"{datetime.now(UTC) + timedelta(minutes=15):%Y-%m-%dT%H:%M:%SZ}"}
ANSWERS: dict[str, tuple[int, Any]] = {
    "POST /v1/auth/login": (200, {"access_token": "t"}),
    "GET /v1/services/svc_1/slots": (200, {"items": [SOON]}),
    "POST /v1/bookings": (201, {**BOOKING, **SOON}),
    "GET /v1/bookings/bkg_1": (200, {**SEEN, **SOON}),
    "GET /v1/conversations/cnv_1/messages": (200, {"items": [{"seq": 1}]}),
    "POST /v1/reports": (201, {"id": "rep_1"}),
    "GET /v1/notifications": (429, {}),
}


class Answering(BaseHTTPRequestHandler):
    """Answers as it is told, and counts what it was asked."""

    protocol_version = "HTTP/1.1"
    asked: Counter[str]

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        name = f"{self.command} {self.path.partition('?')[0]}"
        self.asked[name] += 1
        status, body = ANSWERS.get(name, (200, {}))
        sent = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_POST = answer  # noqa: N815 - what http.server calls

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    handler = cast("type[Answering]", type("Handler", (Answering,), {"asked": Counter()}))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as made:
        thread = Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def _fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Locust is in uv's cache, where it stays."""
    for offline in ("1", "0"):
        monkeypatch.setenv("UV_OFFLINE", offline)
        if not subprocess.run(locust("-c", ""), capture_output=True, timeout=FETCH_SECONDS, check=False).returncode:
            monkeypatch.setenv("UV_OFFLINE", "1")
            return
    pytest.skip("Locust is neither in uv's cache nor to be had")


@pytest.mark.usefixtures("_fetched")
def test_locust_lives_the_story_and_counts_it(server: ThreadingHTTPServer) -> None:
    url = f"http://127.0.0.1:{server.server_address[1]}"
    couple = replace(COUPLE, address="127.0.0.1")
    outcome = run(replace(PLAN, url=url, seconds=SECONDS, couples=[couple], stripe_url=url))
    asked = cast("type[Answering]", server.RequestHandlerClass).asked
    assert outcome.errors == {}
    assert 1 <= outcome.completed <= outcome.bookings
    assert outcome.limited >= 1, "what a limit refuses is counted, and is no failure"
    assert asked["POST /v1/payment_intents/pi_1/confirm"] >= 1
    # The end may come while an answer is awaited.
    assert 0 <= sum(asked.values()) - outcome.total.requests <= 1
    assert {row.name for row in outcome.rows} >= {"POST /v1/bookings", "POST Stripe: confirm"}
