# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defects on demand: what the PSCE gets wrong in its CRL, its OCSP answers or its certificates, when someone asked for it.

A fault (faults.py) spoils the answer on its way; a defect is in what is said.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sandbox import rules
from sandbox.database import Database

CRL = ("crl_expired", "crl_wrong_signature", "crl_unreachable")
OCSP = ("ocsp_unknown", "ocsp_expired", "ocsp_wrong_signature", "ocsp_undelegated", "ocsp_unreachable", "ocsp_try_later")
ISSUING = ("wrong_siret", "wrong_key", "expired", "no_client_auth", "no_policy", "long_life")
KINDS = (*CRL, *OCSP, *ISSUING)


@dataclass(frozen=True)
class Defect:
    id: int
    kind: str
    siret: str | None  # of ISSUING only: for this SIRET's certificates (None: for all)
    times: int | None


def listed(db: Database) -> list[Defect]:
    return [Defect(*row) for row in db.fetch_all("SELECT id, kind, siret, times FROM defect WHERE times IS NULL OR times > 0 ORDER BY id")]


def add(db: Database, kind: str, siret: str | None, times: int | None) -> int:
    return db.insert("defect", kind=kind, siret=siret, times=times)


def clear(db: Database) -> int:
    return db.run("DELETE FROM defect")


def take(db: Database, among: Collection[str], named: Collection[str] = ()) -> frozenset[str]:
    """The kinds that apply to this answer, or to this certificate of whom it names; each is counted down."""
    kinds: set[str] = set()
    for defect in listed(db):
        if defect.kind not in among or defect.kind in kinds:
            continue
        if defect.siret is not None and not rules.names_siret(tuple(named), defect.siret):
            continue
        if defect.times is None or db.run("UPDATE defect SET times = times - 1 WHERE id = ? AND times > 0", defect.id):
            kinds.add(defect.kind)
    return frozenset(kinds)
