"""Every link of every mail, made of what the product gives its template, leads to a page of the web app."""

from __future__ import annotations

import html
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from common.adapters.mail.renderer import TemplateMailRenderer
from common.application.admin.moderation import decide
from common.application.admin.moderation.effects import Act
from common.application.identity import mail_links
from common.application.notifications import unread
from common.application.notifications.booking_data import booking_data
from common.application.notifications.matching_data import matching_data
from common.application.notifications.reports import report_data
from common.domain.bookings.booking import ActorKind
from common.domain.bookings.notifications import NOTIFICATIONS
from common.domain.bookings.settings import BookingSettings
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal, Role
from common.domain.matching.notifications import NOTIFICATIONS as OF_MATCHING
from common.domain.moderation.items import ItemKind, ModerationItem, Outcome, ReportReason
from common.domain.reports.notifications import NOTIFICATIONS as OF_REPORTS
from common.domain.shared.events import Topic, new_event

from infra.build.targets import ROOT
from tests.factories.bookings import NOW, make_booking
from tests.factories.conversations import subject_of, subject_of_offer
from tests.factories.matching import make_open_offer, make_request
from tests.factories.providers import make_provider
from tests.factories.reports import make_report
from tests.factories.users import make_user
from tests.unit.adapters.mail.test_emitted_mails import ACCOUNT_MAILS, TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from common.application.admin.moderation.deps import ModerationDeps

WEB = "https://web.test"
#: What tells that something is over, or was done by who reads it, or who cannot sign in: there is nothing to open.
WITHOUT_LINK = {"account_suspended", "duplicate_plan_not_refunded", "email_changed"}
#: A route of the web app, and a name in its path, which may say what it can be.
ROUTE = re.compile(r"\{ path: '([^']+)'")
NAME = re.compile(r":\w+(?:\(([^)]+)\))?")
Mail = tuple[str, dict[str, Any]]


def routes() -> list[re.Pattern[str]]:
    """The paths of the web app's pages, less the one for what there is not."""
    files = sorted((ROOT / "web" / "src" / "pages").glob("*/routes.ts"))
    texts = [each.read_text(encoding="utf-8") for each in files]
    paths = [path for text in texts for path in ROUTE.findall(text)]
    assert len(paths) == sum(text.count("component:") for text in texts)
    return [re.compile(NAME.sub(lambda name: f"({name[1] or '[^/]+'})", path)) for path in paths]


def of_bookings() -> Iterator[Mail]:
    booking, settings = make_booking(), BookingSettings()
    for type_, row in NOTIFICATIONS.items():
        for recipient in row.recipients:
            event = new_event(Topic.NOTIFICATIONS, type_, NOW)
            data = booking_data(booking, event, recipient, make_user(), make_provider(), WEB, settings, NOW)
            yield row.template_for(recipient), {**data, "ratings_note": ""}


def of_matching() -> Iterator[Mail]:
    request = make_request()
    data = matching_data(request, make_open_offer(request), make_booking(), make_user(), WEB)
    for row in OF_MATCHING.values():
        for recipient in row.recipients:
            own = "offer_url" if recipient is ActorKind.PROVIDER else "request_url"
            yield row.template_for(recipient), {**data, "url": data[own]}


def of_reports() -> Iterator[Mail]:
    for type_, row in OF_REPORTS.items():
        data = report_data(make_report(), new_event(Topic.NOTIFICATIONS, type_, NOW), WEB)
        yield from ((row.template_for(recipient), dict(data)) for recipient in row.recipients)


def of_conversations() -> Iterator[Mail]:
    shown = {"name": "Aroha", "service": "Hedges", "text": "Hello", "count": 1}
    for subject in (subject_of(make_booking()), subject_of_offer(make_open_offer(make_request()))):
        for reader in (ActorKind.CUSTOMER, ActorKind.PROVIDER):
            yield unread.TEMPLATE, {**shown, "url": f"{WEB}/{unread._path(subject, reader)}"}


def of_decisions() -> Iterator[Mail]:
    fields: dict[str, Any] = {"reporter_id": "usr_r", "reported_id": "usr_a", "reason": ReportReason.ABUSE}
    item = ModerationItem(id="mod_1", kind=ItemKind.COMMENT, subject="cmt_1", seq=1, created_at=NOW, **fields)
    staff = Principal(user_id="usr_m", session_id="ses_1", roles=frozenset({Role.MODERATOR}))
    act = Act(staff, ClientInfo("203.0.113.9", "Browser/1"), item, Outcome.HIDE, "It insults.", NOW)
    deps = cast("ModerationDeps", SimpleNamespace(frontend_base_url=WEB))
    for token in ("secret", None):
        for event in decide._mails(deps, act, item, token):
            yield str(event.payload["template"]), cast("dict[str, Any]", event.payload["data"])


def of_accounts() -> Iterator[Mail]:
    """Each with each link that those who send mails about accounts make."""
    paths = [*(f"{path}?token=secret" for path in mail_links._PATHS.values()), "forgot-password"]
    # Where a decision's mail leads is made by who decides, as of_decisions has it.
    for template, names in (each for each in ACCOUNT_MAILS if each[0] != "moderation_decided"):
        for path in paths:
            links = {"link": f"{WEB}/{path}", "discard_link": f"{WEB}/verify-email?token=secret&discard_password=true"}
            yield template, {**dict.fromkeys(names, "x"), "frontend": WEB, **links}


def mails() -> dict[str, list[dict[str, Any]]]:
    """What each template is given."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in (of_bookings, of_matching, of_reports, of_conversations, of_accounts, of_decisions):
        for template, data in each():
            found.setdefault(template, []).append(data)
    return found


MAILS = mails()


def test_no_template_is_left_out() -> None:
    assert set(MAILS) == {path.stem for path in TEMPLATES.glob("*.j2")}


@pytest.mark.parametrize("template", sorted(MAILS))
def test_every_link_leads_to_a_page(template: str) -> None:
    pages = routes()
    links = set[str]()
    for data in MAILS[template]:
        mail = TemplateMailRenderer().render(template, data)
        found = re.findall(r"https?://[^\s\"'<>]+", f"{mail.text} {html.unescape(mail.html)}")
        links |= {each for each in found if each != data.get("online_link")}
    own = {each.removeprefix(WEB).partition("?")[0] for each in links if each.startswith(f"{WEB}/")}
    assert [each for each in links if not each.startswith(f"{WEB}/")] == []
    assert [path for path in own if not any(page.fullmatch(path) for page in pages)] == []
    assert bool(own - {"/account/notifications"}) is (template not in WITHOUT_LINK)
