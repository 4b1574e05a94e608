"""What checkov asks for and we do not do has a reason, and a reason something that asks."""

from __future__ import annotations

import pytest

from tests.checkov import SKIPPED, Finding, faults

ASKED = Finding("CKV_1", "Log everything", "AWS::S3::Bucket.Photos")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([ASKED], []),
        ([ASKED, Finding("CKV_2", "Ask twice", "AWS::SQS::Queue.Q")], ["CKV_2 AWS::SQS::Queue.Q: Ask twice"]),
        ([], ["CKV_1 is skipped, and nothing fails it any more: why"]),
    ],
)
def test_a_new_finding_and_a_stale_reason_are_told(found: list[Finding], said: list[str]) -> None:
    assert faults(found, {"CKV_1": "why"}) == said


def test_every_check_that_is_skipped_says_why() -> None:
    assert all(len(reason.split()) > 5 for reason in SKIPPED.values())
