"""Small parts of the local cloud: options, lock, ports, clock, logs and the answers it gives in a gateway's place."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from infra.build.targets import ROOT
from infra.local import clock, info, lock, mailbox, ports
from infra.local.cloud import LocalCloud
from infra.local.gateway.__main__ import create_app
from infra.local.gateway.proxy import answered_headers
from infra.local.options import Options, from_environment
from infra.local.processes import StartError, guarded
from infra.local.runner import events
from infra.local.runner.logs import readable
from infra.local.runner.runtime_api import Outcome
from infra.local.runner.sources import LiveCode

if TYPE_CHECKING:
    from pathlib import Path


def http_event(**headers: str) -> dict[str, Any]:
    http = {"method": "GET", "sourceIp": "127.0.0.1"}
    return {"requestContext": {"http": http, "requestId": "r-1"}, "rawPath": "/v1/health", "headers": headers}


def test_a_key_for_real_money_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="no test key"):
        Options(state_dir=tmp_path, stripe_key="sk_live_1")


def test_options_come_from_the_environment(tmp_path: Path) -> None:
    chosen = from_environment(tmp_path, print, {"PORT": "8001", "MONGODB_URI": "mongodb://db"})
    assert (chosen.port, chosen.mongodb_uri, chosen.live) == (8001, "mongodb://db", True)
    assert from_environment(tmp_path, print, {}).port == 8000


@pytest.mark.parametrize("port", ["abc", "80000", "0", "-1", "8000.5", "\uff18000", " 8000"])
def test_what_is_no_port_is_refused_in_one_line_that_says_what_is(tmp_path: Path, port: str) -> None:
    with pytest.raises(StartError, match="is no port: a number from 1 to 65535") as refused:
        from_environment(tmp_path, print, {"PORT": port})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("python", ["/no/such/python", "true"])
def test_an_interpreter_that_does_not_run_is_refused_in_one_line(python: str) -> None:
    command = ["make", "install", f"PYTHON={python}"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode != 0
    assert f"PYTHON={python} is no Python 3.11 or newer" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_sign_ins_are_kept_by_database(tmp_path: Path) -> None:
    own, other = [{"who": "customer", "password": "one"}], [{"who": "customer", "password": "two"}]
    assert info.kept_people(tmp_path, "own/gigsta", own) == own
    assert info.kept_people(tmp_path, "own/other", []) == []
    assert info.kept_people(tmp_path, "server/gigsta", other) == other
    assert info.kept_people(tmp_path, "own/gigsta", []) == own
    assert info.kept_people(tmp_path, "server/gigsta", []) == other


def test_sign_ins_of_an_earlier_release_are_not_taken_for_those_of_any_database(tmp_path: Path) -> None:
    (tmp_path / "people.json").write_text(json.dumps([{"who": "customer", "password": "old"}]))
    assert info.kept_people(tmp_path, "own/gigsta", []) == []


def test_databases_are_told_apart_by_server_and_name(tmp_path: Path) -> None:
    def name(**chosen: str) -> str:
        return LocalCloud(Options(state_dir=tmp_path, **chosen))._database_name()  # type: ignore[arg-type]

    uris = ["", "mongodb://user:hunter2@a/?replicaSet=x", "mongodb://b/?replicaSet=x"]
    names = {name(mongodb_uri=uri, database=database) for uri in uris for database in ("gigsta", "other")}
    assert len(names) == 6
    assert not any("hunter2" in each for each in names)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "on time"),
        (30, "less than a minute ahead"),
        (51 * 3600, "2 d 3 h ahead"),
        (90 * 60, "1 h 30 min ahead"),
        (-86400, "1 d behind"),
    ],
)
def test_the_clock_is_told_for_people(seconds: float, told: str) -> None:
    assert clock.tell(seconds).endswith(f" UTC, {told}")


def test_the_logs_that_people_follow_leave_out_schedules_that_went_well() -> None:
    done, failed = Outcome("response", b"null"), Outcome("error", b"")
    assert not events.is_noteworthy({}, done)
    assert events.is_noteworthy({}, failed)
    assert events.is_noteworthy({"Records": []}, done)
    assert events.is_noteworthy(http_event(), done)


def test_links_of_mails_lead_to_the_web_app_or_to_a_frontend_that_runs(tmp_path: Path) -> None:
    own = LocalCloud(from_environment(tmp_path, print, {}))._parameters("http://localhost:8000", "", "http://aws")
    assert own["FrontendBaseUrl"] == "http://localhost:8000"
    assert own["CorsOrigins"] == "http://localhost:8000,http://localhost:3000"
    chosen = from_environment(tmp_path, print, {"FRONTEND_BASE_URL": "http://localhost:5173/web"})
    other = LocalCloud(chosen)._parameters("http://localhost:8000", "", "http://aws")
    assert other["FrontendBaseUrl"] == "http://localhost:5173/web"
    assert "http://localhost:5173" in other["CorsOrigins"].split(",")


def test_a_mails_buttons_come_before_links_in_its_words_and_labels_hide_codes() -> None:
    markup = (
        '<p>or http://localhost/verify-email?token=s&amp;discard=true</p><a href="http://localhost/x?token=s">Go</a>'
    )
    mail = mailbox.Mail("1", ["a@example.com"], "b", "c", "http://localhost/help.", markup, "now")
    assert [mailbox.label(link) for link in mail.links] == ["x", "help", "verify-email?discard"]


def test_a_link_into_a_moved_checkout_is_fixed(tmp_path: Path) -> None:
    for name in ("before", "after"):
        (tmp_path / name / "search").mkdir(parents=True)
        LiveCode(tmp_path / "stage", tmp_path / name).code("search")
    assert (tmp_path / "stage/search/functions/search").readlink() == tmp_path / "after/search"


def test_two_processes_do_not_share_a_state_folder_and_a_dead_one_frees_it(tmp_path: Path) -> None:
    hold = (
        "import sys, pathlib; from infra.local.lock import StateLock\n"
        f"with StateLock(pathlib.Path({str(tmp_path)!r})): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert lock.holder(tmp_path) == other.pid
        with pytest.raises(StartError, match=f"pid {other.pid}"), lock.StateLock(tmp_path):
            pass
        other.kill()
    assert lock.holder(tmp_path) is None
    with lock.StateLock(tmp_path):
        assert lock.holder(tmp_path) == os.getpid()


def test_a_port_is_remembered_while_it_is_free(tmp_path: Path) -> None:
    path = tmp_path / "ports.json"
    first = ports.PortBook(path).port("aws")
    assert ports.PortBook(path).port("aws") == first
    with socket.create_server((ports.LOOPBACK, first)):
        moved = ports.PortBook(path).port("aws")
        assert moved != first
    assert ports.PortBook(path).port("aws") == moved


def test_a_guarded_command_ends_with_its_parent() -> None:
    command = json.dumps(guarded([sys.executable, "-c", "print('up', flush=True); import time; time.sleep(60)"]))
    parent = (
        f"import json, os, subprocess, sys; command = json.loads({command!r}); command[4] = str(os.getpid())\n"
        "child = subprocess.Popen(command); print(child.pid, flush=True); child.wait()"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert {process.stdout.readline()[:-1] for _ in range(2)} > {b"up"}
        process.kill()
        # The pipe closes when its last holder, the child, has ended too.
        assert process.stdout.read() == b""


def test_the_clock_is_kept_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    assert clock.read_offset(path) == 0
    clock.write_offset(path, 3600.5)
    assert clock.read_offset(path) == 3600.5


def test_only_the_owner_may_read_the_information(tmp_path: Path) -> None:
    known = info.CloudInfo(1, "http://localhost:1", "a", "r", "s", "mongodb://", "gigsta", "clock")
    info.write(tmp_path, known)
    assert info.read(tmp_path) == known
    assert (tmp_path / info.FILE).stat().st_mode & 0o077 == 0


def test_the_last_hop_is_the_client() -> None:
    event = events.with_client_address(http_event(**{"x-forwarded-for": "6.6.6.6, 203.0.113.9"}))
    assert event["requestContext"]["http"]["sourceIp"] == "203.0.113.9"


@pytest.mark.parametrize(("kind", "status"), [("exited", 500), ("init_error", 500), ("error", 500), ("timed_out", 503)])
def test_a_failed_function_is_answered_like_api_gateway_does(kind: Any, status: int) -> None:
    answer = events.gateway_answer(Outcome(kind, b"{}"), "r-1")
    problem = json.loads(answer["body"])
    assert (answer["statusCode"], problem["status"], problem["request_id"]) == (status, status, "r-1")
    assert answer["headers"]["retry-after"] == "1"


@pytest.mark.parametrize(
    ("event", "outcome", "text"),
    [
        (http_event(), Outcome("response", b'{"statusCode": 200}'), "GET /v1/health → 200 (5 ms)"),
        ({"Records": [{}, {}]}, Outcome("response", b'{"batchItemFailures": [{}]}'), "2 message(s) → 1 failed (5 ms)"),
        ({}, Outcome("response", b"null"), "schedule → done (5 ms)"),
        ({}, Outcome("timed_out", b""), "schedule → timed out (5 ms)"),
    ],
)
def test_an_invocation_is_told_in_a_line(event: Any, outcome: Outcome, text: str) -> None:
    assert events.summary(event, outcome, 5) == text


def test_structured_lines_become_readable() -> None:
    assert readable('{"level": "INFO", "message": "Booked", "booking_id": "bkg_1", "service": "x"}') == (
        "INFO    Booked booking_id=bkg_1"
    )
    assert readable('{"_aws": {}, "Bookings": 1}') == ""
    assert readable("plain") == "plain"


async def test_every_path_reaches_the_api_line_breaks_too() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        cloud = info.CloudInfo(
            pid=1, base_url="http://localhost:1", aws_url=away, runner_url=away, stripe_url="", mongodb_uri="",
            database="", clock_file="", outputs={"ApiId": "a1", "RealtimeApiId": "live"},
        )  # fmt: skip
        transport = httpx.ASGITransport(create_app(cloud))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:1") as client:
            for path in ("/v1/services/a", "/v1/services/%0a", "/a%0d%0aSet-Cookie:x"):
                answer = await client.get(path)
                assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")


def test_a_browser_gets_each_cors_header_once_and_cookies_as_many_as_there_are() -> None:
    raw = [
        (b"Access-Control-Allow-Origin", b"http://a.test"), (b"access-control-expose-headers", b"ETag"),
        (b"Set-Cookie", b"a=1"), (b"Set-Cookie", b"b=2"), (b"Connection", b"close"), (b"Content-Length", b"5"),
        (b"access-control-allow-origin", b"http://a.test"),
    ]  # fmt: skip
    assert answered_headers(raw) == [
        (b"access-control-expose-headers", b"ETag"),
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
        (b"access-control-allow-origin", b"http://a.test"),
    ]
