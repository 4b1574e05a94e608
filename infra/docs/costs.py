"""What a stage costs in a month, and which limit it meets first, by a model whose assumptions are its numbers.

``python -m infra.docs.costs`` writes ``docs/costs.md``. Prices are list prices in US dollars, each with when and where
it was looked up, of us-east-1 where they differ by region; Stripe's fees are people's and not in it.
"""

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.build.builder import TEMPLATE
from infra.deploy import composition
from infra.deploy import template as templates
from infra.deploy.versions import KEPT
from infra.docs import generated

PAGE = Path(__file__).parents[2] / "docs" / "costs.md"
SIZES = (10_000, 1_000_000, 10_000_000)
_MONTH_SECONDS = 30 * 24 * 3600
_MILLION = 1_000_000
#: A busy hour has ten times the average (docs/scale.md).
PEAK = 10

#: Of a booking, and of each request; measured ones are of docs/benchmarks.md and docs/scale.md, the others guesses.
REQUESTS_PER_BOOKING = 30
MESSAGES_PER_BOOKING = 25
MAILS_PER_BOOKING = 8
REQUEST_SECONDS = 0.06
MESSAGE_SECONDS = 0.25
LOG_BYTES_PER_REQUEST = 600
STORED_BYTES_PER_BOOKING = 36_800
PHOTO_BYTES_PER_BOOKING = 300_000
STRIPE_CALLS_PER_BOOKING = 8
#: Environments that start anew, of all requests.
RESTORES = 0.003
TRACED = 0.05


#: Names of our own in CloudWatch, each times the services that count it: a guess.
OWN_METRICS = 50
#: MongoDB, Stripe, signing, factor and unsubscribe keys, and one more.
SECRETS = 6
_MONTH_HOURS = 730


@dataclass(frozen=True)
class Price:
    """A price in dollars, and where it stands.

    Attributes:
        dollars: The price.
        of: Of what.
        source: The seller's page.
        seen: When it was last looked up, and where; who reads it elsewhere than at the seller says so.
    """

    dollars: float
    of: str
    source: str
    seen: str


#: AWS's lists as public files quote them, not the lists themselves.
_LAMBDA_LIST = "2026-09-19, AWS's price list, second-hand"
_LIST = "2026-09-11, AWS's price list of eu-central-1, second-hand"
_CLOUDWATCH = (
    "2026-06-13, [a guide](https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/)"
)
_UNDATED = "not confirmed: guides without a date say so"
_ATLAS_ARTICLE = "2024, an article of MongoDB's staff"
PRICES: Mapping[str, Price] = {
    "compute": Price(0.0000133334, "GB-second, arm64", "https://aws.amazon.com/lambda/pricing/", _LAMBDA_LIST),
    "invocation": Price(0.20 / _MILLION, "invocation", "https://aws.amazon.com/lambda/pricing/", _LAMBDA_LIST),
    "snapshot": Price(
        0.0000015046, "GB-second of a kept snapshot", "https://aws.amazon.com/lambda/pricing/", _LAMBDA_LIST
    ),
    "restore": Price(0.0001397998, "GB restored", "https://aws.amazon.com/lambda/pricing/", _LAMBDA_LIST),
    "request": Price(
        1.00 / _MILLION,
        "request, of the first 300 million",
        "https://aws.amazon.com/api-gateway/pricing/",
        "2026, [a guide](https://go-cloud.io/aws-api-gateway-pricing)",
    ),
    "message": Price(
        3 * 0.40 / _MILLION, "message: sent, received, deleted", "https://aws.amazon.com/sqs/pricing/", _LIST
    ),
    "mail": Price(0.10 / 1000, "mail", "https://aws.amazon.com/ses/pricing/", _UNDATED),
    "log": Price(0.50, "GB of log lines", "https://aws.amazon.com/cloudwatch/pricing/", _CLOUDWATCH),
    "alarm": Price(0.10, "metric of an alarm", "https://aws.amazon.com/cloudwatch/pricing/", _LIST),
    "composite": Price(
        0.50, "alarm of alarms", "https://aws.amazon.com/cloudwatch/pricing/", "not confirmed: from memory"
    ),
    "dashboard": Price(3.00, "dashboard", "https://aws.amazon.com/cloudwatch/pricing/", _CLOUDWATCH),
    "metric": Price(
        0.30,
        "metric of our own",
        "https://aws.amazon.com/cloudwatch/pricing/",
        "2026-02-15, [a guide](https://signoz.io/guides/cloudwatch-pricing)",
    ),
    "trace": Price(
        5.00 / _MILLION,
        "trace",
        "https://aws.amazon.com/xray/pricing/",
        "[AWS's page](https://aws.amazon.com/de/xray/pricing/), without a date",
    ),
    "photo": Price(0.023, "GB-month of photographs", "https://aws.amazon.com/s3/pricing/", _UNDATED),
    "secret": Price(0.40, "secret", "https://aws.amazon.com/secrets-manager/pricing/", "not confirmed: from memory"),
    "M10": Price(0.08, "hour of M10", "https://www.mongodb.com/pricing", _ATLAS_ARTICLE),
    "M30": Price(
        0.54,
        "hour of M30",
        "https://www.mongodb.com/pricing",
        "[Atlas's example](https://www.mongodb.com/docs/atlas/billing/invoice-breakdown/) of a bill, without a date",
    ),
    "M50": Price(2.00, "hour of M50", "https://www.mongodb.com/pricing", _ATLAS_ARTICLE),
    "M60": Price(3.95, "hour of M60", "https://www.mongodb.com/pricing", _ATLAS_ARTICLE),
}


@dataclass(frozen=True)
class Cluster:
    """What holds the database of a size.

    Attributes:
        most: Bookings a month that it carries.
        tier: Atlas's, each with three nodes.
        shards: How many of it.
    """

    most: int
    tier: str
    shards: int = 1

    @property
    def name(self) -> str:
        """As people say it."""
        return self.tier if self.shards == 1 else f"{self.shards} shards of {self.tier}"

    @property
    def dollars(self) -> float:
        """A month's."""
        return PRICES[self.tier].dollars * _MONTH_HOURS * self.shards


CLUSTERS = (
    Cluster(20_000, "M10"),
    Cluster(300_000, "M30"),
    Cluster(2_000_000, "M50"),
    Cluster(6_000_000, "M60"),
    Cluster(20_000_000, "M60", 3),
)

#: What grows, the size from which something must be done, by what the busiest hour needs of it in a second.
Need = Callable[[int], float]


@dataclass(frozen=True)
class Limit:
    """Something that is used up.

    Attributes:
        what: Its name.
        most: How much there is by default.
        need: How much a size needs at its busiest.
        then: What to do.
    """

    what: str
    most: float
    need: Need
    then: str


def a_second(bookings: int, each: float) -> float:
    """How often something happens in a second of the busiest hour, if so often for each booking of a month."""
    return bookings * each / _MONTH_SECONDS * PEAK


def running(size: int) -> float:
    """Functions that run at once in the busiest hour: what arrives in a second, times how long it takes."""
    return (
        a_second(size, REQUESTS_PER_BOOKING) * REQUEST_SECONDS + a_second(size, MESSAGES_PER_BOOKING) * MESSAGE_SECONDS
    )


LIMITS = (
    Limit("functions at once, new account", 10, running, "ask for 200, then 1 000"),
    Limit(
        "mails a second, new SES account", 14, lambda size: a_second(size, MAILS_PER_BOOKING), "ask for a higher rate"
    ),
    Limit(
        "requests a second, `ThrottleRate`",
        200,
        lambda size: a_second(size, REQUESTS_PER_BOOKING),
        "raise it with the cluster",
    ),
    Limit(
        "bookings compared a second, reconciliation",
        4,
        lambda size: size / _MONTH_SECONDS,
        "raise `ReconciliationReadsPerSecond`",
    ),
    Limit("calls a second, Stripe", 100, lambda size: a_second(size, STRIPE_CALLS_PER_BOOKING), "ask Stripe"),
    Limit("connections, M30 at seven an environment", 3000, lambda size: 7 * running(size), "a larger tier"),
    Limit("functions at once, usual account", 1000, running, "ask for more"),
)


def cluster(size: int) -> Cluster:
    """The smallest cluster that carries a size."""
    return next(each for each in CLUSTERS if size <= each.most)


def _watching(price: Mapping[str, float]) -> float:
    """What the template's alarms and dashboards cost, and the metrics of our own."""
    resources = composition.compose()["Resources"].values()
    kinds = Counter(each["Type"] for each in resources)
    metrics = sum(
        sum("MetricStat" in metric for metric in each["Properties"].get("Metrics", [])) or 1
        for each in resources
        if each["Type"] == "AWS::CloudWatch::Alarm"
    )
    return (
        metrics * price["alarm"]
        + kinds["AWS::CloudWatch::CompositeAlarm"] * price["composite"]
        + kinds["AWS::CloudWatch::Dashboard"] * price["dashboard"]
        + OWN_METRICS * price["metric"]
    )


def costs(size: int, kept: int = KEPT) -> dict[str, float]:
    """Dollars a month by what they are for.

    Args:
        size: Bookings a month.
        kept: Published versions of each function that stay.
    """
    functions = templates.functions(templates.load(TEMPLATE))
    snapshots = sum(each.is_http for each in functions) + 1
    scheduled = sum(60 // int(each.schedule.split("(")[1].split()[0]) for each in functions if each.schedule)
    firings = scheduled * 24 * 30
    requests, messages = size * REQUESTS_PER_BOOKING, size * MESSAGES_PER_BOOKING
    price = {name: each.dollars for name, each in PRICES.items()}
    return {
        "MongoDB Atlas": cluster(size).dollars,
        "Lambda, running": (requests * REQUEST_SECONDS + (messages * MESSAGE_SECONDS + firings * 0.3) / 2)
        * price["compute"]
        + (requests + messages / 3 + firings) * price["invocation"],
        "Lambda, snapshots": snapshots * kept * _MONTH_SECONDS * price["snapshot"]
        + requests * RESTORES * price["restore"],
        "API Gateway": requests * price["request"],
        "SQS": messages * price["message"],
        "SES": size * MAILS_PER_BOOKING * price["mail"],
        "Logs": requests * LOG_BYTES_PER_REQUEST / 1e9 * price["log"],
        "Alarms, dashboards, metrics": _watching(price),
        "Secrets": SECRETS * price["secret"],
        "X-Ray": (requests + messages / 3) * TRACED * price["trace"],
        "Photographs, a year's": size * 12 * PHOTO_BYTES_PER_BOOKING / 1e9 * price["photo"],
    }


def render() -> str:
    """The page."""
    every = {size: costs(size) for size in SIZES}
    cents = [100 * sum(each.values()) / size for size, each in every.items()]
    sizes = [f"{size:,}".replace(",", " ") for size in SIZES]
    table = [
        _row("bookings a month", sizes),
        _row("---", ["---:"] * len(SIZES)),
        *(_row(name, [f"{every[size][name]:,.0f}" for size in SIZES]) for name in every[SIZES[0]]),
        _row("together", [f"**{sum(each.values()):,.0f}**" for each in every.values()]),
        _row("for a booking", [f"{each:.2g} cents" for each in cents]),
        _row("the cluster", [cluster(size).name for size in SIZES]),
    ]
    limits = [
        _row("limit", ["there is", *sizes, "then"]),
        _row("---", ["---:"] * (len(SIZES) + 1) + ["---"]),
        *(_row(each.what, [f"{each.most:,.0f}", *(_used(each, size) for size in SIZES), each.then]) for each in LIMITS),
    ]
    prices = [
        _row("price of", ["dollars", "the seller's page", "looked up"]),
        _row("---", ["---:", "---", "---"]),
        *(_row(each.of, [_dollars(each.dollars), f"<{each.source}>", each.seen]) for each in PRICES.values()),
    ]
    return _PAGE.format(
        costs="\n".join(table),
        names=", ".join(f'"{size}"' for size in sizes),
        bars=", ".join(f"{each:.2f}" for each in cents),
        kept=KEPT,
        five=f"{costs(SIZES[0], 5)['Lambda, snapshots']:,.0f}",
        limits="\n".join(limits),
        prices="\n".join(prices),
        **_ASSUMED,
    )


def _dollars(price: float) -> str:
    """A price with as many digits as it has, two at least."""
    whole, _, part = f"{price:.10f}".rstrip("0").partition(".")
    return f"{whole}.{part:0<2}"


def _row(first: str, others: Sequence[str]) -> str:
    """A row of a table."""
    return f"| {' | '.join([first, *others])} |"


_ASSUMED: dict[str, object] = {
    "peak": PEAK,
    "requests": REQUESTS_PER_BOOKING,
    "request_ms": round(REQUEST_SECONDS * 1000),
    "messages": MESSAGES_PER_BOOKING,
    "message_ms": round(MESSAGE_SECONDS * 1000),
    "mails": MAILS_PER_BOOKING,
    "stripe": STRIPE_CALLS_PER_BOOKING,
    "photos": round(PHOTO_BYTES_PER_BOOKING / 1000),
    "restores": f"{100 * RESTORES:.1f}",
    "traced": f"{100 * TRACED:.0f}",
}
_PAGE = """# What it costs, and what gives first

Generated by `infra/docs/costs.py`, whose numbers are the assumptions: a model, not a bill. List prices, US dollars
a month, of us-east-1 where regions differ (Sydney is up to a third dearer); without Stripe's fees, a CDN's traffic,
and a NAT gateway's (33 a month and 0.045 a GB).

{costs}

```mermaid
xychart-beta
    title "Cents for a booking, by bookings a month"
    x-axis [{names}]
    y-axis "cents"
    bar [{bars}]
```

The smallest stage pays for standing there: its cluster, and the snapshots of {kept} versions of each HTTP function.
That is why no more are kept; five would be {five}.

## First limits

What the busiest hour, {peak} times the average, needs of what there is by default; in bold what does not fit. A
geocoder's limit is its own: the built-in gazetteer has none, a public Nominatim takes one request a second.

{limits}

## Assumptions

A booking makes {requests} requests of {request_ms} ms, {messages} messages of {message_ms} ms, {mails} mails,
{stripe} calls of Stripe and {photos} kB of photographs; {restores} % of requests start an environment, {traced} %
are traced. Rows of a booking are in [scale](scale.md). Which of them are measured and which are guesses is said
beside them in the code.

Most sellers' pages write their prices by script, so that they were looked up elsewhere, and not again since; those that
are not confirmed are small beside the others or SES's, which every mail pays. Look at the page before a decision.

{prices}
"""


def _used(limit: Limit, size: int) -> str:
    need = limit.need(size)
    text = f"{need:,.0f}" if need >= 10 else f"{need:.2g}"  # noqa: PLR2004 - digits enough
    return f"**{text}**" if need > limit.most else text


def is_current() -> bool:
    """Whether the page in the repository is the model's."""
    return generated.is_current(PAGE, render())


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` only compare it; returns the exit status."""
    return generated.write_or_check(PAGE, render(), "infra.docs.costs", arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
