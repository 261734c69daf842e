# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom subjects name, in the forms of real certificates; dates and host names at their edges."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from ansible_collections.collectivites.antai.plugins.module_utils._pki.host_rules import host_matches
from ansible_collections.collectivites.antai.plugins.module_utils._pki.profile_rules import years_after
from ansible_collections.collectivites.antai.plugins.module_utils._pki.subject_identifiers import identifiers_of, malformed_units

OU, OI = NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.ORGANIZATION_IDENTIFIER


def name(oid: x509.ObjectIdentifier, value: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value)])


@pytest.mark.parametrize(
    ("oid", "value", "expected"),
    [
        (OU, "0002 216901231", ["216901231"]),
        (OU, "0002 21690123100011", ["21690123100011"]),
        (OU, "000221690123100011", ["21690123100011"]),
        (OU, " 0002 216901231 ", ["216901231"]),
        (OU, "0002 2169012310", []),
        (OU, "0003 216901231", []),
        (OU, "NTRFR-216901231", []),
        (OI, "NTRFR-216901231", ["216901231"]),
        (OI, "NTRFR-21690123100011", ["21690123100011"]),
        (OI, "NTRDE-216901231", []),
        (OI, "SI:FR-216901231", ["216901231"]),
        (OI, "VATEU-FR216901231", ["216901231"]),
        (OI, "VATEU-FR40216901231", ["216901231"]),
        (OI, "VATFR-40216901231", ["216901231"]),
        (OI, "VATFR-4X216901231", ["216901231"]),
        (OI, "0002 216901231", ["216901231"]),
        (NameOID.COMMON_NAME, "0002 216901231", []),
    ],
)
def test_every_form_that_was_seen(oid: x509.ObjectIdentifier, value: str, expected: list[str]) -> None:
    assert [each.number for each in identifiers_of(name(oid, value))] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("123 rue", []), ("1234", ["1234"]), ("0002 216901231", []), ("0002 21690123", ["0002 21690123"]), ("Stationnement 1234", [])],
)
def test_ous_that_only_look_like_identifiers(value: str, expected: list[str]) -> None:
    assert malformed_units(name(OU, value)) == expected


@pytest.mark.parametrize(
    ("host", "pattern", "expected"),
    [
        ("a.example", "a.example", True),
        ("A.Example.", "a.example", True),
        ("a.example", "A.Example.", True),
        ("a.example", ".a.example", False),
        ("a.examplex", "a.example", False),
        ("a.exampleX", "a.example", False),
        ("a.example", "a.exampleX", False),
        (".b.example", "*.b.example", False),
        ("a.example", "b.example", False),
        ("a.b.example", "*.b.example", True),
        ("b.example", "*.b.example", False),
        ("x.a.b.example", "*.b.example", False),
        ("a.example", "*.example", False),
        ("a.example", "*", False),
        ("", "", False),
    ],
)
def test_host_names(host: str, pattern: str, expected: bool) -> None:
    assert host_matches(host, pattern) is expected


@pytest.mark.parametrize(
    ("moment", "years", "expected"),
    [
        (datetime(2025, 6, 1, tzinfo=UTC), 3, datetime(2028, 6, 1, tzinfo=UTC)),
        (datetime(2024, 2, 29, tzinfo=UTC), 3, datetime(2027, 3, 1, tzinfo=UTC)),
        (datetime(2024, 2, 29, tzinfo=UTC), 4, datetime(2028, 2, 29, tzinfo=UTC)),
        (datetime(9998, 1, 1, tzinfo=UTC), 3, datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_years_after(moment: datetime, years: int, expected: datetime) -> None:
    assert years_after(moment, years) == expected
