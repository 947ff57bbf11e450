"""Commits, tags, branches, pull requests and files, as GitHub's API tells them."""

from __future__ import annotations

from functools import partial

from sandbox import shapes
from sandbox.company import ORGANISATION
from sandbox.files import contents
from sandbox.github_calls import Answer, Call, Handler, Missing, Page, Problem
from sandbox.records import Commit, Tag
from sandbox.shapes import Scene


def _resolve(scene: Scene, repo: str, ref: str) -> Commit:
    """The commit that a branch, a tag or (a beginning of) a SHA names."""
    line = scene.commits(repo)
    bare = ref.removeprefix("heads/").removeprefix("tags/")
    if bare in ("main", "HEAD"):
        return line[0]
    tagged = [it.commit for it in scene.tags(repo) if it.name == bare]
    begun = [it for it in line if len(ref) >= 7 and it.sha.startswith(ref)]
    if not tagged and not begun:
        raise Problem(422, f"No commit found for SHA: {ref}")
    return (tagged or begun)[0]


def _commits(call: Call, repo: str) -> Answer:
    line = call.scene.commits(repo)
    head = _resolve(call.scene, repo, call.query.get("sha", "main"))
    since, until = call.query.get("since", ""), call.query.get("until", "9")
    line = [it for it in line[line.index(head) :] if since <= shapes.stamp(it.at) <= until]
    found = [it for it in line if it.path.startswith(call.query.get("path", ""))]
    return Page(found, partial(shapes.commit, call.scene))


def _commit(call: Call, repo: str, ref: str) -> Answer:
    found = _resolve(call.scene, repo, ref)
    stats = {"additions": 12, "deletions": 4, "total": 16}
    return {**shapes.commit(call.scene, found), "stats": stats, "files": shapes.changed_files(call.scene, [found])}


def _pulls(call: Call, repo: str, ref: str) -> Answer:
    found = _resolve(call.scene, repo, ref)
    return [shapes.pull(call.scene, found)] if found.pull else []


def _pull(call: Call, repo: str, number: str) -> Answer:
    for found in call.scene.commits(repo):
        if str(found.pull) == number:
            return shapes.pull(call.scene, found, full=True)
    raise Missing


def _compare(call: Call, repo: str, base: str, head: str) -> Answer:
    scene = call.scene
    try:
        old, new = _resolve(scene, repo, base), _resolve(scene, repo, head)
    except Problem:
        raise Missing from None
    line = scene.commits(repo)
    distance = line.index(old) - line.index(new)
    between = line[line.index(new) : line.index(old)][::-1]
    size = call.whole("per_page", 250)
    begin = size * (call.whole("page", 1) - 1)
    return scene.show(
        "comparison",
        repo,
        span=f"{base}...{head}",
        status="ahead" if distance > 0 else "behind" if distance else "identical",
        ahead=max(distance, 0),
        behind=max(-distance, 0),
        old=shapes.commit(scene, old),
        common=shapes.commit(scene, old if distance > 0 else new),
        commits=[shapes.commit(scene, it) for it in between[begin : begin + size]],
        files=shapes.changed_files(scene, between),
    )


def _named(scene: Scene, repo: str) -> list[Tag]:
    return sorted(scene.tags(repo), key=lambda it: it.name)


def _tags(call: Call, repo: str) -> Answer:
    return Page(_named(call.scene, repo)[::-1], partial(shapes.tag, call.scene))


def _matching_tags(call: Call, repo: str, start: str) -> Answer:
    found = _named(call.scene, repo)
    return [shapes.tag(call.scene, it, "tag_ref") for it in found if it.name.startswith(start)]


def _branches(call: Call, repo: str) -> Answer:
    sha = _resolve(call.scene, repo, "main").sha
    short = {"sha": sha, "url": f"{call.scene.origin}/repos/{ORGANISATION}/{repo}/commits/{sha}"}
    return Page([short], lambda commit: call.scene.show("branch", repo, commit=commit))


def _branch(call: Call, repo: str) -> Answer:
    head = shapes.commit(call.scene, _resolve(call.scene, repo, "main"))
    return {**call.scene.show("branch", repo, commit=head), **call.scene.show("branch_links", repo)}


def _contents(call: Call, repo: str, path: str) -> Answer:
    _resolve(call.scene, repo, call.query.get("ref", "main"))
    found = contents(call.scene, repo, path)
    if found is None:
        raise Missing
    return found


ROUTES: tuple[tuple[str, Handler], ...] = (
    ("REPO/commits", _commits),
    ("REPO/commits/([^/]+)/pulls", _pulls),
    ("REPO/commits/(.+)", _commit),
    (r"REPO/pulls/(\d+)", _pull),
    (r"REPO/compare/(.+)\.\.\.(.+)", _compare),
    ("REPO/tags", _tags),
    ("REPO/git/matching-refs/tags/(.*)", _matching_tags),
    ("REPO/branches", _branches),
    ("REPO/branches/main", _branch),
    ("REPO/contents/(.*)", _contents),
)
