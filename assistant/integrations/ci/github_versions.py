"""Versions as tags, references and run titles show them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SEMVER = r"(?P<version>\d{1,9}(?:\.\d{1,9}){1,3}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)"
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")

SortKey = tuple[tuple[int, ...], int, tuple[tuple[int, int, str], ...]]


@dataclass(frozen=True)
class TagPattern:
    """How a tag shows a version: ``text`` is for example ``v{semver}`` or ``payments-v{semver}``."""

    text: str

    @property
    def prefix(self) -> str:
        """What such tags begin with."""
        return self.text.partition("{semver}")[0]

    @property
    def shared(self) -> bool:
        """Whether such tags name their service (``payments-v{semver}``), so that its repository holds others too."""
        return self.prefix.strip("v-/_@") != ""

    def excludes(self, ref: str) -> bool:
        """Whether ``ref`` is a version of another service in a shared repository."""
        return self.shared and self.version(ref) is None and re.search(r"\d\.\d+\.\d", ref) is not None

    def version(self, tag: str) -> str | None:
        """The version without its decoration, None when ``tag`` is not of this form."""
        before, _, after = self.text.partition("{semver}")
        found = re.fullmatch(re.escape(before) + _SEMVER + re.escape(after), tag)
        return found["version"] if found else None


def tag_pattern(text: str | None) -> TagPattern | None:
    """The pattern that the catalogue declares, None when its versions are not tags."""
    return TagPattern(text) if text and "{semver}" in text else None


def sort_key(version: str) -> SortKey:
    """The order of https://semver.org section 11: a pre-release before its release, numbers as numbers."""
    core, _, pre = version.partition("+")[0].partition("-")
    numbers = tuple(int(number) for number in core.split("."))
    parts = tuple(
        (0, int(part), "") if part.isascii() and part.isdigit() and len(part) < 10 else (1, 0, part)
        for part in pre.split(".")
        if pre
    )
    return (*numbers, 0, 0)[:4], 0 if pre else 1, parts


def short_ref(ref: str) -> str:
    """A reference as people write it: no ``refs/tags/``, a commit in seven characters."""
    for start in ("refs/tags/", "refs/heads/"):
        ref = ref.removeprefix(start)
    return ref[:7] if is_commit(ref) else ref


def is_commit(ref: str) -> bool:
    """Whether ``ref`` is a whole commit id."""
    return _COMMIT.fullmatch(ref) is not None


def title_pattern(template: str) -> re.Pattern[str]:
    """Run titles of ``template`` (``deploy search {version} to staging``); what stands for ``{version}`` is a group.

    A request in brackets may follow.
    """
    before, mark, after = template.strip().partition("{version}")
    version = r"(?P<version>\S+)" if mark else ""
    return re.compile(re.escape(before) + version + re.escape(after) + r"(?: \([\w-]+\))?")
