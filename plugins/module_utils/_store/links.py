# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The links of one provider, and what they were, where a restored backup has lost them: the versions themselves tell.

Some tools follow links (a folder stands in the place of each), others leave them out. What leads where can be read from what each version
holds: no version that has a key is forgotten, and none is ordered a second time because a link is gone.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .files import read_json, read_own

# A version that a kill left under two names goes by the first of them.
LINKS = ("current", "previous", "rejected", "next", "pending")
NOTES = "rotation.json"
KEY, REQUEST, CERTIFICATE, ABOUT = "key.pem", "request.csr", "certificate.pem", "request.json"


@dataclass(frozen=True)
class Links:
    """What stands at the links of one provider, at one moment. versions: the directory behind each, by the name that counts.

    leftovers: links that a kill has left on a version that already goes by another name. detached: names that no link bears: a folder stands
    there, or the link is gone and its version was told by what it holds. reload_due: as the file of this name says it.
    newest: the directory of the newest version (its path), whether a link leads to it or not.
    """

    versions: dict[str, Path]
    leftovers: tuple[str, ...]
    detached: tuple[str, ...]
    reload_due: bool
    newest: str | None


@dataclass(frozen=True)
class VersionRecord:
    """One version that holds a key and a certificate. number: its folder's name.

    rotates: whether a rotation ordered it. requested_at, replaced_at: RFC 3339 in UTC, or "" where that is not known. set_aside: whether a rotation
    refused it or took it back.
    """

    number: str
    rotates: bool = False
    requested_at: str = ""
    replaced_at: str = ""
    set_aside: bool = False


def derive_links(pairs: Sequence[VersionRecord]) -> dict[str, str]:
    """Which version each lost link led to: link -> number. Pure. pairs: the oldest first, those that no link leads to.

    Whatever was ordered outside a rotation, or imported, came into use at once: the newest of those that were not set aside is `current`. One that
    a rotation ordered is in use only where the one before it was replaced since its order; else it is still `next`.
    """
    aside = [pair.number for pair in pairs if pair.set_aside]
    living = [pair for pair in pairs if not pair.set_aside]
    links = {"rejected": aside[-1]} if aside else {}
    if not living:
        return links
    last, before = living[-1], living[-2] if len(living) > 1 else None
    if before is None or not last.rotates:
        return links | {"current": last.number}
    if before.replaced_at and before.replaced_at >= last.requested_at:
        return links | {"current": last.number, "previous": before.number}
    return links | {"current": before.number, "next": last.number}


def read_record(folder: Path) -> VersionRecord | None:
    """What a version says of itself; None where it holds no pair of key and certificate. Raises StoreError."""
    if not all(os.path.isfile(folder / name) for name in (KEY, CERTIFICATE)):
        return None
    notes: dict[str, Any] = read_json(folder / NOTES) if os.path.exists(folder / NOTES) else {}
    request: dict[str, Any] = read_json(folder / ABOUT) if os.path.exists(folder / ABOUT) else {}
    return VersionRecord(
        folder.name,
        bool(request.get("rotates")),
        str(request.get("requested_at") or ""),
        str(notes.get("replaced_at") or ""),
        bool(notes.get("set_aside")),
    )


def find_twin(folder: Path, versions: Sequence[Path]) -> Path | None:
    """The version that this folder is a copy of: the one of the same key, else of the same certificate or request; None where there is none."""
    for name in (KEY, CERTIFICATE, REQUEST):
        content = _content(folder / name)
        if content is not None:
            return next((version for version in reversed(versions) if _content(version / name) == content), None)
    return None


def _content(path: Path) -> bytes | None:
    try:
        return read_own(path)
    except OSError:
        return None
