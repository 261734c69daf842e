# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a subject names: SIREN and SIRET in every OU and organizationIdentifier, in the forms that real certificates have.

Seen in 143 real certificates: OU `0002 <SIRET>` or `0002 <SIREN>`; organizationIdentifier `NTRFR-`, `SI:FR-`, `VATEU-FR`, `VATFR-`
(a VAT number is a key of two characters and the SIREN) or bare `0002 `.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..libraries import x509

NUMBER = r"([0-9]{14}|[0-9]{9})"
OU_IDENTIFIER = re.compile(rf"0002 ?{NUMBER}")
ORGANIZATION_IDENTIFIER = re.compile(rf"(?:(?:NTRFR-|SI:FR-|VATEU-FR|VATFR-|0002 ?){NUMBER}|(?:VATEU-FR|VATFR-)[0-9A-Z]{{2}}([0-9]{{9}}))")
ICD = re.compile(r"[0-9]{4}")


@dataclass(frozen=True)
class Identifier:
    """number: SIREN (9 digits) or SIRET (14). place: OU or organizationIdentifier."""

    number: str
    place: str


def identifiers_of(subject: Any) -> list[Identifier]:
    """Every identifier of a subject, in its order."""
    identifiers = []
    for attribute in subject:
        pattern, place = _pattern(attribute.oid)
        match = pattern.fullmatch(attribute_text(attribute)) if pattern else None
        if match:
            identifiers.append(Identifier(next(number for number in match.groups() if number), place))
    return identifiers


def malformed_units(subject: Any) -> list[str]:
    """OUs that start with four digits, as an identifier does, and are none."""
    units = [attribute_text(attribute) for attribute in subject.get_attributes_for_oid(x509.NameOID.ORGANIZATIONAL_UNIT_NAME)]
    return [unit for unit in units if ICD.match(unit) and not OU_IDENTIFIER.fullmatch(unit)]


def attribute_text(attribute: Any) -> str:
    """The value without surrounding blanks; rare types (BIT STRING) come as bytes."""
    return str(attribute.value).strip() if isinstance(attribute.value, str) else ""


def _pattern(oid: Any) -> tuple[re.Pattern[str] | None, str]:
    if oid == x509.NameOID.ORGANIZATIONAL_UNIT_NAME:
        return OU_IDENTIFIER, "OU"
    if oid == x509.NameOID.ORGANIZATION_IDENTIFIER:
        return ORGANIZATION_IDENTIFIER, "organizationIdentifier"
    return None, ""
