"""Files change under a running assistant."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.catalogue import CatalogueSource
from assistant.contracts.errors import CatalogueBroken

Write = Callable[[str, str], Path]


@pytest.fixture
def source(folder: Path) -> CatalogueSource:
    """A source that looks at the files at every call."""
    return CatalogueSource(folder, interval=0)


def test_a_change_is_picked_up_without_restart(source: CatalogueSource, folder: Path, write: Write) -> None:
    before = source.current()
    write("shop.yaml", (folder / "shop.yaml").read_text().replace("store", "boutique"))
    after = source.current()
    assert (before.services["shop"].aliases, after.services["shop"].aliases) == (("store",), ("boutique",))
    assert before.revision != after.revision


def test_added_and_removed_files_are_noticed(source: CatalogueSource, folder: Path, write: Write) -> None:
    source.current()
    write("third.yaml", (folder / "shop.yaml").read_text().replace("shop", "third"))
    assert "third" in source.current().services
    (folder / "third.yaml").unlink()
    assert "third" not in source.current().services


def test_nothing_is_read_again_while_nothing_changes(source: CatalogueSource) -> None:
    assert source.current() is source.current()


def test_a_broken_file_leaves_the_last_good_catalogue(source: CatalogueSource, folder: Path, write: Write) -> None:
    good, text = source.current(), (folder / "shop.yaml").read_text()
    write("shop.yaml", text.replace("owner: team-a", "owner: nobody"))
    assert source.current() is good
    assert source.problem is not None
    assert (source.problem.file, source.problem.line) == ("shop.yaml", 12)
    write("shop.yaml", text)
    assert source.current().revision == good.revision
    assert source.problem is None


def test_a_vanished_folder_leaves_the_last_good_catalogue(source: CatalogueSource, folder: Path) -> None:
    good = source.current()
    shutil.rmtree(folder)
    assert source.current() is good
    assert "expected the catalogue's folder" in str(source.problem)


def test_without_any_good_catalogue_the_problem_is_raised_until_mended(
    source: CatalogueSource, folder: Path, write: Write
) -> None:
    text = (folder / "teams.yaml").read_text()
    write("teams.yaml", "kind: [")
    for _ in range(2):
        with pytest.raises(CatalogueBroken, match=r"teams\.yaml, line"):
            source.current()
    assert source.problem is not None
    write("teams.yaml", text)
    assert "shop" in source.current().services


def test_the_files_are_looked_at_once_per_interval(folder: Path, write: Write) -> None:
    source = CatalogueSource(folder, interval=3600)
    first = source.current()
    write("shop.yaml", "broken")
    assert source.current() is first
    assert source.problem is None


def test_files_mounted_as_links_are_followed(source: CatalogueSource, folder: Path, tmp_path: Path) -> None:
    """As container platforms mount them: a hidden folder with the files, and links into it."""
    real = folder / "..data"
    real.mkdir()
    for name in ("platform.yaml", "teams.yaml", "shop.yaml"):
        (folder / name).rename(real / name)
        (folder / name).symlink_to(real / name)
    assert set(source.current().services) == {"shop", "mailer"}


def test_many_threads_get_whole_catalogues_while_files_change(
    source: CatalogueSource, folder: Path, write: Write
) -> None:
    text = (folder / "shop.yaml").read_text()
    stop = threading.Event()

    def ask() -> set[str]:
        seen: set[str] = set()
        while not stop.is_set():
            seen.update(source.current().services["shop"].aliases)
        return seen

    source.current()
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask) for _ in range(4)]
        for number in range(10):
            write("shop.yaml", text.replace("store", f"store-{number}"))
        while "store-9" not in source.current().services["shop"].aliases and not any(each.done() for each in asked):
            pass
        stop.set()
    assert {alias for each in asked for alias in each.result()} <= {"store", *(f"store-{n}" for n in range(10))}
    assert source.current().services["shop"].aliases == ("store-9",)


def test_a_file_emptied_for_a_moment_takes_nothing_away(source: CatalogueSource, write: Write) -> None:
    source.current()
    write("shop.yaml", "")
    assert "shop" in source.current().services
    assert "the file is empty" in str(source.problem)


def test_five_hundred_services_load_within_a_second_or_so(folder: Path) -> None:
    text = (folder / "shop.yaml").read_text()
    for number in range(500):
        (folder / f"service-{number}.yaml").write_text(
            text.replace("shop", f"s{number}").replace("store", f"a{number}")
        )
    started = time.process_time()
    assert len(CatalogueSource(folder).current().services) == 502
    assert time.process_time() - started < 2.0  # about 0.4 s on a quiet machine
