"""Disputes (https://docs.stripe.com/api/disputes)."""

from stripe_local.core.listing import page
from stripe_local.core.routing import route, timer
from stripe_local.core.unit import Unit, update
from stripe_local.protocol.errors import Json, invalid
from stripe_local.resources.payments import disputing

# https://docs.stripe.com/testing#disputes: evidence that decides a test dispute
_EVIDENCE = {"winning_evidence": "won", "losing_evidence": "lost"}


@route("GET", "/v1/disputes/{dispute}", "DisputeRetrieveParams")
def retrieve(unit: Unit, params: Json, dispute: str) -> Json:
    """Read a dispute."""
    del params
    return unit.get(dispute, "dispute")


@route("GET", "/v1/disputes", "DisputeListParams")
def list_disputes(unit: Unit, params: Json) -> Json:
    """List disputes."""
    return page(unit, "dispute", "/v1/disputes", params)


@route("POST", "/v1/disputes/{dispute}", "DisputeModifyParams")
def modify(unit: Unit, params: Json, dispute: str) -> Json:
    """Give evidence; submitted evidence of the documented texts decides the dispute."""
    found = unit.get(dispute, "dispute")
    evidence = params.pop("evidence", None) or {}
    if evidence and found["status"] not in {*disputing.ANSWERED, *disputing.ANSWERED.values()}:
        raise invalid(f"This dispute is already closed ({found['status']}).")
    _check_stage(found, evidence)
    submit = params.pop("submit", True)
    found["evidence"].update(evidence)
    update(found, params)
    if evidence and submit:
        found["evidence_details"].update(has_evidence=True, submission_count=1)
        disputing.answer(unit, found)
        outcome = _EVIDENCE.get(evidence.get("uncategorized_text", ""))
        if outcome:
            return disputing.close(unit, found, outcome)
    unit.emit("charge.dispute.updated", found)
    return found


@route("POST", "/v1/disputes/{dispute}/close", "DisputeCloseParams")
def close(unit: Unit, params: Json, dispute: str) -> Json:
    """Accept the loss."""
    del params
    found = unit.get(dispute, "dispute")
    if found["status"] == "lost":
        raise invalid("This dispute is already closed (lost).")
    return disputing.close(unit, found, "lost")


@timer("dispute_unanswered")
def lose_unanswered(unit: Unit, dispute_id: str) -> None:
    """A dispute nobody answered in time is lost."""
    found = unit.get(dispute_id, "dispute")
    if found["status"] == "needs_response":
        found["evidence_details"]["past_due"] = True
        disputing.close(unit, found, "lost")


@timer("inquiry_lapses")
def close_inquiry(unit: Unit, dispute_id: str) -> None:
    """An inquiry that nobody escalated for 120 days is closed."""
    found = unit.get(dispute_id, "dispute")
    if found["status"] in {"warning_needs_response", "warning_under_review"}:
        disputing.close(unit, found, "warning_closed")


def _check_stage(dispute: Json, evidence: Json) -> None:
    """Evidence of an appeal is taken in an appeal, and no other is then."""
    is_appeal = str(dispute["status"]).startswith("appeal_")
    for name in evidence:
        if (name == "appeal") != is_appeal:
            raise invalid(f"You cannot submit this evidence in status {dispute['status']}.", param=f"evidence[{name}]")
