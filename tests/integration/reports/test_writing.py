"""Making, reading back, editing, withdrawing and claiming reports, with and without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from common.domain.media.drafts import draft_owner
from common.domain.media.media import Likeness

from tests.integration.reports.conftest import URL

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from common.domain.reports.report import Report

    from tests.integration.reports.conftest import ReportWorld


async def test_a_report_is_there_for_its_author_alone_until_it_is_verified(world: ReportWorld) -> None:
    made = await world.report()

    assert (made["status"], made["is_own"], made["edit_token"]) == ("pending_verification", True, None)
    assert made["photos"][0]["urls"]["full"].startswith("http://bucket.test/"), "an address that ends"
    assert (await world.get(made["id"])).status_code == 404
    assert (await world.get(made["id"], world.other)).status_code == 404
    mine = await world.get(made["id"], world.headers)
    assert mine.headers["cache-control"] == "private, no-cache"
    assert mine.json()["title"] == made["title"]
    listed = (await world.client.get(f"{URL}/mine", headers=world.headers)).json()["items"]
    assert [each["id"] for each in listed] == [made["id"]]
    assert (await world.client.get(URL)).json()["items"] == []
    assert "report.verification_requested" in world.publisher.types()


async def test_a_public_report_names_nobody_and_shows_photos_by_addresses_that_do_not_end(world: ReportWorld) -> None:
    made = await world.published()

    shown = await world.get(made["id"])

    assert shown.headers["cache-control"].startswith("public, max-age=900")
    view = shown.json()
    assert (view["author_name"], view["is_own"], view["available_actions"]) == (None, False, [])
    assert world.author.id not in shown.text
    url = view["photos"][0]["urls"]["small"]
    assert url == f"http://api.test{URL}/{made['id']}/photos/{view['photos'][0]['media_id']}?size=small"
    leads = await world.client.get(url)
    assert leads.status_code == 302
    assert leads.headers["location"].endswith("/small.webp")
    await world.set_status(made["id"], "hidden", reason="It shows a face.")
    assert (await world.client.get(url)).status_code == 404
    assert (await world.get(made["id"])).status_code == 404


async def test_an_author_may_be_named(world: ReportWorld) -> None:
    made = await world.published(show_name=True)
    assert (await world.get(made["id"])).json()["author_name"] == "Aroha Ngata"

    unnamed = await world.client.patch(f"{URL}/{made['id']}", json={"show_name": False}, headers=world.headers)

    assert unnamed.status_code == 200
    assert (unnamed.json()["author_name"], unnamed.json()["status"]) == (None, "verified")


async def test_without_an_account_the_edit_token_opens_the_report(world: ReportWorld) -> None:
    made = await world.report_anonymously()
    token = {"X-Edit-Token": made["edit_token"]}

    assert (await world.get(made["id"])).status_code == 404
    assert (await world.get(made["id"], {"X-Edit-Token": "wrong"})).status_code == 404
    assert (await world.get(made["id"], token)).json()["is_own"]
    for part in ("", "/timeline"):
        by_query = await world.client.get(f"{URL}/{made['id']}{part}?edit_token={made['edit_token']}")
        assert (by_query.status_code, by_query.headers["cache-control"]) == (200, "private, no-cache")
    stored = await world.container.mongo.collection("reports").find_one({"_id": made["id"]})
    assert made["edit_token"] not in str(stored)

    path = f"{URL}/{made['id']}"
    assert (await world.client.patch(path, json={"title": "Two potholes"})).status_code == 401
    assert (await world.client.patch(path, json={"title": "Two potholes", "edit_token": "wrong"})).status_code == 404
    changed = await world.client.patch(path, json={"title": "Two potholes", "edit_token": made["edit_token"]})
    assert changed.json()["title"] == "Two potholes"
    assert (await world.client.delete(path, headers=token)).status_code == 204
    assert (await world.get(made["id"], token)).status_code == 404


async def test_a_repeated_request_gets_the_same_report_and_a_token_that_works(world: ReportWorld) -> None:
    draft = "a-draft-token-that-is-long-enough-2"
    body = world.body(await world.photo(draft_owner(draft)), draft_token=draft)
    key = {"Idempotency-Key": "report-once"}
    first = (await world.client.post(URL, json=body, headers=key)).json()

    again = await world.client.post(URL, json=body, headers=key)

    assert again.headers["idempotent-replayed"] == "true"
    assert again.json()["id"] == first["id"]
    token = again.json()["edit_token"]
    assert (await world.get(first["id"], {"X-Edit-Token": token})).status_code == 200
    kept = await world.container.mongo.collection("idempotency_keys").find({}).to_list()
    assert first["edit_token"] not in str(kept)


async def test_the_token_may_come_in_the_body_of_a_withdrawal(world: ReportWorld) -> None:
    made = await world.report_anonymously()

    for token, status in (("wrong", 404), (None, 401), (made["edit_token"], 204)):
        answer = await world.client.request("DELETE", f"{URL}/{made['id']}", json={"edit_token": token})
        assert answer.status_code == status


async def test_an_answer_is_repeated_to_nobody_without_the_token(world: ReportWorld) -> None:
    made = await world.report_anonymously()
    path, body, key = f"{URL}/{made['id']}", {"title": "Two potholes"}, {"Idempotency-Key": "edit-once"}
    token = {"X-Edit-Token": made["edit_token"]}
    asked = [token, token, {"X-Edit-Token": "wrong"}, {}]

    answers = [await world.client.patch(path, json=body, headers={**key, **each}) for each in asked]

    assert [each.status_code for each in answers] == [200, 200, 404, 401]
    assert answers[1].headers["idempotent-replayed"] == "true"


async def test_who_signs_in_claims_what_they_reported_and_the_token_opens_it_no_more(world: ReportWorld) -> None:
    made = await world.report_anonymously()
    path = f"{URL}/{made['id']}/claim"
    assert (await world.client.post(path, json={"edit_token": "wrong"}, headers=world.headers)).status_code == 404

    claimed = await world.client.post(path, json={"edit_token": made["edit_token"]}, headers=world.headers)

    assert claimed.status_code == 200
    assert claimed.json()["is_own"]
    assert (await world.get(made["id"], {"X-Edit-Token": made["edit_token"]})).status_code == 404
    photo = await world.container.media_repository.get(made["photos"][0]["media_id"])
    assert photo is not None
    assert photo.owner_id == world.author.id
    again = await world.client.post(path, json={"edit_token": made["edit_token"]}, headers=world.headers)
    assert (again.status_code, again.json()["code"]) == (409, "already_claimed")
    others = await world.client.post(path, json={"edit_token": made["edit_token"]}, headers=world.other)
    assert others.status_code == 404


async def test_photos_of_a_draft_go_with_an_account(world: ReportWorld) -> None:
    draft = "a-draft-token-that-is-long-enough-3"
    photo = await world.photo(draft_owner(draft))
    stolen = await world.client.post(URL, json=world.body(photo), headers=world.headers)
    assert stolen.json()["errors"][0]["code"] == "unknown_media"

    made = await world.client.post(URL, json=world.body(photo, draft_token=draft), headers=world.headers)

    assert made.status_code == 201
    kept = await world.container.media_repository.get(photo)
    assert kept is not None
    assert (kept.owner_id, kept.attached_to) == (world.author.id, f"report:{made.json()['id']}")


async def test_photos_are_exchanged_and_what_is_let_go_is_removed(world: ReportWorld) -> None:
    made = await world.report()
    (before,) = [each["media_id"] for each in made["photos"]]
    after = await world.photo()

    changed = await world.client.patch(f"{URL}/{made['id']}", json={"media_ids": [after]}, headers=world.headers)

    assert [each["media_id"] for each in changed.json()["photos"]] == [after]
    states = {each: await world.container.media_repository.get(each) for each in (before, after)}
    assert {key: media.attached_to for key, media in states.items() if media} == {
        before: None,
        after: f"report:{made['id']}",
    }
    used = await world.client.post(URL, json=world.body(after), headers=world.headers)
    assert used.json()["errors"][0]["code"] == "media_in_use"


async def test_what_people_edit_is_verified_anew_and_what_is_worked_on_stays(world: ReportWorld) -> None:
    made = await world.published()
    path = f"{URL}/{made['id']}"
    place = {"location": {"lat": -36.9, "lng": 174.8}, "address": None}

    moved = (await world.client.patch(path, json=place, headers=world.headers)).json()

    assert (moved["status"], moved["location"], moved["address"]) == (
        "pending_verification",
        {"lat": -36.9, "lng": 174.8},
        "",
    )
    await world.set_status(made["id"], "verified")
    await world.set_status(made["id"], "acknowledged")
    refused = await world.client.patch(path, json={"title": "Something else"}, headers=world.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "action_not_available")
    assert refused.json()["report_status"] == "acknowledged"
    others = await world.client.patch(path, json={"title": "Something else"}, headers=world.other)
    assert others.status_code == 403


async def test_an_edit_of_what_has_changed_is_refused(world: ReportWorld) -> None:
    made = await world.published()
    tag = (await world.get(made["id"], world.headers)).headers["etag"]
    path = f"{URL}/{made['id']}"
    body = {"title": "Two potholes"}
    assert (await world.client.patch(path, json=body, headers={**world.headers, "If-Match": tag})).status_code == 200

    stale = await world.client.patch(path, json=body, headers={**world.headers, "If-Match": tag})

    assert stale.status_code == 412


async def overtaken(world: ReportWorld, mine: Awaitable[Any], theirs: Awaitable[Any]) -> tuple[Any, Any]:
    """The answers to a request, and to another one that is worked on after the first has read the report."""
    reports = world.container.reports.reports
    read, others = reports.get, []

    async def get_then_wait(report_id: str) -> Report | None:
        found = await read(report_id)
        reports.get = read  # type: ignore[method-assign]
        others.append(await theirs)
        return found

    reports.get = get_then_wait  # type: ignore[method-assign]
    return await mine, others[0]


async def test_of_two_edits_at_once_both_stay(world: ReportWorld) -> None:
    path = f"{URL}/{(await world.report())['id']}"
    address = world.client.patch(path, json={"address": "2 Queen Street"}, headers=world.headers)
    moved = world.client.patch(path, json={"location": {"lat": -36.9, "lng": 174.8}}, headers=world.headers)

    await overtaken(world, address, moved)

    seen = (await world.client.get(path, headers=world.headers)).json()
    assert (seen["address"], seen["location"]) == ("2 Queen Street", {"lat": -36.9, "lng": 174.8})


async def test_a_token_edits_nothing_that_has_just_been_claimed(world: ReportWorld) -> None:
    made = await world.report_anonymously()
    path, token = f"{URL}/{made['id']}", {"edit_token": made["edit_token"]}
    edit = world.client.patch(path, json={"title": "Not yours", **token})
    claim = world.client.post(f"{path}/claim", json=token, headers=world.headers)

    edited, claimed = await overtaken(world, edit, claim)

    assert (edited.status_code, claimed.status_code) == (404, 200)
    assert (await world.get(made["id"], world.headers)).json()["title"] == made["title"]


async def test_a_photo_that_was_just_added_goes_with_the_report(world: ReportWorld) -> None:
    path, photo = f"{URL}/{(await world.report())['id']}", await world.photo()
    added = world.client.patch(path, json={"media_ids": [photo]}, headers=world.headers)

    withdrawn, _ = await overtaken(world, world.client.delete(path, headers=world.headers), added)

    kept = await world.container.media_repository.get(photo)
    assert kept is not None
    assert (withdrawn.status_code, kept.attached_to) == (204, None)


async def test_the_same_photo_again_suggests_the_report_that_has_it(world: ReportWorld) -> None:
    first = await world.published()
    same = await world.photo(alike=[Likeness(media_id=first["photos"][0]["media_id"], is_same_file=True)])

    second = (await world.client.post(URL, json=world.body(same), headers=world.headers)).json()

    assert second["similar"] == [{"id": first["id"], "title": first["title"], "status": "verified"}]
    await world.set_status(first["id"], "hidden", reason="It shows a face.")
    assert (await world.get(second["id"], world.headers)).json()["similar"] == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"media_ids": []}, "media_ids"),
        ({"media_ids": ["med_x", "med_x"]}, "media_ids"),
        ({"location": {"lat": 0, "lng": 0}}, "location"),
        ({"media_ids": [f"med_{n}" for n in range(6)]}, "media_ids"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"description": "x" * 5001}, "description"),
        ({"category": "unicorn"}, "category"),
        ({"location": {"lat": 91, "lng": 0}}, "location.lat"),
        ({"location": {"lat": "1", "lng": 0}}, "location.lat"),
        ({"author_id": "usr_2"}, "author_id"),
        ({"media_ids": ["med_nobodys"]}, "media_ids.0"),
    ],
)
async def test_wrong_fields_are_named(world: ReportWorld, fields: dict[str, Any], field: str) -> None:
    answer = await world.client.post(URL, json=world.body("med_x", **fields), headers=world.headers)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert await world.container.mongo.collection("reports").count_documents({}) == 0


@pytest.mark.parametrize(("is_signed_in", "limit"), [(False, 10), (True, 50)])
async def test_one_report_too_many_in_an_hour_is_refused_and_told(
    world: ReportWorld, limit: int, *, is_signed_in: bool
) -> None:
    headers = world.headers if is_signed_in else {}
    body = world.body("med_nobodys")
    for _ in range(limit):
        mistaken = await world.client.post(URL, json={}, headers=headers)
        answer = await world.client.post(URL, json=body, headers=headers)
        assert (mistaken.status_code, answer.status_code) == (422, 422)

    refused = await world.client.post(URL, json=body, headers=headers)

    assert refused.status_code == 429
    assert refused.headers["ratelimit-limit"] == str(limit)
    assert int(refused.headers["retry-after"]) > 0
