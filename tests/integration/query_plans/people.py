"""Calls of identity's repositories."""

from __future__ import annotations

from typing import Any

from common.adapters.mongo.identity.credentials import MongoCredentials
from common.adapters.mongo.identity.factor_challenges import MongoFactorChallenges
from common.adapters.mongo.identity.factors import MongoFactors
from common.adapters.mongo.identity.mail_tokens import MongoMailTokens
from common.adapters.mongo.identity.people_search import MongoPeopleSearch
from common.adapters.mongo.identity.principals import MongoPrincipals
from common.adapters.mongo.identity.registrations import MongoRegistrations
from common.adapters.mongo.identity.security_events import MongoSecurityLog
from common.adapters.mongo.identity.sessions import MongoSessions
from common.adapters.mongo.identity.sign_in_attempts import MongoSignInAttempts
from common.adapters.mongo.identity.sign_in_guard import MongoSignInGuard
from common.adapters.mongo.identity.signing_keys import MongoSigningKeys
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
from common.adapters.privacy.activity import MongoActivities
from common.adapters.privacy.export import MongoPersonalExport
from common.adapters.privacy.personal_data import MongoPersonalData
from common.application.ports.identity.oauth import SignInAttempt
from common.application.ports.identity.security_log import LogQuery
from common.domain.bookings.booking import ActorKind
from common.domain.identity.credentials import ExternalIdentity
from common.domain.identity.factors import ChallengePurpose, Factor, FactorChallenge, FactorKind
from common.domain.identity.mailed_codes import MailPurpose, MailToken
from common.domain.identity.people_search import stages_of
from common.domain.identity.registrations import Registration
from common.domain.identity.security_events import SecurityEvent, SecurityEventType
from common.domain.identity.sessions import RefreshToken, Session
from common.domain.identity.users import OnboardingStatus
from common.runtime.container.bootstrap import Container

from tests.factories.users import make_user
from tests.integration.query_plans.calls import BOOKING, CUSTOMER, LATER, NOW, PROVIDER, Calls

_PURPOSES = list(MailPurpose)
_CHALLENGES = list(ChallengePurpose)
_GOOGLE = ExternalIdentity(issuer="https://google.test", subject="1", provider="google")
_TIMES: dict[str, Any] = {"created_at": NOW, "expires_at": LATER}


def _session(session_id: str = "ses_1") -> Session:
    return Session(
        id=session_id, user_id=CUSTOMER, method="password", ip="::1", user_agent="", last_used_at=NOW, **_TIMES
    )


def _token(token_id: str = "rt_1") -> RefreshToken:  # noqa: S107 - an id
    return RefreshToken(id=token_id, session_id="ses_1", user_id=CUSTOMER, **_TIMES)


_MAIL_TOKEN = MailToken(
    id="mt_1", purpose=MailPurpose.SIGN_IN, email="a@example.com", email_key="a@example.com", event_id="e_1", **_TIMES
)
_FACTOR = Factor(id="fac_1", user_id=CUSTOMER, kind=FactorKind.TOTP, name="App", created_at=NOW, confirmed_at=NOW)


async def _sign_in_again(c: Container) -> None:
    await MongoSessions(c.mongo).open(_session("ses_2"), _token("rt_2"))
    await MongoSessions(c.mongo).revoke("ses_2", "ended", NOW)


async def _read_log(c: Container, query: LogQuery, *, before: str | None = None) -> None:
    await MongoSecurityLog(c.mongo).search(query, limit=20, before=before)


async def _search(
    c: Container, text: str, after: tuple[int, str] | None = None, *, is_active: bool | None = None
) -> None:
    await MongoPeopleSearch(c.mongo).search(stages_of(text), is_active=is_active, limit=20, after=after)


async def _close(c: Container) -> None:
    await MongoUnitOfWork(c.mongo).run(lambda: MongoPersonalData(c.mongo).close(CUSTOMER, PROVIDER, NOW))


CALLS: Calls = {
    "MongoUsers.get": lambda c: c.users.get(CUSTOMER),
    "MongoUsers.find_by_email_key": lambda c: c.users.find_by_email_key("a@example.com"),
    "MongoUsers.insert": lambda c: c.users.insert(make_user()),
    "MongoUsers.find_or_insert": lambda c: c.users.find_or_insert(make_user()),
    "MongoUsers.update": lambda c: c.users.update(CUSTOMER, {"full_name": "Aroha"}, end_sessions=True),
    "MongoUsers.advance": lambda c: c.users.advance(
        CUSTOMER, {"full_name": "Aroha"}, step=OnboardingStatus.NOT_STARTED, next_step=OnboardingStatus.BASIC_COMPLETE
    ),
    "MongoUsers.touch": lambda c: c.users.touch(CUSTOMER),
    "MongoUsers.end_access": lambda c: c.users.end_access(CUSTOMER, ["ses_1"], NOW),
    "MongoUsers.list_newest": lambda c: c.users.list_newest(is_active=None, limit=20, before=None),
    "MongoUsers.list_newest: active": lambda c: c.users.list_newest(is_active=False, limit=20, before="usr_5"),
    "MongoPeopleSearch.search": lambda c: _search(c, "usr"),
    "MongoPeopleSearch.search: later": lambda c: _search(c, "usr", (0, "usr_5"), is_active=True),
    "MongoPeopleSearch.search: later, by name": lambda c: _search(c, "me", (1, "usr_5")),
    "MongoPeopleSearch.search: later, by last name": lambda c: _search(c, "me", (2, "usr_5")),
    "MongoPeopleSearch.search: id": lambda c: _search(c, f"usr_{'0' * 26}"),
    "MongoPeopleSearch.search: number": lambda c: _search(c, "021 12", (0, "usr_5")),
    "MongoUsers.list_staff": lambda c: c.users.list_staff(limit=20, before="usr_5"),
    "MongoPrincipals.get_account": lambda c: MongoPrincipals(c.mongo).get_account(
        CUSTOMER, session_id="ses_1", epoch=0
    ),
    "MongoPrincipals.get": lambda c: MongoPrincipals(c.mongo).get(CUSTOMER, session_id="ses_1", epoch=0),
    "MongoCredentials.set_password": lambda c: MongoCredentials(c.mongo).set_password(CUSTOMER, "hash", NOW),
    "MongoCredentials.find_password": lambda c: MongoCredentials(c.mongo).find_password(CUSTOMER),
    "MongoCredentials.link": lambda c: MongoCredentials(c.mongo).link(CUSTOMER, _GOOGLE, NOW),
    "MongoCredentials.find_owner": lambda c: MongoCredentials(c.mongo).find_owner("https://google.test", "1"),
    "MongoCredentials.list_identities": lambda c: MongoCredentials(c.mongo).list_identities(CUSTOMER),
    "MongoCredentials.unlink": lambda c: MongoCredentials(c.mongo).unlink(CUSTOMER, "google"),
    "MongoCredentials.unlink_all": lambda c: MongoCredentials(c.mongo).unlink_all(CUSTOMER),
    "MongoCredentials.delete_by_user": lambda c: MongoCredentials(c.mongo).delete_by_user(CUSTOMER),
    "MongoSessions.open": lambda c: MongoSessions(c.mongo).open(_session(), _token()),
    "MongoSessions.get": lambda c: MongoSessions(c.mongo).get("ses_1"),
    "MongoSessions.list_live": lambda c: MongoSessions(c.mongo).list_live(CUSTOMER, NOW, limit=20),
    "MongoSessions.list_live: later": lambda c: MongoSessions(c.mongo).list_live(
        CUSTOMER, NOW, limit=20, after=(NOW, "ses_9")
    ),
    "MongoSessions.standing": lambda c: MongoSessions(c.mongo).standing(
        CUSTOMER, ip="::2", user_agent="x", device_hash="d"
    ),
    "MongoSessions.knows_device": lambda c: MongoSessions(c.mongo).knows_device(CUSTOMER, "d"),
    "MongoSessions.remember_proof": lambda c: MongoSessions(c.mongo).remember_proof(_session("ses_3")),
    "MongoSessions.find_token": lambda c: MongoSessions(c.mongo).find_token("rt_1"),
    "MongoSessions.use_token": lambda c: MongoSessions(c.mongo).use_token("rt_1", "sealed", NOW),
    "MongoSessions.insert_token": lambda c: MongoSessions(c.mongo).insert_token(_token("rt_3")),
    "MongoSessions.touch": lambda c: MongoSessions(c.mongo).touch("ses_1", NOW),
    "MongoSessions.reauthenticate": lambda c: MongoSessions(c.mongo).reauthenticate("ses_1", ["pwd"], NOW),
    "MongoSessions.revoke": _sign_in_again,
    "MongoSessions.revoke_others": lambda c: MongoSessions(c.mongo).revoke_others(CUSTOMER, "ended", NOW, but="ses_9"),
    "MongoSessions.revoke_others: method": lambda c: MongoSessions(c.mongo).revoke_others(
        CUSTOMER, "ended", NOW, but="ses_9", method="google"
    ),
    "MongoSessions.revoke_by_user": lambda c: MongoSessions(c.mongo).revoke_by_user(CUSTOMER, "ended", NOW),
    "MongoSignInAttempts.insert": lambda c: MongoSignInAttempts(c.mongo).insert(
        SignInAttempt(id="sia_1", provider="google", binding_hash="b", redirect_uri="https://web.test", **_TIMES)
    ),
    "MongoSignInAttempts.take": lambda c: MongoSignInAttempts(c.mongo).take("sia_1", NOW),
    "MongoSignInGuard.begin_try": lambda c: MongoSignInGuard(c.mongo).begin_try({"a": 5, "b": 5}, NOW),
    "MongoSignInGuard.clear": lambda c: MongoSignInGuard(c.mongo).clear(["a", "b"]),
    "MongoRegistrations.insert": lambda c: MongoRegistrations(c.mongo).insert(
        Registration(id="reg_1", email="a@example.com", email_key="a@example.com", **_TIMES)
    ),
    "MongoRegistrations.get": lambda c: MongoRegistrations(c.mongo).get("reg_1"),
    "MongoRegistrations.list_by_address": lambda c: MongoRegistrations(c.mongo).list_by_address("a@example.com", NOW),
    "MongoRegistrations.delete_by_address": lambda c: MongoRegistrations(c.mongo).delete_by_address("a@example.com"),
    "MongoMailTokens.insert": lambda c: MongoMailTokens(c.mongo).insert(_MAIL_TOKEN),
    "MongoMailTokens.take": lambda c: MongoMailTokens(c.mongo).take("mt_1", _PURPOSES, NOW),
    "MongoMailTokens.delete_by_address": lambda c: MongoMailTokens(c.mongo).delete_by_address("a@example.com"),
    "MongoMailTokens.delete_by_user": lambda c: MongoMailTokens(c.mongo).delete_by_user(CUSTOMER),
    "MongoFactors.insert": lambda c: MongoFactors(c.mongo).insert(_FACTOR),
    "MongoFactors.list_confirmed": lambda c: MongoFactors(c.mongo).list_confirmed(CUSTOMER),
    "MongoFactors.get": lambda c: MongoFactors(c.mongo).get(CUSTOMER, "fac_1"),
    "MongoFactors.find_passkey": lambda c: MongoFactors(c.mongo).find_passkey("key_1"),
    "MongoFactors.confirm": lambda c: MongoFactors(c.mongo).confirm(_FACTOR),
    "MongoFactors.use": lambda c: MongoFactors(c.mongo).use(_FACTOR, NOW, step=2),
    "MongoFactors.delete": lambda c: MongoFactors(c.mongo).delete(CUSTOMER, "fac_1"),
    "MongoFactors.replace_recovery_codes": lambda c: MongoFactors(c.mongo).replace_recovery_codes(CUSTOMER, ["d"], NOW),
    "MongoFactors.count_recovery_codes": lambda c: MongoFactors(c.mongo).count_recovery_codes(CUSTOMER),
    "MongoFactors.use_recovery_code": lambda c: MongoFactors(c.mongo).use_recovery_code(CUSTOMER, "d"),
    "MongoFactors.replace_recovery_codes: none": lambda c: MongoFactors(c.mongo).replace_recovery_codes(
        CUSTOMER, [], NOW
    ),
    "MongoFactors.delete_by_user": lambda c: MongoFactors(c.mongo).delete_by_user(CUSTOMER),
    "MongoFactorChallenges.insert": lambda c: MongoFactorChallenges(c.mongo).insert(
        FactorChallenge(id="fch_1", purpose=ChallengePurpose.SIGN_IN, **_TIMES)
    ),
    "MongoFactorChallenges.get": lambda c: MongoFactorChallenges(c.mongo).get("fch_1", _CHALLENGES, NOW),
    "MongoFactorChallenges.set_nonce": lambda c: MongoFactorChallenges(c.mongo).set_nonce("fch_1", "n"),
    "MongoFactorChallenges.take_nonce": lambda c: MongoFactorChallenges(c.mongo).take_nonce("fch_1"),
    "MongoFactorChallenges.take": lambda c: MongoFactorChallenges(c.mongo).take("fch_1"),
    "MongoSecurityLog.insert": lambda c: MongoSecurityLog(c.mongo).insert(
        SecurityEvent(id="sev_1", type=SecurityEventType.SIGNED_IN, user_id=CUSTOMER, at=NOW)
    ),
    "MongoSecurityLog.search": lambda c: _read_log(c, LogQuery(), before="sev_9"),
    "MongoSecurityLog.search: user": lambda c: _read_log(c, LogQuery(user_id=CUSTOMER), before="sev_9"),
    "MongoSecurityLog.search: type": lambda c: _read_log(c, LogQuery(type=SecurityEventType.SIGNED_IN)),
    "MongoSecurityLog.search: user and type": lambda c: _read_log(
        c, LogQuery(user_id=CUSTOMER, type=SecurityEventType.SIGNED_IN)
    ),
    "MongoSecurityLog.search: actor": lambda c: _read_log(c, LogQuery(actor_id="usr_10", since=NOW, until=LATER)),
    "MongoSecurityLog.search: subject": lambda c: _read_log(c, LogQuery(subject="rpt_1"), before="sev_9"),
    "MongoActivities.list_by_account": lambda c: MongoActivities(c.mongo).list_by_account(
        CUSTOMER, PROVIDER, limit=20, before=None
    ),
    "MongoActivities.list_by_account: later": lambda c: MongoActivities(c.mongo).list_by_account(
        CUSTOMER, PROVIDER, limit=20, before="cmt_9"
    ),
    "MongoSigningKeys.publish": lambda c: MongoSigningKeys(c.mongo).publish(
        "k", c.token_issuer.keys[0].public_jwk(), NOW
    ),
    "MongoSigningKeys.get": lambda c: MongoSigningKeys(c.mongo).get("unknown"),
    "MongoSigningKeys.all": lambda c: MongoSigningKeys(c.mongo).all(),
    "MongoSigningKeys.refresh": lambda c: MongoSigningKeys(c.mongo).refresh(),
    "MongoPersonalExport.collect": lambda c: MongoPersonalExport(c.mongo).collect(
        CUSTOMER, PROVIDER, most_bytes=10_000_000
    ),
    "MongoPersonalData.open_matters": lambda c: MongoPersonalData(c.mongo).open_matters(CUSTOMER, PROVIDER, limit=20),
    "MongoPersonalData.erase_mentions": lambda c: MongoPersonalData(c.mongo).erase_mentions([BOOKING], [CUSTOMER]),
    "MongoPersonalData.erase_reasons": lambda c: MongoPersonalData(c.mongo).erase_reasons([BOOKING], "cancel_reason"),
    "MongoPersonalData.erase_notes": lambda c: MongoPersonalData(c.mongo).erase_notes(
        [BOOKING], ActorKind.CUSTOMER, {"cancel": "Cancelled."}
    ),
    "MongoPersonalData.close": _close,
    "MongoPersonalData.erase": lambda c: MongoPersonalData(c.mongo).erase(CUSTOMER, PROVIDER, has_time=lambda: True),
}
