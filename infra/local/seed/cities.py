"""Cities by population, with what a provider in them has: zone, currency, how far it spreads."""

from __future__ import annotations

from typing import NamedTuple


class City(NamedTuple):
    """One urban area.

    Attributes:
        name: Its name.
        population: Inhabitants in thousands (Stats NZ subnational estimates 2023; ABS regional population 2022-23).
        lat: Degrees north of its centre.
        lng: Degrees east of its centre.
        spread_km: Standard deviation of where providers live.
        timezone: IANA zone.
        currency: ISO 4217 code.
    """

    name: str
    population: int
    lat: float
    lng: float
    spread_km: float
    timezone: str
    currency: str


_NZ, _SYD, _MEL, _BNE = "Pacific/Auckland", "Australia/Sydney", "Australia/Melbourne", "Australia/Brisbane"

CITIES = (
    City("Auckland", 1479, -36.87, 174.77, 11, _NZ, "nzd"),
    City("Christchurch", 384, -43.53, 172.63, 6, _NZ, "nzd"),
    City("Wellington", 215, -41.28, 174.78, 5, _NZ, "nzd"),
    City("Hamilton", 185, -37.79, 175.28, 4, _NZ, "nzd"),
    City("Tauranga", 161, -37.69, 176.17, 5, _NZ, "nzd"),
    City("Lower Hutt", 113, -41.21, 174.91, 4, _NZ, "nzd"),
    City("Dunedin", 106, -45.87, 170.50, 4, _NZ, "nzd"),
    City("Palmerston North", 82, -40.35, 175.61, 3, _NZ, "nzd"),
    City("Napier", 67, -39.49, 176.91, 3, _NZ, "nzd"),
    City("New Plymouth", 60, -39.06, 174.08, 3, _NZ, "nzd"),
    City("Rotorua", 58, -38.14, 176.25, 3, _NZ, "nzd"),
    City("Whangārei", 56, -35.73, 174.32, 3, _NZ, "nzd"),
    City("Nelson", 52, -41.27, 173.28, 3, _NZ, "nzd"),
    City("Invercargill", 51, -46.41, 168.35, 3, _NZ, "nzd"),
    City("Queenstown", 29, -45.03, 168.66, 4, _NZ, "nzd"),
    City("Sydney", 5450, -33.87, 151.10, 17, _SYD, "aud"),
    City("Melbourne", 5207, -37.82, 145.00, 17, _MEL, "aud"),
    City("Brisbane", 2706, -27.47, 153.03, 14, _BNE, "aud"),
    City("Perth", 2309, -31.95, 115.87, 15, "Australia/Perth", "aud"),
    City("Adelaide", 1446, -34.93, 138.60, 10, "Australia/Adelaide", "aud"),
    City("Gold Coast", 735, -28.02, 153.40, 8, _BNE, "aud"),
    City("Newcastle", 526, -32.93, 151.75, 7, _SYD, "aud"),
    City("Canberra", 472, -35.28, 149.13, 7, _SYD, "aud"),
    City("Sunshine Coast", 413, -26.65, 153.07, 7, _BNE, "aud"),
    City("Wollongong", 313, -34.43, 150.89, 6, _SYD, "aud"),
    City("Geelong", 302, -38.15, 144.36, 5, _MEL, "aud"),
    City("Hobart", 254, -42.88, 147.33, 5, "Australia/Hobart", "aud"),
    City("Townsville", 184, -19.26, 146.82, 5, _BNE, "aud"),
    City("Cairns", 158, -16.92, 145.77, 5, _BNE, "aud"),
    City("Darwin", 151, -12.46, 130.84, 5, "Australia/Darwin", "aud"),
)
