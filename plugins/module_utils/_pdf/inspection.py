# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in a document, as plain data that passes from the process that reads it to the rules that judge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

# The form that a signature covers: as it was before we prefilled it, with what we prefilled, with nothing filled in, filled, without fields.
BEFORE_PREFILL, PREFILLED, BLANK, FILLED, NO_FORM = "before_prefill", "prefilled", "blank", "filled", "no_form"
# What a signature is: somebody's who signs the convention; its publisher's seal on the blank; a certification that may be either.
SIGNATURE, SEAL, UNCLEAR = "signature", "seal", "unclear"


@dataclass(frozen=True)
class ElectronicSignature:
    """One electronic signature. error: why it could not be verified at all. signer, issuer: distinguished names. at: as it says, RFC 3339.

    permissions: of a certification signature (DocMDP, ISO 32000-2, 12.8.2.2): 1 no change, 2 filling in and signing, 3 annotations too; None
    of any other signature. covers: the form as it was signed, one of the states above. intact: the signed bytes are unchanged. valid: the
    cryptographic signature is right. timestamped: by a timestamp that verifies. altered: what was changed after it, or None. filled_later:
    the fields filled in since. distrust: why no anchor vouches for the signer, or None; has_anchors: whether there were anchors; judged_at: the
    trusted time at which the signer was judged, RFC 3339, or None where no timestamp proves one, and now was taken.
    """

    field: str
    error: str | None = None
    signer: str = ""
    issuer: str = ""
    fingerprint: str = ""
    at: str | None = None
    timestamped: bool = False
    permissions: int | None = None
    covers: str = FILLED
    intact: bool = False
    valid: bool = False
    altered: str | None = None
    filled_later: tuple[str, ...] = ()
    distrust: str | None = None
    has_anchors: bool = False
    judged_at: str | None = None

    @property
    def role(self) -> str:
        """SIGNATURE, SEAL or UNCLEAR. Whoever certifies an empty form publishes it; whoever certifies what is filled in may sign it."""
        return signature_role(self.permissions, self.covers)


def signature_role(permissions: int | None, covers: str) -> str:
    """As Signed.role."""
    if covers == BEFORE_PREFILL:
        return SEAL
    if permissions is None or covers == PREFILLED:
        return SIGNATURE
    return SEAL if covers == BLANK else UNCLEAR


@dataclass(frozen=True)
class Inspection:
    """unreadable: why nothing could be read, in words, or None. damage: what is wrong with it although it could be read.

    pages: how many. text: of the pages, as far as the limits go. images, ink: pages with an image; annotations that draw (a stylus, a stamp).
    fields: values by name, all that the form has. active: what runs or hides in it. signatures: electronic ones.
    """

    unreadable: str | None = None
    encrypted: bool = False
    heavy: bool = False
    damage: str | None = None
    pages: int = 0
    text: str = ""
    text_pages: int = 0
    images: int = 0
    ink: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    active: tuple[str, ...] = ()
    signatures: tuple[ElectronicSignature, ...] = ()


class InspectionTask(TypedDict):
    """A document to read, as it goes to the process that reads it. document: base64. now: RFC 3339. memory: bytes; cpu: seconds."""

    document: str
    now: str
    anchors: list[str]
    memory: int
    cpu: int


class InspectionReply(TypedDict, total=False):
    """inspection: the fields of Inspection; or missing: the details of MissingLibrary; or status and error of a process that died."""

    inspection: dict[str, Any]
    missing: dict[str, str]
    status: int
    error: str


def parse_inspection(fields: Mapping[str, Any]) -> Inspection:
    """From the JSON that the reading process wrote (dataclasses.asdict)."""
    signatures = tuple(
        ElectronicSignature(**{**signature, "filled_later": tuple(signature["filled_later"])}) for signature in fields["signatures"]
    )
    return Inspection(**{**fields, "active": tuple(fields["active"]), "signatures": signatures})
