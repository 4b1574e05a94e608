"""What people do where a function is still starting."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from infra.local.demo.people import Person

if TYPE_CHECKING:
    from collections.abc import Iterator


class Starting(BaseHTTPRequestHandler):
    """Is not there at the first request of each path, then answers."""

    asked: list[str]
    keys: list[str | None]
    code: str

    def do_GET(self) -> None:
        """Answer by how often the path was asked for."""
        self.asked.append(self.path)
        self.keys.append(self.headers.get("Idempotency-Key"))
        is_first = self.asked.count(self.path) == 1
        body = f'{{"code": "{self.code}"}}'.encode() if is_first else b"{}"
        self.send_response(503 if is_first else 200)
        self.send_header("Content-Type", "application/problem+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Likewise."""
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(params=["out_of_time", "service_unavailable"])
def person(request: pytest.FixtureRequest) -> Iterator[Person]:
    Starting.asked, Starting.keys, Starting.code = [], [], request.param
    with HTTPServer(("127.0.0.1", 0), Starting) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        somebody = Person("Somebody", "a@example.com", f"http://127.0.0.1:{server.server_port}")
        yield somebody
        somebody.close()
        server.shutdown()
        thread.join()


def test_what_finds_a_function_starting_is_asked_for_again(person: Person) -> None:
    asked = [
        ("GET", "/v1/reports"),
        ("POST", "/v1/bookings"),
        ("POST", "/v1/auth/register"),
        ("POST", "/v1/admin/users/usr_1/suspend"),
    ]
    for method, path in asked:
        assert person.call(method, path) == {}
    assert Starting.asked == [path for _, path in asked for _ in range(2)]


def test_a_write_carries_a_key_of_its_own_and_is_asked_for_again_with_it(person: Person) -> None:
    assert person.call("POST", "/v1/reports") == person.call("POST", "/v1/reports") == {}
    first, again, other = Starting.keys
    assert first == again
    assert first is not None
    assert other not in {None, first}


def test_a_key_of_ones_own_is_kept_and_none_is_sent_where_the_api_takes_none(person: Person) -> None:
    person.call("POST", "/v1/bookings", Idempotency_Key="a")
    person.call("POST", "/v1/users/me/terms")
    assert Starting.keys == ["a", "a", None, None]
