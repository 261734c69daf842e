# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What blocks: which outcome of which rule keeps a certificate from being installed or activated (ours).

Whatever does not block is shown all the same, and is part of the outcome of the whole. An override softens a verdict and so what it blocks; a
revocation that is proved is never softened.
"""

from __future__ import annotations

from .verdict import FAIL, NOT_VERIFIABLE, Judgement, Verdict

# Rules that no override softens.
FINAL = ("revoked",)

BLOCKS: dict[str, tuple[str, ...]] = {
    "chain": (FAIL, NOT_VERIFIABLE),  # without a path, nothing else is worth anything
    "encoding": (),  # only ever warns: it is read all the same
    "trusted_ca": (FAIL,),  # not verifiable: without a path, which blocks already
    "policy": (FAIL,),  # not verifiable: the store's entry knows no policies; its owner has trusted the CA
    "valid_now": (FAIL,),
    "valid_at": (FAIL,),
    "subject_country": (FAIL,),
    "subject_organization": (FAIL,),
    "subject_identifier": (FAIL,),
    "subject_other_units": (FAIL,),
    "subject_common_name": (FAIL,),
    "owner": (FAIL,),
    "key_usage": (FAIL,),
    "key_usage_critical": (FAIL,),
    "extended_key_usage": (FAIL,),
    "extended_key_usage_critical": (FAIL,),
    "basic_constraints": (FAIL,),
    "key_type": (FAIL,),
    "key_size": (FAIL,),
    "key_exponent": (FAIL,),
    "key_curve": (FAIL,),
    "signature_hash": (FAIL,),
    "lifetime": (FAIL,),
    "ca_lifetime": (),  # only ever warns: real CAs break it
    "key_match": (FAIL,),
    "alternative_name": (FAIL,),
    "host_name": (FAIL,),
    "crl_issuer": (FAIL,),  # another CA's only warns: it is left aside
    "crl_signature": (FAIL,),
    "crl_freshness": (FAIL,),
    "crl_scope": (),  # not verifiable: a part, which may be enough with others
    "crl_status": (FAIL,),
    "ocsp_certid": (FAIL,),
    "ocsp_signature": (FAIL,),
    "ocsp_delegation": (FAIL,),
    "ocsp_freshness": (FAIL,),
    "ocsp_status": (FAIL,),
    "revocation": (FAIL,),  # revoked, or nothing answers and `unreachable` is fail; not verifiable: the certificate names no source
    "ca_revocation": (FAIL,),  # not verifiable: nobody answers about the CAs between
    "revoked": (FAIL,),
}


def blocking(judgement: Judgement) -> tuple[Verdict, ...]:
    """The verdicts that block, in their order. Rules that the table does not know, as those on documents, block by a fail."""
    return tuple(verdict for verdict in judgement.verdicts if verdict.outcome in BLOCKS.get(verdict.rule, (FAIL,)))
