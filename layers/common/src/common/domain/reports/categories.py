"""What can be reported, and the rules of each kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ReportCategory(StrEnum):
    """The kind of a problem."""

    POTHOLE = "pothole"
    FOOTPATH = "footpath"
    STREET_LIGHT = "street_light"
    GRAFFITI = "graffiti"
    RUBBISH = "rubbish"
    WATER_LEAK = "water_leak"
    DRAIN = "drain"
    TREE = "tree"
    SIGN = "sign"
    PARK = "park"
    ABANDONED_VEHICLE = "abandoned_vehicle"
    OTHER = "other"


@dataclass(frozen=True)
class CategoryRule:
    """A category for people, and what follows from it.

    Args:
        name: what people call it.
        description: what belongs to it, in a sentence.
        group: under which heading Open311 lists it.
        keywords: words by which it is found, and told by the rules that verify offline.
        nearby_m: within how many metres another report may tell of the same problem; ``None`` where none is offered.
        service_category: slug of the services that can mend it; ``None`` where no provider of the marketplace does.
    """

    name: str
    description: str
    group: str
    keywords: tuple[str, ...]
    nearby_m: int | None = 50
    service_category: str | None = None


_ROADS, _STREETS, _WATER, _GREEN = "Roads", "Streets", "Water", "Parks and trees"

CATEGORIES: Mapping[ReportCategory, CategoryRule] = {
    ReportCategory.POTHOLE: CategoryRule(
        "Pothole", "A hole or a broken surface in a road.", _ROADS, ("pothole", "road", "asphalt", "hole", "surface"),
        service_category="concreting",
    ),
    ReportCategory.FOOTPATH: CategoryRule(
        "Footpath", "A footpath or kerb that is broken, uneven or blocked.", _ROADS,
        ("footpath", "pavement", "kerb", "trip", "path", "uneven"),
        service_category="concreting",
    ),
    ReportCategory.STREET_LIGHT: CategoryRule(
        "Street light", "A street light that is out, flickers or is damaged.", _STREETS,
        ("light", "lamp", "streetlight", "dark", "flicker"), nearby_m=30, service_category="electrical",
    ),
    ReportCategory.GRAFFITI: CategoryRule(
        "Graffiti", "Painting or scratching on public property.", _STREETS,
        ("graffiti", "tag", "tagging", "spray", "paint", "vandalism"), nearby_m=30, service_category="pressure-washing",
    ),
    ReportCategory.RUBBISH: CategoryRule(
        "Rubbish", "Dumped rubbish, litter, or a bin that is full.", _STREETS,
        ("rubbish", "litter", "dumped", "dumping", "waste", "bin", "trash", "garbage"),
        service_category="rubbish-removal",
    ),
    ReportCategory.WATER_LEAK: CategoryRule(
        "Water leak", "Water that comes out of a pipe, a main or a hydrant.", _WATER,
        ("leak", "water", "burst", "pipe", "hydrant", "flooding"), nearby_m=100, service_category="plumbing",
    ),
    ReportCategory.DRAIN: CategoryRule(
        "Drain", "A drain or a gutter that is blocked or has no cover.", _WATER,
        ("drain", "gutter", "manhole", "blocked", "sewer", "stormwater"), service_category="plumbing",
    ),
    ReportCategory.TREE: CategoryRule(
        "Tree", "A tree or a branch that has fallen, is dangerous or is in the way.", _GREEN,
        ("tree", "branch", "fallen", "roots", "overgrown", "hedge"), service_category="tree-services",
    ),
    ReportCategory.SIGN: CategoryRule(
        "Sign", "A road or street sign that is missing, turned or cannot be read.", _ROADS,
        ("sign", "stop", "signpost", "marking", "markings"), nearby_m=30, service_category="handyman",
    ),
    ReportCategory.PARK: CategoryRule(
        "Park or playground", "Something broken in a park or a playground.", _GREEN,
        ("park", "playground", "bench", "swing", "slide", "grass", "fence"), service_category="landscaping",
    ),
    ReportCategory.ABANDONED_VEHICLE: CategoryRule(
        "Abandoned vehicle", "A car or another vehicle that somebody has left for good.", _STREETS,
        ("car", "vehicle", "abandoned", "wreck", "trailer"), nearby_m=20,
    ),
    ReportCategory.OTHER: CategoryRule(
        "Something else", "Anything else that is broken in a public place.", "Other", (), nearby_m=None
    ),
}  # fmt: skip
