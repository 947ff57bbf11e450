"""People, repositories and commits as GitHub's REST API describes them (https://docs.github.com/en/rest)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

from sandbox.company import CENTRAL, ORGANISATION, PEOPLE, SERVICES
from sandbox.records import Commit, Tag, digest
from sandbox.world import World

Json = dict[str, Any]

REPOSITORIES = (*dict.fromkeys(service.repository for service in SERVICES.values()), CENTRAL)
_USER_URLS = (
    "followers following{/other_user} gists{/gist_id} starred{/owner}{/repo} subscriptions organizations=orgs repos "
    "events{/privacy} received_events"
).split()
_REPOSITORY_URLS = (
    "archive=/{archive_format}{/ref} assignees{/user} blobs=git/blobs{/sha} branches{/branch} "
    "collaborators{/collaborator} comments{/number} commits{/sha} compare/{base}...{head} contents/{+path} contributors "
    "deployments downloads events forks git_commits=git/commits{/sha} git_refs=git/refs{/sha} git_tags=git/tags{/sha} "
    "hooks issue_comment=issues/comments{/number} issue_events=issues/events{/number} issues{/number} keys{/key_id} "
    "labels{/name} languages merges milestones{/number} notifications{?since,all,participating} pulls{/number} "
    "releases{/id} stargazers statuses/{sha} subscribers subscription tags teams trees=git/trees{/sha}"
).split()
_OFF = ("archived", "disabled", "fork", "has_discussions", "has_downloads", "has_pages", "has_projects", "has_wiki")
_ZERO = "forks forks_count network_count open_issues open_issues_count size stargazers_count subscribers_count watchers"


@dataclass(frozen=True)
class Scene:
    """What one request looks at: the world at ``now``, seen from the address ``origin``."""

    world: World
    now: datetime
    origin: str


def stamp(moment: datetime) -> str:
    """A moment as GitHub writes it: UTC, to the second."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def node(kind: str, number: object) -> str:
    """An opaque ``node_id``."""
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


def _links(base: str, templates: list[str]) -> Json:
    links = {}
    for template in templates:
        name, _, path = template.rpartition("=")
        bare = path.replace("/", "{").partition("{")[0]
        links[f"{name or bare}_url"] = f"{base}/{path.lstrip('/')}"
    return links


def user(scene: Scene, login: str) -> Json:
    """A ``simple-user``: a person, the organisation, or the App that runs the workflows."""
    number = 1001 + (list(PEOPLE).index(login) if login in PEOPLE else len(PEOPLE) + len(login))
    kind = "Organization" if login == ORGANISATION else "User" if login in PEOPLE else "Bot"
    url = f"{scene.origin}/users/{quote(login)}"
    return {
        "login": login,
        "id": number,
        "node_id": node(kind, number),
        "avatar_url": f"{scene.origin}/avatars/{number}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{scene.origin}/{quote(login)}",
        **_links(url, _USER_URLS),
        "type": kind,
        "site_admin": False,
    }


def myself(scene: Scene) -> Json:
    """The ``private-user`` whom the token belongs to."""
    zeros = "public_repos public_gists followers following private_gists total_private_repos owned_private_repos"
    login = next(iter(PEOPLE))
    return {
        **user(scene, login),
        **dict.fromkeys(("company", "blog", "location", "email", "hireable", "bio", "twitter_username")),
        **dict.fromkeys((*zeros.split(), "disk_usage", "collaborators"), 0),
        "name": PEOPLE[login],
        "two_factor_authentication": True,
        **_born(scene),
    }


def _born(scene: Scene) -> Json:
    return dict.fromkeys(("created_at", "updated_at"), stamp(scene.world.start - timedelta(days=400)))


def minimal_repository(scene: Scene, name: str) -> Json:
    """A ``minimal-repository``, as it stands inside of runs."""
    number = 5001 + REPOSITORIES.index(name)
    url, page = f"{scene.origin}/repos/{ORGANISATION}/{name}", f"{scene.origin}/{ORGANISATION}/{name}"
    return {
        "id": number,
        "node_id": node("Repository", number),
        "name": name,
        "full_name": f"{ORGANISATION}/{name}",
        "owner": user(scene, ORGANISATION),
        "private": True,
        "html_url": page,
        "description": f"Sandbox data: {name} of a made-up company",
        "fork": False,
        "url": url,
        **_links(url, _REPOSITORY_URLS),
    }


def repository(scene: Scene, name: str) -> Json:
    """A ``full-repository``."""
    page = f"{scene.origin}/{ORGANISATION}/{name}"
    commits = scene.world.commits(name, scene.now)
    return {
        **minimal_repository(scene, name),
        **dict.fromkeys((*_ZERO.split(), "watchers_count"), 0),
        **dict.fromkeys(_OFF, False),
        **dict.fromkeys(("homepage", "license", "mirror_url")),
        **_born(scene),
        **{f"{kind}_url": f"{page}.git" for kind in ("clone", "git", "ssh", "svn")},
        "default_branch": "main",
        "has_issues": True,
        "language": "Python",
        "pushed_at": stamp(commits[0].at),
        "visibility": "private",
        "permissions": {"admin": False, "maintain": False, "push": True, "triage": True, "pull": True},
    }


def commit(scene: Scene, it: Commit, files: bool = False) -> Json:
    """A ``commit``; ``files`` adds the changed file, which lists of commits leave out."""
    base = f"{scene.origin}/repos/{ORGANISATION}/{it.repository}"
    url = f"{base}/commits/{it.sha}"
    line = scene.world.commits(it.repository, it.at)
    return {
        "sha": it.sha,
        "node_id": node("Commit", it.sha),
        "commit": {
            "author": _signature(it),
            "committer": _signature(it),
            "message": it.message,
            "tree": {"sha": digest("tree", it.sha), "url": f"{base}/git/trees/{digest('tree', it.sha)}"},
            "url": f"{base}/git/commits/{it.sha}",
            "comment_count": 0,
        },
        "url": url,
        "html_url": _page(scene, it),
        "comments_url": f"{url}/comments",
        "author": user(scene, it.login),
        "committer": user(scene, it.login),
        "parents": [{"sha": p.sha, "url": f"{base}/commits/{p.sha}", "html_url": _page(scene, p)} for p in line[1:2]],
        **({"stats": {"additions": 12, "deletions": 4, "total": 16}, "files": [changed(scene, it)]} if files else {}),
    }


def _page(scene: Scene, it: Commit) -> str:
    return f"{scene.origin}/{ORGANISATION}/{it.repository}/commit/{it.sha}"


def _signature(it: Commit) -> Json:
    return {"name": PEOPLE[it.login], "email": f"{it.login}@users.noreply.epetech.online", "date": stamp(it.at)}


def changed(scene: Scene, it: Commit) -> Json:
    """The ``diff-entry`` of the one file that a commit touches."""
    place = f"{ORGANISATION}/{it.repository}"
    return {
        "sha": digest("blob", it.sha),
        "filename": it.path,
        "status": "modified",
        "additions": 12,
        "deletions": 4,
        "changes": 16,
        "blob_url": f"{scene.origin}/{place}/blob/{it.sha}/{it.path}",
        "raw_url": f"{scene.origin}/{place}/raw/{it.sha}/{it.path}",
        "contents_url": f"{scene.origin}/repos/{place}/contents/{it.path}?ref={it.sha}",
    }


def short_commit(it: Commit) -> Json:
    """A ``simple-commit``, as it stands inside of runs."""
    return {
        "id": it.sha,
        "tree_id": digest("tree", it.sha),
        "message": it.message,
        "timestamp": stamp(it.at),
        "author": {key: _signature(it)[key] for key in ("name", "email")},
        "committer": {key: _signature(it)[key] for key in ("name", "email")},
    }


def tag(scene: Scene, it: Tag) -> Json:
    """A ``tag`` of the list of tags."""
    base = f"{scene.origin}/repos/{ORGANISATION}/{it.commit.repository}"
    return {
        "name": it.name,
        "zipball_url": f"{base}/zipball/refs/tags/{it.name}",
        "tarball_url": f"{base}/tarball/refs/tags/{it.name}",
        "commit": {"sha": it.commit.sha, "url": f"{base}/commits/{it.commit.sha}"},
        "node_id": node("Ref", it.name),
    }


def tag_ref(scene: Scene, it: Tag) -> Json:
    """A ``git-ref`` to a lightweight tag."""
    base = f"{scene.origin}/repos/{ORGANISATION}/{it.commit.repository}/git"
    return {
        "ref": f"refs/tags/{it.name}",
        "node_id": node("Ref", it.name),
        "url": f"{base}/refs/tags/{it.name}",
        "object": {"type": "commit", "sha": it.commit.sha, "url": f"{base}/commits/{it.commit.sha}"},
    }


def branch(scene: Scene, head: Commit, full: bool = False) -> Json:
    """The branch ``main``: a ``short-branch``, or with ``full`` a ``branch-with-protection``."""
    url = f"{scene.origin}/repos/{ORGANISATION}/{head.repository}/branches/main"
    short = {"sha": head.sha, "url": url.replace("branches/main", f"commits/{head.sha}")}
    return {
        "name": "main",
        "commit": commit(scene, head) if full else short,
        **(
            {"_links": {"self": url, "html": f"{scene.origin}/{ORGANISATION}/{head.repository}/tree/main"}}
            if full
            else {}
        ),
        "protected": True,
        "protection": {"enabled": True},
        "protection_url": f"{url}/protection",
    }
