"""Load is bounded, is made on oneself alone, and fails where too much fails."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pytest

from infra.load import bounds, plan, prepare, verdict
from infra.load.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

STAGE = ["--url", "https://api.dev.gigsta.app", bounds.YES]
ROW = plan.Row("GET /v1/bookings", 1000, 10, 40.0, 90.0)
OUTCOME = plan.Outcome(
    [ROW], ROW, seconds=120, bookings=30, completed=10, limited=3, errors={"GET /v1/bookings: 500": 10}
)


def test_the_default_is_two_minutes_of_ten_people_on_this_machine() -> None:
    found = bounds.read([])
    assert (found.url, found.users, found.seconds, found.failures_percent) == ("", 10, 120, 1.0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--users", "51"], "--users is from 1 to 50, not 51"),
        (["--users", "0"], "--users is from 1 to 50"),
        (["--spawn-rate", "5.1"], "--spawn-rate is from 0.1 to 5"),
        (["--spawn-rate", "nan"], "--spawn-rate is from 0.1 to 5"),
        (["--seconds", "601"], "--seconds is from 1 to 600"),
        (["--failures", "101"], "--failures is from 0 to 100"),
        (["--url", "https://api.gigsta.app"], "is not this machine. Whoever owns it may say --yes-this-is-mine"),
        (["--url", "https://127.0.0.1.gigsta.app"], "is not this machine"),
        (["--url", "http://10.0.0.1"], "is not this machine"),
        (["--url", "http://localhost@gigsta.app"], "is no address of a stage"),
        (["--url", "ftp://localhost"], "is no address of a stage"),
        (["--url", "http://localhost:8000/v1"], "is no address of a stage"),
        (STAGE, "needs --people FILE"),
    ],
)  # fmt: skip
def test_more_than_the_bounds_or_on_somebody_else_is_refused(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(arguments, {}, tmp_path) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "http://127.0.0.1", "http://127.3.2.1:80/", "http://[::1]:8000"]
)
def test_this_machine_is_known_by_every_name(url: str) -> None:
    assert bounds.read(["--url", url]).url == url.rstrip("/")


def test_nothing_is_asked_where_no_local_cloud_runs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main([], {}, tmp_path) == 2
    assert "No local cloud runs here" in capsys.readouterr().err


def test_another_stages_people_come_from_a_file_and_their_bookings_go_again(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    couple = {"customer": {"email": "a@b.nz", "password": "p"}, "service_id": "svc_1"}
    file.write_text(json.dumps([couple, {**couple, "provider": {"email": "c@d.nz", "password": "q"}}]))
    load = bounds.read([*STAGE, "--users", "2", "--people", str(file)])
    unpaid = prepare.elsewhere(load, file, {})
    assert [each.provider for each in unpaid.couples] == [None, plan.Account("c@d.nz", "q")]
    assert (unpaid.leaves, unpaid.stripe_url, unpaid.ahead_days) == (False, "", 7)
    paid = prepare.elsewhere(load, file, {"STRIPE_PUBLISHABLE_KEY": "pk_test_1"})
    assert (paid.stripe_url, paid.stripe_key) == ("https://api.stripe.com", "pk_test_1")
    kept = tmp_path / "plan.json"
    paid.write(kept)
    assert plan.read(kept) == paid
    assert kept.stat().st_mode & 0o077 == 0, "it holds passwords"


@pytest.mark.parametrize(
    ("content", "environ", "said"),
    [
        ("[]", {}, "1 users need as many customers"),
        ("[{}]", {}, "holds no people"),
        ('["a"]', {}, "holds no people"),
        ("{", {}, "holds no people"),
        ('[{"customer": {"email": "a", "password": "b"}, "service_id": "s"}]', {"STRIPE_PUBLISHABLE_KEY": "pk_live_1"},
         "none of Stripe's test mode"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_and_a_key_that_moves_real_money_are_refused(
    content: str, environ: dict[str, str], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "people.json"
    file.write_text(content)
    with pytest.raises(bounds.BoundsError, match=said):
        prepare.elsewhere(bounds.Load("https://x", users=1), file, environ)


def test_what_it_shows_is_told_and_too_many_failures_fail(tmp_path: Path) -> None:
    kept = tmp_path / "outcome.json"
    OUTCOME.write(kept)
    assert plan.read_outcome(kept) == OUTCOME
    said = "\n".join(verdict.lines(OUTCOME))
    assert "8.3 requests a second, 15.0 bookings a minute, 10 of 30 worked and captured, 3 refused by limits" in said
    assert "10 x GET /v1/bookings: 500" in said
    assert verdict.fault(OUTCOME, 1.0) == ""
    assert verdict.fault(OUTCOME, 0.9) == "1.00 % of requests failed, at most 0.9 % may."
    nothing = plan.Row("", 0, 0, 0, 0)
    assert verdict.fault(dataclasses.replace(OUTCOME, total=nothing), 1.0) == "Nothing was asked."
    assert verdict.fault(dataclasses.replace(OUTCOME, bookings=0), 1.0) == "Nobody booked anything."
