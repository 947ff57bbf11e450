"""The made-up company as data: its people, services, versions and alerts. Nothing here moves; ``world.py`` does that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ORGANISATION = "epetech"
TOKEN = "sandbox-token"
ENVIRONMENTS = ("development", "qa", "staging", "production")
CENTRAL = "deployments"
"""The repository whose one workflow deploys every service that has none of its own."""

PEOPLE = {
    "ana-duarte": "Ana Duarte",
    "ben-osei": "Ben Osei",
    "cid-romero": "Cid Romero",
    "priya-raman": "Priya Raman",
    "jonas-weber": "Jonas Weber",
    "mei-tanaka": "Mei Tanaka",
    "tomasz-nowak": "Tomasz Nowak",
    "lena-fischer": "Lena Fischer",
}


@dataclass(frozen=True)
class Service:
    """A service on the day that the sandbox starts.

    ``versions`` maps each version, oldest first, to its age in hours; ``running`` holds one version per
    environment, in their order. ``tag`` is what stands before the version in a tag, ``path`` its folder in a
    repository that it shares. ``renamed`` maps an environment to the name that GitHub knows it by.
    """

    repository: str
    team: tuple[str, str]
    versions: Mapping[str, float]
    running: tuple[str, str, str, str]
    subjects: tuple[str, ...]
    owner: str
    tag: str = "v"
    path: str = ""
    on_merge: bool = False
    central: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)


SERVICES = {
    "checkout": Service(
        repository="checkout",
        team=("ana-duarte", "ben-osei"),
        owner="team-checkout",
        versions={"1.3.9": 310, "1.4.0": 190, "1.4.1": 98, "1.4.2": 51, "1.4.3": 25, "1.4.4": 3},
        running=("1.4.4", "1.4.3", "1.4.3", "1.4.2"),
        subjects=(
            "Round cart totals once, at the end",
            "Keep the cart when a session expires",
            "Show the delivery date before payment",
            "Accept vouchers in lower case",
            "Retry the stock reservation on timeout",
            "Drop the unused gift-wrap flag",
            "Log the order number with every payment error",
        ),
    ),
    "payments": Service(
        repository="payments",
        team=("priya-raman", "jonas-weber"),
        owner="team-payments",
        versions={"1.3.8": 400, "1.4.0": 260, "1.4.1": 120, "1.4.2": 52, "1.4.3": 20},
        running=("1.4.3", "1.4.3", "1.4.3", "1.4.1"),
        subjects=(
            "Send the idempotency key to the acquirer",
            "Refund partial captures in one call",
            "Add an index on payment reference",
            "Time out card checks after 8 seconds",
            "Mask card numbers in the settlement export",
            "Raise the connection pool to 40",
        ),
    ),
    "inventory": Service(
        repository="backoffice",
        team=("cid-romero", "mei-tanaka"),
        owner="team-discovery",
        versions={"4.2.0": 420, "4.2.1": 330, "4.3.0": 150, "4.3.1": 101, "4.4.0": 73, "4.4.1": 28},
        running=("4.4.1", "4.4.1", "4.4.1", "4.2.1"),
        tag="inventory-v",
        path="inventory/",
        subjects=(
            "Count reserved stock per warehouse",
            "Read the supplier feed in chunks",
            "Release reservations after 30 minutes",
            "Warn when stock turns negative",
            "Speed up the nightly stock report",
        ),
    ),
    "search": Service(
        repository="search",
        team=("mei-tanaka", "cid-romero"),
        owner="team-discovery",
        versions={"2.7.3": 360, "2.8.0": 240, "2.8.1": 122, "2.8.2": 49, "2.9.0": 0.3},
        running=("2.9.0", "2.8.2", "2.8.2", "2.8.1"),
        on_merge=True,
        subjects=(
            "Rank exact titles first",
            "Index product colours",
            "Cache the facet counts for a minute",
            "Understand plural forms in queries",
            "Limit synonyms to the shop's language",
            "Measure how long a query waits for a shard",
        ),
    ),
    "notifications": Service(
        repository="notifications",
        team=("lena-fischer", "tomasz-nowak"),
        owner="platform",
        versions={"2.2.0": 380, "2.2.1": 210, "2.3.0": 97, "2.3.1": 30},
        running=("2.3.1", "2.3.1", "2.3.1", "2.3.0"),
        central=True,
        subjects=(
            "Send order mails in the customer's language",
            "Stop after three bounced mails",
            "Group push messages by order",
            "Move templates out of the code",
        ),
    ),
    "identity": Service(
        repository="identity",
        team=("tomasz-nowak", "lena-fischer"),
        owner="platform",
        versions={"5.0.2": 350, "5.0.3": 200, "5.1.0": 99, "5.1.1": 53},
        running=("5.1.1", "5.1.1", "5.1.1", "5.1.1"),
        renamed={"production": "prod-eu"},
        subjects=(
            "Expire refresh tokens after 14 days",
            "Ask for a second factor on a new device",
            "Answer 429 instead of 500 when a login is throttled",
            "Sign sessions with the new key",
        ),
    ),
    "storefront": Service(
        repository="storefront",
        team=("ben-osei", "ana-duarte"),
        owner="team-checkout",
        versions={"2.7.9": 300, "2.8.0": 170, "2.8.1": 96, "2.8.2": 27},
        running=("2.8.2", "2.8.2", "2.8.2", "2.8.0"),
        on_merge=True,
        subjects=(
            "Load product pictures lazily",
            "Make the basket button reachable by keyboard",
            "Show prices with the customer's currency",
            "Remember the last viewed products",
            "Cut the home page to one request",
        ),
    ),
    "billing-worker": Service(
        repository="backoffice",
        team=("jonas-weber", "priya-raman"),
        owner="team-payments",
        versions={"3.0.1": 390, "3.0.2": 180, "3.1.0": 47},
        running=("3.1.0", "3.1.0", "3.1.0", "3.0.2"),
        tag="billing-v",
        path="billing/",
        subjects=(
            "Write invoices in batches of 200",
            "Skip customers without open items",
            "Name the invoice run in every log line",
            "Book credit notes on the day they are issued",
        ),
    ),
}

CI_JOBS = (
    ("Lint", (("Set up job", 4), ("Check out", 5), ("Lint", 35))),
    ("Test", (("Set up job", 4), ("Check out", 5), ("Install", 40), ("Unit tests", 110), ("Contract tests", 45))),
    ("Build image", (("Set up job", 4), ("Check out", 5), ("Build image", 80), ("Push image", 20))),
)
"""Each job of ``ci.yml`` with its steps and how long they take, in seconds."""

DEPLOY_STEPS = (
    ("Set up job", 5),
    ("Check out", 6),
    ("Pull image", 40),
    ("Run migrations", 55),
    ("Roll out", 150),
    ("Smoke test", 95),
)

ALERTS = (
    {
        "alertname": "HighErrorRate",
        "severity": "critical",
        "service": "payments",
        "env": "production",
        "summary": "payments answers more than 5 % of its requests with an error",
    },
    {
        "alertname": "HighLatency",
        "severity": "warning",
        "service": "search",
        "env": "staging",
        "summary": "search needs more than 800 ms for one request in twenty",
    },
)
"""What fires while the sandbox runs; all but ``summary`` are labels."""
