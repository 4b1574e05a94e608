"""The command line: what it lists, and what it says to words that make no sense."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from stripe_local import Settings, __version__
from stripe_local.cli import main
from stripe_local.reference import cards
from stripe_local.resources import ROUTES

README = Path(__file__).parents[2] / "README.md"


def refusal(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str]:
    """The exit status and the last line of what is printed to the error stream."""
    with pytest.raises(SystemExit) as caught:
        main(words)
    return caught.value.code, capsys.readouterr().err.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--port", "x"], "'x' is no port"),
        (["--port", "65536"], "'65536' is no port"),
        (["--set", "payouts"], "--set payouts: expected NAME=VALUE"),
        (["--set", "payouts=weekly"], "--set payouts: Input should be 'daily' or 'manual'"),
        (["--set", "country=XX"], "--set country: Stripe has no accounts in this country: XX"),
        (["--set", 'retry_days=[1,"x"]'], "--set retry_days.1: "),
        (["--set", "colour=red"], "--set colour: no such setting; there are country, "),
        (["--webhook", "localhost:8000/hook"], "'localhost:8000/hook' is no address"),
        (["--public-url", "stripe.test"], "'stripe.test' is no address"),
    ],
)  # fmt: skip
def test_words_that_make_no_sense_are_named(capsys: pytest.CaptureFixture[str], words: list[str], part: str) -> None:
    status, line = refusal(capsys, *words)
    assert status == 2
    assert part in line


def test_a_port_in_use_is_an_ordinary_failure(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, line = refusal(capsys, "--port", str(port))
    assert status == 1
    assert line.startswith(f"stripe-local: cannot listen on 127.0.0.1:{port}: ")
    assert line.endswith("--port takes another port, and 0 picks a free one.")


def test_a_state_that_cannot_be_kept_is_an_ordinary_failure(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "stripe.sqlite3").write_text("this is no database, but long enough to be taken for a damaged one\n" * 9)
    status, line = refusal(capsys, "--port", "0", "--state-dir", str(tmp_path))
    assert status == 1
    assert line.startswith(f"stripe-local: cannot keep the state in {tmp_path}: ")
    (tmp_path / "file").touch()
    status, line = refusal(capsys, "--port", "0", "--state-dir", str(tmp_path / "file"))
    assert (status, line.startswith(f"stripe-local: cannot keep the state in {tmp_path / 'file'}: ")) == (1, True)


def test_its_version_and_help_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    for word, part in (("--version", f"stripe-local {__version__}"), ("--help", "default: 12111; 0 picks a free one")):
        with pytest.raises(SystemExit) as caught:
            main([word])
        assert caught.value.code == 0
        assert part in capsys.readouterr().out


def test_the_settings_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--settings"])
    listed = capsys.readouterr().out
    assert 'country = "NZ"\n    Where the platform is' in listed
    assert all(f"{name} = " in listed for name in Settings.model_fields)


def test_the_readme_tells_of_every_setting_and_option(capsys: pytest.CaptureFixture[str]) -> None:
    text = README.read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if f"`{name}`" not in text] == []
    with pytest.raises(SystemExit):
        main(["--help"])
    options = {word.strip("[],") for word in capsys.readouterr().out.split() if word.strip("[],").startswith("--")}
    assert [name for name in sorted(options) if f"`{name}" not in text] == []


def test_the_readme_tells_of_every_card() -> None:
    text = README.read_text(encoding="utf-8")
    assert [name for name in cards.names() if f"`{name}`" not in text] == []
    for number in re.findall(r"^\| (\d{13,19}) \| `(\w+)`", text, re.MULTILINE):
        card = cards.by_number(number[0])
        assert card is not None
        assert card == cards.by_token(f"pm_card_{number[1]}")


def test_the_readme_counts_the_routes() -> None:
    assert f"| {len(ROUTES)}, those of the table above |" in README.read_text(encoding="utf-8")
