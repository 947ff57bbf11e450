"""Answers from folders of Markdown pages and FAQ files, by SQLite's full-text search (https://sqlite.org/fts5.html).

The index lies in memory. Every search looks at the files first: what was added, changed or deleted counts at once,
and only that is read anew.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant.contracts.docs import Found, Passage
from assistant.contracts.errors import CatalogueBroken, Unavailable
from assistant.contracts.platform import DocumentFolder
from assistant.integrations.knowledge.markdown_pages import Section, read_faq, read_markdown

NAME = "documents"
MOST_BYTES = 1_000_000
MOST_FILES = 20_000

_READERS = {".md": read_markdown, ".yaml": read_faq, ".yml": read_faq}
# title, headings, variants, body: what somebody made a heading of says best what a section is about
_WEIGHTS = "3.0, 6.0, 5.0, 1.0"
# The columns that say what a section is about, as FTS5 names them before a word.
_NAMING = "{page headings variants} : "
_CANDIDATES = 30
_UNKNOWN = 1.6
"""What a word that no page has weighs, as a multiple of one that a single section has: it may be the very subject."""
# What a section gains whose whole heading is in the question, as a part of what its share lacks.
_HEADING_SAID = 0.3
_BETWEEN_HEADINGS = " \x1e "
_BETWEEN_BLOCKS = "\n\x1e\n"
_MARK = "\x02"
_SEARCH = f"""
    SELECT rowid, -bm25(sections, {_WEIGHTS}), highlight(sections, 1, '{_MARK}', ''),
           highlight(sections, 3, '{_MARK}', '')
    FROM sections WHERE sections MATCH ? ORDER BY bm25(sections, {_WEIGHTS}) LIMIT {_CANDIDATES}
"""  # noqa: S608 - nothing but our own constants
_WORD = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"\b(?:[A-Z][a-z0-9]+){2,}\b")
_SHORTEST_TYPO = 5
_GIT_SECONDS = 2.0

File = tuple[DocumentFolder, Path, int, int]
"""A file of a folder with its modification time (ns) and size (bytes)."""


class MarkdownKnowledge:
    """Searches the documents of a catalogue.

    Args:
        root: the catalogue's folder, which the folders' paths are relative to.
        canonical: brings words that mean the same to one; the terms of a question went through it too.
    """

    def __init__(self, root: Path, canonical: Callable[[str], str]) -> None:
        self._root, self._canonical = root, canonical
        self._lock = threading.Lock()
        self._read: dict[File, tuple[tuple[Section, ...], str | None]] = {}
        self._indexed: tuple[File, ...] | None = None
        self._index = _Index((), canonical)

    def search(self, folders: Sequence[DocumentFolder], terms: Sequence[str], limit: int, deadline: float) -> Found:
        """The best ``limit`` sections. Raises Unavailable when the files cannot all be read before ``deadline``."""
        with self._lock:
            problems = self._refresh(folders, deadline)
            return Found(tuple(self._index.search(terms, limit)), problems)

    def owners(self, folders: Sequence[DocumentFolder], deadline: float) -> dict[str, str]:
        """Who owns each page, by its file; pages without an owner are left out. Raises Unavailable like ``search``."""
        with self._lock:
            self._refresh(folders, deadline)
            sections = [section for found, _ in self._read.values() for section in found]
        return {section.file: section.owner for section in sections if section.owner}

    def _refresh(self, folders: Sequence[DocumentFolder], deadline: float) -> tuple[str, ...]:
        files, problems = self._files(folders)
        if files != self._indexed:
            read = {file: self._read[file] for file in files if file in self._read}
            for file in files:
                if time.monotonic() > deadline:
                    self._read = read  # the next question goes on from here
                    raise Unavailable(NAME, "are many and still being read; ask again in a few seconds")
                if file not in read:
                    read[file] = _sections(self._root, file)
            self._read, self._indexed = read, files
            self._index = _Index((one for sections, _ in read.values() for one in sections), self._canonical)
        return (*problems, *(problem for _, problem in self._read.values() if problem))

    def _files(self, folders: Sequence[DocumentFolder]) -> tuple[tuple[File, ...], tuple[str, ...]]:
        found: list[File] = []
        known: set[Path] = set()
        problems = []
        for folder in folders:
            place = self._root / folder.path
            if not place.is_dir():
                problems.append(f"there is no folder {folder.path}")
            new = [path for path in _pages(place) if path.resolve() not in known]
            known |= {path.resolve() for path in new}  # a service's folder may lie within one of the company's
            found += ((folder, path, *mark) for path in new if (mark := _mark(path)))
        if len(found) > MOST_FILES:
            problems.append(f"only the first {MOST_FILES:,} of {len(found):,} files are read")
        return tuple(found[:MOST_FILES]), tuple(problems)


class _Index:
    """An immutable full-text index of sections; used by one thread at a time."""

    def __init__(self, sections: Iterable[Section], canonical: Callable[[str], str]) -> None:
        self._sections, self._canonical = tuple(sections), canonical
        self._words: set[str] = set()
        self._base = sqlite3.connect(":memory:", check_same_thread=False)
        self._base.execute(
            "CREATE VIRTUAL TABLE sections USING fts5(page, headings, variants, body, tokenize='porter unicode61')"
        )
        self._base.executemany(
            "INSERT INTO sections(rowid, page, headings, variants, body) VALUES (?, ?, ?, ?, ?)",
            ((number, *self._row(section)) for number, section in enumerate(self._sections)),
        )

    def search(self, terms: Sequence[str], limit: int) -> list[Passage]:
        """The best sections: those that match the question's words best, and most of them."""
        terms = [self._known(term) for term in terms]
        if not terms or not self._sections:
            return []
        holding = [self._rows(term) for term in terms]
        named = [self._rows(term, _NAMING) for term in terms]
        # Rare words weigh more, and one that no page has most of all.
        weights = [
            math.log(1 + len(self._sections) / max(1, len(rows))) * (1 if rows else _UNKNOWN) for rows in holding
        ]
        found = self._base.execute(_SEARCH, (" OR ".join(map(_quoted, terms)),))
        ranked = []
        for number, relevance, heading, marked in found:
            spoken = sum(weight for weight, rows in zip(weights, holding, strict=True) if number in rows)
            share = spoken / sum(weights)
            about = sum(weight for weight, rows in zip(weights, named, strict=True) if number in rows) / sum(weights)
            if _wholly_said(heading):
                share += (1 - share) * _HEADING_SAID
            ranked.append((relevance * share, share, about, number, marked))
        best = sorted(ranked, reverse=True)[:limit]
        return [_passage(self._sections[number], marked, *rated) for *rated, number, marked in best]

    def _row(self, section: Section) -> tuple[str, str, str, str]:
        body = _BETWEEN_BLOCKS.join("\n".join(block.lines) for block in section.blocks)
        headings = _BETWEEN_HEADINGS.join(section.headings) or section.page
        everything = f"{section.page} {headings} {section.variants} {section.file} {body}"
        self._words |= {word.lower() for word in _WORD.findall(everything)}
        # HighErrorRate is one word to the index; people also write three.
        parts = (re.sub(r"(?<!^)([A-Z])", r" \1", word) for word in {*_CAMEL.findall(everything)})
        texts = section.page, headings, " ".join([section.variants, section.file, *parts]), body
        page, headings, variants, body = map(self._canonical, texts)
        return page, headings, variants, body

    def _known(self, term: str) -> str:
        """The term with its spelling mended when no page has it and one letter is off."""
        if len(term) < _SHORTEST_TYPO or self._rows(term):
            return term
        near = process.extractOne(term, self._words, scorer=OSA.distance, score_cutoff=1)
        return str(near[0]) if near and len(near[0]) >= _SHORTEST_TYPO else term

    def _rows(self, term: str, columns: str = "") -> set[int]:
        query = "SELECT rowid FROM sections WHERE sections MATCH ?"
        return {number for (number,) in self._base.execute(query, (columns + _quoted(term),))}


def _wholly_said(heading: str) -> bool:
    """Whether every word of the last heading is in the question; then wordy questions are about it, too."""
    words = heading.split(_BETWEEN_HEADINGS)[-1].split()
    return all(_MARK in word for word in words)


def _quoted(term: str) -> str:
    """A term as FTS5 takes it: nothing in it is an operator."""
    return '"' + term.replace('"', " ") + '"'


def _passage(section: Section, marked: str, score: float, share: float, about: float) -> Passage:
    hits = [block.count(_MARK) for block in marked.split(_BETWEEN_BLOCKS)]
    return Passage(
        file=section.file,
        page=section.page,
        headings=section.headings,
        blocks=section.blocks,
        start=hits.index(max(hits)),
        score=score,
        share=share,
        about=about,
        url=section.url,
        owner=section.owner,
        changed=section.changed or (_committed(section.path, section.modified) if section.path else None),
        review=section.review,
    )


def _sections(root: Path, file: File) -> tuple[tuple[Section, ...], str | None]:
    folder, path, modified, size = file
    name = path.relative_to(root / folder.path).as_posix()
    if size > MOST_BYTES:
        return (), f"{name} is larger than {MOST_BYTES // 1000:,} kB"
    try:
        sections = _READERS[path.suffix](folder, name, path.read_text(encoding="utf-8-sig"))
        return tuple(replace(section, path=path, modified=modified) for section in sections), None
    except CatalogueBroken as error:
        return (), str(error)
    except (OSError, UnicodeDecodeError):
        return (), f"{name} is not readable text"


def _pages(place: Path) -> Iterator[Path]:
    """The pages below a folder in order; neither hidden ones nor what a link brings in from elsewhere."""
    for folder, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if path.suffix in _READERS and not name.startswith(".") and not path.is_symlink():
                yield path


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=2000)
def _committed(path: Path, modified: int) -> date | None:
    """The day of the file's last commit, None outside of git; ``modified`` makes a changed file be asked again."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(path.parent), "log", "-1", "--format=%cs", "--", path.name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_GIT_SECONDS, check=False)  # noqa: S603 - no shell, a path of ours
    except (OSError, subprocess.TimeoutExpired):
        return None
    return date.fromisoformat(done.stdout.strip()) if done.returncode == 0 and done.stdout.strip() else None
