"""The first catalogue of a company that has none."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.draft import draft
from assistant.catalogue.reading import read
from assistant.contracts.organisation import Repository, Workflow

DEPLOY = Workflow("deploy.yml", ("target_env", "image_tag", "git_sha", "request_id", "dry_run"))


@dataclass
class Company:
    """An organisation as its reader would show it."""

    repositories_: dict[str, str] = field(default_factory=dict)
    environments_: dict[str, list[str]] = field(default_factory=dict)
    workflows_: dict[str, list[Workflow]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)

    def address(self) -> str:
        return "https://github.example/api/v3"

    def repositories(self, organisation: str) -> list[Repository]:
        return [Repository(f"{organisation}/{name}", about) for name, about in self.repositories_.items()]

    def environments(self, repository: str) -> list[str]:
        return self.environments_.get(repository, [])

    def workflows(self, repository: str) -> list[Workflow]:
        return self.workflows_.get(repository, [])

    def text(self, repository: str, path: str) -> str | None:
        return self.texts.get((repository, path))


def loaded(files: dict[str, str], folder: Path) -> Catalogue:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    reading = read(folder, ("github_actions", "jenkins"))
    assert [str(problem) for problem in reading.problems] == []
    assert reading.catalogue is not None
    return reading.catalogue


def company() -> Company:
    return Company(
        repositories_={"shop": "The shop: sells “things”", "api": "yes", "notes": "", "tools": ""},
        environments_={
            "acme/shop": ["stg", "prod-eu", "prod-us", "github-pages", "pr-12"],
            "acme/api": ["staging", "demo"],
        },
        workflows_={"acme/shop": [Workflow("ci.yml", ()), DEPLOY], "acme/api": [DEPLOY]},
        texts={("acme/shop", ".github/CODEOWNERS"): "docs/ @acme/writers\n* @acme/team-shop @someone\n"},
    )


def test_it_loads_as_it_is(tmp_path: Path) -> None:
    catalogue = loaded(draft("acme", company()), tmp_path)
    assert set(catalogue.services) == {"shop", "api"}
    assert [each.name for each in catalogue.environments] == ["demo", "staging", "production"]
    assert catalogue.previous("production") == catalogue.environments[1]
    assert catalogue.services["shop"].description == "The shop: sells “things”"
    assert catalogue.services["api"].description == "yes"


def test_environments_keep_the_names_that_github_knows(tmp_path: Path) -> None:
    catalogue = loaded(draft("acme", company()), tmp_path)
    assert catalogue.services["shop"].environments == ("staging", "production")
    assert catalogue.delivery("shop", "staging").values["observe.github_environment"] == "stg"
    assert catalogue.delivery("shop", "production").values["observe.github_environment"] == "prod-eu"
    assert catalogue.delivery("api", "staging").values["observe.github_environment"] == "staging"


def test_inputs_are_guessed_from_their_names(tmp_path: Path) -> None:
    delivery = loaded(draft("acme", company()), tmp_path).delivery("api", "staging")
    assert delivery.section("start.inputs") == {
        "target_env": "staging",
        "image_tag": "{version}",
        "git_sha": "{commit}",
        "request_id": "{request}",
    }


def test_guesses_are_marked_and_facts_are_not() -> None:
    files = draft("acme", company())
    shop = files["services/shop.yaml"].splitlines()
    marked = {line.split(":")[0].strip() for line in shop if "# guess: " in line}
    assert marked == {
        "assistant/profile",
        "assistant/environments",
        "assistant/staging.observe.github_environment",
        "assistant/production.observe.github_environment",
        "owner",
    }
    assert "# guess: it sounds like production, not prod-us" in files["services/shop.yaml"]
    assert '      dry_run: ""  # guess: left to the workflow' in files["platform.yaml"]


def test_owners_come_from_codeowners_and_are_drafted_as_teams(tmp_path: Path) -> None:
    catalogue = loaded(draft("acme", company()), tmp_path)
    assert (catalogue.services["shop"].owner, catalogue.services["api"].owner) == ("team-shop", "nobody-yet")
    assert set(catalogue.teams) == {"team-shop", "nobody-yet"}


def test_what_is_left_out_is_listed() -> None:
    platform = draft("acme", company())["platform.yaml"]
    assert [line.rpartition(": ")[2] for line in platform.splitlines() if "no service" in line] == ["notes", "tools"]


DESCRIBED = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: web-shop
  links: [{url: "https://shop.example"}]
  annotations: {backstage.io/source-location: "url:https://github.com/acme/elsewhere/"}
spec: {type: website, lifecycle: production, owner: group:default/web, system: sales}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop-kit}
spec: {type: library, lifecycle: production, owner: web}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: web}
spec: {type: team, profile: {displayName: Web}, children: []}
"""


def test_existing_descriptors_are_taken_over(tmp_path: Path) -> None:
    there = company()
    there.texts["acme/shop", "catalog-info.yaml"] = DESCRIBED
    files = draft("acme", there)
    catalogue = loaded(files, tmp_path)
    service = catalogue.services["web-shop"]
    assert set(catalogue.services) == {"web-shop", "api"}
    assert (service.owner, service.repository, service.profile) == ("web", "acme/elsewhere", "actions")
    assert catalogue.teams["web"].display_name == "Web"
    kept = yaml.safe_load(files["services/web-shop.yaml"])
    assert (kept["metadata"]["links"], kept["spec"]["system"]) == ([{"url": "https://shop.example"}], "sales")


def test_a_descriptor_that_cannot_be_used_is_drafted_anew(tmp_path: Path) -> None:
    there = company()
    there.texts["acme/shop", "catalog-info.yaml"] = "apiVersion: {{ template }}"
    there.texts["acme/api", "catalog-info.yml"] = DESCRIBED.replace("group:default/web", "the web people")
    catalogue = loaded(draft("acme", there), tmp_path)
    assert set(catalogue.services) == {"shop", "web-shop"}
    assert catalogue.services["web-shop"].owner == "nobody-yet"


def test_repositories_with_odd_names_and_the_same_component_twice(tmp_path: Path) -> None:
    there = company()
    there.repositories_["-odd--name-"] = ""
    there.environments_["acme/-odd--name-"] = ["Production (EU)"]
    for name in ("shop", "api"):
        there.texts[f"acme/{name}", "catalog-info.yaml"] = DESCRIBED
    catalogue = loaded(draft("acme", there), tmp_path)
    assert set(catalogue.services) == {"web-shop", "odd-name"}
    assert catalogue.delivery("odd-name", "production").values["observe.github_environment"] == "Production (EU)"


def test_each_way_to_deploy_is_a_profile_the_most_frequent_first(tmp_path: Path) -> None:
    there = company()
    there.repositories_["late"] = ""
    there.workflows_["acme/late"] = [Workflow("release.yml", ("version",))]
    catalogue = loaded(draft("acme", there), tmp_path)
    profiles = {name: service.profile for name, service in catalogue.services.items()}
    assert profiles == {"shop": "actions", "api": "actions", "late": "actions-2"}
    assert catalogue.delivery("late", "staging").values["start.workflow"] == "release.yml"


def test_a_repository_that_deploys_others_is_a_way_and_no_service(tmp_path: Path) -> None:
    there = company()
    there.repositories_.update({"deployments": "", "mailer": ""})
    there.workflows_["acme/deployments"] = [Workflow("deploy.yml", ("app", "tag", "env"))]
    there.texts["acme/mailer", "catalog-info.yaml"] = DESCRIBED.replace("web-shop", "mailer")
    catalogue = loaded(draft("acme", there), tmp_path)
    assert set(catalogue.services) == {"shop", "api", "mailer"}
    delivery = catalogue.delivery("mailer", "staging")
    assert delivery.section("observe")["runs_of"] == "acme/deployments/deploy.yml"
    assert "github_environment" not in delivery.section("observe")
    assert delivery.section("start.inputs") == {"app": "mailer", "tag": "{version}", "env": "staging"}


def test_an_empty_organisation_still_loads(tmp_path: Path) -> None:
    assert loaded(draft("acme", Company()), tmp_path).services == {}


class Jobs:
    """A Jenkins as its reader would show it."""

    def address(self) -> str:
        return "https://ci.example"

    def jobs(self) -> list[str]:
        return ["mail/shop", "nightly", "teams/sales/Shop", "api-docs"]


def test_jenkins_jobs_that_are_called_like_a_repository_build_it(tmp_path: Path) -> None:
    files = draft("acme", company(), Jobs())
    marked = [line.strip() for line in files["services/shop.yaml"].splitlines() if "jenkins.io" in line]
    why = "it is called like the repository, as is teams/sales/Shop"
    assert marked == [f'jenkins.io/job-full-name: "jenkins:mail/shop"  # guess: {why}']
    assert "jenkins.io" not in files["services/api.yaml"]
    catalogue = loaded(files, tmp_path)
    assert catalogue.providers["jenkins"].url == "https://ci.example"
    delivery = catalogue.delivery("shop", "staging")
    assert (delivery.values["build.job"], delivery.values["build.provider"]) == ("mail/shop", "jenkins")
    assert delivery.provider == "github"
