# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second opinion: pyhanko-certvalidator, which shares no code with ours, on the same generated chains and revocation answers.

Compared is whether the certificate is good: path, dates and revocation. Every difference has its explanation in differences.yml, by the traits
that the question was made of; one that is not explained is wrong.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from itertools import product
from random import Random
from typing import Any

import yaml
from asn1crypto.crl import CertificateList
from asn1crypto.ocsp import OCSPResponse
from asn1crypto.x509 import Certificate
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathError, ValidationError
from pyhanko_certvalidator.validate import validate_path

from tests.certificates_proof.cases import OTHER_CA, both, crl, crl_of_root, cross_signed, delegate, issuing, leaf, ocsp, root_only, same
from tests.certificates_proof.pkits import DIFFERENCES
from tests.certificates_proof.scene import Change, Scene, base
from tests.support.psce import NOW, CrlSpec, Ours

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LISTED: dict[str, Any] = {"revoked": ((4096, NOW - DAY),)}
STRANGER = "ec-p384-other"

# Trait to change, for each dimension of a question.
CHAINS: dict[str, Change] = {
    "by an intermediate to a trusted root": both(crl_of_root(), root_only()),
    "the intermediate is revoked": both(crl_of_root(revoked=((77, NOW - DAY),)), root_only()),
    "nothing is had of the intermediate": root_only(),
    "the issuing CA has another key": lambda s: replace(both(crl_of_root(), root_only())(s), issuer=replace(s.issuer, key=STRANGER)),
    "cross-signed, one way has ended": lambda s: cross_signed(replace(s, more_crls=crl_of_root()(s).more_crls)),
    "nobody of them is trusted": lambda s: replace(
        both(crl_of_root(), root_only())(s), trusted=(replace(s.trusted[0], spec=OTHER_CA, issuer=OTHER_CA),)
    ),
}
LEAVES: dict[str, Change] = {
    "the leaf is valid": same,
    "the leaf has ended": leaf(not_after=NOW - DAY),
    "the leaf is still to come": leaf(not_before=NOW + DAY),
    "the leaf has an unknown critical extension": leaf(extra=(("1.3.6.1.4.1.55555.1", True, b"\x05\x00"),)),
}
AUTHORITIES: dict[str, Change] = {
    "the CA is one": same,
    "the CA has ended": issuing(not_after=NOW - DAY),
    "the CA is none": issuing(ca=False, path_length=None),
    "the CA may not sign certificates": issuing(key_usage=("crl_sign",)),
    "the CA may not sign CRLs": issuing(key_usage=("key_cert_sign",)),
}
CRLS: dict[str, Change] = {
    "no CRL": lambda s: replace(s, crl=None),
    "a good CRL": same,
    "a CRL lists it": crl(**LISTED),
    "a CRL lists another": crl(revoked=((4095, NOW - DAY),)),
    "a CRL lists it as on hold": crl(reason="certificate_hold", **LISTED),
    "a CRL lists it by a date ahead": crl(revoked=((4096, NOW + DAY),)),
    "a CRL lists it for a damaged reason": crl(reason="damaged", **LISTED),
    "a stale CRL": crl(this=NOW - DAY, next=NOW - HOUR),
    "a stale CRL lists it": crl(this=NOW - DAY, next=NOW - HOUR, **LISTED),
    "a CRL of tomorrow": crl(this=NOW + DAY, next=NOW + 2 * DAY),
    "a forged CRL": crl(key=STRANGER),
    "a forged CRL lists it": crl(key=STRANGER, **LISTED),
    "another CA's CRL": crl(issuer=OTHER_CA, key=OTHER_CA.key),
    "another CA's CRL lists its number": crl(issuer=OTHER_CA, key=OTHER_CA.key, **LISTED),
    "a CRL of users": crl(point={"only_contains_user_certs": True}),
    "a CRL of CAs": crl(point={"only_contains_ca_certs": True}),
    "a CRL of CAs lists it": crl(point={"only_contains_ca_certs": True}, **LISTED),
    "a CRL of some reasons": crl(point={"only_some_reasons": True}),
    "a CRL of some reasons lists it": crl(point={"only_some_reasons": True}, **LISTED),
    "another part lists it": crl(point={"url": "http://psce.example/2.crl"}, **LISTED),
    "an indirect CRL": crl(point={"indirect_crl": True}),
    "an indirect CRL lists it": crl(point={"indirect_crl": True}, **LISTED),
    "an indirect CRL lists another CA's number": crl(point={"indirect_crl": True}, entry_issuer=OTHER_CA, **LISTED),
    "a delta CRL lists it": crl(delta=True, **LISTED),
    "a good CRL, and a delta CRL lists it": lambda s: replace(crl(delta=True, **LISTED)(s), more_crls=(*s.more_crls, _plain_crl(s))),
    "a CRL with an unknown critical extension": crl(unknown=True),
    "a CRL with an unknown critical extension lists it": crl(unknown=True, **LISTED),
}
RESPONSES: dict[str, Change] = {
    "no response": lambda s: replace(s, ocsp=None),
    "a good response": same,
    "a response says revoked": ocsp(status="revoked"),
    "a response says unknown": ocsp(status="unknown"),
    "a response says revoked by a date ahead": ocsp(status="revoked", revoked_at=NOW + DAY),
    "a stale response": ocsp(this=NOW - DAY, next=NOW - HOUR),
    "a stale response says revoked": ocsp(status="revoked", this=NOW - DAY, next=NOW - HOUR),
    "a response of tomorrow": ocsp(this=NOW + DAY, next=NOW + 2 * DAY),
    "a response about another": ocsp(serial=4097),
    "a good response of a delegate": delegate,
    "a good response of a delegate that is none": lambda s: delegate(s, eku=("client",)),
    "a good response of a delegate that has ended": lambda s: delegate(s, not_after=NOW - DAY),
    "a revoked response of a delegate that has ended": lambda s: ocsp(status="revoked")(delegate(s, not_after=NOW - DAY)),
    "a good response of a weak delegate": lambda s: delegate(s, key="rsa-1024-delegate"),
}
# It looks at no CRL and no response whose address the certificate does not name.
POINTING = both(
    issuing(crl_point="http://psce.example/root.crl"), leaf(crl_point="http://psce.example/ac.crl", ocsp_url="http://psce.example/ocsp")
)
DIMENSIONS = (CHAINS, LEAVES, AUTHORITIES, CRLS, RESPONSES)
USUAL = tuple(next(iter(dimension)) for dimension in DIMENSIONS[:3])
# It tells of every CRL that it does not rely on.
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
RANDOM_QUESTIONS, SEED = 150, 20260601


@dataclass(frozen=True)
class Question:
    """traits: one of each dimension."""

    traits: tuple[str, ...]

    @property
    def scene(self) -> Scene:
        changes = [dimension[trait] for dimension, trait in zip(DIMENSIONS, self.traits, strict=True)]
        # The CA first, which the others look at; its place in the path after it.
        return both(POINTING, *(changes[number] for number in (2, 1, 4, 3, 0)))(base("ec"))


@dataclass(frozen=True)
class Opinions:
    """ours, theirs: whether each takes the certificate for good; why: of who does not."""

    ours: bool
    theirs: bool
    why: str


def questions() -> tuple[Question, ...]:
    """Every CRL with every response; every chain with every leaf and CA, revoked and not; and some of all at random. Each once."""
    return tuple(dict.fromkeys(_questions()))


def _questions() -> Iterator[Question]:
    for listing, response in product(CRLS, RESPONSES):
        yield Question((*USUAL, listing, response))
    for path, subject, ca, listing in product(CHAINS, LEAVES, AUTHORITIES, ("a good CRL", "a CRL lists it")):
        yield Question((path, subject, ca, listing, "no response"))
    chosen = Random(SEED)
    for _ in range(RANDOM_QUESTIONS):
        yield Question(tuple(chosen.choice(list(dimension)) for dimension in DIMENSIONS))


def opinions(question: Question) -> Opinions:
    scene, maker = question.scene, Ours()
    verdicts = {verdict.rule: verdict for verdict in scene.judged(maker).verdicts if verdict.outcome != "pass"}
    against = [
        f"{rule}: {verdicts[rule].reason}" for rule in ("chain", "valid_now", "revocation", "ca_revocation", "revoked") if rule in verdicts
    ]
    refusal = _their_refusal(scene, maker)
    return Opinions(not against, not refusal, "; ".join(against) or refusal)


def _their_refusal(scene: Scene, maker: Ours) -> str:
    """Why pyhanko-certvalidator does not take it for good, or nothing."""
    certificate = Certificate.load(maker.certificate(scene.leaf, scene.issuer))
    roots = [Certificate.load(maker.certificate(trusted.spec, trusted.issuer)) for trusted in scene.trusted]
    asked = {
        "trust_roots": roots,
        # The roots once more: the issuers of CRLs are looked for among these only.
        "other_certs": [*(Certificate.load(maker.certificate(*pair)) for pair in scene.others), *roots],
        "crls": [CertificateList.load(maker.crl(spec)) for spec in ((scene.crl,) if scene.crl else ()) + scene.more_crls],
        "ocsps": [OCSPResponse.load(maker.ocsp(scene.ocsp))] if scene.ocsp else [],
    }
    reasons: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            paths = _context(asked).path_builder.build_paths(certificate)
        except PathBuildingError as error:
            return _plain(error)
        for path in paths:
            try:
                validate_path(_context(asked), path)
            except (PathError, ValidationError, ValueError) as error:
                reasons.append(_plain(error))
            else:
                return ""
    return reasons[0] if reasons else "no path"


def _context(asked: dict[str, Any]) -> ValidationContext:
    return ValidationContext(
        **asked, allow_fetching=False, moment=NOW, revocation_mode="require", time_tolerance=timedelta(minutes=5), weak_hash_algos=set()
    )


def _plain(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def _plain_crl(scene: Scene) -> CrlSpec:
    return CrlSpec(scene.issuer, scene.issuer.key)


def explanation(question: Question, found: Opinions) -> str | None:
    """Why both differ, from differences.yml; None where they agree, or where nothing explains it. Nothing explains that ours is the laxer."""
    if found.ours or not found.theirs:
        return None
    crl_trait, response_trait = question.traits[3:]
    for line in _explanations():
        if crl_trait in line.get("crl", ()) or response_trait in line.get("response", ()):
            return str(line["why"])
    return None


@cache
def _explanations() -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = yaml.safe_load(DIFFERENCES.read_text())["second_opinion"]
    return lines


def unexplained(asked: Iterable[Question]) -> list[str]:
    """The differences that nothing explains."""
    answers = [(question, opinions(question)) for question in asked]
    return [
        f"{', '.join(question.traits)}: good for {'ours' if found.ours else 'pyhanko-certvalidator'} only: {found.why}"
        for question, found in answers
        if found.ours is not found.theirs and explanation(question, found) is None
    ]
