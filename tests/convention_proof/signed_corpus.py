# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conventions whose blank carries its publisher's seal, and conventions signed long ago, each with what must be said of it (see corpus.py)."""

from __future__ import annotations

from functools import cache, partial

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.blank_form import BlankForm
from tests.convention_proof import special, trusted_time
from tests.convention_proof.corpus import EXPECTED, FIELDS, FILLED, SIGNED_RULES, TRUSTING, Sample, filled
from tests.support.signing import Identity, annotated, authority, ca, certify, field_changed, mayor, page_changed, sign, signer

OURS = {name: value for name, value in FILLED.items() if name != "lieu"}


@cache
def publisher() -> Identity:
    return signer("Editeur du formulaire", ca())


@cache
def sealed(permissions: int = 2, stranger: bool = False) -> bytes:
    empty = filled(dict.fromkeys(FILLED, ""), image=False, signature_field=True).pdf()
    return certify(empty, signer("Inconnu", authority("Autre AC")) if stranger else publisher(), permissions)


@cache
def prefilled(permissions: int = 2, stranger: bool = False) -> bytes:
    """By us, as the prefill does."""
    return BlankForm(sealed(permissions, stranger)).fill(OURS)


@cache
def filled_elsewhere(permissions: int = 2) -> bytes:
    """In a reader of PDFs, which leaves no word of ours."""
    content = sealed(permissions)
    for name, value in FILLED.items():
        content = field_changed(content, name, value)
    return content


def unsealed_form() -> bytes:
    return filled(image=False, signature_field=True).pdf()


def prefilled_unsealed() -> bytes:
    return BlankForm(filled(dict.fromkeys(FILLED, ""), image=False, signature_field=True).pdf()).fill(OURS)


SEALED = (
    Sample("a sealed blank, prefilled and signed", lambda: sign(prefilled()), expected=TRUSTING, passes=(*FIELDS, *SIGNED_RULES)),
    Sample("a sealed blank that takes annotations", lambda: sign(prefilled(3)), expected=TRUSTING, passes=(*FIELDS, *SIGNED_RULES)),
    Sample("a sealed blank, filled elsewhere and signed", lambda: sign(filled_elsewhere()), expected=TRUSTING, passes=SIGNED_RULES),
    Sample(
        "a sealed blank, completed by hand before it is signed",
        lambda: sign(field_changed(prefilled(), "lieu", "Lyon")),
        expected=TRUSTING,
        passes=SIGNED_RULES,
    ),
    Sample(
        "a seal nobody vouches for", lambda: sign(prefilled(stranger=True)), expected=TRUSTING, warns=("signature_signer",), says="seal of"
    ),
    Sample("a sealed blank, signed, no anchors", lambda: sign(prefilled()), passes=("signature", "signature_unaltered")),
    Sample("certified after it was filled", lambda: certify(unsealed_form(), mayor()), expected=TRUSTING, passes=SIGNED_RULES[1:]),
    Sample("certified, and without any field", lambda: certify(special.plain().pdf(), mayor()), expected=TRUSTING, passes=SIGNED_RULES[1:]),
    Sample(
        "certified by who signs what we prefilled", lambda: certify(prefilled_unsealed(), mayor()), expected=TRUSTING, passes=SIGNED_RULES
    ),
    Sample(
        "a sealed blank that takes annotations, signed with a stylus",
        lambda: annotated(prefilled(3)),
        expected=TRUSTING,
        passes=("signature_unaltered", "signature_integrity"),
    ),
    Sample(
        "a sealed blank that takes none, signed with a stylus",
        lambda: annotated(prefilled(2)),
        expected=TRUSTING,
        fails=("signature_unaltered",),
        says="nothing but filling in and signing",
    ),
    Sample(
        "a sealed blank that takes annotations, whose page was changed too",
        lambda: page_changed(annotated(prefilled(3))),
        expected=TRUSTING,
        fails=("signature_unaltered",),
        says="filling in, signing and annotations",
    ),
    Sample("the sealed blank alone", sealed, fails=("fields", "signature"), warns=("name",), says="publisher's seal"),
    Sample("a sealed blank, prefilled and not signed", prefilled, expected=TRUSTING, fails=("signature",), says="publisher's seal"),
    Sample("a sealed blank, filled elsewhere and not signed", filled_elsewhere, expected=TRUSTING, fails=("signature",)),
    Sample(
        "a seal that allows nothing, and a form filled in",
        lambda: filled_elsewhere(1),
        expected=TRUSTING,
        fails=("signature", "signature_unaltered"),
        says="its seal allows no change",
    ),
    Sample(
        "a sealed blank whose page was changed",
        lambda: sign(page_changed(prefilled())),
        expected=TRUSTING,
        fails=("signature_unaltered",),
        says="nothing but filling in and signing",
    ),
    Sample(
        "a sealed blank, filled in after it was signed",
        lambda: field_changed(sign(prefilled()), "lieu", "Ailleurs"),
        expected=TRUSTING,
        fails=("signature_unaltered",),
        says="signature: fields were filled in after it: lieu",
    ),
    Sample(
        "a sealed blank that was written anew",
        lambda: sign(special.rewritten(prefilled())),
        expected=TRUSTING,
        fails=("signature_integrity",),
        says="certification: ",
    ),
)


def _signed_then(name: str, how: str, says: str = "") -> Sample:
    """With a certificate of one day, fifteen days ago, in one of the ways of trusted_time.py. says: why it fails."""
    fails = ("signature_signer",) if says else ()
    passes = () if says else (*FIELDS, *SIGNED_RULES)
    return Sample(name, lambda: getattr(trusted_time, how)(unsealed_form()), expected=TRUSTING, fails=fails, passes=passes, says=says)


TIMED = (
    _signed_then("a certificate of one day, with a timestamp", "stamped"),
    Sample(
        "a certificate of one day, with a timestamp, as Adobe signs",
        lambda: trusted_time.stamped(unsealed_form(), adobe=True),
        expected=TRUSTING,
        passes=SIGNED_RULES,
    ),
    _signed_then("a certificate of one day, and the document stamped", "document_stamped"),
    _signed_then("a timestamp that has expired, and was renewed", "renewed"),
    _signed_then("kept with the list of those revoked", "not_revoked"),
    _signed_then("revoked after it signed", "revoked_after"),
    _signed_then("a certificate of one day, without a timestamp", "not_stamped", "no trusted timestamp proves when"),
    _signed_then("a timestamp of a stranger", "stamped_by_a_stranger", "no trusted timestamp proves when"),
    _signed_then("a timestamp that has expired", "stamped_by_expired", "no trusted timestamp proves when"),
    _signed_then("signed after the certificate had expired", "stamped_too_late", "had expired"),
    _signed_then("signed before the certificate began", "stamped_too_early", "which a trusted timestamp proves"),
    _signed_then("the document stamped too late", "document_stamped_late", "had expired"),
    _signed_then("stamped before it was signed", "document_stamped_before", "no trusted timestamp proves when"),
    _signed_then("revoked before it signed", "revoked_before", "is revoked"),
    Sample(
        "a certificate of one day, no anchors", partial(trusted_time.stamped, unsealed_form()), expected=EXPECTED, passes=("signature",)
    ),
)

SIGNED_SAMPLES = (*SEALED, *TIMED)
