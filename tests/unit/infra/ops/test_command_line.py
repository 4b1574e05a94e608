"""One command line for who runs a stage."""

from __future__ import annotations

import pytest

from infra.ops.__main__ import main, parser
from infra.ops.rebuild.steps import STEPS

COMMANDS = ["migrate", "keys", "staff", "plans", "rebuild", "figures", "smoke", "backup", "restore", "distrust"]


def test_the_help_lists_every_command_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"], {})
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert all(f"\n    {name} " in said for name in COMMANDS)
    assert all(name in said for name in STEPS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_needs(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args([command, "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert f"usage: python -m infra.ops {command}" in said
    assert {"plans": "STRIPE_SECRET_KEY", "smoke": "PublicBaseUrl"}.get(command, "MONGODB_DATABASE") in said


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (["migrate"], "MONGODB_URI, MONGODB_DATABASE"),
        (["keys", "publish"], "MONGODB_URI, MONGODB_DATABASE"),
        (["staff", "a@example.com"], "MONGODB_URI, MONGODB_DATABASE"),
        (["rebuild"], "MONGODB_URI, MONGODB_DATABASE"),
        (["figures"], "MONGODB_URI, MONGODB_DATABASE"),
        (["plans"], "STRIPE_SECRET_KEY"),
    ],
)
def test_what_is_missing_is_named(arguments: list[str], missing: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments, {}) == 2
    assert capsys.readouterr().err == f"missing in the environment: {missing}\n"


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["migrate", "down"], ["rebuild", "everything"], ["staff"]])
def test_a_wrong_call_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments, {})
    assert ended.value.code == 2
    assert "usage: python -m infra.ops" in capsys.readouterr().err
