# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the PSCE's people do at the keyboard: revoke; and its defects on demand."""

from __future__ import annotations

import argparse
import re

from sandbox import defects, psce, psce_register
from sandbox.clock import EARLIEST, LATEST, moment, parse_moment
from sandbox.commands import checked_siret, open_sandbox
from sandbox.errors import UserError
from sandbox.state_paths import StatePaths


def revoke(paths: StatePaths, options: argparse.Namespace) -> int:
    who = options.who.lower().replace(":", "")
    if not re.fullmatch(r"[0-9a-f]{64}", who):
        checked_siret(who)
    with open_sandbox(paths) as sandbox:
        at = _moment(options.at) if options.at else moment(sandbox.clock.now())
        psce.ensure_ca(paths, sandbox.clock.now())
        psce_register.adopt(sandbox.db, paths)
        issued = psce_register.named_by(sandbox.db, who)
        rows = [row for row in issued if row["revoque_le"] is None]
        if not rows:
            if issued:
                raise UserError(f"Every certificate of {who} is revoked already (the last one from {issued[-1]['revoque_le']} on).")
            raise UserError(f"The PSCE has issued no certificate of {who}.")
        with sandbox.db.transaction():
            for row in rows:
                psce_register.revoke(sandbox.db, row, at, options.reason)
    for row in rows:
        print(f"certificate {row['empreinte']} revoked from {at} on ({options.reason})")
    return 0


def _moment(text: str) -> str:
    try:
        at = parse_moment(text)
    except (ValueError, OverflowError) as error:
        raise UserError(f"This moment cannot be understood: {error}. Write 2027-01-01 or 2027-01-01T12:00:00Z.", 2) from error
    if not EARLIEST <= at <= LATEST:
        raise UserError(f"A revocation is between {EARLIEST:%Y-%m-%d} and {LATEST:%Y-%m-%d}.", 2)
    return moment(at)


def defect_add(paths: StatePaths, options: argparse.Namespace) -> int:
    if options.siret and options.kind not in defects.ISSUING:
        raise UserError(f"--siret goes with what is wrong in a certificate only: {' '.join(defects.ISSUING)}", 2)
    if options.times is not None and options.times < 1:
        raise UserError("--times begins at 1.", 2)
    siret = checked_siret(options.siret) if options.siret else None
    with open_sandbox(paths) as sandbox:
        number = defects.add(sandbox.db, options.kind, siret, options.times)
    print(f"defect {number} added: {_describe(defects.Defect(number, options.kind, siret, options.times))}")
    return 0


def defect_clear(paths: StatePaths, options: argparse.Namespace) -> int:
    with open_sandbox(paths) as sandbox:
        print(f"{defects.clear(sandbox.db)} defect(s) removed")
    return 0


def defect_list(paths: StatePaths, options: argparse.Namespace) -> int:
    with open_sandbox(paths) as sandbox:
        for defect in defects.listed(sandbox.db):
            print(f"{defect.id}: {_describe(defect)}")
    return 0


def _describe(defect: defects.Defect) -> str:
    whom = f" of {defect.siret}" if defect.siret else ""
    return f"{defect.kind}{whom}, {'until cleared' if defect.times is None else f'{defect.times} time(s)'}"
