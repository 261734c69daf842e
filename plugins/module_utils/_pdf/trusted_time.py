# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The time at which a signer is judged (PAdES, ETSI EN 319 142-1, 5.4 and 5.5): when a trusted timestamp proves that the signature existed.

A signing service issues certificates that live for a day or less: what counts is that they were valid when they signed. Each document
timestamp is judged at the time that the next one proves, the last one now; a signature's own timestamp at the time that the first document
timestamp after it proves. What a document carries of revocations (DSS) is looked at, nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

CLOCKS_DIFFER = timedelta(minutes=10)
ANY_AGE = timedelta(days=36_500)


@dataclass(frozen=True)
class TimeProof:
    """revision: of the document, counted from 0, up to which it covers it. moment: when that existed."""

    revision: int
    moment: datetime


class DocumentTrust:
    """The user's anchors, with what the document itself carries of certificates and revocations: never the system's list."""

    def __init__(self, anchors: Iterable[str], reader: Any) -> None:
        """anchors: PEM. reader: pyHanko's, of the document."""
        from asn1crypto import pem, x509

        self._roots = [x509.Certificate.load(der) for text in anchors for _kind, _headers, der in pem.unarmor(text.encode(), multiple=True)]
        self._dss = _security_store(reader)

    def context(self, moment: datetime) -> Any:
        """pyHanko's, to judge at this moment. Without an anchor nobody is trusted."""
        from pyhanko_certvalidator import ValidationContext

        options = {"trust_roots": self._roots, "moment": moment, "allow_fetching": False, "revinfo_policy": _revocation_policy()}
        return self._dss.as_validation_context(options) if self._dss else ValidationContext(**options)


def _revocation_policy() -> Any:
    """What is kept in the document counts whatever its age: it was collected after the signature, and is out of date when it is read.

    It can only show that a certificate was revoked; that it was not, is never concluded from it.
    """
    from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, FreshnessReqType, RevocationCheckingPolicy

    rule = RevocationCheckingPolicy.from_legacy("soft-fail")
    return CertRevTrustPolicy(rule, freshness=ANY_AGE, freshness_req_type=FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION)


def document_proofs(reader: Any, trust: DocumentTrust, now: datetime, most: int) -> list[TimeProof]:
    """What the document timestamps prove, the earliest last. At most `most` of them are verified, from the end of the document."""
    from pyhanko.sign.validation import validate_pdf_timestamp

    proofs: list[TimeProof] = []
    moment = now
    for stamp in list(reversed(reader.embedded_timestamp_signatures))[:most]:
        try:
            status = validate_pdf_timestamp(stamp, trust.context(moment), skip_diff=True)
        except MemoryError:
            raise
        except Exception:  # noqa: S112 (one that cannot be verified proves nothing; pyHanko raises nearly anything on a hostile file)
            continue
        if proves_time(status, moment):
            moment = status.timestamp.astimezone(timezone.utc)
            proofs.append(TimeProof(stamp.signed_revision, moment))
    return proofs


def proven_moment(proofs: list[TimeProof], revision: int) -> datetime | None:
    """The earliest moment at which this revision is proved to have existed, or None."""
    return min((proof.moment for proof in proofs if proof.revision >= revision), default=None)


def proves_time(stamp: Any, moment: datetime) -> bool:
    """Whether a timestamp, judged at this moment by pyHanko, is whole, trusted, and not from after it."""
    return bool(stamp and stamp.intact and stamp.valid and stamp.trusted and stamp.timestamp <= moment + CLOCKS_DIFFER)


def _security_store(reader: Any) -> Any:
    """The DSS of the document, or None where there is none that can be read."""
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    try:
        return DocumentSecurityStore.read_dss(reader)
    except MemoryError:
        raise
    except Exception:
        return None
