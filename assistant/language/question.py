"""What a question to the documents is about: its words without filler, one for all that mean the same."""

from __future__ import annotations

import re

from assistant.language import everyday

_WORD = re.compile(r"[^\W_]+")
_ASKS = re.compile(
    r"(?:(?:hey|hi|so|ok|and|but|please|sorry|excuse me)\W+)*(?:who|whom|whose|what|when|where|which|why|how"
    r"|is|are|was|were|do|does|did|has|have|may|am|anything|any|until when|since when)(?:['’]?s)?\b",
    re.IGNORECASE,
)
_SHOWS = re.compile(
    r"(?:(?:hey|hi|so|ok|and|but|please|pls|can you|could you|would you|i want to|i'd like to|let me)\W+)*"
    r"(?:show|list|display|tell|give (?:me|us)|see|view|check|look(?: at| up)?|find|compare|explain|describe"
    r"|summari[sz]e|report|can (?:i|anyone|anybody|everyone))\b",
    re.IGNORECASE,
)
_OPAQUE = re.compile(r"<[@#!][^>]*>|:[a-z_]+:")
_MOST_TERMS = 16

_FILLER = everyday.words(
    """
    a about across actually again all allowed also always am an and another any anybody anyone anything anywhere
    are aren around as ask asked at bad be because been before being best between but by can cannot cant could
    couldn describe described describes description did didn do doc docs document documentation documented
    documents does doesn doesnt doing don done dont each either else epetech every everybody everything everywhere
    exactly excuse explain explained explains faq fast find for from further get gets getting give go goes going
    good guide guideline guidelines guys had handbook has hasn have haven having he hello help here hey hi how i if
    im in info information instead internal into is isn it its ive just kind know let like line link ll location
    look looking m make manage manual many may me mean means meant might mine more most much must my need needed
    needs never next no not now of on one online opposed or other others our ours out over page pages part people
    permitted place please pls point pointer policy possible proper properly quickly re read readme really
    recommended regarding right s same say says search see send shall share she should shouldn show so some
    somebody someone something somewhere start starts support supported supports supposed t take takes tell text
    than thank thanks that the their them then there these they thing things this those through to together too try
    trying up us use used using usually ve very want wanted was wasn wasnt way ways we weren what whats when where
    which while who whom whose why wiki will with within without won wonder work working works would wouldn write
    written yes yet you your
    """
)

# Words that people use for one another here. Keep it small: every entry also makes wrong pages match.
_SAME = {
    "access": "permission right",
    "administrator": "admin",
    "add": "create introduce",
    "alert": "alarm",
    "compensation": "paid",
    "configuration": "config",
    "contractor": "freelancer",
    "cron": "schedule",
    "database": "db postgres postgresql",
    "decision record": "adr",
    "deploy": "deployment ship release",
    "domain": "subdomain hostname",
    "flag": "toggle",
    "incident": "outage",
    "kubernetes": "k8s cluster",
    "latency": "slow",
    "leak": "paste",
    "login": "log-in sign-in",
    "name": "naming call",
    "oncall": "on-call",
    "onboarding": "newcomer first-day joiner new-colleague new-hire",
    "pull request": "pr mr merge-request",
    "postmortem": "post-mortem retrospective",
    "repository": "repo",
    "rollback": "roll-back rolling-back go-back going-back undo",
    "rotate": "renew",
    "secret": "credential password",
    "service": "app application microservice",
    "setup": "set-up install",
    "token": "api-key access-key",
    "variable": "env-var env-variable",
    "vpn": "remote-access",
}
_MEANT = {word.replace("-", " "): meant for meant, words in _SAME.items() for word in words.split()}
_SAID = "|".join(re.escape(word).replace(r"\ ", "[- ]") for word in sorted(_MEANT, key=len, reverse=True))
_SYNONYM = re.compile(rf"\b({_SAID})(?:s|d|ed)?\b", re.IGNORECASE)


def is_question(text: str) -> bool:
    """Whether a message asks for something to be told; "can you deploy it?" asks for something to be done."""
    return bool(_ASKS.match(text.strip()))


def asks_to_see(text: str) -> bool:
    """Whether a message wants something told or shown, as a question or an order: never something done."""
    return is_question(text) or _SHOWS.match(text.strip()) is not None


def canonical(text: str) -> str:
    """The text with one word for all that mean the same; applied to questions and to what is searched alike."""
    return _SYNONYM.sub(lambda match: _MEANT[match[1].lower().replace("-", " ")], text)


def terms(text: str) -> tuple[str, ...]:
    """The terms of a question, in its order; none when it says nothing of its own ("more, please")."""
    words = _WORD.findall(canonical(_OPAQUE.sub(" ", text).replace("’", "'")).lower())
    said = (word for word in words if word not in _FILLER and (len(word) > 1 or word.isdigit()))
    return tuple(dict.fromkeys(said))[:_MOST_TERMS]
