"""Times ("since Monday", "last night", "around 3pm") and durations ("2 hours", "until tomorrow morning")."""

from __future__ import annotations

import re

_NUMBER = (
    r"(?:\d+(?:[.,]\d+)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty"
    r"|thirty|forty|forty-five|fifty|sixty|ninety"
    r"|half an?|a few|few|a couple(?: of)?|couple(?: of)?|several|another)"
)
_UNIT = (
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|quarters?|years?|sprints?|fortnights?"
    r"|weekends?|nights?|business days?|working days?)"
)
_SHORT = r"(?![1-5]\d\ds\b)\d+(?:\.\d+)?\s?(?:s|m|h|d|w|hr|hrs|min|mins|sec|secs)\b(?:\s?\d+\s?(?:m|min|s)\b)?"
_CLOCK = (
    r"(?:\d{1,2}(?:[:.]\d{2})?\s?(?:am|pm|a\.m\.|p\.m\.)|\d{1,2}:\d{2}(?:\s?(?:utc|cet|cest|gmt|est|pst))?"
    r"|\d{1,2} o'?clock|noon|midnight|midday)"
)
_WEEKDAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:tue|wed|thu|thurs|fri)(?=\s+(?:morning|afternoon|evening"
    r"|night|\d))"
)
_MONTH = (
    r"(?:january|february|march|april|june|july|august|september|october|november|december|jan|feb|apr|aug|sept?"
    r"|oct|nov|dec)"
)
_DATE = (
    rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH}|may)\b(?: \d{{4}})?|(?:{_MONTH}"
    rf"|may) \d{{1,2}}(?:st|nd|rd|th)?\b|(?:{_MONTH}) \d{{4}}|q[1-4](?: \d{{4}})?|h[12] \d{{4}}"
    rf"|\d{{1,2}}\.(?:\d{{1,2}}\.\d{{4}}|\d{{2}}\.|\d\.(?=\s+\w))|\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?(?![\w/]))"
)
_PART = r"(?:morning|afternoon|evening|night|noon|lunch(?:time)?)"
_DAY = rf"(?:today|tomorrow|yesterday|tmrw|tmr|yday|the day before yesterday|day before yesterday|(?:{_WEEKDAY}))"
_FEAST = (
    r"(?:easter|christmas(?: eve)?|xmas|new year(?:'?s)?(?: eve| day)?|black friday|cyber monday|thanksgiving"
    r"|halloween|sale day)(?: weekend| week| sale| day)?"
)
_WHICH = r"(?:last|past|previous|next|this|coming|current|following)"
_PERIOD = (
    rf"(?:week|month|quarter|year|sprint|weekend|night|morning|afternoon|evening|hour|minute|day|release cycle"
    rf"|half year|{_WEEKDAY}|{_MONTH}|spring|summer|autumn|fall|winter)"
)

_TIMES = (
    rf"{_DATE}(?:,? (?:at )?{_CLOCK})?",
    rf"(?:early |late |earlier |later )?(?:(?:{_WHICH} )?(?:{_WEEKDAY})"
    rf"|{_DAY})(?:(?:'s)? {_PART})?(?:,? (?:at |around |about )?{_CLOCK}|(?: at \d{{1,2}}\b))?",
    rf"{_WHICH} (?:{_NUMBER} )?{_UNIT}",
    rf"{_WHICH} {_PERIOD}(?: (?:{_PART}))?(?: (?:at )?{_CLOCK})?",
    rf"(?:{_NUMBER} {_UNIT}|{_SHORT})(?: and a half)? (?:ago|before|earlier|from now)",
    rf"{_CLOCK}(?: (?:today|tomorrow|yesterday|tonight|on {_WEEKDAY}|{_WEEKDAY}))?",
    _FEAST,
    r"tonight|overnight|weekend|eod|cob|end of (?:the )?(?:day|week|month|quarter)|day one|earlier today",
    rf"(?:{_WEEKDAY}) and (?:{_WEEKDAY})",
    rf"\d{{1,2}}(?: ?[ap]m)? ?(?:and|-|to) ?{_CLOCK}",
)
_MONTHS_ALONE = (
    rf"(?<=in )(?:{_MONTH}|may)|(?<=since )(?:{_MONTH}|may)|(?<=for )(?:{_MONTH})|(?<=of )(?:{_MONTH})|january"
    rf"|february|september|october|november|december"
)
_PARTS_ALONE = (
    r"(?<=in the )(?:morning|afternoon|evening)|(?<=during the )(?:night|holidays)|(?<=over the )holidays"
    r"|(?<=between )\d{1,2}[ap]m and \d{1,2}[ap]m"
)
_TIME = "|".join(f"(?:{part})" for part in _TIMES)
_SINCE = (
    rf"(?:since|around)\s+(?:the )?(?:{_TIME}|{_MONTHS_ALONE}|{_PART}|{_NUMBER} {_UNIT}|{_SHORT}"
    rf"|\d{{1,2}}\b(?![%.:]\w|%))"
)

_LENGTH = (
    rf"(?:{_SHORT}|{_NUMBER} (?:more )?{_UNIT}(?: and a half| and {_NUMBER} {_UNIT})?|half an? (?:hour|day)"
    rf"|half (?:hour|day)|(?:rest of the|whole|entire|full) (?:day|week|weekend|night|morning|afternoon|evening"
    rf"|sprint)|one (?:afternoon|morning|evening|night)|\d+-(?:hour|minute|day))"
)
_CLAUSE = (
    r"(?:the|my|our|we|we're|i|i'm|it|it's|that|that's|someone|somebody|further|everything|they|he|she|you"
    r"|things)\b[^,.;:!?\n]{0,45}"
)
_UNTIL = (
    rf"(?:until|till|til|'til)\s+(?:(?:the )?(?:{_TIME}|{_PART}|{_MONTHS_ALONE}|{_MONTH}|\d{{1,2}}(?=\s|$|[,.!?])"
    rf"|end of [a-z]+)|{_CLAUSE})"
)
_RANGE = rf"(?:from|between) {_CLOCK} (?:to|till|until|and|-) {_CLOCK}"

# Each finds values of its kind; the value is the group "v" if there is one.
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("duration", re.compile(rf"\b(?:{_UNTIL})(?!\w)", re.I)),
    ("duration", re.compile(rf"\bfrom {_CLOCK} (?:to|till|until|-) {_CLOCK}(?!\w)", re.I)),
    ("duration", re.compile(rf"\bfor (?:the )?(?P<v>(?:next )?(?:{_LENGTH}|afternoon|weekend|night|day))(?!\w)", re.I)),
    ("time", re.compile(rf"\b(?P<v>{_SINCE})(?!\w)", re.I)),
    ("time", re.compile(rf"(?<![\w#./-])(?:{_TIME}|{_MONTHS_ALONE}|{_PARTS_ALONE})(?!\w)", re.I)),
    # "a week" alone is mostly a rate ("twice a week"), "in 5 minutes" a moment.
    (
        "duration",
        re.compile(
            rf"(?<![\w#./-])(?<!\bin )(?!an? (?:second|day|week|month|quarter"
            rf"|year)\b)(?:{_LENGTH})(?![\w-])(?! (?:late|ago|old))",
            re.I,
        ),
    ),
)
