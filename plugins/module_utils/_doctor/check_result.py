# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One finding of the doctor, and what becomes of those that rest on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from .._texts.doctor.answers import ANSWERS
from .._texts.doctor.machine import MACHINE
from .._texts.doctor.server import SERVER
from .._texts.doctor.table import PROXY_SOURCES
from ..text import bounded

# What may be found, by its code.
FINDINGS = MACHINE | SERVER | ANSWERS
OK, WARN, FAIL, SKIPPED, NOT_VERIFIABLE = "ok", "warn", "fail", "skipped", "not_verifiable"
# From the best to the worst, for an outcome that sums up.
OUTCOMES = (OK, WARN, FAIL)
# Skipped for one of these reasons: what rests on it cannot be looked at either.
IN_THE_WAY = ("prerequisite", "no_url", "no_credentials", "no_client_certificate", "not_sent_again")


# A check as results show it: what was found and what to do about it, in the language of the task; details: its facts.
CheckView = TypedDict(  # noqa: UP013 (its published keys are no names that the tree allows)
    "CheckView",
    {"check": str, "face": str, "outcome": str, "code": str, "what": str, "what_to_do": str, "details": "dict[str, object]"},
)


@dataclass(frozen=True)
class CheckResult:
    """check: what was looked at; of an operation, its name in the catalogue. face: local, portal, sifps or token.

    code: what was found, a key of FINDINGS, stable for programs. facts: JSON-able, that the texts may name.
    """

    check: str
    face: str
    outcome: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        return self.outcome == FAIL or (self.outcome == SKIPPED and self.code in IN_THE_WAY)

    def as_dict(self, language: str) -> CheckView:
        details: dict[str, object] = bounded(dict(self.facts))
        advice, facts = FINDINGS[self.code], _readable({"check": self.check, "face": self.face} | details, language)
        return {
            "check": self.check,
            "face": self.face,
            "outcome": self.outcome,
            "code": self.code,
            "what": advice.finding.text(language, **facts),
            "what_to_do": advice.to_do.text(language, **facts) if self.outcome in (WARN, FAIL) or self.code in IN_THE_WAY[1:] else "",
            "details": details,
        }


def _readable(facts: dict[str, object], language: str) -> dict[str, object]:
    """As the texts name them: lists as one text, the source of a proxy in words."""
    readable = {name: ", ".join(map(str, fact)) if isinstance(fact, (list, tuple)) else fact for name, fact in facts.items()}
    return readable | ({"source": PROXY_SOURCES[str(facts["source"])].text(language)} if "source" in facts else {})


def overall(outcomes: list[str]) -> str:
    """The worst, of those that are a judgement."""
    return max((outcome for outcome in outcomes if outcome in OUTCOMES), key=OUTCOMES.index, default=OK)
