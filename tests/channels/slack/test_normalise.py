"""Slack's escapes → words; addresses and names survive."""

from __future__ import annotations

import pytest

from extensions.channels.slack.normalise import written


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@UBOT> how's staging?", "how's staging?"),
        ("<@UBOT|assistant>: how's staging?", "how's staging?"),
        ("how's staging, <@UBOT>?", "how's staging, ?"),
        ("when did <@U0ANADUARTE> deploy last?", "when did <@U0ANADUARTE> deploy last?"),
        ("what did <@U0ANADUARTE|ana> ship", "what did <@U0ANADUARTE> ship"),
        ("tell <#C123|incidents> and <#C456>", "tell #incidents and #C456"),
        ("<!here> <!subteam^S1|@payments-team> look", "@here @payments-team look"),
        ("at <!date^1711000000^{time}|10:00> utc", "at 10:00 utc"),
        ("why is <https://ci.epetech.online/job/1> red", "why is https://ci.epetech.online/job/1 red"),
        ("see <https://ci.epetech.online/job/1|the build>", "see the build https://ci.epetech.online/job/1"),
        ("is <http://api.epetech.online|api.epetech.online> up", "is api.epetech.online up"),
        ("ask <mailto:ops@epetech.online|ops@epetech.online>", "ask ops@epetech.online"),
        ("errors &gt; 5 &amp; latency &lt; 3", "errors > 5 & latency < 3"),
        ("a &amp;lt; b", "a &lt; b"),
        ("deploy `payments` *1.4.2* to _staging_", "deploy payments 1.4.2 to staging"),
        ("status of my_service_name and payments*", "status of my_service_name and payments*"),
        ('/deploy{"environment": "production"}', 'deploy{"environment": "production"}'),
        ("<@UBOT> /approve_request", "approve_request"),
        ("` /deploy`", "` /deploy`"),
        ("two\nlines\tand\u200b more", "two lines and more"),
        ("<@UBOT>", ""),
    ],
)
def test_what_was_meant_is_read(text: str, words: str) -> None:
    assert written(text, "UBOT") == words
