# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The name of a CA, as servers and tools write it."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from ansible_collections.collectivites.antai.plugins.module_utils._pki.distinguished_name import is_name_of


def name(*attributes: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(*attribute) for attribute in attributes])


CA = name(
    (NameOID.COUNTRY_NAME, "FR"),
    (NameOID.ORGANIZATION_NAME, "Exemple, SAS"),
    (NameOID.ORGANIZATIONAL_UNIT_NAME, "0002 433702479"),
    (NameOID.ORGANIZATION_IDENTIFIER, "NTRFR-433702479"),
    (NameOID.COMMON_NAME, "AC  Étoile"),
)


@pytest.mark.parametrize(
    "written",
    [
        CA.rfc4514_string(),
        r"CN=AC Étoile,2.5.4.97=NTRFR-433702479,OU=0002 433702479,O=Exemple\, SAS,C=FR",
        r"C=FR,O=Exemple\, SAS,OU=0002 433702479,organizationIdentifier=NTRFR-433702479,CN=AC Étoile",
        r"C = FR, O = Exemple\, SAS, OU = 0002 433702479, organizationIdentifier = NTRFR-433702479, CN = AC Étoile",
        r"CN=AC Étoile, OID.2.5.4.97=NTRFR-433702479, OU=0002 433702479, O=Exemple\, SAS, C=FR",
        r"cn=ac étoile,2.5.4.97=NTRFR-433702479,ou=0002 433702479,o=exemple\, sas,c=fr",
        "/C=FR/O=Exemple, SAS/OU=0002 433702479/organizationIdentifier=NTRFR-433702479/CN=AC Étoile",
        r"OU=0002 433702479,C=FR,CN=AC Étoile,O=Exemple\, SAS,2.5.4.97=NTRFR-433702479",
    ],
)
def test_the_same_name(written: str) -> None:
    assert is_name_of(CA, written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "AC Étoile",
        r"CN=AC Étoile,OU=0002 433702479,O=Exemple\, SAS,C=FR",
        r"CN=AC Étoile 2,2.5.4.97=NTRFR-433702479,OU=0002 433702479,O=Exemple\, SAS,C=FR",
        r"CN=AC Étoile,2.5.4.97=NTRFR-433702479,OU=0002 433702479,OU=0002 433702479,O=Exemple\, SAS,C=FR",
        r"O=AC Étoile,2.5.4.97=NTRFR-433702479,OU=0002 433702479,CN=Exemple\, SAS,C=FR",
        "CN=AC Étoile,,O=x",
        "\x00",
    ],
)
def test_another_name(written: str) -> None:
    assert not is_name_of(CA, written)
