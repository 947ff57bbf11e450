"""A rule about a name that nobody has grants nothing, so it is said, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.bootstrap import Assistant
from assistant.catalogue import CatalogueSource
from assistant.cli import main
from assistant.safeguards.access_names import access_problems
from assistant.settings import PROJECT, Settings

CATALOGUE = CatalogueSource(PROJECT / "catalog").current()
RULES = """\
members: ["read:status"]
roles:
  engineer: ["read:logs", "deploy:own/*"]
  approver:
    - approve:team-payments/production
    - approve:checkout/production
people:
  ana-duarte: [engineer]
groups:
  team-checkout: [approver]
"""


def problems(folder: Path, text: str) -> list[str]:
    (folder / "access.yml").write_text(text, encoding="utf-8")
    return [str(each) for each in access_problems(folder, CATALOGUE)]


def test_the_example_has_no_problem() -> None:
    assert list(access_problems(PROJECT / "catalog", CATALOGUE)) == []


def test_without_the_file_there_is_nothing_to_check(tmp_path: Path) -> None:
    assert list(access_problems(tmp_path, CATALOGUE)) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("own/*", "paymets/*", 3, "there is no service or team “paymets”; did you mean “payments”"),
        ("checkout/production", "checkout/prodution", 6, "there is no environment “prodution”"),
        ("team-payments/", "team-payment/", 5, "did you mean “team-payments”"),
        ("ana-duarte", "ana-durate", 8, "there is no person “ana-durate”; did you mean “ana-duarte”"),
        ("team-checkout", "team-chekout", 10, "there is no team “team-chekout”"),
        ("deploy:own/*", "deplyo:own/*", 3, "deplyo"),
        ("[approver]", "[aprover]", 10, "the role “aprover”, which is not declared"),
    ],
)
def test_a_misspelt_name_is_said_with_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert problems(tmp_path, RULES) == []
    (found,) = problems(tmp_path, RULES.replace(old, new))
    assert found.startswith(f"access.yml, line {line}: ") and said in found


def test_the_check_of_the_catalogue_and_the_doctor_say_it(tmp_path: Path) -> None:
    for path in (PROJECT / "catalog").rglob("*.y*ml"):
        copy = tmp_path / "catalog" / path.relative_to(PROJECT / "catalog")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    rules = tmp_path / "catalog" / "access.yml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("lock:*/qa", "lock:*/qaa"), encoding="utf-8")
    assistant = Assistant(Settings({"ASSISTANT_STATE": str(tmp_path), "CATALOG": str(tmp_path / "catalog")}))
    for command in (["catalog", "check"], ["doctor"]):
        done = CliRunner().invoke(main.commands[command[0]], command[1:], obj=assistant)
        assert done.exit_code == 1 and "there is no environment “qaa”" in done.output, done.output
