# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rules look at: one certificate, and everything that was gathered about it. Nothing here reads a file or a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .parsed_certificate import ParsedCertificate
from .trust import TrustEntry, TrustStore


@dataclass(frozen=True)
class ValidationInputs:
    """usage: client, or server for the SI FPS's own certificate. at: another time besides now, or None. path: leaf to anchor, empty where there is
    none; broken: then, why; undecided: whether there may be one that was not tried. intermediates: CAs that came with it, of which none is trusted by that.
    siret, host, key: what it is to be for, where the user says so.
    """

    leaf: ParsedCertificate
    usage: str
    now: datetime
    store: TrustStore
    at: datetime | None = None
    path: tuple[ParsedCertificate, ...] = ()
    broken: str = ""
    undecided: bool = False
    intermediates: tuple[ParsedCertificate, ...] = ()
    siret: str | None = None
    host: str | None = None
    key: Any = None

    @property
    def moments(self) -> tuple[datetime, ...]:
        """The times that trust is judged at. Revocation is judged by all that is known now: nothing that was proved is forgotten for `at`."""
        return (self.now, self.at) if self.at else (self.now,)

    @property
    def issuer(self) -> ParsedCertificate | None:
        """The CA that issued the leaf."""
        return self.path[1] if len(self.path) > 1 else None

    @property
    def entries(self) -> tuple[TrustEntry, ...]:
        """What the store says of that CA for this usage, on any day."""
        return self.store.of(self.issuer, self.usage) if self.issuer else ()

    def extension(self, kind: Any) -> Any:
        return self.leaf.extension(kind)
