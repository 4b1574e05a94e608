"""Every mail renders, in both forms, and lets nothing of a stranger's into a header or the markup."""

from __future__ import annotations

import re
from pathlib import Path

import common.adapters.mail
import pytest
from common.adapters.mail.renderer import TemplateMailRenderer
from common.domain.bookings.booking import ActorKind
from common.domain.bookings.notifications import NOTIFICATIONS
from common.domain.matching.notifications import NOTIFICATIONS as OF_MATCHING

FOLDER = Path(common.adapters.mail.__file__).parent / "templates"
NAMES = sorted(path.stem for path in FOLDER.glob("*.j2"))
EVIL = "Eve <script>alert(1)</script>\r\nBcc: all@example.com"


_NAMES = (
    "thing",
    "done",
    "appeal_days",
    "is_final",
    "absent",
    "accept_by",
    "advice",
    "pay_by",
    "kept_until",
    "notes",
    "options",
    "preferences_url",
    "ratings_note",
    "report_until",
    "paid_out_from",
    "retry_after",
    "amount",
    "at",
    "booking_id",
    "by",
    "contest_until",
    "count",
    "customer",
    "discard_link",
    "ended_plan",
    "factor",
    "extra",
    "extra_amount",
    "frontend",
    "grace_until",
    "lifetime",
    "ip",
    "left",
    "limit",
    "link",
    "linked_email",
    "paid",
    "online_link",
    "paused",
    "place",
    "place_kind",
    "plan",
    "payout",
    "price",
    "problem",
    "step",
    "reader",
    "is_absent",
    "payouts_url",
    "sign_in_link",
    "proposal_expires",
    "proposed_when",
    "provider",
    "reason",
    "refund_note",
    "refunded",
    "search_url",
    "service",
    "start_code",
    "url",
    "user_agent",
    "when",
    "name",
    "text",
    "answer_by",
    "area",
    "booking_url",
    "budget",
    "category",
    "counter",
    "description",
    "is_card_saved",
    "is_sole",
    "offers_url",
    "reasons",
    "title",
    "valid_until",
    "window",
    "note",
)
PARTS = (ActorKind.CUSTOMER, ActorKind.PROVIDER, ActorKind.OPERATOR)
DATA = {
    **dict.fromkeys(_NAMES, EVIL),
    "dropped": [EVIL],
    "receipt_lines": [EVIL, "Charged: NZD 1.00"],
    "commission_lines": [EVIL],
    "lines": [EVIL],
    "refunds": [EVIL],
    "provider_id": EVIL,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_renders_safely(name: str) -> None:
    mail = TemplateMailRenderer().render(name, DATA)
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    assert "<script>" not in mail.html
    assert mail.text.strip()
    assert "</html>" in mail.html


@pytest.mark.parametrize("name", NAMES)
def test_no_template_tells_a_window_of_its_own(name: str) -> None:
    """Windows are settings: a template gets them, as instants where that is possible."""
    written = (FOLDER / f"{name}.j2").read_text(encoding="utf-8")
    written = written.replace("five to ten working days", "")  # the banks' time for a refund, not ours
    words = "one|two|three|five|seven|ten|twelve|fifteen|twenty|thirty|every"
    assert not re.findall(rf"(?:\d+|\b(?:{words}))[ -](?:working )?(?:minute|hour|day|week|time)s?\b", written)


def test_what_a_template_lacks_is_an_error() -> None:
    with pytest.raises(LookupError):
        TemplateMailRenderer().render("verify_email", {})
    with pytest.raises(LookupError):
        TemplateMailRenderer().render("no_such_mail", DATA)


def test_every_notification_has_a_template_for_each_recipient_and_each_template_a_notification() -> None:
    rows = [*NOTIFICATIONS.values(), *OF_MATCHING.values()]
    wanted = {row.template_for(recipient) for row in rows for recipient in row.recipients}
    made = {name for name in NAMES if name.endswith(tuple(f"_{part}" for part in PARTS))}
    assert wanted == made


def test_a_long_link_is_never_broken() -> None:
    link = "https://web.test/verify-email?token=" + "a-b" * 60
    mail = TemplateMailRenderer().render(
        "verify_email", {"link": link, "discard_link": f"{link}&x=1", "lifetime": "24 hours"}
    )
    assert link in mail.text


def test_what_is_named_and_what_it_is_stand_in_rows_and_not_in_paragraphs() -> None:
    lines = ["2 × Windows: NZD 90.00", "Charged: NZD 90.00", "A line without a name"]
    mail = TemplateMailRenderer().render("booking_payment_captured_customer", {**DATA, "receipt_lines": lines})
    assert "\n".join(lines) in mail.text
    row = r'<td[^>]*font-weight:(\d+);overflow-wrap:break-word">{}</td><td[^>]*>NZD 90\.00</td>'
    weights = [re.findall(row.format(name), mail.html) for name in ("2 × Windows", "Charged")]
    assert weights == [["400"], ["700"]]
    assert 'colspan="2"' in mail.html
    assert not any(f"<p>{line}</p>" in mail.html for line in lines)


def test_what_few_people_need_is_a_link_with_words_after_the_button() -> None:
    data = {"link": "https://web.test/a", "discard_link": "https://web.test/a?b=1&c=2", "lifetime": "24 hours"}
    mail = TemplateMailRenderer().render("verify_email", data)
    assert re.findall(r'href="([^"]+)"', mail.html) == ["https://web.test/a", "https://web.test/a?b=1&amp;c=2"]
    assert ">https://" not in mail.html
    assert "Confirm the address without it:\nhttps://web.test/a?b=1&c=2\n" in mail.text


def test_who_is_known_is_greeted() -> None:
    render = TemplateMailRenderer().render
    known = render("email_changed", {"reader": "Aroha <b>"})
    assert known.text.startswith("Kia ora Aroha <b>,\n\nYour account has")
    assert "<p>Kia ora Aroha &lt;b&gt;,</p>" in known.html
    assert known.summary.startswith("Your account has"), "the inbox shows what happened"
    assert "Kia ora" not in render("email_changed", {"reader": ""}).text + render("email_changed", {}).html
