# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the value of a declared field must look like: functions `(value, field) -> value`, which raise InvalidInput naming the field.

The declaration (declaration.py) says which field has which; the modules, the roles and the CSV inventory therefore all refuse the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from ..dates import parse_date, parse_duration
from ..errors import InvalidInput

Check = Callable[[str, str], str]


AS_TEXT = "give it as text: between quotes in YAML, in a column formatted as text in a spreadsheet"


def matching(pattern: str, form: str, mistake: tuple[str, str] | None = None, hint: str = "correct the declaration") -> Check:
    """A check by pattern. form: ends the sentence "... is not". mistake: (pattern of a well-known accident, what happened)."""
    good = re.compile(pattern)

    def check(value: str, field: str) -> str:
        if good.fullmatch(value):
            return value
        remark = f": {mistake[1]}" if mistake and re.fullmatch(mistake[0], value) else ""
        raise InvalidInput(field, f"{value!r} is not {form}{remark}", hint, value=value)

    return check


check_email = matching(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address")
check_postal_code = matching(r"[0-9]{5}", "five digits", (r"[0-9]{4}", "a leading zero may have been lost"), AS_TEXT)
check_departement = matching(
    r"[0-9]{2}|2[AB]|97[0-9]|98[0-9]", "two digits, 2A, 2B, 97x or 98x", (r"[1-9]", "a leading zero may have been lost")
)
_check_sha256 = matching(
    r"[0-9a-f]{64}",
    "a SHA-256: 64 hexadecimal digits",
    ("[0-9a-f]{40}", "it has the 40 digits of a SHA-1, which the certificate window of Windows shows"),
    "take the SHA-256: openssl x509 -noout -fingerprint -sha256 -in FILE",
)


def check_fingerprint(value: str, field: str) -> str:
    """A SHA-256 as tools and windows show it, with colons, hyphens or blanks of any kind; the answer is without them and in small letters."""
    return _check_sha256(re.sub(r"[\s:-]", "", value).lower(), field)


def check_date(value: str, field: str) -> str:
    """A day, or an instant."""
    try:
        parse_date(value)
    except ValueError as error:
        hint = "give a day (2027-01-31: from its beginning on, UTC) or an instant (2027-01-31T08:00:00+01:00)"
        raise InvalidInput(field, f"{value!r} is no date", hint, value=value) from error
    return value


def check_duration(value: str, field: str) -> str:
    try:
        parse_duration(value)
    except ValueError as error:
        raise InvalidInput(field, f"{value!r} is no duration", "write a whole number of d, h, m or s: 7d, 36h, 0", value=value) from error
    return value


# Something that shows, and nothing that controls a printer or a terminal.
check_line = matching(r"\s*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*", "one line of text")
_check_day_form = matching(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "a day; write it as YYYY-MM-DD")


def check_day(value: str, field: str) -> str:
    """A day that the calendar has, as YYYY-MM-DD; how a form writes it is the form's matter."""
    try:
        date.fromisoformat(_check_day_form(value, field))
    except ValueError as error:
        raise InvalidInput(field, f"{value!r} is not a day of the calendar", "correct the declaration", value=value) from error
    return value
