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
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ..dates import instant, parse_date
from .blank_form import MADE_FROM
from .fields import acro_form, look_of, terminals, value_of
from .inspection import BEFORE_PREFILL, BLANK, FILLED, NO_FORM, PREFILLED, SEAL, ElectronicSignature, signature_role
from .inspector import trim_filling
from .libraries import pypdf
from .revision_comparison import differ_in_annotations_only
from .trusted_time import DocumentTrust, TimeProof, document_proofs, proven_moment, proves_time

# Each is verified twice at most: once for its timestamp, once for its signer.
MOST_SIGNATURES = 20
# What a publisher's seal allows (DocMDP, ISO 32000-2, table 257).
ANNOTATIONS = 3
ALLOWED = {1: "no change", 2: "nothing but filling in and signing", 3: "nothing but filling in, signing and annotations"}


@dataclass(frozen=True)
class _FormState:
    """values: of the fields that can be filled in, empty ones too. looks: of the same fields, a digest of all that makes them look as they do.

    prefilled: whether we did.
    """

    values: dict[str, str]
    looks: dict[str, str]
    prefilled: bool

    def changed_since(self, before: _FormState) -> list[str]:
        """The fields that were filled in, or look otherwise, than they did."""
        names = self.values.keys() | before.values.keys()
        return sorted(
            name for name in names if (self.values.get(name), self.looks.get(name)) != (before.values.get(name), before.looks.get(name))
        )


@dataclass(frozen=True)
class _Verification:
    """What every signature of one document is verified with. form: as it is now. proofs: of the time, by document timestamps."""

    content: bytes
    form: _FormState
    now: datetime
    trust: DocumentTrust
    proofs: list[TimeProof]
    has_anchors: bool


def examine_signatures(content: bytes, names: list[str], now: str, anchors: list[str]) -> list[ElectronicSignature]:
    """Of each of the signature fields in `names`. anchors: PEM, trusted for who signs and for timestamps."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    content = trim_filling(content)
    try:
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        signatures = list(reader.embedded_regular_signatures)[:MOST_SIGNATURES]
        stamps = {stamp.field_name for stamp in reader.embedded_timestamp_signatures}
        moment, trust = parse_date(now), DocumentTrust(anchors, reader)
        proofs = document_proofs(reader, trust, moment, MOST_SIGNATURES) if anchors else []
        how = _Verification(content, _form_state(content), moment, trust, proofs, bool(anchors))
    except MemoryError:
        raise
    except Exception as error:  # on a hostile file pyHanko raises nearly anything, as pypdf does
        return [ElectronicSignature(name, _first_line(error)) for name in names]
    results = [_examine_one(signature, signature is signatures[-1], how) for signature in signatures]
    examined = {result.field for result in results} | stamps
    return results + [ElectronicSignature(name, "it is no signature that can be read") for name in names if name not in examined]


def _examine_one(signature: Any, last: bool, how: _Verification) -> ElectronicSignature:
    try:
        status, judged_at, stamped_at = _validate(signature, how)
        permissions = signature.docmdp_level.value if signature.docmdp_level is not None else None
        revision = _signed_revision(signature, how.content)
        before = _form_state(revision)
        covers = _covered_state(before, how.form, permissions)
    except MemoryError:
        raise
    except Exception as error:
        return ElectronicSignature(signature.field_name, _first_line(error))
    certificate = status.signing_cert
    at = stamped_at or status.signer_reported_dt
    filled_later = how.form.changed_since(before)
    seal = signature_role(permissions, covers) == SEAL
    altered = _altered(status, filled_later, last, seal, permissions)
    if altered and seal and permissions == ANNOTATIONS and differ_in_annotations_only(revision, how.content):
        altered = None
    return ElectronicSignature(
        field=signature.field_name,
        signer=certificate.subject.human_friendly,
        issuer=certificate.issuer.human_friendly,
        fingerprint=certificate.sha256.hex(),
        at=instant(at.astimezone(timezone.utc)) if at else None,
        timestamped=stamped_at is not None,
        permissions=permissions,
        covers=covers,
        intact=bool(status.intact),
        valid=bool(status.valid),
        altered=altered,
        filled_later=tuple(filled_later),
        distrust=None if status.trusted else _why(status),
        has_anchors=how.has_anchors,
        judged_at=instant(judged_at) if judged_at else None,
    )


def _validate(signature: Any, how: _Verification) -> tuple[Any, datetime | None, datetime | None]:
    """pyHanko's status, judged at the trusted time; that time; and the time of the signature's own timestamp. None: there is none."""
    from pyhanko.sign.validation import KeyUsageConstraints, validate_pdf_signature

    usage = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False)
    proven = proven_moment(how.proofs, signature.signed_revision)
    moment = proven or how.now
    status = validate_pdf_signature(signature, how.trust.context(moment), how.trust.context(moment), key_usage_settings=usage)
    stamp: Any = status.timestamp_validity
    if not proves_time(stamp, moment):
        return status, proven, None
    at: datetime = stamp.timestamp.astimezone(timezone.utc)
    status = validate_pdf_signature(signature, how.trust.context(at), how.trust.context(moment), key_usage_settings=usage)
    return status, at, at


def _signed_revision(signature: Any, content: bytes) -> bytes:
    _start, _length, start, length = signature.byte_range
    return content[: start + length]


def _covered_state(before: _FormState, form: _FormState, permissions: int | None) -> str:
    """The state of the form that a signature covers, as in inspection.py."""
    if form.prefilled:
        return PREFILLED if before.prefilled else BEFORE_PREFILL
    if not before.values:
        return NO_FORM
    filled_later = permissions is not None and any(form.values.get(name) != value for name, value in before.values.items())
    return FILLED if any(before.values.values()) and not filled_later else BLANK


def _form_state(content: bytes) -> _FormState:
    reader = pypdf.PdfReader(io.BytesIO(content))
    fields = [field for field in terminals(acro_form(reader.trailer["/Root"].get_object())) if field.kind not in (None, "signature")]
    values = {field.name: value_of(field) for field in fields}
    return _FormState(values, {field.name: look_of(field) for field in fields}, MADE_FROM in (reader.metadata or {}))


def _altered(status: Any, filled_later: list[str], last: bool, seal: bool, permissions: int | None) -> str | None:
    """What came after the signature that its signer has not seen, or None. Before another signature, only that signature may have come.

    After a publisher's seal the form may be filled in, as far as the seal allows.
    """
    from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return None
    if status.coverage is None or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return "it does not cover the whole document"
    limit = f"; its seal allows {ALLOWED[permissions]}" if seal and permissions else ""
    if filled_later and (not seal or status.docmdp_ok is False):
        return f"fields were filled in after it: {', '.join(filled_later)}{limit}"
    # After the last signature, nothing but the proofs of long-term archival (ISO 32000-2, 12.8.2.2).
    allowed = ModificationLevel.LTA_UPDATES if last and not seal else ModificationLevel.FORM_FILLING
    permitted = isinstance(status.diff_result, DiffResult) and status.modification_level <= allowed and status.docmdp_ok is not False
    return None if permitted else f"the document was changed after it{limit}"


def _why(status: Any) -> str:
    if status.revoked:
        return "its certificate is revoked"
    problem = status.trust_problem_indic
    words = {
        "NO_CERTIFICATE_CHAIN_FOUND": "no path leads to one of the anchors",
        "OUT_OF_BOUNDS_NO_POE": "a certificate had expired, or was not valid yet",
    }
    return words.get(problem.name, problem.name.lower().replace("_", " ")) if problem else "no anchor vouches for it"


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]
