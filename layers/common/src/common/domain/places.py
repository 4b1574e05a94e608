"""What a place implies: its time zone."""

#: Zones of Australia's states (https://data.iana.org/time-zones/tzdb/australasia).
_AUSTRALIA = {
    "ACT": "Australia/Sydney",
    "NSW": "Australia/Sydney",
    "NT": "Australia/Darwin",
    "QLD": "Australia/Brisbane",
    "SA": "Australia/Adelaide",
    "TAS": "Australia/Hobart",
    "VIC": "Australia/Melbourne",
    "WA": "Australia/Perth",
}
DEFAULT_ZONE = "Pacific/Auckland"


def zone_of(country: str, region: str) -> str:
    """The IANA zone of a place; New Zealand's main zone where nothing better is known.

    Args:
        country: ISO 3166-1 alpha-2, or empty.
        region: the region's usual abbreviation, such as ``NSW``.
    """
    if country == "AU":
        return _AUSTRALIA.get(region, "Australia/Sydney")
    return "Pacific/Chatham" if region == "Chatham Islands" else DEFAULT_ZONE
