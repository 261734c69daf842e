# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIREN and SIRET (R7): refused early, never corrected.

A SIRET is the 9 digits of the SIREN, 4 of the NIC and a Luhn key; La Poste (356000000) has a rule of its own.
A wrong one at onboarding corrupts every FPS number issued afterwards (R7).
"""

from __future__ import annotations

import functools
import re
from functools import lru_cache

from .errors import InvalidInput
from .libraries import stdnum_luhn, stdnum_siren, stdnum_siret

LA_POSTE = "356000000"

# Whatever is not 14 digits has a likely origin; (pattern, what it looks like, what to do).
MISTAKES = (
    (r"\d{9}", "this is a SIREN (9 digits)", "give the SIRET of the establishment: SIREN, then 5 more digits"),
    (r"\d{5}", "this looks like a postal code or an INSEE code", "give the SIRET (14 digits); a postal code identifies no collectivité"),
    (r"\d{13}", "13 digits: a leading zero may have been lost", "look the SIRET up again and quote it as text; it is never completed here"),
    (
        r"[\d.,]+[eE]\+?\d+",
        "a spreadsheet has turned the SIRET into a number and lost digits",
        "format the column as text and enter the SIRET again",
    ),
    (r"FR\w{2}\d{9}", "this is a VAT number", "give the SIRET (14 digits)"),
    (r"[\d\s.\u00a0\u202f-]+", "only digits are accepted", "write the 14 digits without spaces or signs"),
)


@lru_cache(maxsize=1024)  # every resource of a collectivité checks the same one
def check_siret(value: str, field: str = "siret") -> str:
    """The SIRET itself, 14 digits. Raises InvalidInput with what the value looks like instead."""
    if not re.fullmatch(r"[0-9]{14}", value):
        raise _explained(value, field)
    if value.startswith("0" * 9):
        raise InvalidInput(field, f"{value} is a placeholder, no SIRET", "enter the SIRET of the establishment", value=value)
    if not _key_is_right(value):
        raise InvalidInput(
            field,
            f"{value} has a wrong key: at least one digit is not right",
            "compare it with the official notice of the establishment (avis de situation)",
            value=value,
        )
    return value


def is_siret(value: str) -> bool:
    """Whether a text is 14 digits, no placeholder, with the key of a SIRET."""
    return bool(re.fullmatch(r"[0-9]{14}", value)) and not value.startswith("0" * 9) and _key_is_right(value)


def is_siren(value: str) -> bool:
    """Whether a text is 9 digits, no placeholder, with the key of a SIREN."""
    return bool(re.fullmatch(r"[0-9]{9}", value)) and value != "0" * 9 and bool(stdnum_siren.is_valid(value))


def siret_key(digits: str) -> str:
    """The fourteenth digit of a SIRET, by Luhn's rule, from the 13 before it. Raises InvalidInput, for La Poste too: its rule allows two."""
    if not re.fullmatch(r"[0-9]{13}", digits):
        raise InvalidInput(
            "digits", f"{digits!r} is not the first 13 digits of a SIRET", "give SIREN (9 digits) and the first 4 of the NIC", value=digits
        )
    if digits.startswith(LA_POSTE):
        raise InvalidInput("digits", f"the establishments of La Poste ({LA_POSTE}) have no single key", "look the SIRET up", value=digits)
    return str(stdnum_luhn.calc_check_digit(digits))


@functools.lru_cache(maxsize=1000)  # one collectivité after the other; each of its resources asks the same again
def _key_is_right(siret: str) -> bool:
    return bool(stdnum_siret.is_valid(siret))


def _explained(value: str, field: str) -> InvalidInput:
    for pattern, looks_like, todo in MISTAKES:
        if re.fullmatch(pattern, value):
            return InvalidInput(field, f"{value!r} is not a SIRET: {looks_like}", todo, value=value)
    return InvalidInput(field, f"{value!r} is not a SIRET", "a SIRET is 14 digits", value=value)
