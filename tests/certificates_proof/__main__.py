# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints `N verdicts, 0 wrong, 0 crashes`; what is wrong comes first. A verdict is one rule about one certificate made by one source."""

from __future__ import annotations

import sys

from tests.certificates_proof.cases import CHECKS
from tests.certificates_proof.scene import base
from tests.support.psce import MAKERS


def main() -> int:
    verdicts = wrong = crashes = 0
    for check in CHECKS:
        for family in check.families:
            for maker in (each for each in MAKERS if each.name in check.makers):
                verdicts += 1
                about = f"{check.rule}: {check.name} ({family}, {maker.name})"
                try:
                    differs = check.wrong(check.change(base(family)).judged(maker))
                except Exception as error:  # every crash counts, whatever it is
                    crashes += 1
                    print(f"CRASH {about}: {type(error).__name__}: {error}")
                    continue
                if differs:
                    wrong += 1
                    print(f"WRONG {about}: {differs}")
    print(f"{verdicts} verdicts, {wrong} wrong, {crashes} crashes")
    return int(bool(wrong or crashes))


if __name__ == "__main__":
    sys.exit(main())
