"""Everything that can go wrong, as the person will hear it.

    AssistantError
    ├── Invalid            what was said cannot be a value of its kind
    ├── NotAllowed         the access rules refuse it
    ├── NotFound           no such service, environment, version ...
    ├── Ambiguous          the name fits several things
    ├── Conflict           it is not any more as it was when it was shown, or somebody was faster
    ├── CatalogueBroken    a file of the platform's description cannot be read
    └── ProviderError      a system that we ask did not give a usable answer
        ├── NotConnected   it is not set up, or its credentials are missing
        ├── Refused        it refused our credentials or their rights (401, 403)
        ├── Missing        it answers, but does not know what the catalogue points to (404)
        ├── RateLimited    it asks us to wait
        ├── Unavailable    it did not answer in time, or with a server error
        ├── BadAnswer      it answered with something that makes no sense
        ├── NotStarted     what was to be set off there was certainly not
        └── Uncertain      what was to be set off there may have been, or not

Every error knows the sentence that the person is told (``str(error)``): what went wrong and what to do.
One boundary catches them: the base action in chat, the command line in a shell.
"""

from __future__ import annotations

from collections.abc import Sequence


class AssistantError(Exception):
    """The root of everything that is told to a person instead of a trace."""


class Invalid(AssistantError):
    """What was said cannot be used; the sentence says why and gives an example."""


class NotAllowed(AssistantError):
    """The access rules refuse it.

    Args:
        verb: what was to be done, for example ``read``.
        resource: with what, for example ``status``.
        rule: the rule that decided, as written in the access file, or why none matched.
        instead: names of those who may.
    """

    def __init__(self, verb: str, resource: str, rule: str, instead: Sequence[str] = ()) -> None:
        self.verb, self.resource, self.rule, self.instead = verb, resource, rule, tuple(instead)
        who = f" {_or(self.instead)} may." if self.instead else ""
        super().__init__(f"You may not {verb.replace('_', ' ')} {resource}: {rule}.{who}")


class NotFound(AssistantError):
    """A name that the catalogue or a provider does not know.

    Args:
        kind: what was looked for, for example ``service``.
        name: as it was typed.
        suggestions: names that come near, best first.
    """

    def __init__(self, kind: str, name: str, suggestions: Sequence[str] = ()) -> None:
        self.kind, self.name, self.suggestions = kind, name, tuple(suggestions)
        hint = f" Did you mean {_or(self.suggestions)}?" if self.suggestions else ""
        article = "an" if kind[0] in "aeiou" else "a"
        super().__init__(f"I don't know {article} {kind} called “{name}”.{hint}")


class Ambiguous(AssistantError):
    """A name that fits several things; the person chooses.

    Args:
        kind: what was looked for.
        name: as it was typed.
        candidates: canonical names, two or more.
    """

    def __init__(self, kind: str, name: str, candidates: Sequence[str]) -> None:
        self.kind, self.name, self.candidates = kind, name, tuple(candidates)
        super().__init__(f"“{name}” could be {_or(self.candidates)}. Which {kind} do you mean?")


class Conflict(AssistantError):
    """It is not any more as it was shown, or somebody was faster; the sentence says what is the case now."""


class CatalogueBroken(AssistantError):
    """A file of the platform's description cannot be used.

    Args:
        file: path relative to the catalogue's folder.
        line: 1-based, 0 when the whole file is meant.
        expected: what should stand there.
    """

    def __init__(self, file: str, line: int, expected: str) -> None:
        self.file, self.line, self.expected = file, line, expected
        place = f"{file}, line {line}" if line else file
        super().__init__(f"{place}: {expected}")


class ProviderError(AssistantError):
    """A system that we asked gave no usable answer.

    Args:
        provider: its name in the catalogue, for example ``github``.
        why: the end of the sentence “<provider> ...”, for example “did not answer within 5 s”.
        details: for the log only, never shown.
    """

    def __init__(self, provider: str, why: str, details: str = "") -> None:
        self.provider, self.why, self.details = provider, why, details
        super().__init__(f"{provider} {why}.")


class NotConnected(ProviderError):
    """The provider is not set up, or a credential is missing."""


class Refused(ProviderError):
    """The provider refused our credentials or their rights (HTTP 401, 403)."""


class Missing(ProviderError):
    """The provider answers, but does not know what the catalogue points to (HTTP 404, 410)."""


class RateLimited(ProviderError):
    """The provider asks us to wait.

    Args:
        retry_after: seconds until it may be asked again, None when it did not say.
    """

    def __init__(self, provider: str, why: str, retry_after: float | None = None, details: str = "") -> None:
        self.retry_after = retry_after
        super().__init__(provider, why, details)


class Unavailable(ProviderError):
    """The provider did not answer in time, could not be reached, or failed on its side (HTTP 5xx)."""


class BadAnswer(ProviderError):
    """The provider answered with something that makes no sense: half a JSON, HTML, missing fields."""


class NotStarted(ProviderError):
    """What was to be set off certainly was not: the provider refused it, or the request was never sent."""


class Uncertain(ProviderError):
    """The request to set something off was sent, and no answer tells whether it took effect. Never tried again."""


def _or(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]
