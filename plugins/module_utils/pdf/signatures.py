# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The electronic signatures of a document (PAdES, ETSI EN 319 142-1), read by pyHanko: integrity, who, when, and what came after.

Nothing is fetched: no revocation is looked for beyond what the document itself carries. pyHanko is imported only where there is a
signature: that takes half a second.
"""

from __future__ import annotations

import io
import logging
from typing import Any

from ..dates import instant, parse_date
from .inspection import trim_filling

# What an incremental update after the last signature may bring: nothing but the proofs of long-term archival (ISO 32000-2, 12.8.2.2).
MOST_SIGNATURES = 20


def examine(content: bytes, names: list[str], now: str, anchors: list[str]) -> list[dict[str, Any]]:
    """The fields of facts.Signed, for each of the signature fields in `names`. anchors: PEM, trusted for who signs and for timestamps."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    try:
        reader = PdfFileReader(io.BytesIO(trim_filling(content)), strict=False)
        found = list(reader.embedded_regular_signatures)[:MOST_SIGNATURES]
        stamps = {each.field_name for each in reader.embedded_timestamp_signatures}
    except MemoryError:
        raise
    except Exception as error:  # on a hostile file pyHanko raises nearly anything, as pypdf does
        return [{"field": name, "error": _said(error)} for name in names]
    told = [_examined(each, each is found[-1], {*names, *stamps}, now, anchors) for each in found]
    seen = {each["field"] for each in told} | stamps
    return told + [{"field": name, "error": "it is no signature that can be read"} for name in names if name not in seen]


def _examined(signature: Any, last: bool, names: set[str], now: str, anchors: list[str]) -> dict[str, Any]:
    from pyhanko.sign.validation import KeyUsageConstraints, validate_pdf_signature

    try:
        context = _context(now, anchors)
        usage = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False)
        status = validate_pdf_signature(signature, context, key_usage_settings=usage)
    except MemoryError:
        raise
    except Exception as error:
        return {"field": signature.field_name, "error": _said(error)}
    certificate, stamp = status.signing_cert, status.timestamp_validity
    stamped = bool(stamp and stamp.intact and stamp.valid and stamp.trusted)
    at = stamp.timestamp if stamp and stamped else status.signer_reported_dt
    return {
        "field": signature.field_name,
        "signer": certificate.subject.human_friendly,
        "issuer": certificate.issuer.human_friendly,
        "fingerprint": certificate.sha256.hex(),
        "at": instant(parse_date(at.isoformat()).astimezone(parse_date(now).tzinfo)) if at else None,
        "timestamped": stamped,
        "intact": bool(status.intact),
        "valid": bool(status.valid),
        "altered": _altered(status, last, names),
        "distrust": None if status.trusted else _why(status),
        "asked": bool(anchors),
    }


def _context(now: str, anchors: list[str]) -> Any:
    """With the user's anchors only: without any, nobody is trusted, and never the system's list."""
    from asn1crypto import pem, x509
    from pyhanko_certvalidator import ValidationContext

    roots = [x509.Certificate.load(der) for each in anchors for _kind, _headers, der in pem.unarmor(each.encode(), multiple=True)]
    return ValidationContext(trust_roots=roots, moment=parse_date(now), allow_fetching=False, revocation_mode="soft-fail")


def _altered(status: Any, last: bool, names: set[str]) -> str | None:
    """What came after the signature that its signer has not seen, or None. Before another signature, only that signature may have come."""
    from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return None
    if status.coverage is None or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return "it does not cover the whole document"
    if not isinstance(status.diff_result, DiffResult):
        return "the document was changed after it"
    filled = sorted(status.diff_result.changed_form_fields - names)
    allowed = ModificationLevel.LTA_UPDATES if last else ModificationLevel.FORM_FILLING
    if filled or status.modification_level > allowed or status.docmdp_ok is False:
        return f"fields were filled in after it: {', '.join(filled)}" if filled else "the document was changed after it"
    return None


def _why(status: Any) -> str:
    if status.revoked:
        return "its certificate is revoked"
    problem = status.trust_problem_indic
    words = {
        "NO_CERTIFICATE_CHAIN_FOUND": "no path leads to one of the anchors",
        "OUT_OF_BOUNDS_NO_POE": "a certificate has expired, or is not valid yet",
    }
    return words.get(problem.name, problem.name.lower().replace("_", " ")) if problem else "no anchor vouches for it"


def _said(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]
