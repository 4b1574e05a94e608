"""Claims as documents, and the filters that find them, in the shape of now and in that of before ``resource_id``."""

from collections.abc import Sequence
from datetime import datetime

from common.adapters.mongo.shared.database import Document
from common.adapters.mongo.shared.documents import to_native_document
from common.domain.scheduling.slot_cells import LONGEST_CLAIM, SlotClaim


def claim_document(claim: SlotClaim) -> Document:
    """A claim as it is stored.

    ``further_resource_id`` is there only where another resource than the provider's own time is taken. The unique index
    (``provider_id``, ``further_resource_id``, ``cells``) so joins what is claimed of a provider's own time with claims
    that a release before ``resource_id`` has written, which have neither field; see ADR 0038.
    """
    document = to_native_document(claim)
    if claim.resource_id != claim.provider_id:
        document["further_resource_id"] = claim.resource_id
    return document


def taking_any(claims: Sequence[SlotClaim]) -> Document:
    """What takes a cell of any of these claims' resources; without ``resource_id`` it is a provider's own time."""
    either: list[Document] = []
    for claim in claims:
        cells = {"$in": claim.cells}
        either.append({"resource_id": claim.resource_id, "cells": cells})
        if claim.resource_id == claim.provider_id:
            either.append({"provider_id": claim.provider_id, "further_resource_id": None, "cells": cells})
    return {"$or": either}


def around(provider_ids: Sequence[str], resource_ids: Sequence[str], start: datetime, end: datetime) -> Document:
    """Claims of any of these providers or resources that may overlap an interval."""
    starts = {"$gt": start - LONGEST_CLAIM, "$lt": end}
    return {
        "$or": [
            {"resource_id": {"$in": list(resource_ids)}, "start_at": starts},
            {"provider_id": {"$in": list(provider_ids)}, "start_at": starts},
        ]
    }
