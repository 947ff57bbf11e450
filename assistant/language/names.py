"""Names of the catalogue as people write them: any case, plural, possessive, hyphen or space, small typos."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from assistant.contracts.errors import Ambiguous, NotFound
from assistant.contracts.platform import Environment, Service, Team
from assistant.language import everyday
from assistant.language.mention import Mention, without_overlaps
from assistant.language.typos import TypoIndex, close
from assistant.language.unknown import unknown_names

MAX_WORDS = 4
SHORTEST_PLURAL = 4
MAX_TEXT = 4000
_WIDEST_JOINT = 3
_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W_]+(?:['’]s(?![^\W_]))?")
# A URL, a mention or a channel is not prose: no names are looked for inside.
_OPAQUE = re.compile(
    r"https?://\S+|<[@#!][^>]*>|#[a-z][\w-]*|[\w.+-]+@[\w-]+\.\w+|\b[a-z_]\w*(?:\.[a-z_]\w*){2,}", re.IGNORECASE
)
_TAIL = {
    "service": re.compile(r"\s+(?:service|app|application|component)$", re.IGNORECASE),
    "environment": re.compile(r"\s+(?:env|environment|system|cluster)$", re.IGNORECASE),
    "team": re.compile(r"\s+(?:team|squad)$", re.IGNORECASE),
}
_COMPOUND_BEFORE = re.compile(r"(?:[^\W_]+[-_]+)+$")
_COMPOUND_AFTER = re.compile(r"(?:[-_]+[^\W_]+)+")
_TAILS = everyday.words(
    """
    service app related specific wide only deploy deployment build pipeline logs alerts team env environment the
    on call
    """
)
_ARTICLE = re.compile(r"^(?:the|our|your|my)\s+", re.IGNORECASE)


class Platform(Protocol):
    """The part of the catalogue that has names."""

    @property
    def services(self) -> Mapping[str, Service]: ...
    @property
    def environments(self) -> tuple[Environment, ...]: ...
    @property
    def teams(self) -> Mapping[str, Team]: ...


@dataclass(frozen=True)
class _Target:
    kind: str
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    word: str


class Names:
    """Finds and resolves names of services, environments and teams.

    Names are looked up by their letters alone (``billing-worker``, ``billing worker`` and ``BillingWorker`` are
    one), so the cost of a message does not depend on the size of the catalogue.
    """

    def __init__(self, platform: Platform) -> None:
        self._exact: dict[str, list[_Target]] = {}
        for kind, name, written in _written(platform):
            words = tuple(word.lower() for word in _WORD.findall(written))
            target = _Target(kind, name, words)
            if words and target not in self._exact.setdefault("".join(words), []):
                self._exact["".join(words)].append(target)
        self._typos = TypoIndex(self._exact)

    def find(self, text: str) -> list[Mention]:
        """All names in ``text``, without overlaps, in its order.

        A word that is a name but reads as an everyday word ("search the docs") is left out. A plausible name that the
        catalogue lacks ("the mailer service", "in uat") has no values. Only the first 4,000 characters count.
        """
        prose = _OPAQUE.sub(lambda match: " " * len(match[0]), text[:MAX_TEXT])
        known = without_overlaps(self._known(prose))
        taken = [(mention.start, mention.end) for mention in known]
        return without_overlaps([*known, *unknown_names(prose, taken)])

    def resolve(self, kind: str, text: str) -> str:
        """The canonical name of the one thing of ``kind`` (service, environment, team) that ``text`` means.

        Raises:
            NotFound: nothing is called so; it carries what comes near.
            Ambiguous: several are called so; it carries them.
        """
        for written in _readings(kind, text):
            words = _WORD.findall(written.lower())
            key = "".join(words)
            # "checkout qa" are two names, and no "checkout" with a typo.
            near = [target for target in self._similar(key) if len(words) in (1, len(target.words))]
            names = self._names(kind, self._lookup(key) or near)
            if len(names) == 1:
                return names[0]
            if names:
                raise Ambiguous(kind, text, names)
        raise NotFound(kind, text, self._suggestions(kind, text))

    def _known(self, text: str) -> Iterator[Mention]:
        tokens = [_token(match) for match in _TOKEN.finditer(text)]
        for first in range(len(tokens)):
            for last in range(first, min(first + MAX_WORDS, len(tokens))):
                if last > first and not _joined(text[tokens[last - 1].end : tokens[last].start]):
                    break
                yield from self._mentions(text, tokens[first : last + 1])

    def _mentions(self, text: str, window: list[_Token]) -> Iterator[Mention]:
        key = "".join(token.word for token in window)
        start, end = window[0].start, window[-1].end
        found, exact = self._lookup(key), True
        if not found:
            found, exact = self._misspelt(key, window, text), False
        for kind in dict.fromkeys(target.kind for target in found):
            if not exact or self._meant(kind, key, window, found, text):
                values = tuple(self._names(kind, found))
                yield Mention(kind, start, end, text[start:end], values, exact)

    def _meant(self, kind: str, key: str, window: list[_Token], found: list[_Target], text: str) -> bool:
        start, end = window[0].start, window[-1].end
        if not self._stands_alone(text, start, end):
            return False
        if len(window) == 1:
            return everyday.reads_as_name(kind, key, text, start, end)
        if any(len(target.words) > 1 for target in found) or " " not in text[start:end]:
            return True
        return everyday.reads_as_service(text, start, end)  # one word, written as two: "check out"

    def _stands_alone(self, text: str, start: int, end: int) -> bool:
        """Whether the rest of a hyphenated word is known too: "payments-worker" is another service than payments."""
        before, after = _COMPOUND_BEFORE.search(text[:start]), _COMPOUND_AFTER.match(text[end:])
        if before and before[0].lower() == "team-":
            return False  # "team-search" is a team, whether the catalogue has it or not
        parts = _WORD.findall(" ".join(match[0] for match in (before, after) if match).lower())
        return all(part in _TAILS or self._lookup(part) for part in parts)

    def _lookup(self, key: str) -> list[_Target]:
        found = self._exact.get(key, [])
        if not found and key.endswith("s") and len(key) > SHORTEST_PLURAL:
            found = [target for target in self._exact.get(key[:-1], []) if target.kind == "service"]
        return found

    def _misspelt(self, key: str, window: list[_Token], text: str) -> list[_Target]:
        start, end = window[0].start, window[-1].end
        if len(window) == 1 and everyday.is_english(key):
            singular = [target for target in self._exact.get(key + "s", []) if target.kind == "service"]
            return singular if singular and everyday.reads_as_service(text, start, end) else []
        if " " not in text[start:end]:
            return self._similar(key)
        words = [token.word for token in window]
        if all(map(everyday.is_english, words)):
            return []  # no typo in it, and a look-up saved
        return [target for target in self._similar(key) if _word_by_word(words, target.words)]

    def _similar(self, key: str) -> list[_Target]:
        return [target for surface in self._typos.nearest(key) for target in self._exact[surface]]

    @staticmethod
    def _names(kind: str, targets: Iterable[_Target]) -> list[str]:
        return list(dict.fromkeys(target.name for target in targets if target.kind == kind))

    def _suggestions(self, kind: str, text: str) -> list[str]:
        of_kind = {key: targets for key, targets in self._exact.items() if any(t.kind == kind for t in targets)}
        key = "".join(_WORD.findall(_readings(kind, text)[-1].lower()))
        near = close(key, of_kind)
        return list(dict.fromkeys(name for surface in near for name in self._names(kind, of_kind[surface])))[:3]


def _written(platform: Platform) -> Iterator[tuple[str, str, str]]:
    for service in platform.services.values():
        for written in (service.name, service.title, *service.aliases):
            yield "service", service.name, written
    for environment in platform.environments:
        for written in (environment.name, *environment.aliases):
            yield "environment", environment.name, written
    for team in platform.teams.values():
        stem = re.sub(r"^team[- ]|[- ]team$", "", team.name, flags=re.IGNORECASE)
        for written in (team.name, team.display_name, *team.aliases, f"team {stem}", f"{stem} team"):
            yield "team", team.name, written


def _token(match: re.Match[str]) -> _Token:
    word = _POSSESSIVE.sub("", match[0])
    return _Token(match.start(), match.start() + len(word), word.lower())


def _joined(between: str) -> bool:
    return not between.strip(" -_") and len(between) <= _WIDEST_JOINT


def _readings(kind: str, text: str) -> list[str]:
    """The text itself, then without its possessive and article, at last without "service" and the like."""
    bare = _ARTICLE.sub("", _POSSESSIVE.sub("", text.strip()))
    short = _TAIL[kind].sub("", bare)
    return list(dict.fromkeys([text, bare, *([f"{short} team"] if kind == "team" else []), short]))


def _word_by_word(typed: list[str], words: tuple[str, ...]) -> bool:
    """A typo lies inside a word that is none in English: "checkout is" must not become "checkout-ui"."""
    if len(typed) != len(words):
        return False
    return all(
        one == other or (not everyday.is_english(one) and bool(close(one, [other], strict=True)))
        for one, other in zip(typed, words, strict=True)
    )
