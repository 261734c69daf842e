# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate of the proof's scene with its CA, for tests that judge without a network."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any

from ansible_collections.collectivites.antai.plugins.module_utils._pki.certificate import Certificate
from ansible_collections.collectivites.antai.plugins.module_utils._pki.certificate_files import load_chain
from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import ValidationPolicy
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsed_certificate import ParsedCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import load_bundle
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import TrustEntry, TrustStore
from ansible_collections.collectivites.antai.plugins.module_utils.errors import TransportError
from tests.certificates_proof.scene import POLICY, Scene, base
from tests.support.observed import NOW
from tests.support.psce import CrlSpec, OcspSpec, Ours

CRL_URL, OCSP_URL = "http://psce.example/crl", "http://psce.example/ocsp"
HOUR = timedelta(hours=1)
LIFE = {"not_before": NOW - 24 * HOUR, "not_after": NOW + timedelta(days=300)}


def scene(**changes: Any) -> Scene:
    """Valid at NOW, of the proof's SIRET, with addresses for CRL and OCSP; changes: of the leaf."""
    scene = base("ec")
    return replace(scene, leaf=replace(scene.leaf, **{"crl_point": CRL_URL, "ocsp_url": OCSP_URL, **LIFE, **changes}))


@cache
def leaf(scene: Scene) -> Certificate:
    """Made once: an EC signature is another one each time, and so would be the fingerprint."""
    return load_chain(Ours().certificate(scene.leaf, scene.issuer), "certificate")[0]


@cache
def authority(scene: Scene) -> ParsedCertificate:
    return load_bundle(Ours().certificate(scene.issuer, scene.trusted[0].issuer), "certificate").certificates[0]


def trusting(scene: Scene, usage: tuple[str, ...] = ("client",), **changes: Any) -> TrustStore:
    entry = TrustEntry("proof", authority(scene), (POLICY,), "RGS*", usage, None, None, "a test", "")
    return TrustStore((replace(entry, **changes),))


def trusting_the_root(scene: Scene) -> TrustStore:
    """Its issuing CA has to come with the certificate."""
    root = scene.trusted[0].issuer
    ca = load_bundle(Ours().certificate(root, root), "certificate").certificates[0]
    return TrustStore((replace(trusting(scene).entries[0], ca=ca),))


def validation_policy(scene: Scene, **changes: Any) -> ValidationPolicy:
    return ValidationPolicy(trusting(scene), **changes)


@dataclass
class Psce:
    """Stands for the RevocationFetcher: what the PSCE publishes, and which addresses were asked. Down: it answers nothing."""

    made: Scene
    revoked: bool = False
    down: bool = False
    asked: list[str] = field(default_factory=list)

    def __call__(self, url: str, body: bytes | None = None) -> bytes:
        self.asked.append(url)
        if self.down:
            raise TransportError(f"{url}: connection refused")
        return self._crl() if body is None else self._ocsp()

    def close(self) -> None:
        pass

    def _crl(self) -> bytes:
        issuer, revoked = self.made.issuer, ((self.made.leaf.serial, NOW - HOUR),) if self.revoked else ()
        return Ours().crl(CrlSpec(issuer, issuer.key, NOW - HOUR, NOW + HOUR, revoked))

    def _ocsp(self) -> bytes:
        status = "revoked" if self.revoked else "good"
        return Ours().ocsp(OcspSpec(self.made.leaf.serial, self.made.issuer, status, NOW - HOUR, NOW + HOUR, NOW - HOUR))
