"""Making, editing, withdrawing and claiming reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.application.reports.access import Viewer, find_own, name_of, require_author
from common.application.reports.committing import commit, decide
from common.application.reports.deps import ReportDeps
from common.domain.identity.roles import Principal
from common.domain.media.drafts import draft_owner
from common.domain.media.media import Media, Purpose
from common.domain.media.photos import Photo
from common.domain.reports import state_machine
from common.domain.reports.categories import ReportCategory
from common.domain.reports.report import (
    OF_REPORT,
    REPORT_PREFIX,
    Actor,
    ActorKind,
    Report,
    ReportChange,
    ReportPlace,
    ReportStatus,
    Verification,
)
from common.domain.shared.errors import Conflict, Forbidden, VersionConflict
from common.domain.shared.geo import Point
from common.domain.shared.geohash import geohash
from common.domain.shared.ids import new_id
from common.domain.shared.opaque_tokens import digest, new_token

#: Reports that a suggestion names at most.
_MOST_SIMILAR = 5
_FIELD = "media_ids"


@dataclass(frozen=True)
class NewReport:
    """What somebody reports.

    Args:
        title: one line.
        description: more of it.
        category: what it is about.
        place: where.
        media_ids: 1 to 5 photographs, uploaded for reports.
        shows_name: whether the author wants to be named.
        draft_token: of the draft that the photographs belong to, where they were uploaded without an account.
    """

    title: str
    description: str
    category: ReportCategory
    place: ReportPlace
    media_ids: Sequence[str]
    shows_name: bool = False
    draft_token: str | None = None


@dataclass(frozen=True)
class Made:
    """A report that was made; ``edit_token`` opens it for an author without an account, and is told this once."""

    report: Report
    edit_token: str | None


async def create_report(deps: ReportDeps, viewer: Viewer, new: NewReport) -> Made:
    """Report something broken. Only its author sees it until it is verified.

    Raises:
        InvalidInput: a photograph cannot be used (as ``Attachments.attach``).
        NotFound: the account has been deleted.
    """
    now, user_id = deps.clock.now(), viewer.user_id
    report_id = new_id(REPORT_PREFIX, now)
    target = f"{OF_REPORT}{report_id}"
    owner_id = draft_owner(new.draft_token) if new.draft_token else user_id or ""
    used = await deps.attachments.find_usable(
        new.media_ids, owner_id=owner_id, purpose=Purpose.REPORT, target=target, field=_FIELD
    )
    edit_token = new_token() if user_id is None else None
    report = Report(
        id=report_id,
        status=ReportStatus.PENDING_VERIFICATION,
        author_id=user_id,
        author_name=await name_of(deps, viewer.principal) if new.shows_name else None,
        secret_hash=digest(edit_token) if edit_token else None,
        title=new.title,
        description=new.description,
        category=new.category,
        place=new.place,
        geohash=geohash(Point(new.place.lat, new.place.lng)),
        photos=[Photo.of(media) for media in used],
        similar_ids=await find_similar(deps, used),
        verification=Verification(since=now),
        status_since=now,
        created_at=now,
        updated_at=now,
    )
    actor = Actor(kind=ActorKind.AUTHOR, id=user_id)
    change = state_machine.create(report, actor, deps.settings)

    async def attach() -> None:
        if user_id is not None:
            await deps.users.touch(user_id)
        await _attach(deps, report, new.media_ids, owner_id)
        if user_id is not None and new.draft_token:
            await deps.attachments.give(new.media_ids, target=target, owner_id=user_id, now=now)

    return Made(await commit(deps, change, actor, also=attach), edit_token)


async def renew_edit_token(deps: ReportDeps, report_id: str) -> str | None:
    """Another edit token for a report whose first answer may have been lost; the first one opens it no more.

    Returns:
        ``None`` where the report needs none any more.
    """
    report = await deps.reports.get(report_id)
    if report is None or report.secret_hash is None:
        return None
    token = new_token()
    await deps.reports.renew_secret(report_id, report.secret_hash, digest(token))
    return token


async def edit_report(
    deps: ReportDeps,
    viewer: Viewer,
    report_id: str,
    fields: Mapping[str, Any],
    *,
    draft_token: str | None = None,
    expected_version: int | None = None,
) -> Report:
    """Change what the author has written; what is not named stays.

    Args:
        deps: ports.
        viewer: the author.
        report_id: which.
        fields: of ``title``, ``description``, ``category``, ``place`` (of which fields what changes), ``media_ids``,
            ``shows_name``, what changes.
        draft_token: of the draft that new photographs belong to, where they were uploaded without an account.
        expected_version: what the author has seen.

    Raises:
        Unauthenticated, NotFound, Forbidden: as ``find_own``.
        ActionNotAvailable: it is worked on already, or out of sight.
        InvalidInput: a photograph cannot be used.
        VersionConflict: the report has another version than the author has seen.
    """
    report, author = await find_own(deps, viewer, report_id)
    if not fields:
        return report
    given = dict(fields)
    name = await name_of(deps, viewer.principal) if given.pop("shows_name", False) else None
    is_named = fields.get("shows_name")
    media_ids: Sequence[str] | None = given.pop("media_ids", None)
    added = [each for each in media_ids or () if each not in report.media_ids]
    owner_id = draft_owner(draft_token) if draft_token else viewer.user_id or ""
    used = await deps.attachments.find_usable(
        added, owner_id=owner_id, purpose=Purpose.REPORT, target=report.target, field=_FIELD
    )
    fresh = {media.id: Photo.of(media) for media in used}

    async def make(current: Report) -> ReportChange:
        require_author(viewer, current)
        known = {photo.media_id: photo for photo in current.photos} | fresh
        if media_ids is not None and not all(each in known for each in media_ids):
            raise VersionConflict("Its photos have just changed. Read it again.", extra={"version": current.version})
        edited = state_machine.Edited(
            title=given.get("title", current.title),
            description=given.get("description", current.description),
            category=given.get("category", current.category),
            place=(place := current.place.model_copy(update=given.get("place"))),
            geohash=geohash(Point(place.lat, place.lng)),
            photos=current.photos if media_ids is None else [known[each] for each in media_ids],
            author_name=current.author_name if is_named is None else name,
        )
        return state_machine.perform(current, "edit", author, edited, deps.clock.now(), deps.settings)

    async def attach(before: Report, change: ReportChange) -> None:
        now, shown = deps.clock.now(), set(change.report.media_ids)
        await _attach(deps, change.report, added, owner_id)
        if viewer.user_id is not None and draft_token:
            await deps.attachments.give(added, target=report.target, owner_id=viewer.user_id, now=now)
        gone = [each for each in before.media_ids if each not in shown]
        await deps.attachments.detach(gone, target=report.target, now=now)

    return await decide(deps, report, author, make, also=attach, expected_version=expected_version)


async def withdraw_report(
    deps: ReportDeps, viewer: Viewer, report_id: str, *, expected_version: int | None = None
) -> None:
    """Take a report back; its photographs are removed.

    Raises:
        Unauthenticated, NotFound, Forbidden: as ``find_own``.
        VersionConflict: the report has another version than the author has seen.
    """
    report, author = await find_own(deps, viewer, report_id)

    async def make(current: Report) -> ReportChange:
        require_author(viewer, current)
        return state_machine.perform(current, "withdraw", author, None, deps.clock.now(), deps.settings)

    async def detach(before: Report, _: ReportChange) -> None:
        await deps.attachments.detach(before.media_ids, target=before.target, now=deps.clock.now())

    await decide(deps, report, author, make, also=detach, expected_version=expected_version)


async def claim_report(
    deps: ReportDeps, principal: Principal, report_id: str, edit_token: str, *, shows_name: bool
) -> Report:
    """Give an anonymous report to its author's account; the photographs go with it.

    Raises:
        NotFound: there is none, or the token does not open it and it is not public.
        Forbidden: the token does not open it.
        Conflict: it has an account already (``already_claimed``).
    """
    viewer = Viewer(edit_token=edit_token)
    known = await deps.reports.get(report_id)
    if known is not None and known.is_by(principal.user_id):
        raise Conflict("This report is yours already.", code="already_claimed")
    if known is not None and known.is_public and known.secret_hash is None:
        raise Forbidden("This report is somebody else's.")
    report, author = await find_own(deps, viewer, report_id)
    name = await name_of(deps, principal) if shows_name else None

    async def make(current: Report) -> ReportChange:
        given = state_machine.NewAuthor(author_id=principal.user_id, author_name=name)
        return state_machine.perform(current, "claim", author, given, deps.clock.now(), deps.settings)

    async def give(_: Report, change: ReportChange) -> None:
        await deps.users.touch(principal.user_id)
        media_ids, now = change.report.media_ids, deps.clock.now()
        await deps.attachments.give(media_ids, target=report.target, owner_id=principal.user_id, now=now)

    return await decide(deps, report, author, make, also=give)


async def find_similar(deps: ReportDeps, photographs: Sequence[Media]) -> list[str]:
    """Public reports whose photographs look the same as these: a suggestion, never a refusal."""
    alike = list(dict.fromkeys(each.media_id for media in photographs for each in media.alike))
    others = await deps.attachments.find_many(alike)
    targets = [others[each].attached_to or "" for each in alike if each in others]
    found = list(dict.fromkeys(each.removeprefix(OF_REPORT) for each in targets if each.startswith(OF_REPORT)))
    reports = await deps.reports.get_many(found[:_MOST_SIMILAR])
    return [each for each in found if each in reports and reports[each].is_public]


async def _attach(deps: ReportDeps, report: Report, media_ids: Sequence[str], owner_id: str) -> None:
    await deps.attachments.attach(
        media_ids,
        owner_id=owner_id,
        purpose=Purpose.REPORT,
        target=report.target,
        now=report.updated_at,
        field=_FIELD,
    )
