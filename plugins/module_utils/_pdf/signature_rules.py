# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules on a document's signatures: whether it is signed, by whom, when, and what came after (PAdES, ETSI EN 319 142-1)."""

from __future__ import annotations

from collections.abc import Callable

from .._pki.verdict import Finding, Verdict, failed, not_verifiable, overall, passed, warned
from ..dates import parse_date
from .document_inputs import DocumentInputs
from .inspection import SEAL, SIGNATURE, UNCLEAR, ElectronicSignature, Inspection
from .trusted_time import CLOCKS_DIFFER


def judge_signature(inputs: DocumentInputs, inspection: Inspection) -> Finding:
    if inputs.unsigned:
        return failed("it is the very document that was to be signed, unsigned")
    by_role = {role: [signature for signature in inspection.signatures if signature.role == role] for role in (SIGNATURE, SEAL, UNCLEAR)}
    seals = "".join(f"; {signature.field} is its publisher's seal" for signature in by_role[SEAL])
    if by_role[SIGNATURE]:
        return passed(f"{len(by_role[SIGNATURE])} electronic signature(s){seals}")
    if by_role[UNCLEAR]:
        names = ", ".join(f"{signature.field} ({signature.signer})" for signature in by_role[UNCLEAR])
        return not_verifiable(f"it is certified, by {names}: only a person can tell whether that is its publisher's seal or a signature")
    if inspection.images or inspection.ink:
        return not_verifiable(f"it holds images: only a person sees whether a signature is among them{seals}")
    return failed(f"it has no electronic signature, and no image on which one could be{seals}")


def _worst_of_all(inspection: Inspection, judge: Callable[[ElectronicSignature], Finding]) -> Finding:
    """The worst of all the signatures, with all that is said of them."""
    if not inspection.signatures:
        return not_verifiable("it has no electronic signature")
    findings = [judge(signature) for signature in inspection.signatures]
    worst = overall(Verdict("", finding.outcome, "", "") for finding in findings)
    return Finding(worst, "; ".join(finding.reason for finding in findings))


def judge_integrity(inputs: DocumentInputs, inspection: Inspection) -> Finding:
    def judge(signature: ElectronicSignature) -> Finding:
        if signature.error:
            return failed(f"{signature.field}: {signature.error}")
        if not signature.intact:
            return failed(f"{signature.field}: the signed content was changed")
        return (
            passed(f"{signature.field}: whole")
            if signature.valid
            else failed(f"{signature.field}: the signature is not that of its certificate")
        )

    return _worst_of_all(inspection, judge)


def judge_alterations(inputs: DocumentInputs, inspection: Inspection) -> Finding:
    def judge(signature: ElectronicSignature) -> Finding:
        if signature.error:
            return not_verifiable(f"{signature.field}: it could not be read")
        if signature.altered:
            return failed(f"{signature.field}: {signature.altered}")
        if signature.filled_later:
            return passed(f"{signature.field}: the form was filled in after it, as this seal allows")
        return passed(f"{signature.field}: nothing came after it")

    return _worst_of_all(inspection, judge)


def judge_signers(inputs: DocumentInputs, inspection: Inspection) -> Finding:
    return _worst_of_all(inspection, _judge_signer)


def _judge_signer(signature: ElectronicSignature) -> Finding:
    if signature.error:
        return not_verifiable(f"{signature.field}: it could not be read")
    if not signature.intact or not signature.valid:
        return not_verifiable(f"{signature.field}: what is not signed by a certificate says nothing of its holder")
    seal = "the publisher's seal of " if signature.role == SEAL else ""
    who = f"{signature.field}: {seal}{signature.signer}, certified by {signature.issuer}"
    if not signature.has_anchors:
        return not_verifiable(f"{who}; no signature_anchors are declared to trust it by")
    when = f"judged at {signature.judged_at}, which a trusted timestamp proves"
    if not signature.judged_at:
        when = "no trusted timestamp proves when it was signed: it is judged now"
    if signature.distrust:
        # Who published the form does not bind the collectivité: that nobody vouches for the seal is said, and holds nothing back.
        return (warned if seal else failed)(f"{who}; {signature.distrust}; {when}")
    return passed(f"{who}, trusted; {when}; nobody was asked whether it is revoked")


def judge_times(inputs: DocumentInputs, inspection: Inspection) -> Finding:
    def judge(signature: ElectronicSignature) -> Finding:
        if signature.error:
            return not_verifiable(f"{signature.field}: it could not be read")
        if signature.at is None:
            return warned(f"{signature.field}: it does not say when")
        if parse_date(signature.at) > inputs.now + CLOCKS_DIFFER:
            return failed(f"{signature.field}: {signature.at} is in the future")
        return passed(f"{signature.field}: {signature.at}, {'by a trusted timestamp' if signature.timestamped else 'as the signer says'}")

    return _worst_of_all(inspection, judge)
