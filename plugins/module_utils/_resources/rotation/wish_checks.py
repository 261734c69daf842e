# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the certificates that a wish names are what they have to be: a misspelt or mistaken fingerprint changes nothing, and is said aloud."""

from __future__ import annotations

from collections.abc import Mapping

from ..._store.links import CERTIFICATE
from ..._store.store import Store
from ...errors import InvalidInput
from ..certificate.stored_certificates import read_certificate_of
from .case import Wish
from .state import LINKS, ExternalCertificate, RotationState

# What stands at the links of certificates that were not set aside, in words.
NOT_SET_ASIDE = {"current": "in use", "next": "that is to come in", "previous": "that was in use before"}


def check_stored(wish: Wish, siret: str, fingerprints: frozenset[str]) -> None:
    """A misspelt fingerprint must not look like a key that was replaced, or acknowledged. fingerprints: all there ever were. Raises InvalidInput."""
    for option, fingerprint in (("replace", wish.replace), ("acknowledge", wish.acknowledge)):
        if fingerprint and fingerprint not in fingerprints:
            raise InvalidInput(
                option,
                f"the store holds no certificate {fingerprint} for {siret}, and never did",
                "check the fingerprint, and limit the run to the collectivité whose certificate it is",
            )


def check_set_aside(wish: Wish, provider: str, state: RotationState) -> None:
    """Only what was set aside is acknowledged. Raises InvalidInput, which says what the named one is instead."""
    _check_acknowledged(wish, provider, {link: version.fingerprint for link in LINKS if (version := state.version(link))})


def check_external(wish: Wish, provider: str, certificate: ExternalCertificate, store: Store | None) -> None:
    """What is not the store's is not acknowledged, nor is what is the store's while the declaration says otherwise. Raises InvalidInput."""
    _check_acknowledged(wish, provider, {"current": certificate.fingerprint})
    versions = store.links(provider).versions if store and wish.acknowledge else {}
    for link, version in versions.items():
        if store is None or not (version / CERTIFICATE).exists():
            continue
        if read_certificate_of(store, provider, link, version).fingerprint == wish.acknowledge:
            raise InvalidInput(
                "acknowledge",
                f"{wish.acknowledge} lies in the store, and {provider} is declared with a certificate that does not",
                "acknowledge it in a run without that declaration (keys: elsewhere, fingerprint or certificate)",
            )


def _check_acknowledged(wish: Wish, provider: str, fingerprints: Mapping[str, str | None]) -> None:
    for link, words in NOT_SET_ASIDE.items():
        if wish.acknowledge and fingerprints.get(link) == wish.acknowledge:
            raise InvalidInput(
                "acknowledge",
                f"{wish.acknowledge} is the certificate {words} for {provider}, and was not set aside",
                "name the one that `waiting` says was refused or rolled back (antai_rotation_acknowledge); to set one aside: rollback",
            )
