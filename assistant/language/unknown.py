"""Names that the catalogue lacks but that stand where one is: "the mailer service", "deploy geo-index", "in uat"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.language import everyday
from assistant.language.mention import Mention
from assistant.language.typos import close

SHORTEST = 4
_NAME = r"(?P<name>[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*)"
_PLACE = r"(?:prod|production|prd|live|staging|stage|stg|qa|dev|development)"
_END = (
    r"(?=\s*[?.!,;:]|\s*$|\s+(?:to|in|on|from|at|is|has|right|now|please|pls|again|today|since|anymore|and|was|are"
    rf"|{_PLACE})\b)"
)
_PART = (
    r"(?:service|worker|index|indexer|proxy|store|engine|api|gateway|queue|db|cache|sync|feed|job|ui|app|web"
    r"|backend|frontend|server|hub|relay"
    r"|planner|processor|manager|consumer|producer|scheduler|mailer|adapter|bridge|router|bot|core|portal"
    r"|dashboard|collector|exporter|agent"
    r"|controller|operator|stream|loader|importer|resolver|registry|broker|sink|forecast|labels|map|advisor"
    r"|calculator|export|import|sender|runner)"
)
_THING = (
    r"(?:services?|deploys?|deployments?|builds?|pipelines?|rollouts?|rollbacks?|releases?|hotfix|requests?"
    r"|lock|logs?|pods?|alerts?|alarms?"
    r"|repo|api|migration|database)"
)
_VERBS = (
    r"(?:deploy(?:ing|ed)?|redeploy(?:ing)?|ship(?:ping|ped)?|releas(?:e|ing)|roll(?:ing|ed)? back|rollback"
    r"|revert(?:ing)?|promot(?:e|ing)|upgrade"
    r"|bump|restart(?:ing)?|push(?:ing)?|bring|get|put|roll)"
)
_TARGET = rf"(?=\s+(?:v?\d+\.\d|(?:to|in|on|into|out to)\s+(?:the\s+)?(?:{_PLACE}|v?\d+\.\d)\b))"

_FARES = r"(?=\s+(?:ok|okay|fine|up|down|alive|healthy|working|running|broken|slow|green|red|deployed|live)\b)"

_DOES = (
    r"(?:has|does|goes|keeps|sends|looks|eats|needs|runs|throws|seems|uses|takes|fails|crashes|returns|responds|starts"
    r"|stops|works|gets|shows|writes|reads|did|went|kept|sent|failed|crashed|stopped|broke|started|died|had|isn't"
    r"|doesn't|hasn't|didn't|won't|can't|should|could|would|will|can|still|just|being|out|these)"
)

_HEADS = (
    r"(?:(?:^|(?:please|pls|you|to|let's|we)\s+)(?:deploy|redeploy|ship|roll back|rollback|promote|restart|revert)"
    r"|(?:status|health|state|versions?|rollout|rollback|pipeline|build|deploy|deployments?|releases?|owner|logs?) of"
    r"|(?:logs?|lock|runbook|alerts?|alarms|on[- ]?call|on duty) for|owns|(?:rate|latency|cpu|memory|p99|traffic) of)"
)

# Where any word may stand, everyday words too; where a word that is not English may; where a hyphenated one may.
_ANY = (
    re.compile(rf"\b(?:the|our)\s+{_NAME}\s+(?:micro)?service\b", re.I),
    re.compile(rf"\bservice\s+(?:called|named)\s+[\"'`]?{_NAME}", re.I),
    re.compile(rf"\b{_VERBS}\s+(?:the\s+)?{_NAME}{_TARGET}", re.I),
    re.compile(rf"\b{_HEADS}\s+(?-i:{_NAME}){_END}", re.I),
)
_FOREIGN = (
    re.compile(
        rf"\b(?:of|for|on|in|with|from|about|owns?|is|are|whose is|has|did|{_VERBS})\s+(?:the\s+)?(?-i:{_NAME}){_END}",
        re.I,
    ),
    re.compile(rf"\b(?:how(?:'?s|’s| is)|is)\s+(?:our\s+)?(?-i:{_NAME})(?:{_END}|{_FARES})", re.I),
    re.compile(rf"(?:^|\b(?:the|of|for|from|with|an?|last|latest|failed|red)\s+)(?-i:{_NAME})\s+{_THING}\b", re.I),
    re.compile(rf"\b(?:the|our)\s+(?:new\s+)?(?-i:{_NAME})(?:{_END}|(?=\s+{_DOES}\b))", re.I),
)
_HYPHENATED = (
    re.compile(r"(?<![\w/#@.-])(?P<name>[a-z][a-z0-9]*(?:-[a-z0-9]+)*-" + _PART + r")(?![\w/-])", re.I),
    re.compile(rf"\b(?:of|for|with|from|about|owns?|is|are|{_VERBS}|how's)\s+(?:the\s+)?{_NAME}(?=\s|[?.!,]|$)", re.I),
    re.compile(rf"(?:^|\s){_NAME}\s+{_THING}\b", re.I),
)
_NO_NAMES = everyday.words(
    """
    on-call on-caller follow-up re-run roll-back read-only e-mail sign-off go-live log-in real-time third-party
    well-known up-to-date so-called pre-prod non-prod no-one check-in opt-in opt-out one-off high-level low-level
    end-to-end post-mortem self-service rolled-back re-deploy re-try long-running out-of-memory sign-in day-to-day
    half-hour back-end front-end golden-path to-do wi-fi non-technical real-user on-boarding
    """
)
_TRADE = everyday.words(
    """
    deployment deployments environment environments production staging development version versions pipeline pipelines
    release releases rollback rollout request approval approvals service services database cluster incident runbook
    documentation latency workflow repository permission permissions dashboard monitoring notification certificate
    """
)
_GENERIC = everyday.words(
    """
    same whole other right wrong first last next new old good best this that these your their which what self
    central affected failing broken down freeze train notes candidate pipeline note cloud customer entire given
    specific shared internal external managed named called everything anything something nothing stuff things both
    them main master trunk latest version build branch changes change code release fix hotfix again current
    previous newest older stable it green blue patch commit image tag today tomorrow tonight yesterday please
    immediately soon first mine ours yours everyone someone somebody anyone people customers users production
    pods replicas hosts nodes clusters databases course approval approvals request requests whom what who which
    pushes merges deployments builds alerts runs errors failures warnings interest purpose itself work workflows
    success schedule demand hold weekends mondays fridays concern action actions average timeout
    approver requester maintainer responder committer joiner helper checker installer rota handover wallboard intern
    service services app apps all back over compared versus against than
    """
)

# Environments that many companies have; the second need a place's preposition, for they are words too.
_ENVIRONMENTS = (
    re.compile(r"(?<![\w/#.-])(?P<name>uat|pre-?prod(?:uction)?|non-?prod(?:uction)?|perf(?:-?\d+)?)(?![\w/-])", re.I),
    re.compile(
        r"\b(?:in|on|to|into|onto|from)\s+(?:the\s+)?(?P<name>demo|sandbox|integration|canary|loadtest)(?=\W*$|[,;:?!]"
        r"|\s+(?:env|environment|yet|now|right|please|pls|and|or|to|from|again|today|too|already)\b)",
        re.I,
    ),
)
_TEAM = re.compile(r"(?<![\w/#-])(?P<name>team-[a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?![\w/-])", re.I)

_NO_NOUN = re.compile(r"(?:ed|ing|un\w+en|est|able|ible|ly|ers|ment|ness|ful|less|ish|git)$")


def unknown_names(text: str, taken: Sequence[tuple[int, int]]) -> Iterator[Mention]:
    """Services, environments and teams without values, outside the spans that are ``taken``."""
    for kind, start, end in _candidates(text):
        if all(end <= other or start >= until for other, until in taken):
            yield Mention(kind, start, end, text[start:end], exact=False)


def _candidates(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _TEAM.finditer(text):
        yield "team", *match.span("name")
    for pattern in _ENVIRONMENTS:
        for match in pattern.finditer(text):
            yield "environment", *match.span("name")
    for patterns, plausible in ((_ANY, _any), (_FOREIGN, _foreign), (_HYPHENATED, _hyphenated)):
        for pattern in patterns:
            for match in pattern.finditer(text):
                if len(match["name"]) >= SHORTEST and plausible(match["name"].lower()):
                    yield "service", *match.span("name")


def _any(name: str) -> bool:
    return name not in _GENERIC and name not in _NO_NAMES


def _foreign(name: str) -> bool:
    return (
        name.isalpha()
        and not _NO_NOUN.search(name)
        and everyday.is_coined(name)
        and not close(name, _TRADE, strict=True)  # a typo names nothing
    )


def _hyphenated(name: str) -> bool:
    return (
        "-" in name
        and name not in _NO_NAMES
        and not re.fullmatch(r"\d.*|.*-\d[\d.]*|.*-admin|(?:sev|pre|non|re|un|multi|cross|inc)-.*", name)
    )
