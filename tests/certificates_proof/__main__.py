# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints what each part of the proof found, and at last `N verdicts, 0 wrong, 0 crashes`; what is wrong comes first.

A verdict is one rule about one certificate made by one source, one case of PKITS, one question to both judges, or one crowd of namesake CAs.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.certificates_proof import pkits, second_opinion
from tests.certificates_proof.cases import CHECKS
from tests.certificates_proof.crowds import EVERY_CROWD, MOST_IN_ALL
from tests.certificates_proof.scene import base
from tests.support.certomancer_psce import MAKERS


@dataclass(frozen=True)
class Trial:
    """name: what is tried. wrong: what it says otherwise, or nothing; raises where the judgement crashes."""

    name: str
    wrong: Callable[[], str]


def rules() -> Iterator[Trial]:
    for check in CHECKS:
        for family in check.families:
            for maker in (maker for maker in MAKERS if maker.name in check.makers):
                name = f"{check.rule}: {check.name} ({family}, {maker.name})"
                yield Trial(name, lambda check=check, family=family, maker=maker: check.wrong(check.change(base(family)).judged(maker)))  # type: ignore[misc]


def nist() -> Iterator[Trial]:
    known = pkits.explained()

    def wrong(case: pkits.PkitsCase) -> str:
        if case.is_revocation and pkits.answer(case).accepted:
            return "a revocation is let through"
        found = pkits.difference(case)
        return "" if found == known.get(case.name) else f"{found}, explained as {known.get(case.name)}"

    yield from (Trial(f"PKITS {case.name}", lambda case=case: wrong(case)) for case in pkits.cases())  # type: ignore[misc]


def opinions() -> Iterator[Trial]:
    for question in second_opinion.questions():
        yield Trial(
            f"second opinion: {', '.join(question.traits)}",
            lambda question=question: "; ".join(second_opinion.unexplained([question])),  # type: ignore[misc]
        )


def crowds() -> Iterator[Trial]:
    def wrong(number: int) -> str:
        return "" if number <= MOST_IN_ALL else f"{number} verifications of signatures, more than {MOST_IN_ALL}"

    yield from (Trial(f"{crowd.name}, {crowd.trusted}", lambda crowd=crowd: wrong(crowd.verifications()[0])) for crowd in EVERY_CROWD)  # type: ignore[misc]


PARTS: dict[str, Callable[[], Iterator[Trial]]] = {
    "every rule, from two sources": rules,
    "NIST PKITS; differences are explained, no revocation is let through": nist,
    "a second opinion, pyhanko-certvalidator's; differences are explained": opinions,
    f"crowds of CAs of one name, at most {MOST_IN_ALL} verifications of signatures in each judgement": crowds,
}


def main() -> int:
    verdicts = wrong = crashes = 0
    for title, trials in PARTS.items():
        began, count = time.monotonic(), 0
        for trial in trials():
            count += 1
            try:
                differs = trial.wrong()
            except Exception as error:  # every crash counts, whatever it is
                crashes += 1
                print(f"CRASH {trial.name}: {type(error).__name__}: {error}")
                continue
            if differs:
                wrong += 1
                print(f"WRONG {trial.name}: {differs}")
        verdicts += count
        print(f"{title}: {count} in {time.monotonic() - began:.1f} s")
    print(f"{verdicts} verdicts, {wrong} wrong, {crashes} crashes")
    return int(bool(wrong or crashes))


if __name__ == "__main__":
    sys.exit(main())
