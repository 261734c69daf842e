# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One judgement to be proved: what is made, what is asked, and what must be said. The table is in cases.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import find_inputs, judge
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsed_certificate import ParsedCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import load_bundle, load_crl, load_ocsp
from ansible_collections.collectivites.antai.plugins.module_utils._pki.revocation import RevocationAnswers
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import TrustEntry, TrustStore
from ansible_collections.collectivites.antai.plugins.module_utils._pki.verdict import OUTCOMES, Judgement
from tests.support.psce import NOW, CrlSpec, Maker, OcspSpec, Spec, make_key

SIRET = "21690123100011"
POLICY = "1.2.250.1.999.1.1"
CA_USAGE = ("key_cert_sign", "crl_sign")


@dataclass(frozen=True)
class Trusted:
    """An entry of the trust store: the CA `spec`, which `issuer` issued."""

    spec: Spec
    issuer: Spec
    policies: tuple[str, ...] = (POLICY,)
    usage: tuple[str, ...] = ("client", "server")
    valid_from: date | None = None
    valid_to: date | None = None
    name: str = "proof"


@dataclass(frozen=True)
class Scene:
    """others: certificates that come with the leaf, each with its issuer. key: name of the private key that is said to be the leaf's."""

    leaf: Spec
    issuer: Spec
    trusted: tuple[Trusted, ...]
    others: tuple[tuple[Spec, Spec], ...] = ()
    usage: str = "client"
    now: datetime = NOW
    at: datetime | None = None
    siret: str | None = SIRET
    host: str | None = None
    key: str | None = None
    crl: CrlSpec | None = None
    ocsp: OcspSpec | None = None
    missed: tuple[str, ...] = ()
    unreachable: str = "fail"
    more_crls: tuple[CrlSpec, ...] = ()
    missed_of_authorities: tuple[str, ...] = ()

    def judged(self, maker: Maker) -> Judgement:
        store = TrustStore(tuple(_entry(each, maker) for each in self.trusted))
        others = tuple(_made(spec, issuer, maker) for spec, issuer in self.others)
        key = make_key(self.key) if self.key else None
        leaf = _made(self.leaf, self.issuer, maker)
        case = find_inputs(leaf, others, store, self.usage, self.now, at=self.at, siret=self.siret, host=self.host, key=key)
        crls = [load_crl(maker.crl(spec)) for spec in ((self.crl,) if self.crl else ()) + self.more_crls]
        responses = [load_ocsp(maker.ocsp(self.ocsp))] if self.ocsp else []
        return judge(case, RevocationAnswers(crls, responses, self.missed, self.unreachable, self.missed_of_authorities))


Change = Callable[[Scene], Scene]


@dataclass(frozen=True)
class Check:
    """rule must say outcome, the rules of `also` what stands there, every other rule pass. absent: the rule must say nothing."""

    rule: str
    outcome: str
    name: str
    change: Change
    also: Mapping[str, str] = field(default_factory=dict)
    families: tuple[str, ...] = ("rsa", "ec")
    makers: tuple[str, ...] = ("ours", "certomancer")

    def wrong(self, judgement: Judgement) -> str:
        """What the judgement says otherwise, or nothing."""
        said: dict[str, str] = {}
        for verdict in judgement.verdicts:  # of several sources the worst
            said[verdict.rule] = max(said.get(verdict.rule, OUTCOMES[0]), verdict.outcome, key=OUTCOMES.index)
        expected = {self.rule: self.outcome, **self.also}
        differing = [
            f"{rule}: {said.get(rule, 'absent')} instead of {expected.get(rule, 'pass')}"
            for rule in sorted({*said, *expected})
            if said.get(rule, "absent") != expected.get(rule, "pass")
        ]
        return "; ".join(differing)


def base(family: str) -> Scene:
    """A certificate that every rule passes, with a CRL and an OCSP response of the CA."""
    kind = "rsa-2048" if family == "rsa" else "ec-p384"
    root = authority("Racine", f"{kind}-root", path_length=1, serial=76)
    issuing = authority("AC", f"{kind}-issuing", path_length=0)
    subject = (("C", "FR"), ("O", "Lyon"), ("OU", f"0002 {SIRET}"), ("OI", f"NTRFR-{SIRET}"), ("CN", "FPS"))
    leaf = Spec(subject, "rsa-3072-leaf" if family == "rsa" else "ec-p256-leaf", policies=(POLICY,))
    return Scene(
        leaf,
        issuing,
        (Trusted(issuing, root),),
        key=leaf.key,
        crl=CrlSpec(issuing, issuing.key),
        ocsp=OcspSpec(leaf.serial, issuing),
    )


def authority(name: str, key: str, **changes: Any) -> Spec:
    life = {"not_before": datetime(2020, 1, 1, tzinfo=NOW.tzinfo), "not_after": datetime(2030, 1, 1, tzinfo=NOW.tzinfo)}
    subject = (("C", "FR"), ("O", "PSCE"), ("OU", "0002 433702479"), ("CN", name))
    return replace(Spec(subject, key, ca=True, eku=None, key_usage=CA_USAGE, serial=77, **life), **changes)


def _made(spec: Spec, issuer: Spec, maker: Maker) -> ParsedCertificate:
    return load_bundle(maker.certificate(spec, issuer), "certificate").certificates[0]


def _entry(given: Trusted, maker: Maker) -> TrustEntry:
    ca = _made(given.spec, given.issuer, maker)
    return TrustEntry(given.name, ca, given.policies, "RGS*", given.usage, given.valid_from, given.valid_to, "proof", "")
