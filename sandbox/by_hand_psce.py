# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the PSCE's people do at the keyboard: revoke; and its defects on demand."""

from __future__ import annotations

import argparse
import re

from sandbox import defects, psce, register
from sandbox.by_hand import checked_siret, open_world
from sandbox.clock import EARLIEST, LATEST, moment, parse_moment
from sandbox.errors import UserError
from sandbox.layout import Layout


def revoke(layout: Layout, given: argparse.Namespace) -> int:
    who = given.who.lower().replace(":", "")
    if not re.fullmatch(r"[0-9a-f]{64}", who):
        checked_siret(who)
    with open_world(layout) as world:
        at = _moment(given.at) if given.at else moment(world.clock.now())
        psce.ensure_ca(layout, world.clock.now())
        register.adopt(world.db, layout)
        found = register.named_by(world.db, who)
        rows = [row for row in found if row["revoque_le"] is None]
        if not rows:
            if found:
                raise UserError(f"Every certificate of {who} is revoked already (the last one from {found[-1]['revoque_le']} on).")
            raise UserError(f"The PSCE has issued no certificate of {who}.")
        with world.db.transaction():
            for row in rows:
                register.revoke(world.db, row, at, given.reason)
    for row in rows:
        print(f"certificate {row['empreinte']} revoked from {at} on ({given.reason})")
    return 0


def _moment(text: str) -> str:
    try:
        at = parse_moment(text)
    except (ValueError, OverflowError) as error:
        raise UserError(f"This moment cannot be understood: {error}. Write 2027-01-01 or 2027-01-01T12:00:00Z.", 2) from error
    if not EARLIEST <= at <= LATEST:
        raise UserError(f"A revocation is between {EARLIEST:%Y-%m-%d} and {LATEST:%Y-%m-%d}.", 2)
    return moment(at)


def defect_add(layout: Layout, given: argparse.Namespace) -> int:
    if given.siret and given.kind not in defects.ISSUING:
        raise UserError(f"--siret goes with what is wrong in a certificate only: {' '.join(defects.ISSUING)}", 2)
    if given.times is not None and given.times < 1:
        raise UserError("--times begins at 1.", 2)
    siret = checked_siret(given.siret) if given.siret else None
    with open_world(layout) as world:
        number = defects.add(world.db, given.kind, siret, given.times)
    print(f"defect {number} added: {_describe(defects.Defect(number, given.kind, siret, given.times))}")
    return 0


def defect_clear(layout: Layout, given: argparse.Namespace) -> int:
    with open_world(layout) as world:
        print(f"{defects.clear(world.db)} defect(s) removed")
    return 0


def defect_list(layout: Layout, given: argparse.Namespace) -> int:
    with open_world(layout) as world:
        for defect in defects.listed(world.db):
            print(f"{defect.id}: {_describe(defect)}")
    return 0


def _describe(defect: defects.Defect) -> str:
    whom = f" of {defect.siret}" if defect.siret else ""
    return f"{defect.kind}{whom}, {'until cleared' if defect.times is None else f'{defect.times} time(s)'}"
