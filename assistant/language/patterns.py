"""Closed sets and patterns: versions, runs, severities, metrics, channels, alert names, templates, categories."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.language import times
from assistant.language.mention import Mention
from assistant.language.values import normalise

_CHANNEL = r"<#[A-Z0-9]+(?:\|[^>]*)?>|(?<![\w&/#])#(?=[\w-]*[a-z])[a-z0-9][\w-]*|\bthis (?:channel|room)\b"
_HERE = (
    r"\b(?:alerts?|pages?|warnings?|notifications?|notified|subscribe[sd]?|unsubscribe[d]?|send(?:ing)?"
    r"|post(?:ing|ed|s)?|them|it|us|stuff|in|to|on|into|off"
    r"|messages?|updates?|criticals?|ones)\b[^.?!]{0,20}?\s(?P<v>here)\b(?! (?:is|are|we|to|at|who|can"
    r"|know)\b)|^\W*(?P<w>here)\W*$|\btake (?P<x>here)\b"
)
_ALERT = (
    r"(?<![\w/.@#-])(?:[A-Z][a-z0-9]+|[A-Z]{2,}(?=[A-Z][a-z])|\d?[0-9]xx|[a-z]{3,})(?:[A-Z]+[a-z0-9]+"
    r"|[A-Z]{2,})+(?![\w/]|\.\w)"
)
# The same in one case: "ack diskfull", "SILENCE HIGHERRORRATE".
_ALERT_ALONE = (
    r"\b(?:high|low|disk|pods?|node|cert(?:ificate)?|queue|memory|cpu|slo|target|instance|replica(?:tion)?|error|job)"
    r"(?:error|latency|crash|memory|cpu|disk|queue|burn|budget|restart|request|response|load|traffic|not|oom)?"
    r"(?:rates?|latency|full|filling|down|looping|expiry|expiring|expired|backlog|lag|pressure|usage|killed|ready|fast"
    r"|failed|restarts|time)\b(?<!downtime)"
)
_NO_ALERT = re.compile(
    r"^(?:git(?:hub|lab|ops)|.*script|postgre(?:s|sql)|.*sql|oauth\w*|sonarqube|pagerduty|(?:dev|chat|fin|ml"
    r"|sec|devsec)ops|fastapi|nodejs|bigquery|openapi"
    r"|youtube|launchdarkly|cloud(?:front|watch|flare|formation)|elasticsearch|opensearch|rabbitmq|mongodb"
    r"|intellij|vscode|linkedin|macos|ios|opentelemetry"
    r"|argocd|statefulset|daemonset|configmap|cronjob|.*exception|.*error|opsgenie|servicenow|newrelic|datadog"
    r"|testflight|appstore|playstore|backstage"
    r"|localhost|graphql|grpc|jetbrains|phpstorm|pycharm|powershell|onedrive|sharepoint|gcp|aws|mfa|saml"
    r"|webhook|kubernetes|wifi|iphone|ebay|e?mail|powerpoint"
    r"|paypal|mysql|nextjs|vuejs|typescript|javascript)s?$",
    re.IGNORECASE,
)
_SEMVER = (
    # Neither an address (four numbers) nor a date (20.11.2026).
    r"(?<![\w#/-])(?:(?<!\.)|(?<=\.\.))(?!\d+\.\d+\.\d+\.\d+\b)(?!\d{1,2}\.\d{1,2}\.(?:19|20)\d\d\b)(?:[a-z][a-z-]*-)?v?\d+\.\d+(?:\.\d+){0,2}(?:[-.]?(?:rc|alpha|beta"
    r"|pre|snapshot|hotfix|build|dev)[.-]?\d*|\+\w+)*"
    r"(?![\w%/-]|\.\d|\s?(?:%|percent|ms|s|secs?|seconds|min|minutes|h|hours|gb|mb|x|k|days|million|times)\b)"
)
_SHA = r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])(?!0000)[0-9a-f]{7,40}\b"
_BRANCH = (
    r"(?<![\w/.-])(?:feature|feat|fix|bugfix|hotfix|release|releases|chore|docs|spike|refactor|test|tests|user"
    r"|users|dependabot|renovate|perf|ci|build|revert|experiment"
    r"|exp|wip|task|bug|epic|support|improvement|dev|poc)/[\w#.][\w./#-]*[\w]|\brelease[-_]\d[\w.-]*\w"
)
_TRUNK = (
    r"(?<![\w/-])(?:(?:main|master|trunk|develop)(?= branch)"
    r"|(?<!\bthe )(?<!\bour )(?<!\ba )(?<!\bmy )(?<!\btwo )(?<!\bits )(?:main|master)"
    r"(?!\s+(?:page|thing|reason|issue|problem|topic|menu|point|difference|one|service|services|site|entry"
    r"|office|goal|concern|plan|key|node|data)\b)"
    r"|(?<=\bof )develop|(?<=\bon )develop|(?<=\bis )develop|(?<=\bor )develop|(?<=\bfrom )develop"
    r"|^develop(?=\W*$)|origin/\w+)(?![\w-])"
)
_NAMED = r"\b(?:branch|tag|commit|sha|ref|hash)\s+(?:called |named )?[\"'`]?(?P<v>(?=\S*[\d/-])[\w./-]*\w)"
_RUN_NOUN = (
    r"(?:run|build|job|request|req|approval|deployment|deploy|pipeline|workflow|ticket|rollout|pr|id|number|no\.?"
    r"|nr\.?|num)"
)
_RUNS = (
    r"(?<![\w&/])#(?P<v>\d+)\b(?<!^)",
    rf"\b{_RUN_NOUN}s?\s*(?:no\.?|number|nr\.?|num|id|:|is|was)?\s*(?P<v>#?\d+)(?![\w.:%-]*\d|\s?%)",
    r"\b(?:approved?|approving|reject(?:ed|ing)?|declined?|deny|denied|cancel(?:led)?|re-?run|retry|stop|abort"
    r"|kill|sign(?:ing)? off(?: on)?|lgtm|ack|grant|accept(?:ed)?|merge"
    r"|veto|refuse|block|let|:\w+:)\s+(?:the |on |for )*(?P<v>#?\d+)(?![\w.:%-]*\d)(?!\s*(?:hours?|minutes?"
    r"|mins?|days?|h|m)\b)",
    r"(?<!\bbetween )\b#?\d+(?: and | or |, ?| & )(?P<v>#?\d{2,})\b(?![.:]\d)",
)
_NUMBER_ALONE = (
    r"(?<![\w.:$€£<@/#+-])(?P<v>(?![45]0\d\b)\d{2,6})(?![\w%:]|[.,]\d|/\d|-\w|\s*(?:%|percent|ms|s|secs?"
    r"|seconds?|m|mins?|minutes?|h|hours?|days?|weeks?|months?|years?|times|x|gb|mb|tb|k|people"
    r"|users|services|pods|replicas|requests|errors|engineers|customers|euros?|dollars|degrees|instances|nodes"
    r"|items|orders|lines|developers|eur|usd|am|pm|o'?clock|of us|tickets"
    r"|alerts|repos?|deploys?|deployments|builds|commits|versions|runs|hosts|machines|stores|countries|more"
    r"|other|different)\b| (?:to|until|till|-) \d{1,2}\b)"
)
_COUNTING = re.compile(
    r"(?:\b(?:last|past|next|top|first|exit code|code|port|http|https|status|error|than|about|around|almost"
    r"|nearly|under|over|above|below|every|by|at|page|of|latest|slack|python|java|node"
    r"|ubuntu|level|sprint|room|floor|windows|ios|postgres|django|spring|rails|angular|rfc|q|year|in|since|from"
    r"|until|till|between|(?:between|from) \d{1,2}(?::\d{2})?\s?(?:[ap]m)? (?:and|to|till|until))\s+|[-–]\s?)$",
    re.IGNORECASE,
)
_SEVERITY = (
    r"\bcrit(?:ical)?s?\b|(?<!early )(?<!deprecation )(?<!a )\bwarnings?\b(?! (?:from|signs?|and errors"
    r"|in the (?:build|log)))|\bwarn\b(?=[- ](?:level|alerts?|severity))|\bsev[- ]?[0-4]\b|\bp[0-4]\b"
    r"|\binfo(?=[- ](?:level|severity|alerts?|ones|stuff)\b)"
)
_METRIC = (
    r"(?:(?:p(?:50|75|90|95|99|999|99\.9)|tail|median|average|avg|95th percentile"
    r"|99th percentile) )?(?:latency|latencies|response times?)|\bp(?:50|75|90|95|99|999|99\.9)\b"
    r"|(?:error|eror|success|hit|request|5xx|4xx|conversion|crash|throttling|retry|bounce|login"
    r"|eviction) rates?|error budget|requests? per (?:second|minute)"
    r"|(?:orders|messages|logins|queries|events|jobs|payments|searches|checkouts|transactions|emails|mails"
    r"|users|sessions|writes|reads|calls|hits|errors|5\d\ds) per (?:second|minute|hour)|\b(?:rps|qps|tps|iops"
    r"|apdex|throughput|network throughput|bandwidth|saturation|availability|uptime|heap|restarts"
    r"|restart count|traffic|cpu|(?<!out of )memory(?! leak)|mem|ram|5xxs?|4xxs?)\b"
    r"|(?:disk|network|swap|memory|cpu|heap) (?:usage|utili[sz]ation)"
    r"|(?:disk|network|swap)(?= (?:space|io|i/o|full|fill))|cache hit (?:rate|ratio)"
    r"|hit ratio|(?:queue|backlog) (?:depth|length|size|lag)|(?:kafka|consumer|replication|replica) lag"
    r"|(?:database |db |active |open )?connection count|(?:database |db |open )connections|thread count"
    r"|(?:concurrent|active) (?:users|sessions|connections)|gc (?:pauses?|time)|load average|pod count"
    r"|replica count"
    r"|\bdisk\b(?= of| on| for|\?|$)|\blag\b(?= of| on| for|\?|$)|slow queries"
)
_TECH = (
    r"(?:python|fastapi|flask|django|react(?: native)?|next\.?js|node(?:\.?js)?|express|nestjs|typescript"
    r"|javascript|golang|java|kotlin|rust|spring(?: boot)?|graphql|grpc|kafka|terraform|helm|lambda|vue(?:js)?"
    r"|angular|svelte|php|laravel|symfony|ruby|rails|scala|elixir|phoenix|\.net|dotnet|c#|c\+\+|cron|static"
    r"|rest|slack|cli|mobile|batch|data|android|ios|swift|airflow|dbt|ml|machine learning|serverless"
    r"|event[- ]driven"
    r"|streaming|web|micro ?frontend|sql|spark|flink|quarkus|micronaut|ktor|gin|ansible|docker|backend"
    r"|frontend|single[- ]page|background)"
)
_THING = (
    r"(?:service|app|application|library|lib|package|worker|consumer|producer|gateway|job|jobs|site|website"
    r"|api|bot|chart|module|pipeline|function|tool|server|client|plugin|frontend|backend|dashboard"
    r"|operator|exporter|component|ui|subgraph|dag|notebook)s?"
)
# A framework says all: "a new fastapi service"; a language needs its thing: "a python service".
_FRAMEWORK = (
    r"(?:fastapi|flask|django|next\.?js|node\.?js|nestjs|spring boot|quarkus|micronaut|rails|laravel|ktor|phoenix)"
)
_TEMPLATE_WORD = (
    r"(?:templates?|starters?|boilerplates?|skeletons?|scaffold(?:s|ing|er)?|golden[- ]paths?|blueprints?"
    r"|cookiecutters?|archetypes?|quickstarts?)"
)
_TEMPLATE_TALK = re.compile(
    rf"\b{_TEMPLATE_WORD}\b|\b(?:new|fresh|another|empty) (?:\S+ )?(?:\S+ )?(?:service|repo|repository|project"
    rf"|app|library|site|microservice|component|worker|job|bot)\b|\bspin(?: me)? up\b|\bbootstrap\b"
    rf"|\bset(?: me)? up a\b"
    r"|\bscaffold|\bgenerat|\bmake (?:me |us )?a\b|\bprovision\b|^\W*\w+(?: \w+)?\W*(?:$|,| one\b)"
    r"|\bnew (?:library|worker|service)|\bproject\b|\bwrite a\b|\bbuild(?:ing)? a|\boptions for\b"
    r"|\bthe [\w ]+ one\b"
    r"|\b(?:create|generate|start|build|make|kick off|init|initiali[sz]e)\b(?: me| us)? (?:an?|some|new)\b"
    r"|\bready-made\b|\bprebuilt\b|\bbased on\b",
    re.IGNORECASE,
)
_TEMPLATE = (
    rf"\b(?<!\.)(?:{_FRAMEWORK}|{_TECH} {_THING}|go (?:service|app|library|lib|cli|worker|api|module"
    rf"|microservice|server)|{_TECH}(?= {_TEMPLATE_WORD})|(?:go|worker|library|batch worker|cli tool"
    rf"|cron job)(?= {_TEMPLATE_WORD}\b)|cron ?jobs?"
    r")(?!\w)"
)
_TEMPLATE_AFTER = (
    rf"\b(?:for|in|from|using|with|on|a|an|the|and|or|only|of|new|scaffold|use|pick|written|other) (?:the "
    rf"|an? )?(?P<v>(?!data\b|static\b|rest\b|web\b|cli\b|batch\b|mobile\b|slack\b|ml\b|cron\b|background\b"
    rf"|backend\b|streaming\b){_TECH}|golang|go)(?=\s*(?:[,.?!;]|$|and\b|or\b|one\b|stuff\b|template|based|project"
    rf"|starter|please|for\b|in\b|repo|repository|microservice|app\b|flavou?red))(?!\w)"
)
_TEMPLATE_NAMED = (
    rf"(?:\b(?P<v>[a-z][a-z0-9]*-[a-z0-9][a-z0-9-]*)(?= {_TEMPLATE_WORD}\b)"
    rf"|\b(?:use|using|from|with|pick|take)\s+(?:the\s+)?(?P<w>(?:go|python|kotlin|java|node|react|rust|next)-[a-z]+)\b)"
)
_CATEGORY = (
    r"(?<!\bit )(?<!\bthis )(?<!\bthat )(?<!\bwould )(?<!\bwill )(?<!\bto )\bcosts?\b(?! (?:us|me|you|too much)\b)"
    r"|\b(?:observability|compliance)\b"
)

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("channel", re.compile(_CHANNEL, re.I)),
    ("channel", re.compile(_HERE, re.I)),
    ("alert", re.compile(_ALERT)),
    ("alert", re.compile(_ALERT_ALONE, re.I)),
    ("version", re.compile(_SEMVER, re.I)),
    ("version", re.compile(r"(?<![\w./-])v\d+(?![\w/])", re.I)),
    ("version", re.compile(_SHA)),
    ("version", re.compile(_BRANCH, re.I)),
    ("version", re.compile(_NAMED, re.I)),
    ("version", re.compile(_TRUNK, re.I)),
    ("run", re.compile(r"(?<![\w&/])#\d+\b")),
    *(("run", re.compile(pattern, re.I)) for pattern in _RUNS[1:]),
    ("severity", re.compile(_SEVERITY, re.I)),
    ("metric", re.compile(rf"\b(?:{_METRIC})", re.I)),
    ("category", re.compile(_CATEGORY, re.I)),
    *times.PATTERNS,
)
_ALONE = re.compile(_NUMBER_ALONE, re.I)
_TEMPLATES = tuple(re.compile(pattern, re.I) for pattern in (_TEMPLATE, _TEMPLATE_AFTER, _TEMPLATE_NAMED))


def find(text: str) -> Iterator[Mention]:
    """All values in ``text`` that a closed set or a pattern describes; they may overlap."""
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if kind != "alert" or not _NO_ALERT.match(match[0]):
                yield _mention(kind, match)
    for match in _ALONE.finditer(text):
        if not _COUNTING.search(text[: match.start()]):
            yield _mention("run", match, exact=False)
    if _TEMPLATE_TALK.search(text):
        for pattern in _TEMPLATES:
            yield from (_mention("template", match) for match in pattern.finditer(text))


def _mention(kind: str, match: re.Match[str], exact: bool = True) -> Mention:
    group = match.lastgroup or 0  # the named group is the value, where words around it are matched too
    typed = match[group]
    return Mention(kind, match.start(group), match.end(group), typed, (normalise(kind, typed),), exact)
