"""Every mail that the product asks for anywhere has a template that renders with exactly what it is given."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import common.application
import common.domain
import pytest
from common.adapters.mail.renderer import TemplateMailRenderer
from common.application.notifications import unread
from common.application.notifications.booking_data import booking_data
from common.domain.bookings import notifications
from common.domain.bookings.booking import ActorKind, NoShow, PaymentDetails
from common.domain.bookings.notifications import NOTIFICATIONS
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine.table import TABLE
from common.domain.matching.notifications import NOTIFICATIONS as OF_MATCHING
from common.domain.reports.notifications import NOTIFICATIONS as OF_REPORTS
from common.domain.shared.display import duration_text
from common.domain.shared.events import Topic, new_event
from common.domain.shared.state_machine import Notification

from tests.factories.bookings import NOW, make_booking
from tests.factories.providers import make_provider
from tests.factories.users import make_user

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOTS = [Path(package.__path__[0]) for package in (common.application, common.domain)]
TEMPLATES = Path(common.domain.__path__[0]).parent / "adapters" / "mail" / "templates"


def functions() -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of application and domain."""
    for path in sorted(path for root in ROOTS for path in root.rglob("*.py")):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        yield from (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def account_mails() -> Iterator[tuple[str, frozenset[str]]]:
    """Template and names of the values of every mail about an account, as the code asks for it."""
    for function in functions():
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            named = {each.arg: each.value for each in call.keywords if each.arg is not None}
            if name == "mail_event":
                yield from ((template, frozenset({*named, "frontend"})) for template in texts(call.args[1], function))
            elif name == "LinkMail":
                yield from ((template, keys(call.args[2], function)) for template in texts(call.args[0], function))
            elif name == "new_event" and "template" in named:
                given = keys(named["data"], function) | {"frontend"}
                yield from ((template, given) for template in texts(named["template"], function))


def texts(node: ast.expr, function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The texts that an expression may be; none for an argument of the function."""
    if isinstance(node, ast.IfExp):
        return texts(node.body, function) + texts(node.orelse, function)
    if isinstance(node, ast.Name):
        value = assigned(node.id, function)
        return texts(value, function) if value is not None else []
    return [str(ast.literal_eval(node))]


def keys(node: ast.expr, function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """The keys of a dictionary that is written out, and of those that are spread into it."""
    found = assigned(node.id, function) if isinstance(node, ast.Name) else node
    if not isinstance(found, ast.Dict):
        return frozenset()
    pairs = list(zip(found.keys, found.values, strict=True))
    written = {str(ast.literal_eval(key)) for key, _ in pairs if key is not None}
    return frozenset(written.union(*(keys(value, function) for key, value in pairs if key is None)))


def assigned(name: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.expr | None:
    """What a local name was set to."""
    for node in ast.walk(function):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if isinstance(node, ast.Assign | ast.AnnAssign) and any(
            isinstance(t, ast.Name) and t.id == name for t in targets
        ):
            return node.value
    return None


ACCOUNT_MAILS = sorted(set(account_mails()), key=str)
EVENTS = sorted(NOTIFICATIONS)


def test_no_template_is_missing_and_none_lies_idle() -> None:
    wanted = {template for template, _ in ACCOUNT_MAILS}
    wanted |= {unread.TEMPLATE}
    rows = [*NOTIFICATIONS.values(), *OF_MATCHING.values()]
    wanted |= {row.template_for(each) for row in rows for each in row.recipients}
    wanted |= {row.template_for(each) for row in OF_REPORTS.values() for each in row.recipients}
    assert wanted == {path.stem for path in TEMPLATES.glob("*.j2")}


@pytest.mark.parametrize(("template", "names"), ACCOUNT_MAILS)
def test_an_account_s_mail_renders_with_what_it_is_given(template: str, names: frozenset[str]) -> None:
    mail = TemplateMailRenderer().render(template, {name: f"<{name}>" for name in names})
    assert mail.subject
    assert mail.summary
    assert mail.text
    assert "</html>" in mail.html


@pytest.mark.parametrize("type_", EVENTS)
def test_a_booking_s_event_tells_somebody_and_renders_for_each(type_: str) -> None:
    booking, event = make_booking(), new_event(Topic.NOTIFICATIONS, type_, NOW)
    people, settings = (make_user(), make_provider()), BookingSettings()
    row = NOTIFICATIONS[type_]
    assert row.recipients
    for recipient in row.recipients:
        data = booking_data(booking, event, recipient, *people, "https://web.test", settings, NOW)
        data = {**data, "ratings_note": f"Both sides have rated {booking.service.title}."}
        mail = TemplateMailRenderer().render(row.template_for(recipient), data)
        assert mail.subject
        assert booking.service.title in f"{mail.subject} {mail.text}"
        assert "</html>" in mail.html


@pytest.mark.parametrize("type_", EVENTS)
def test_a_mail_tells_no_window_but_those_that_are_set(type_: str) -> None:
    changed = {
        name: timedelta(minutes=1_009 + 7 * place)
        for place, name in enumerate(BookingSettings.model_fields)
        if isinstance(getattr(BookingSettings(), name), timedelta)
    }
    settings = BookingSettings(**changed)
    booking, event, row = make_booking(), new_event(Topic.NOTIFICATIONS, type_, NOW), NOTIFICATIONS[type_]
    windows = {duration_text(window) for window in changed.values()}
    for recipient in row.recipients:
        data = booking_data(booking, event, recipient, make_user(), make_provider(), "https://web.test", settings, NOW)
        mail = TemplateMailRenderer().render(row.template_for(recipient), {**data, "ratings_note": ""})
        text = " ".join(mail.text.split()).replace("five to ten working days", "")
        for window in windows:
            text = text.replace(window, "")
        assert not re.findall(r"\d+ (?:minute|hour|day)s?\b", text)


def test_each_reads_of_what_happened_from_their_own_side() -> None:
    no_show = NoShow(absent=ActorKind.CUSTOMER, reported_by=ActorKind.PROVIDER, contest_until=NOW)
    booking = make_booking(no_show=no_show, payment_details=PaymentDetails(due_amount=1_000))

    def text(row: Notification[ActorKind], part: ActorKind) -> str:
        event = new_event(Topic.NOTIFICATIONS, row.type, NOW)
        data = booking_data(
            booking, event, part, make_user(), make_provider(), "https://web.test", BookingSettings(), NOW
        )
        return " ".join(TemplateMailRenderer().render(row.template_for(part), data).text.split())

    assert "reported that you did not show up" in text(notifications.NO_SHOW_REPORTED, ActorKind.CUSTOMER)
    assert "If that is wrong, contest it by" in text(notifications.NO_SHOW_REPORTED, ActorKind.CUSTOMER)
    assert "reported that Aroha did not show up" in text(notifications.NO_SHOW_REPORTED, ActorKind.PROVIDER)
    assert "It can be contested until" in text(notifications.NO_SHOW_REPORTED, ActorKind.PROVIDER)
    assert "You pay NZD 10.00; everything else goes back to your card." in text(
        notifications.DISPUTE_RESOLVED, ActorKind.CUSTOMER
    )
    assert "The customer pays NZD 10.00; everything else goes back to their card." in text(
        notifications.DISPUTE_RESOLVED, ActorKind.OPERATOR
    )


def test_whom_the_state_machine_tells_is_told() -> None:
    for transition in TABLE:
        for rule in transition.notifications:
            assert NOTIFICATIONS[rule.notification.type] is rule.notification, transition.name
            for actor in transition.actors:
                assert rule.recipients_of(actor), (transition.name, rule.notification.type)


def test_every_notification_is_sent_by_something() -> None:
    names = {name for name, value in vars(notifications).items() if isinstance(value, Notification)}
    used = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for root in ROOTS
        for path in root.rglob("*.py")
        if path != Path(notifications.__file__)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute | ast.Name)
    }
    assert names <= used
