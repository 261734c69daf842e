# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules on a certificate's subject (RGS annex A4): who it names, and whether that is the collectivité (R7)."""

from __future__ import annotations

from typing import Any

from ..libraries import x509
from .subject_identifiers import attribute_text, identifiers_of, malformed_units
from .validation_inputs import ValidationInputs
from .verdict import Finding, failed, passed, warned


def _values(inputs: ValidationInputs, oid: Any) -> list[str]:
    return [attribute_text(attribute) for attribute in inputs.leaf.subject.get_attributes_for_oid(oid)]


def subject_country(inputs: ValidationInputs) -> Finding:
    countries = _values(inputs, x509.NameOID.COUNTRY_NAME)
    if len(countries) == 1 and len(countries[0]) == 2 and countries[0].isascii() and countries[0].isalpha() and countries[0].isupper():
        return passed(countries[0])
    return failed(f"C must be there once, two letters in upper case; found: {', '.join(countries) or 'none'}")


def subject_organization(inputs: ValidationInputs) -> Finding:
    organizations = _values(inputs, x509.NameOID.ORGANIZATION_NAME)
    return (
        passed(organizations[0])
        if len(organizations) == 1 and organizations[0]
        else failed(f"O must be there once; found: {', '.join(organizations) or 'none'}")
    )


def subject_identifier(inputs: ValidationInputs) -> Finding:
    identifiers = identifiers_of(inputs.leaf.subject)
    units = {identifier.number for identifier in identifiers if identifier.place == "OU"}
    if len(units) > 1:
        return failed("several OUs name an organisation: " + ", ".join(sorted(units)))
    if units:
        return passed("OU 0002 " + units.pop())
    if identifiers:
        return warned(
            f"only the organizationIdentifier names {identifiers[0].number}; A4 wants an OU `0002 ...`, which recent certificates leave out"
        )
    return failed("no OU `0002 <SIREN or SIRET>` and no organizationIdentifier")


def subject_other_units(inputs: ValidationInputs) -> Finding:
    units = malformed_units(inputs.leaf.subject)
    return (
        failed(f"an OU that is no identifier starts with four digits: {', '.join(units)}")
        if units
        else passed("none starts with four digits")
    )


def subject_common_name(inputs: ValidationInputs) -> Finding:
    common_names = _values(inputs, x509.NameOID.COMMON_NAME)
    return (
        passed(common_names[0])
        if len(common_names) == 1 and common_names[0]
        else failed(f"CN must be there once; found: {', '.join(common_names) or 'none'}")
    )


def owner(inputs: ValidationInputs) -> Finding | None:
    if not inputs.siret:
        return None
    numbers = [identifier.number for identifier in identifiers_of(inputs.leaf.subject)]
    foreign = sorted({number for number in numbers if not inputs.siret.startswith(number)})
    if foreign:
        return failed(f"names {', '.join(foreign)}, not {inputs.siret}")
    if not numbers:
        return failed(f"names nobody: nothing says that it is {inputs.siret}'s")
    return (
        passed(f"names {inputs.siret}")
        if inputs.siret in numbers
        else warned(f"names the SIREN {numbers[0]} only, not the establishment {inputs.siret}")
    )
