"""What a file may say, and which sentence points to what it may not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.reading import read
from assistant.contracts.platform import Origin
from assistant.contracts.post import ChatSettings

Write = Callable[[str, str], Path]
KINDS = ("github_actions",)


def loaded(folder: Path) -> Catalogue:
    reading = read(folder, KINDS)
    assert reading.problems == ()
    assert reading.catalogue is not None
    return reading.catalogue


def change(write: Write, folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    write(file, text.replace(old, new, 1))


BROKEN = [
    ("platform.yaml", "environments:", "environments: [", 4, "expected valid YAML"),
    ("platform.yaml", "kind: github_actions", "kind: github_action", 2, "did you mean “github_actions”"),
    ("platform.yaml", "https://github.example", "https://user:word@github.example", 2, "without name or password"),
    ("platform.yaml", "secret: GITHUB", "secret: ghp_secret", 2, "settings that hold its credentials"),
    ("platform.yaml", "secret: GITHUB", "environments: [live]", 2, "there is no environment “live”"),
    ("platform.yaml", "aliases: [stg]", "alias: [stg]", 4, "did you mean “aliases”"),
    ("platform.yaml", "aliases: [stg]", "aliases: [yes]", 4, "in quotes"),
    ("platform.yaml", "aliases: [prod]", "aliases: [STG]", 5, "already a name of the environment staging"),
    ("platform.yaml", "name: production", "name: staging", 5, "already a name of the environment staging"),
    ("platform.yaml", "after: staging", "after: stage", 5, "an environment above production"),
    ("platform.yaml", "{name: staging, ", "{", 4, "“name”, which is missing"),
    ("platform.yaml", "provider: github", "provider: gitlab", 7, "there is no provider “gitlab”"),
    ("platform.yaml", "  version: {tag", "  version: {tags", 8, "did you mean “tag”"),
    ("platform.yaml", "v{semver}", "v{semvers}", 8, "did you mean “semver”"),
    ("platform.yaml", "provider: github", "approval: asistant", 7, "one of assistant, github, jenkins-input, none"),
    ("platform.yaml", "provider: github", "rollback: {second_person: always}", 7, "true, false, over_migrations"),
    ("platform.yaml", "version: ref}", "where: [1]}", 11, "names with one value each"),
    ("platform.yaml", "    start:", "    strat:", 12, "did you mean “start”"),
    ("platform.yaml", "  actions:", "  my actions:", 10, "a name of letters and digits"),
    ("platform.yaml", "  actions:", "  provider: x\n  provider: y\n  actions:", 11, "stands here twice"),
    ("teams.yaml", "kind: Group", "knd: Group", 1, "“kind”, which is missing"),
    ("teams.yaml", "name: team-a", "name: team a", 3, "a name of letters and digits"),
    ("teams.yaml", "{name: team-a}", "{name: team-a, annotations: {assistant/chanel: x}}", 3, "assistant/chanel"),
    ("shop.yaml", "owner: team-a", "owner: team-b", 12, "did you mean “team-a”"),
    ("shop.yaml", "  owner: team-a", "", 9, "“owner”, which is missing"),
    ("shop.yaml", "acme/shop", "https://github.com/acme/shop", 6, "a repository as owner/name"),
    ("shop.yaml", "profile: actions", "profile: action", 7, "did you mean “actions”"),
    ("shop.yaml", "assistant/profile", "assistant/profil", 7, "did you mean “profile”"),
    ("shop.yaml", "assistant/aliases: store", "assistant/observe.titel: x", 8, "did you mean “observe.title”"),
    ("shop.yaml", "assistant/aliases: store", "assistant/prod.observe.title: x", 8, "is not known on a Component"),
    ("shop.yaml", "assistant/aliases: store", "assistant/observe.title: '{servce}'", 8, "did you mean “service”"),
    ("shop.yaml", "assistant/aliases: store", "assistant/environments: live", 8, "there is no environment “live”"),
    ("shop.yaml", "assistant/aliases: store", "assistant/aliases: 12", 8, "in quotes"),
    ("shop.yaml", "aliases: store", "aliases: Mailer", 8, "is the name of the service mailer"),
    ("shop.yaml", "aliases: store", "aliases: store, Prod", 8, "is a name of the environment production"),
    ("shop.yaml", "name: shop", "name: Mailer", 4, "there is already a Component “Mailer” in more/mailer.yml"),
    ("shop.yaml", "metadata:", "metadata: &m\n  again: *m", 4, "aliases (*name) are not read"),
    ("shop.yaml", "kind: Component", "kind: " + "[" * 100_000, 2, "levels of nesting"),
    ("shop.yaml", "kind: Component", "kind: \x07", 0, "without control characters"),
]


@pytest.mark.parametrize(("file", "old", "new", "line", "expected"), BROKEN, ids=range(len(BROKEN)))
def test_a_mistake_is_named_with_file_and_line(
    folder: Path, write: Write, file: str, old: str, new: str, line: int, expected: str
) -> None:
    change(write, folder, file, old, new)
    problems = read(folder, KINDS).problems
    here = [problem for problem in problems if expected in problem.expected]
    assert here, [str(problem) for problem in problems]
    assert (here[0].file, here[0].line) == (file, line)


def test_every_mistake_is_named_at_once(folder: Path, write: Write) -> None:
    change(write, folder, "shop.yaml", "owner: team-a", "owner: team-x")
    change(write, folder, "more/mailer.yml", "profile: actions", "profile: other")
    assert [(each.file, each.line) for each in read(folder).problems] == [("more/mailer.yml", 7), ("shop.yaml", 12)]


def test_mistakes_of_the_platform_and_of_services_are_named_together(folder: Path, write: Write) -> None:
    change(write, folder, "platform.yaml", "after: staging", "after: moon")
    change(write, folder, "shop.yaml", "owner: team-a", "owner: team-x")
    assert [each.file for each in read(folder).problems] == ["platform.yaml", "shop.yaml"]
    change(write, folder, "platform.yaml", "environments:", "surroundings:")
    change(write, folder, "shop.yaml", "kind: Component", "kinds: Component")
    assert {each.file for each in read(folder).problems} == {"platform.yaml", "shop.yaml"}


def test_documents_belong_to_somebody_whom_the_catalogue_has(folder: Path, write: Write) -> None:
    text = (folder / "platform.yaml").read_text(encoding="utf-8")
    write("platform.yaml", text + "documents: [{path: docs, owner: team-a}, {path: more, owner: team-x}]\n")
    (problem,) = read(folder).problems
    assert problem.file == "platform.yaml" and "there is no team or person “team-x”" in problem.expected


def test_workspaces_and_channels_of_slack_are_read(folder: Path, write: Write) -> None:
    text = (folder / "platform.yaml").read_text(encoding="utf-8")
    channel = "C012AB: {kinds: [deployments], replies: always, service: shop}"
    write("platform.yaml", f"{text}slack:\n  workspaces: [T012AB]\n  channels:\n    {channel}\n")
    catalogue = read(folder).catalogue
    assert catalogue and catalogue.slack_workspaces == ("T012AB",)
    assert catalogue.slack_channels == {"C012AB": ChatSettings(("deployments",), "always", "shop")}


@pytest.mark.parametrize(
    ("slack", "expected"),
    [
        ("workspaces: [acme]", "a workspace's id such as T012AB3CD"),
        ("workspaces: []", "the company's own workspaces"),
        ("channels: {C012AB: {kinds: [jokes]}}", "deployments or approvals"),
        ("channels: {C012AB: {service: shops}}", "did you mean “shop”"),
        ("channels: {general: {}}", "slack"),
    ],
)
def test_mistakes_about_slack_are_named(folder: Path, write: Write, slack: str, expected: str) -> None:
    write("platform.yaml", (folder / "platform.yaml").read_text(encoding="utf-8") + f"slack:\n  {slack}\n")
    (problem,) = read(folder).problems
    assert problem.file == "platform.yaml" and expected in f"{problem} {problem.expected}"


def test_a_file_that_is_no_text_is_named(folder: Path) -> None:
    (folder / "picture.yaml").write_bytes(b"\xff\xfe\x00")
    assert [str(each) for each in read(folder).problems] == ["picture.yaml: expected text in UTF-8"]


def test_a_folder_without_platform_says_what_is_missing(tmp_path: Path) -> None:
    assert "platform.yaml" in str(read(tmp_path).problems[0])
    assert "expected the catalogue's folder here" in str(read(tmp_path / "absent").problems[0])


def test_two_platform_files_are_refused(folder: Path, write: Write) -> None:
    write("platform.yml", (folder / "platform.yaml").read_text())
    assert "there is one in platform.yaml already" in str(read(folder).problems[0])


def test_files_beside_the_descriptors_are_left_alone(folder: Path) -> None:
    for name in ("access.yml", "docs/notes.yaml", ".github/workflows/ci.yml", ".hidden.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("a: [broken", encoding="utf-8")
    loaded(folder)


def test_other_kinds_and_libraries_are_no_services(folder: Path, write: Write) -> None:
    api = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: shop}\nspec: {type: openapi}\n"
    library = (
        (folder / "shop.yaml").read_text().replace("name: shop", "name: kit").replace("type: service", "type: library")
    )
    write("other.yaml", f"---\n{api}---\n{library}---\n")
    assert set(loaded(folder).services) == {"shop", "mailer"}


def test_a_repository_may_come_from_the_source_location(folder: Path, write: Write) -> None:
    slug = "github.com/project-slug: acme/shop"
    location = "backstage.io/source-location: url:https://github.com/acme/big/tree/main/shop/"
    change(write, folder, "shop.yaml", slug, location)
    assert loaded(folder).services["shop"].repository == "acme/big"


def test_owners_may_be_references_and_people(folder: Path, write: Write) -> None:
    change(write, folder, "shop.yaml", "owner: team-a", "owner: user:default/kim")
    change(write, folder, "more/mailer.yml", "owner: team-a", "owner: group:team-a")
    write("kim.yaml", "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: kim}\nspec: {memberOf: []}\n")
    services = loaded(folder).services
    assert (services["shop"].owner, services["mailer"].owner) == ("kim", "team-a")


USER = """\
apiVersion: backstage.io/v1alpha1
kind: User
metadata:
  name: {name}
  annotations:
    assistant/slack: {slack}
    assistant/timezone: {zone}
spec: {{memberOf: [{team}]}}
"""


def test_a_member_may_be_named_by_the_group(folder: Path, write: Write) -> None:
    write("kim.yaml", USER.format(name="kim", slack="U012AB3CD", zone="UTC", team=""))
    change(write, folder, "teams.yaml", "children: []", "children: [], members: [user:default/kim, nobody]")
    assert loaded(folder).people["kim"].teams == ("team-a",)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"slack": "kim"}, "a Slack member id"),
        ({"zone": "Europe/Berln"}, "did you mean “Europe/Berlin”"),
        ({"team": "team-b"}, "did you mean “team-a”"),
    ],
)
def test_mistakes_about_people_are_named(folder: Path, write: Write, given: dict[str, str], expected: str) -> None:
    write("kim.yaml", USER.format(**{"name": "kim", "slack": "U012AB3CD", "zone": "UTC", "team": "team-a", **given}))
    assert [expected in str(problem) for problem in read(folder).problems] == [True]


def test_an_account_belongs_to_one_person(folder: Path, write: Write) -> None:
    for name in ("kim", "lou"):
        write(f"{name}.yaml", USER.format(name=name, slack="U012AB3CD", zone="UTC", team="team-a"))
    assert "“U012AB3CD” is already the login of kim" in str(read(folder).problems[0])


def test_an_alias_of_two_services_is_allowed_and_remarked(folder: Path, write: Write) -> None:
    change(write, folder, "more/mailer.yml", "aliases: post", "aliases: Store")
    loaded(folder)
    assert read(folder).remarks == ("“store” may mean mailer or shop: whoever says it is asked which one.",)


def test_the_service_wins_over_its_profile_and_that_over_the_defaults(folder: Path, write: Write) -> None:
    change(write, folder, "platform.yaml", "observe: {", "version: {tag: 'p{semver}'}\n    observe: {")
    overrides = "assistant/version.tag: 's{semver}'\n    assistant/production.version.tag: 'live{semver}'"
    change(write, folder, "shop.yaml", "assistant/aliases: store", overrides)
    catalogue = loaded(folder)
    tags = {
        (service, environment): catalogue.delivery(service, environment).values["version.tag"]
        for service in ("shop", "mailer")
        for environment in ("staging", "production")
    }
    assert tags == {
        ("shop", "staging"): "s{semver}",
        ("shop", "production"): "live{semver}",
        ("mailer", "staging"): "p{semver}",
        ("mailer", "production"): "p{semver}",
    }


def test_each_value_knows_its_rule_and_line(folder: Path, write: Write) -> None:
    change(write, folder, "shop.yaml", "assistant/aliases: store", "assistant/approval: assistant")
    origins = {name: value.origin for name, value in loaded(folder).declared("shop", "staging").items()}
    assert origins["approval"] == Origin("service", "shop.yaml", 8)
    assert origins["start.inputs.env"] == Origin("profile actions", "platform.yaml", 12)
    assert origins["version.tag"] == Origin("defaults", "platform.yaml", 8)


def test_empty_text_takes_an_inherited_value_away(folder: Path, write: Write) -> None:
    change(write, folder, "shop.yaml", "assistant/aliases: store", "assistant/observe.github_environment: ''")
    assert loaded(folder).delivery("shop", "staging").section("observe") == {"version": "ref"}


def test_what_nobody_declares_is_absent(folder: Path) -> None:
    assert loaded(folder).delivery("shop", "staging").section("health") == {}


def test_only_service_and_environment_are_filled_in(folder: Path, write: Write) -> None:
    query = 'sum(up{job="{service}",n=~"a{2,3}"}) by ({environment}) # {version}'
    change(write, folder, "shop.yaml", "assistant/aliases: store", f"assistant/health.query: '{query}'")
    filled = loaded(folder).delivery("shop", "staging").values["health.query"]
    assert filled == 'sum(up{job="shop",n=~"a{2,3}"}) by (staging) # {version}'


def test_the_provider_is_the_first_that_serves_the_environment(folder: Path, write: Write) -> None:
    second = 'secret: GITHUB, environments: [production]}\n  other: {kind: github_actions, url: "https://o.example"}'
    change(write, folder, "platform.yaml", "secret: GITHUB}", second)
    change(write, folder, "platform.yaml", "provider: github", "provider: github, other")
    catalogue = loaded(folder)
    assert [catalogue.delivery("shop", each).provider for each in ("staging", "production")] == ["other", "github"]


def test_an_environment_that_no_provider_serves_is_remarked(folder: Path, write: Write) -> None:
    change(write, folder, "platform.yaml", "secret: GITHUB}", "environments: [production]}")
    assert loaded(folder).delivery("shop", "staging").provider is None
    assert "shop in staging names no provider: what runs there is unknown." in read(folder).remarks


def test_a_rule_about_migrations_without_their_files_is_remarked(folder: Path, write: Write) -> None:
    change(
        write,
        folder,
        "platform.yaml",
        "provider: github",
        "provider: github\n  rollback: {second_person: over_migrations}",
    )
    assert "shop in staging names no rollback.warn_paths: no migration is ever seen there." in read(folder).remarks


def test_the_revision_follows_the_content(folder: Path, write: Write) -> None:
    first = loaded(folder).revision
    write("shop.yaml", (folder / "shop.yaml").read_text())
    assert loaded(folder).revision == first
    change(write, folder, "shop.yaml", "store", "boutique")
    assert loaded(folder).revision != first


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.sampled_from(list("ab:-[]{}&*!|>'\"#%@`,? \n\t~0")), max_size=60))
def test_any_text_is_either_read_or_refused_by_name(folder: Path, text: str) -> None:
    (folder / "any.yaml").write_text(text, encoding="utf-8")
    reading = read(folder, KINDS)
    assert (reading.catalogue is None) == bool(reading.problems)
    assert all(problem.file == "any.yaml" for problem in reading.problems)


def test_a_service_that_needs_one_which_does_not_exist_is_a_problem(write: Write, folder: Path) -> None:
    needs = "owner: team-a\n  dependsOn: [component:shpo, resource:default/db, component:default/mailer]"
    change(write, folder, "shop.yaml", "owner: team-a", needs)
    (problem,) = read(folder).problems
    assert "there is no service “shpo”; did you mean “shop”?" in problem.expected
