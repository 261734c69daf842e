# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was found in a document, as plain data that passes from the process that reads it to the rules that judge it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Signed:
    """One electronic signature. error: why it could not be verified at all. signer, issuer: distinguished names. at: as it says, RFC 3339.

    intact: the signed bytes are unchanged. valid: the cryptographic signature is right. timestamped: by a timestamp that verifies.
    altered: what was changed after it, or None. distrust: why no anchor vouches for the signer, or None; asked: whether there were anchors.
    """

    field: str
    error: str | None = None
    signer: str = ""
    issuer: str = ""
    fingerprint: str = ""
    at: str | None = None
    timestamped: bool = False
    intact: bool = False
    valid: bool = False
    altered: str | None = None
    distrust: str | None = None
    asked: bool = False


@dataclass(frozen=True)
class Facts:
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
    signatures: tuple[Signed, ...] = ()


def facts_from(found: dict[str, Any]) -> Facts:
    """From the JSON that the reading process wrote."""
    lists = {"active": tuple(found.get("active", ())), "signatures": tuple(Signed(**each) for each in found.get("signatures", ()))}
    return Facts(**(found | lists))
