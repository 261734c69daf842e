# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each defect of issuing makes of a certificate that would have been right."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from sandbox.psce import CertificateProfile

# A stranger, and another one for when the stranger asks.
OTHERS = ("21350238800019", "21670482500019")
LONG_LIFE = timedelta(days=3653)


def spoil(profile: CertificateProfile, kinds: Collection[str], now: datetime) -> CertificateProfile:
    if "wrong_siret" in kinds:
        profile = replace(profile, subject=_of_another(profile.subject))
    if "wrong_key" in kinds:
        profile = replace(profile, key=ec.generate_private_key(ec.SECP256R1()).public_key())
    if "expired" in kinds:
        profile = replace(profile, begin=now - timedelta(days=30), end=now - timedelta(days=1))
    if "long_life" in kinds:
        # Ten years, even beyond the end of the CA.
        profile = replace(profile, end=profile.begin + LONG_LIFE)
    if "no_client_auth" in kinds:
        profile = replace(profile, usage=ExtendedKeyUsageOID.SERVER_AUTH)
    if "no_policy" in kinds:
        profile = replace(profile, policy=None)
    return profile


def _of_another(subject: x509.Name) -> x509.Name:
    """The same subject with another's SIRET or SIREN, wherever it names one."""
    other_siret = OTHERS[1] if any(OTHERS[0][:9] in str(attribute.value) for attribute in subject) else OTHERS[0]
    pattern = re.compile(r"(0002 |NTRFR-|SI:FR-)([0-9]{14}|[0-9]{9})")

    def changed(attribute: x509.NameAttribute[str | bytes]) -> x509.NameAttribute[str | bytes]:
        match = pattern.fullmatch(str(attribute.value))
        return x509.NameAttribute(attribute.oid, match[1] + other_siret[: len(match[2])]) if match else attribute

    return x509.Name([changed(attribute) for attribute in subject])
