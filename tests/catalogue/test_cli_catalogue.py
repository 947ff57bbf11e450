"""The commands, as somebody at a shell meets them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant.catalogue import Catalogue, CatalogueSource
from assistant.cli_catalogue import catalog, init
from assistant.contracts.delivery import ServiceState
from assistant.contracts.errors import NotConnected, Refused
from assistant.contracts.organisation import OrganisationReader
from assistant.contracts.platform import Delivery
from assistant.contracts.ports import Ci
from tests.catalogue.test_draft import company

Write = Callable[[str, str], Path]


class PretendCi:
    """Says the same defect of every service, and refuses to talk about production."""

    def check(self, delivery: Delivery, deadline: float) -> list[str]:
        if delivery.environment == "production":
            raise Refused("github", "refused the credentials (401): renew GITHUB_TOKEN")
        return [f"{delivery.repository} has no tag like v1.2.3.", "acme/tools cannot be read."]

    def state(self, delivery: Delivery, deadline: float) -> ServiceState:
        raise NotImplementedError

    def versions_between(self, delivery: Delivery, older: str, newer: str, deadline: float) -> tuple[int, str]:
        raise NotImplementedError

    def has_version(self, delivery: Delivery, version: str, deadline: float) -> bool:
        raise NotImplementedError


class Tools:
    """What the command line gives to these commands."""

    def __init__(self, folder: Path, reader: OrganisationReader | None = None) -> None:
        self.source = CatalogueSource(folder, ("github_actions",), interval=0)
        self._reader = reader
        self.owners: dict[str, str] = {}

    def ci(self, name: str) -> Ci:
        assert name == "github"
        return PretendCi()

    def page_owners(self, catalogue: Catalogue, seconds: float) -> dict[str, str]:
        return self.owners

    def organisation_reader(self) -> OrganisationReader:
        if self._reader is None:
            raise NotConnected("github", "is not connected: set GITHUB_TOKEN")
        return self._reader

    def jobs_reader(self) -> None:
        return None


def run(tools: Tools, *arguments: str) -> Result:
    command = init if arguments[0] == "init" else catalog
    return CliRunner().invoke(command, arguments[1:] if command is init else arguments, obj=tools)


def test_a_sound_catalogue_is_counted(folder: Path) -> None:
    result = run(Tools(folder), "check")
    assert result.exit_code == 0
    assert "2 services, 2 environments, 1 teams, 0 people." in result.stdout


def test_every_problem_is_printed_and_the_exit_code_is_1(folder: Path, write: Write) -> None:
    for file in ("shop.yaml", "more/mailer.yml"):
        write(file, (folder / file).read_text().replace("owner: team-a", "owner: team-b"))
    result = run(Tools(folder), "check")
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == [
        "✗ more/mailer.yml, line 12",
        "✗ shop.yaml, line 12",
    ]


def test_a_page_that_belongs_to_nobody_is_a_problem(folder: Path) -> None:
    tools = Tools(folder)
    tools.owners = {"vpn.md": "team-a", "old/cars.md": "team-gone"}
    result = run(tools, "check")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0].startswith("✗ old/cars.md") and "“team-gone”" in result.stdout
    assert "vpn.md" not in result.stdout


def test_check_prints_json_for_programs(folder: Path, write: Write) -> None:
    write("shop.yaml", (folder / "shop.yaml").read_text().replace("owner: team-a", "owner: team-b"))
    result = run(Tools(folder), "check", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["problems"][0]["file"], told["problems"][0]["line"], told["live"]) == ("shop.yaml", 12, [])


def test_live_says_each_defect_once(folder: Path) -> None:
    result = run(Tools(folder), "check", "--live", "--json")
    assert result.exit_code == 1
    assert sorted(json.loads(result.stdout)["live"]) == [
        "acme/mailer has no tag like v1.2.3.",
        "acme/shop has no tag like v1.2.3.",
        "acme/tools cannot be read.",
        "github refused the credentials (401): renew GITHUB_TOKEN.",
    ]


def test_explain_shows_value_rule_place_and_age(folder: Path) -> None:
    result = run(Tools(folder), "explain", "shop", "staging")
    lines = [line.strip() for line in result.stdout.splitlines()]
    here = next(index for index, line in enumerate(lines) if line.startswith("observe.github_environment"))
    assert lines[0] == "shop in staging"
    assert lines[here].split() == ["observe.github_environment", "staging"]
    assert lines[here + 1] == "profile actions · platform.yaml:11 · just changed"
    assert "health                       unknown (nothing declares it)" in result.stdout


def test_explain_takes_a_name_as_the_conversation_does(folder: Path) -> None:
    assert run(Tools(folder), "explain", "store", "stg").stdout.startswith("shop in staging\n")


def test_explain_prints_json_for_programs(folder: Path) -> None:
    rows = json.loads(run(Tools(folder), "explain", "shop", "--json").stdout)
    tag = next(row for row in rows if row["name"] == "version.tag")
    assert (tag["value"], tag["rule"], tag["file"], tag["line"]) == ("v{semver}", "defaults", "platform.yaml", 8)
    assert "T" in tag["changed_at"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("shopp",), "Did you mean shop?"),
        (("shop", "nowhere"), "environment called “nowhere”"),
        ((), "Missing argument"),
    ],
)
def test_a_wrong_name_is_a_usage_error(folder: Path, arguments: tuple[str, ...], sentence: str) -> None:
    result = run(Tools(folder), "explain", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_explain_says_that_it_shows_the_last_good_catalogue(folder: Path, write: Write) -> None:
    tools = Tools(folder)
    tools.source.current()
    write("shop.yaml", "kind: [")
    result = run(tools, "explain", "shop")
    assert result.exit_code == 0
    assert "last good catalogue. shop.yaml, line" in result.stderr


def test_explain_of_a_broken_catalogue_names_file_and_line(folder: Path, write: Write) -> None:
    write("teams.yaml", "kind: [")
    result = run(Tools(folder), "explain", "shop")
    assert "teams.yaml, line 1: expected valid YAML" in str(result.exception)  # the command line prints it


def test_init_writes_a_catalogue_that_check_accepts(tmp_path: Path) -> None:
    tools = Tools(tmp_path / "new", company())
    result = run(tools, "init", "acme")
    assert result.exit_code == 0
    assert f"wrote {tmp_path / 'new' / 'platform.yaml'}" in result.stdout
    assert run(tools, "check").exit_code == 0


def test_init_never_overwrites(folder: Path) -> None:
    before = (folder / "platform.yaml").read_text()
    result = run(Tools(folder, company()), "init", "acme")
    assert (folder / "platform.yaml").read_text() == before
    assert f"kept  {folder / 'platform.yaml'}" in result.stdout
    assert (folder / "services" / "api.yaml").exists()


def test_init_without_access_writes_nothing_and_says_so(tmp_path: Path) -> None:
    result = run(Tools(tmp_path / "new"), "init", "acme")
    assert result.exit_code == 1
    assert "set GITHUB_TOKEN. Nothing was written." in result.stderr
    assert not (tmp_path / "new").exists()
