"""People and their ways in, each decided while somebody else writes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from common.application.admin.providers import approve_provider, reject_provider
from common.application.admin.staff import appoint_staff, change_staff
from common.application.admin.users import suspend_user
from common.application.catalogue.profile import update_profile
from common.application.identity.account import update_account
from common.application.identity.account_deletion import delete_account
from common.application.identity.login import log_in
from common.application.identity.oauth import finish_sign_in, link_identity, start_attempt, unlink_identity
from common.application.identity.onboarding.steps import Profile, apply_as_provider, complete_profile
from common.application.identity.recovery import change_password, reset_password
from common.application.identity.sessions import log_out_everywhere, open_session
from common.application.payments.operations.steps import customer_of_user
from common.application.ports.identity.oauth import ProvenIdentity
from common.domain.identity.clients import ClientInfo
from common.domain.identity.credentials import ExternalIdentity
from common.domain.identity.mailed_codes import MailPurpose, MailToken
from common.domain.identity.roles import Principal, Role
from common.domain.identity.users import OnboardingStatus, ProviderStatus, User
from common.domain.shared.errors import Conflict, Forbidden, GigstaError, NotFound, Unauthenticated
from common.domain.shared.ids import new_id
from common.domain.shared.opaque_tokens import digest

from tests.factories.users import make_user
from tests.fakes.clock import START
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.integration.races.gates import Held
from tests.support import store_user

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from common.runtime.container.bootstrap import Container

CLIENT = ClientInfo("203.0.113.9", "Browser/1")
MODERATOR = Principal("usr_moderator", frozenset({Role.USER, Role.MODERATOR, Role.ADMIN}))
PROFILE = Profile("Mere Tui", "+64211234567", "1 Queen Street, Auckland")
OLD, NEW, OTHER = "an-old-river-runs-1984", "a-new-river-runs-1984", "another-river-runs-1984"
ROUNDS = 12


def caller_of(user: User) -> Principal:
    return Principal(
        user.id, frozenset(user.roles), session_id="ses_race", provider_id=user.provider_id, signed_in_at=START
    )


async def signed_in(container: Container, user: User) -> Principal:
    """A caller with a sign-in that is stored."""
    await open_session(container.auth, user, CLIENT, "email_link")
    [session] = await container.auth.sessions.list_live(user.id, container.clock.now(), limit=1)
    return replace(caller_of(user), session_id=session.id)


async def stored(container: Container, user: User) -> User:
    found = await container.users.get(user.id)
    assert found is not None
    return found


async def person(container: Container, **fields: Any) -> User:
    return await store_user(container, make_user(**fields))


async def with_password(container: Container, **fields: Any) -> User:
    user = await person(container, **fields)
    now = container.clock.now()
    await container.auth.credentials.set_password(user.id, await container.auth.passwords.hash(OLD), now)
    return user


async def outcome(work: Awaitable[object]) -> type[GigstaError] | None:
    try:
        await work
    except GigstaError as error:
        return type(error)
    return None


def identity_of(user: User, provider: str) -> ExternalIdentity:
    return ExternalIdentity(issuer=f"https://{provider}.test", subject=user.id, provider=provider, email=user.email)


async def ways_in(container: Container, user: User) -> int:
    return await container.mongo.collection("credentials").count_documents({"user_id": user.id})


async def test_two_unlinks_at_once_leave_a_way_in(container: Container) -> None:
    for _ in range(ROUNDS):
        user = await person(container)
        for provider in ("google", "facebook"):
            await container.auth.credentials.link(user.id, identity_of(user, provider), container.clock.now())
        met = await asyncio.gather(
            *(
                outcome(unlink_identity(container.auth, caller_of(user), provider, CLIENT))
                for provider in ("google", "facebook")
            )
        )
        assert sorted(met, key=str) == sorted([None, Conflict], key=str)
        assert await ways_in(container, user) == 1


async def test_two_first_passwords_at_once_are_one(container: Container) -> None:
    for _ in range(3):
        user = await person(container)
        caller = await signed_in(container, user)
        met = await asyncio.gather(
            *(
                outcome(complete_profile(container.onboarding, caller, PROFILE, CLIENT, password=password))
                for password in (OLD, NEW)
            )
        )
        assert sorted(met, key=str) == sorted([None, Conflict], key=str)


async def reset(container: Container, user: User, password: str) -> None:
    """The owner follows a mailed link and sets another password."""
    token = new_id("code", container.clock.now())
    now = container.clock.now()
    await container.auth.mail_tokens.insert(
        MailToken(
            id=digest(token),
            purpose=MailPurpose.RESET_PASSWORD,
            email=user.email,
            email_key=user.email_key,
            event_id=token,
            user_id=user.id,
            created_at=now,
            expires_at=now.replace(year=now.year + 1),
        )
    )
    await reset_password(container.auth, token, password, CLIENT)


async def test_a_sign_in_whose_password_is_reset_while_it_is_checked_does_not_begin(container: Container) -> None:
    user = await with_password(container, is_verified=True)
    held = Held(container.auth.passwords, "verify")
    signing_in = log_in(replace(container.auth, passwords=held), user.email, OLD, CLIENT)
    with pytest.raises(Unauthenticated):
        await held.meanwhile(signing_in, lambda: reset(container, user, NEW))
    live = {"user_id": user.id, "revoked_at": None}
    assert await container.mongo.collection("sessions").count_documents(live) == 0


async def test_a_sign_in_whose_password_is_changed_while_it_is_checked_does_not_begin(container: Container) -> None:
    user = await with_password(container, is_verified=True)
    held = Held(container.auth.passwords, "verify")
    signing_in = log_in(replace(container.auth, passwords=held), user.email, OLD, CLIENT)
    with pytest.raises(Unauthenticated):
        await held.meanwhile(signing_in, lambda: change_password(container.auth, caller_of(user), OLD, NEW, CLIENT))


@pytest.mark.parametrize("how", ["suspended", "deleted"])
async def test_an_account_that_ends_while_its_password_is_checked_is_not_opened(container: Container, how: str) -> None:
    user = await with_password(container, is_verified=True)
    held = Held(container.auth.passwords, "verify")
    ends = {
        "suspended": lambda: suspend_user(container.admin, MODERATOR, user.id, CLIENT, "Fraud"),
        "deleted": lambda: delete_account(container.account_deletion, caller_of(user), CLIENT),
    }
    with pytest.raises((Unauthenticated, Forbidden)):
        await held.meanwhile(
            log_in(replace(container.auth, passwords=held), user.email, OLD, CLIENT),
            ends[how],
        )
    live = {"user_id": user.id, "revoked_at": None}
    assert await container.mongo.collection("sessions").count_documents(live) == 0


async def test_a_reset_password_is_not_replaced_by_who_knew_the_old_one(container: Container) -> None:
    user = await with_password(container, is_verified=True)
    held = Held(container.auth.passwords, "verify")
    changing = change_password(
        replace(container.auth, passwords=held),
        caller_of(user),
        OLD,
        OTHER,
        CLIENT,
    )
    with pytest.raises(Forbidden):
        await held.meanwhile(changing, lambda: reset(container, user, NEW))
    credential = await container.auth.credentials.find_password(user.id)
    assert credential is not None
    assert await container.auth.passwords.verify(NEW, credential.password_hash)


class _Providers:
    """An OpenID provider that confirms one identity."""

    def __init__(self, proven: ProvenIdentity) -> None:
        self.proven = proven

    def get(self, name: str) -> _Providers:  # noqa: ARG002 - the port's
        return self

    async def authorization_url(self, **_: str) -> str:
        return "https://google.test/authorize"

    async def redeem(self, _code: str, **_: str) -> ProvenIdentity:
        return self.proven


@pytest.mark.parametrize("what", ["link", "sign_in"])
async def test_nothing_is_linked_to_an_account_that_is_deleted_while_the_provider_answers(
    container: Container, what: str
) -> None:
    user = await person(container, is_verified=True)
    subject = f"subject of {user.id}"
    proven = ProvenIdentity(
        issuer="https://google.test", subject=subject, email=user.email, is_email_verified=True, name="Mere"
    )
    provider: Any = _Providers(proven)
    held = Held(provider, "redeem")
    provider_source = type("Source", (), {"get": lambda _self, _name: held})()
    oauth = replace(container.oauth, identity_providers=provider_source)
    started = await start_attempt(replace(container.oauth, identity_providers=provider), "google")
    args = ("google", "code", started.state, started.binding, CLIENT)
    slow: Any = link_identity(oauth, caller_of(user), *args) if what == "link" else finish_sign_in(oauth, *args)
    met = await outcome(
        held.meanwhile(slow, lambda: delete_account(container.account_deletion, caller_of(user), CLIENT))
    )
    assert await ways_in(container, user) == 0
    if what == "link":
        assert met is NotFound


async def test_an_application_that_is_approved_while_the_applicant_corrects_it_stays_approved(
    container: Container,
) -> None:
    user = await person(container, onboarding_path="provider")
    user, provider = await apply_as_provider(container.onboarding, caller_of(user), PROFILE, "Tui Gardens")
    held = Held(container.onboarding.geocoder, "locate")
    deps = replace(container.onboarding, geocoder=held)
    after, corrected = await held.meanwhile(
        apply_as_provider(deps, caller_of(user), PROFILE, "Tui Gardening"),
        lambda: approve_provider(container.admin, MODERATOR, provider.id, CLIENT),
    )
    assert (after.provider_status, corrected.status) == (ProviderStatus.APPROVED, ProviderStatus.APPROVED)
    assert corrected.trading_name == "Tui Gardening"


async def test_roles_that_are_taken_away_while_somebody_applies_do_not_come_back(container: Container) -> None:
    boss = await person(container, roles=[Role.USER, Role.SUPER_ADMIN])
    user = await person(container, onboarding_path="provider", roles=[Role.USER, Role.MODERATOR])
    held = Held(container.onboarding.geocoder, "locate")
    deps = replace(container.onboarding, geocoder=held)
    await held.meanwhile(
        apply_as_provider(deps, caller_of(user), PROFILE, "Tui Gardens"),
        lambda: change_staff(container.admin, caller_of(boss), user.id, [], CLIENT),
    )
    assert set((await stored(container, user)).roles) == {Role.USER, Role.PROVIDER}


async def test_a_step_that_was_reached_while_an_address_is_located_is_not_lost(container: Container) -> None:
    user = await person(container)
    held = Held(container.onboarding.geocoder, "locate")
    deps = replace(container.onboarding, geocoder=held)
    further = {"onboarding_status": OnboardingStatus.BILLING_SETUP_COMPLETE}
    await held.meanwhile(
        complete_profile(deps, await signed_in(container, user), PROFILE, CLIENT),
        lambda: container.users.update(user.id, further),
    )
    assert (await stored(container, user)).onboarding_status is OnboardingStatus.BILLING_SETUP_COMPLETE


@pytest.mark.parametrize("what", ["account", "profile", "application", "provider"])
async def test_what_is_written_after_an_address_was_located_does_not_revive_a_deleted_person(
    container: Container, what: str
) -> None:
    user = await person(container, onboarding_path="provider")
    user, provider = await apply_as_provider(container.onboarding, caller_of(user), PROFILE, "Tui Gardens")
    caller = caller_of(user)
    held = Held(container.onboarding.geocoder, "locate")
    onboarding = replace(container.onboarding, geocoder=held)
    providers = replace(container.catalogue, geocoder=lambda: held)
    address = "25 Worcester Street, Christchurch"
    slow: dict[str, Any] = {
        "account": lambda: update_account(onboarding, caller, {"full_name": "Mere Tui", "address": address}),
        "profile": lambda: complete_profile(onboarding, caller, PROFILE, CLIENT),
        "application": lambda: apply_as_provider(onboarding, caller, PROFILE, "Tui Gardens"),
        "provider": lambda: update_profile(providers, provider, {"bio": "Mere Tui", "address": address}, expected=None),
    }
    met = await outcome(
        held.meanwhile(slow[what](), lambda: delete_account(container.account_deletion, caller, CLIENT))
    )
    assert met is NotFound
    rows = [
        await container.mongo.collection("users").find_one({"_id": user.id}),
        await container.mongo.collection("providers").find_one({"_id": provider.id}),
    ]
    assert not any(name in str(rows) for name in ("Mere", "Tui", "Worcester", "Queen Street", "+6421"))


async def test_a_customer_at_stripe_that_is_made_while_its_person_leaves_is_removed(container: Container) -> None:
    user = await person(container)
    gateway = FakePaymentGateway(now=container.clock.now())
    held = Held(gateway, "ensure_customer")
    deps = replace(container.payments, gateway=held)
    with pytest.raises(NotFound):
        await held.meanwhile(
            customer_of_user(deps, user.id), lambda: delete_account(container.account_deletion, caller_of(user), CLIENT)
        )
    assert gateway.deleted_customers == {f"cus_{user.id}"}
    assert (await stored(container, user)).stripe_customer_id is None


@pytest.mark.parametrize("decision", ["approve", "reject"])
async def test_a_moderator_decides_however_busily_the_applicant_edits(container: Container, decision: str) -> None:
    """The moderator has named no version, so that none can be wrong."""
    for number in range(ROUNDS):
        user = await person(container, onboarding_path="provider")
        user, provider = await apply_as_provider(container.onboarding, caller_of(user), PROFILE, "Tui Gardens")
        decide: Any = {
            "approve": lambda at=provider.id: approve_provider(container.admin, MODERATOR, at, CLIENT),
            "reject": lambda at=provider.id: reject_provider(container.admin, MODERATOR, at, CLIENT, "No licence"),
        }[decision]
        edits = (
            container.providers.update(provider.id, {"bio": f"Edit {number}.{each}"}, now=container.clock.now())
            for each in range(3)
        )
        met = await asyncio.gather(outcome(decide()), *(outcome(each) for each in edits))
        assert met == [None] * 4
        found = await container.providers.get(provider.id)
        assert found is not None
        wanted = ProviderStatus.APPROVED if decision == "approve" else ProviderStatus.REJECTED
        assert (found.status, (await stored(container, user)).provider_status) == (wanted, wanted)


@pytest.mark.parametrize("how", ["demote", "suspend"])
async def test_two_super_admins_who_stop_each_other_at_once_leave_one(container: Container, how: str) -> None:
    for _ in range(ROUNDS):
        first, second = [await person(container, roles=[Role.USER, Role.SUPER_ADMIN]) for _ in range(2)]

        async def stop(boss: User, other: User) -> None:
            if how == "demote":
                await change_staff(container.admin, caller_of(boss), other.id, [], CLIENT)
            else:
                await suspend_user(container.admin, caller_of(boss), other.id, CLIENT, "Enough")

        met = await asyncio.gather(outcome(stop(first, second)), outcome(stop(second, first)))
        assert sorted(met, key=str) == sorted([None, Forbidden], key=str)


async def test_two_appointments_of_one_person_at_once_are_one(container: Container) -> None:
    boss = await person(container, roles=[Role.USER, Role.SUPER_ADMIN])
    for _ in range(ROUNDS):
        user = await person(container, is_verified=True)
        met = await asyncio.gather(
            *(
                outcome(appoint_staff(container.admin, caller_of(boss), user.email, [role], CLIENT))
                for role in (Role.MODERATOR, Role.OPERATOR)
            )
        )
        assert sorted(met, key=str) == sorted([None, Conflict], key=str)
        assert len((await stored(container, user)).roles) == 2


async def test_who_has_ceased_to_be_a_super_admin_appoints_nobody(container: Container) -> None:
    boss, user = await person(container, roles=[Role.USER, Role.SUPER_ADMIN]), await person(container, is_verified=True)
    caller = caller_of(boss)
    await container.users.update(boss.id, {"roles": [Role.USER]})
    met = await outcome(appoint_staff(container.admin, caller, user.email, [Role.MODERATOR], CLIENT))
    assert (met, (await stored(container, user)).roles) == (Forbidden, [Role.USER])


class Earlier:
    """Stands before a repository; what is read by ``get`` is followed by something else before it is answered."""

    def __init__(self, inner: Any, then: Callable[[], Awaitable[object]]) -> None:
        self._inner, self._then = inner, then
        self.is_over = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def get(self, row_id: str) -> Any:
        row = await self._inner.get(row_id)
        if not self.is_over.is_set():
            await self._then()
            self.is_over.set()
        return row


class Later:
    """Stands before the accounts; ``advance`` writes after something else has happened."""

    def __init__(self, inner: Any, is_over: asyncio.Event) -> None:
        self._inner, self._is_over = inner, is_over

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def advance(self, *args: Any, **kwargs: Any) -> Any:
        await self._is_over.wait()
        return await self._inner.advance(*args, **kwargs)


async def test_a_profile_gives_no_tokens_of_a_sign_in_that_ended_after_it_was_read(container: Container) -> None:
    user = await person(container)
    caller = replace(await signed_in(container, user), epoch=user.session_epoch)
    sessions = Earlier(container.auth.sessions, lambda: log_out_everywhere(container.auth, caller, CLIENT))
    deps = replace(container.onboarding, sessions=sessions, users=Later(container.users, sessions.is_over))
    assert await outcome(complete_profile(deps, caller, PROFILE, CLIENT)) is Unauthenticated
    assert (await stored(container, user)).session_epoch == user.session_epoch + 1
