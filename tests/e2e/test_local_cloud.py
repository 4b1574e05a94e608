"""The local cloud itself: what it deploys, where it listens, and what survives a restart or a crash."""

from __future__ import annotations

import os
import signal
import socket
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import httpx
import pytest

from infra.build.builder import TEMPLATE
from infra.deploy import routes
from infra.deploy import template as templates
from infra.local import aws, lock, ports, processes
from infra.local.cloud import LocalCloud
from infra.local.ministack import server as ministack
from infra.local.options import Options
from infra.local.processes import StartError
from tests.support import stub_functions
from tests.support.processes import descendants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WAIT_SECONDS = 60.0


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> Options:
    folder = tmp_path_factory.mktemp("stubs")
    functions = stub_functions.write(folder / "functions")
    return Options(state_dir=folder / "state", live=True, functions=functions, queue_visibility=2, workers=2)


@pytest.fixture(scope="module")
def stubs(options: Options) -> Iterator[LocalCloud]:
    with LocalCloud(options) as cloud:
        yield cloud


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def get(cloud: LocalCloud, path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{cloud.base_url}{path}", headers=headers, timeout=40)


def dead_letters(cloud: LocalCloud) -> int:
    depths = {row["queue"]: row["dead"] for row in aws.queue_depths(cloud.info)}
    return int(depths["Notifications"])


def test_requests_reach_their_function_with_the_clients_address_and_the_public_host(stubs: LocalCloud) -> None:
    seen = get(stubs, "/v1/health", **{"X-Forwarded-For": "203.0.113.1"}).json()
    assert seen["path"] == "/v1/health"
    assert seen["source_ip"] in {"127.0.0.1", "::1"}
    assert seen["host"] == stubs.base_url.removeprefix("http://")
    assert get(stubs, "/no/such/route").json()["path"] == "/no/such/route"


def test_browsers_of_the_allowed_origin_may_call(stubs: LocalCloud) -> None:
    answer = httpx.options(
        f"{stubs.base_url}/v1/bookings",
        headers={"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"},
    )
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert "Idempotency-Key".casefold() in answer.headers["access-control-allow-headers"].casefold()
    simple = get(stubs, "/v1/health", Origin="http://localhost:3000")
    assert simple.headers.get_list("access-control-allow-origin") == ["http://localhost:3000"]


def test_everything_listens_on_loopback_only(stubs: LocalCloud) -> None:
    get(stubs, "/v1/health")
    addresses = {
        address
        for root in stubs.process_ids
        for pid in descendants(root)
        for address, _ in ports.listening_sockets(pid)
    }
    assert "127.0.0.1" in addresses
    assert addresses <= {"127.0.0.1", "::1"}


def test_an_edit_is_live_within_a_second(stubs: LocalCloud, options: Options) -> None:
    assert get(stubs, "/v1/search/services").json()["version"] == 1
    source = options.functions / "search" / "app.py"
    source.write_text(source.read_text().replace("VERSION = 1", "VERSION = 1000"))
    started = time.monotonic()
    wait_for(lambda: bool(get(stubs, "/v1/search/services").json()["version"] == 1000))
    assert time.monotonic() - started < 20, "a second on a free machine, more where the cores are shared"


def test_a_killed_function_is_a_clean_error_and_the_next_call_works(stubs: LocalCloud) -> None:
    get(stubs, "/v1/bookings")
    stubs.crash_next("BookingsFunction", 0.1)
    failed = get(stubs, "/v1/bookings?sleep=1")
    assert failed.status_code == 500
    assert failed.headers["content-type"] == "application/problem+json"
    assert failed.json()["code"] == "internal_error"
    assert get(stubs, "/v1/bookings").status_code == 200


def test_failed_messages_alone_come_back_and_end_as_dead_letters_which_can_be_redriven(
    stubs: LocalCloud, options: Options
) -> None:
    client = boto3.client("sqs", **ministack.client_settings(stubs.info.aws_url))
    url = stubs.info.outputs["NotificationsQueueUrl"]
    log = options.state_dir / "logs" / "NotificationsQueueFunction.log"
    # Started before, the function is done with a message long before the queue would give it out again.
    client.send_message(QueueUrl=url, MessageBody="first")
    wait_for(lambda: log.exists() and "first" in log.read_text())
    entries: Any = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(["good", "bad", "good"])]
    client.send_message_batch(QueueUrl=url, Entries=entries)
    wait_for(lambda: dead_letters(stubs) == 1)
    received = log.read_text()
    assert received.count("bad") == 5
    assert received.count("good") == 2
    assert aws.redrive(stubs.info)["Notifications"] == 1
    wait_for(lambda: dead_letters(stubs) == 1)


def test_a_jump_of_the_clock_runs_every_schedule(stubs: LocalCloud) -> None:
    stubs.set_clock_offset(3600)
    status = httpx.get(f"{stubs.info.runner_url}/status").json()
    ran = {row["function"] for row in status["functions"] if row["invocations"]}
    scheduled = {each.name for each in templates.functions(templates.load(TEMPLATE)) if each.schedule}
    assert scheduled <= ran
    stubs.set_clock_offset(0)


def test_pages_for_developers_are_for_localhost_only(stubs: LocalCloud) -> None:
    assert get(stubs, "/_dev").status_code == 200
    assert get(stubs, "/_dev/mail").status_code == 200
    assert get(stubs, "/_dev/mail.json").json() == {"items": []}
    for path in ("/_dev", "/_dev/mail.json", "/_dev/assets/style.css"):
        assert get(stubs, path, Host="rebound.example").status_code == 403
    moved = httpx.post(
        f"{stubs.base_url}/_dev/clock", json={"offset_seconds": 9}, headers={"Origin": "http://evil.example"}
    )
    assert moved.status_code == 403


def test_buttons_of_the_status_page_move_the_clock(stubs: LocalCloud) -> None:
    clock = f"{stubs.base_url}/_dev/clock"
    moved = httpx.post(clock, data={"advance_seconds": "86400"}, timeout=40, follow_redirects=True)
    assert str(moved.url) == f"{stubs.base_url}/_dev"
    assert "1 d ahead" in moved.text
    back = httpx.post(clock, data={"offset_seconds": "0"}, timeout=40, follow_redirects=True)
    assert "on time" in back.text
    for wrong in ("soon", "nan", "inf", "1e12", ""):
        assert httpx.post(clock, json={"offset_seconds": wrong}, timeout=40).status_code == 400
    assert httpx.post(clock, content="{", timeout=40).status_code == 400
    assert stubs.clock_offset() == 0


def test_pages_are_the_web_apps_and_everything_else_is_the_apis(stubs: LocalCloud) -> None:
    assert stubs.info.frontend_url == stubs.base_url
    page = get(stubs, "/verify-email?token=x", Accept="text/html")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert get(stubs, "/verify-email").json()["path"] == "/verify-email"
    assert get(stubs, "/config.json").json()["stripe_js"] == f"{stubs.stripe_url}/v3/stripe.js"
    own_name = stubs.base_url.removeprefix("http://localhost")
    elsewhere = get(stubs, "/verify-email?token=x", Host=f"127.0.0.1{own_name}", Accept="text/html")
    assert elsewhere.headers["location"] == f"{stubs.base_url}/verify-email?token=x"
    preflight = {"Origin": stubs.base_url, "Access-Control-Request-Method": "POST"}
    answer = httpx.options(f"{stubs.base_url}/v1/bookings", headers=preflight)
    assert answer.headers["access-control-allow-origin"] == stubs.base_url


def test_a_mail_is_in_the_mail_box_with_its_links(stubs: LocalCloud) -> None:
    client = boto3.client("sesv2", **ministack.client_settings(stubs.info.aws_url))
    client.send_email(
        FromEmailAddress="hello@gigsta.test",
        Destination={"ToAddresses": ["Aroha@example.com"]},
        Content={
            "Simple": {
                "Subject": {"Data": "Hello"},
                "Body": {"Text": {"Data": "Go to http://localhost/x?a=1."}},
                "Headers": [
                    {"Name": "List-Unsubscribe", "Value": f"<{stubs.base_url}/v1/health>"},
                    {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
                ],
                "Attachments": [{"FileName": "booking.ics", "RawContent": b"BEGIN", "ContentType": "text/calendar"}],
            }
        },
    )
    [mail] = stubs.mails("aroha@example.com")
    assert mail.subject == "Hello"
    assert mail.links == ["http://localhost/x?a=1"]
    assert stubs.mails("other@example.com") == []
    page = get(stubs, f"/_dev/mail/{mail.id}").text
    assert "Hello" in page
    assert "booking.ics" in page
    assert "5 Bytes" in page
    file = get(stubs, f"/_dev/mail/{mail.id}/attachments/0")
    assert (file.content, file.headers["content-type"]) == (b"BEGIN", "text/calendar")
    assert "booking.ics" in file.headers["content-disposition"]
    assert get(stubs, f"/_dev/mail/{mail.id}/attachments/1").status_code == 404
    assert mail.is_one_click
    assert "Unsubscribe" in page
    answer = httpx.post(f"{stubs.base_url}/_dev/mail/{mail.id}/unsubscribe", follow_redirects=True, timeout=60)
    assert f"{mail.unsubscribe}" == f"{stubs.base_url}/v1/health"
    assert "List-Unsubscribe answered" in answer.text


def test_a_second_start_in_the_same_folder_is_refused(stubs: LocalCloud, options: Options) -> None:
    assert lock.holder(options.state_dir.resolve()) == os.getpid()
    with pytest.raises(StartError, match="already runs"), LocalCloud(options):
        pass
    assert get(stubs, "/v1/health").status_code == 200


def test_a_taken_port_is_explained_with_its_holder(stubs: LocalCloud, tmp_path: Path) -> None:
    port = int(stubs.base_url.rsplit(":", 1)[1])
    with pytest.raises(StartError, match=rf"Port {port} is taken by .*pid \d+.*PORT={port + 1}"):
        LocalCloud(Options(state_dir=tmp_path, port=port)).__enter__()


@pytest.mark.timeout(600)
def test_a_stop_leaves_nothing_running_and_a_restart_finds_messages_and_mails(tmp_path: Path) -> None:
    functions = stub_functions.write(tmp_path / "functions")
    options = Options(state_dir=tmp_path / "state", live=True, functions=functions, queue_visibility=600)
    with LocalCloud(options) as first:
        leave_a_message_and_a_mail(first)
        started = [pid for root in first.process_ids for pid in descendants(root)]
        taken = int(first.info.aws_url.rsplit(":", 1)[1])
    assert not any(processes.is_alive(pid) for pid in started)
    with socket.create_server((ports.LOOPBACK, taken)), LocalCloud(options) as second:
        assert not second.info.aws_url.endswith(f":{taken}")
        assert_both_are_there(second)
        assert get(second, "/v1/health").status_code == 200


@pytest.mark.timeout(600)
def test_a_killed_ministack_is_noticed_and_a_restart_goes_on_where_it_was(tmp_path: Path) -> None:
    functions = stub_functions.write(tmp_path / "functions")
    options = Options(state_dir=tmp_path / "state", live=True, functions=functions, queue_visibility=600)
    with LocalCloud(options) as first:
        leave_a_message_and_a_mail(first)
        state = options.state_dir / "aws" / "state"
        wait_for(lambda: "kept" in (state / "sqs.json").read_text() and "Kept" in (state / "ses.json").read_text())
        assert first.ended_part() is None
        os.kill(first.process_ids[0], signal.SIGKILL)
        wait_for(lambda: first.ended_part() is not None)
        assert getattr(first.ended_part(), "name", "") == "MiniStack"
    with LocalCloud(options) as second:
        assert second.info.outputs == first.info.outputs
        assert_both_are_there(second)
        assert get(second, "/v1/health").status_code == 200


def leave_a_message_and_a_mail(cloud: LocalCloud) -> None:
    settings = ministack.client_settings(cloud.info.aws_url)
    queue = boto3.client("sqs", **settings)
    queue.send_message(QueueUrl=cloud.info.outputs["StripeEventsDeadLettersUrl"], MessageBody="kept")
    boto3.client("sesv2", **settings).send_email(
        FromEmailAddress="hello@gigsta.test",
        Destination={"ToAddresses": ["aroha@example.com"]},
        Content={"Simple": {"Subject": {"Data": "Kept"}, "Body": {"Text": {"Data": "Hello"}}}},
    )


def assert_both_are_there(cloud: LocalCloud) -> None:
    assert {row["queue"]: row["dead"] for row in aws.queue_depths(cloud.info)}["StripeEvents"] == 1
    assert [mail.subject for mail in cloud.mails("aroha@example.com")] == ["Kept"]


@pytest.mark.timeout(600)
def test_a_restart_with_other_settings_gives_them_to_every_function(tmp_path: Path) -> None:
    functions = stub_functions.write(tmp_path / "functions")
    options = Options(state_dir=tmp_path / "state", live=True, functions=functions, frontend_url="http://one.test")
    with LocalCloud(options) as first:
        assert {seen["FRONTEND_BASE_URL"] for seen in environments(first)} == {"http://one.test"}
        versions = live_versions(first)
    changed = replace(options, frontend_url="http://two.test", database="other", queue_visibility=7)
    with LocalCloud(changed) as second:
        seen = environments(second)
        assert {each["FRONTEND_BASE_URL"] for each in seen} == {"http://two.test"}
        assert {each["MONGODB_DATABASE"] for each in seen} == {"other"}
        assert {each["PUBLIC_BASE_URL"] for each in seen} == {second.base_url} != {first.base_url}
        assert len({each["RELEASE"] for each in seen}) == 1
        later = live_versions(second)
    assert [name for name, version in later.items() if version == versions[name]] == []


def environments(cloud: LocalCloud) -> list[dict[str, str]]:
    """What runs: HTTP functions as their callers reach them, the rest as queues and schedules do."""
    client = boto3.client("lambda", **ministack.client_settings(cloud.info.aws_url))
    made = templates.functions(templates.load(TEMPLATE))
    # Any route of each function; a route's variables may stand for themselves.
    paths = {route.area: route.path for route in routes.deployed() if route.method in {"GET", "ANY"}}
    answered = [
        get(cloud, "/none" if path == routes.DEFAULT else path).json()["environment"] for path in paths.values()
    ]
    workers = [cloud.info.functions[each.name] for each in made if not each.is_http]
    return answered + [
        client.get_function_configuration(FunctionName=name)["Environment"]["Variables"] for name in workers
    ]


def live_versions(cloud: LocalCloud) -> dict[str, str]:
    """The version that callers reach, by function."""
    client = boto3.client("lambda", **ministack.client_settings(cloud.info.aws_url))
    names = [each.name for each in templates.functions(templates.load(TEMPLATE)) if each.is_http]
    physical = {name: cloud.info.functions[name] for name in names}
    return {
        name: client.get_alias(FunctionName=function, Name="live")["FunctionVersion"]
        for name, function in physical.items()
    }
