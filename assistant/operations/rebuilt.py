"""Following the builds that were run again, until they have ended: a step of the worker, and news for who asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from functools import partial

from assistant.contracts.delivery import Phase
from assistant.contracts.errors import Missing, NotConnected
from assistant.contracts.ports import Watches
from assistant.contracts.watch import WatchedBuild
from assistant.operations.builds import builder
from assistant.operations.context import Context
from assistant.operations.watch import LONGEST


def watch_builds(context: Context, watches: Watches) -> tuple[WatchedBuild, ...]:
    """See how far every build is that was run again; all of it is kept.

    A provider that does not answer now is asked again by the next call. One that is over comes back until it is closed.
    """
    now = datetime.now(timezone.utc)
    known = {one.key: one if one.over else _still_there(context, one) for one in watches.builds()}
    calls = {
        key: (builder(context, one.service), partial(_follow, context, one, now))
        for key, one in known.items()
        if not one.over
    }
    answers = context.gather(calls, context.deadline)
    seen = {key: one for key, one in answers.items() if isinstance(one, WatchedBuild)}
    followed = tuple({**known, **seen}.values())
    for one in followed:
        watches.keep(one)
    return followed


def open_builds(context: Context) -> tuple[str, ...]:
    """The keys of what the speaker had run again and has not ended. Raises Unavailable."""
    mine = context.watches.builds() if context.watches else ()
    return tuple(one.key for one in mine if one.asker.identity == context.actor.identity and not one.over)


def ended_builds(context: Context, keys: Sequence[str]) -> tuple[WatchedBuild, ...]:
    """Those that have ended by now. Raises Unavailable."""
    found = [context.watches.get(key) for key in keys] if context.watches else []
    return tuple(one for one in found if isinstance(one, WatchedBuild) and one.over)


def _still_there(context: Context, one: WatchedBuild) -> WatchedBuild:
    try:
        if one.service in context.catalogue.services and builder(context, one.service):
            return one
    except NotConnected:
        pass
    return replace(one, lost="the catalogue does not say any more who builds it", over=True)


def _follow(context: Context, one: WatchedBuild, now: datetime) -> WatchedBuild:
    run_id = one.progress.run_id if one.progress else one.again
    try:
        progress = context.deployers(builder(context, one.service)).again(one.run, run_id, context.deadline)
    except Missing as error:
        return replace(one, lost=str(error).rstrip("."), over=True)
    if progress.run_id == one.run.id and progress.attempt > one.run.attempt + 1:
        return replace(one, lost=f"attempt {progress.attempt} has begun", over=True)
    if now - one.since > LONGEST:
        return replace(one, lost="it has been under way for two days", over=True)
    if progress.run_id == one.run.id and progress.attempt == one.run.attempt:
        return one  # the provider still shows the attempt before
    return replace(one, progress=progress, over=progress.phase in (Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED))
