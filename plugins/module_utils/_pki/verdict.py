# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one rule says of a certificate or a document, and what all of them say together.

A rule says `pass`, `warn`, `fail`, or `not_verifiable` where what it needs is not there: it is never left out in silence. A user may
override one rule by its name, with a reason; the result shows it, and what the rule had said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypedDict

from .._options.choices import OVERRIDES
from ..errors import InvalidInput
from ..text import one_line

# Characters of what is said of one certificate or document.
LONGEST_REASON = 1000

PASS, WARN, NOT_VERIFIABLE, FAIL = OUTCOMES = ("pass", "warn", "not_verifiable", "fail")


# found: what the rule said; a key of results. reason: the user's.
OverrideFields = TypedDict("OverrideFields", {"found": "str | None", "reason": str})  # noqa: UP013 (a key, and no name of ours)


class VerdictFields(TypedDict, total=False):
    """A verdict as results show it; override only where there is one."""

    rule: str
    outcome: str
    reason: str
    source: str
    override: OverrideFields


class JudgementFields(TypedDict):
    outcome: str
    verdicts: list[VerdictFields]


@dataclass(frozen=True)
class Override:
    rule: str
    outcome: str
    reason: str


@dataclass(frozen=True)
class Finding:
    """What a rule's function returns: the verdict without the rule's name and source."""

    outcome: str
    reason: str

    def __post_init__(self) -> None:
        # It quotes what certificates and documents say.
        object.__setattr__(self, "reason", one_line(self.reason, LONGEST_REASON))


@dataclass(frozen=True)
class Verdict:
    """source: where the rule stands. rule_outcome: what the rule said, where outcome is the user's override and override his reason."""

    rule: str
    outcome: str
    reason: str
    source: str
    rule_outcome: str | None = None
    override: str | None = None

    def as_dict(self) -> VerdictFields:
        fields: VerdictFields = {"rule": self.rule, "outcome": self.outcome, "reason": self.reason, "source": self.source}
        if self.override is not None:
            fields["override"] = {"found": self.rule_outcome, "reason": self.override}
        return fields


@dataclass(frozen=True)
class Judgement:
    """outcome: the worst of the verdicts, after overrides."""

    outcome: str
    verdicts: tuple[Verdict, ...]

    def as_dict(self) -> JudgementFields:
        return {"outcome": self.outcome, "verdicts": [verdict.as_dict() for verdict in self.verdicts]}


def passed(reason: str) -> Finding:
    return Finding(PASS, reason)


def warned(reason: str) -> Finding:
    return Finding(WARN, reason)


def failed(reason: str) -> Finding:
    return Finding(FAIL, reason)


def not_verifiable(reason: str) -> Finding:
    return Finding(NOT_VERIFIABLE, reason)


def overall(verdicts: Iterable[Verdict]) -> str:
    """The worst outcome, in the order of OUTCOMES. What could not be verified is worse than a warning."""
    return max((verdict.outcome for verdict in verdicts), key=OUTCOMES.index, default=NOT_VERIFIABLE)


def check_overrides(
    overrides: Iterable[Override], rules: Iterable[str], field: str = "overrides", final: Iterable[str] = ()
) -> dict[str, Override]:
    """By rule. final: rules that nothing softens. Raises InvalidInput for what would be ignored, repeated or unexplained."""
    rule_names, by_rule = set(rules), {}
    for override in overrides:
        if override.rule not in rule_names:
            raise InvalidInput(field, f"there is no rule {override.rule!r}", "name one of: " + ", ".join(sorted(rule_names - set(final))))
        if override.rule in final:
            raise InvalidInput(field, f"the rule {override.rule} cannot be overridden", "order another certificate")
        if override.rule in by_rule:
            raise InvalidInput(field, f"rule {override.rule} is overridden twice", "declare each rule once")
        if override.outcome not in OVERRIDES:
            raise InvalidInput(field, f"{override.outcome!r} is no outcome to override {override.rule} with", "choose warn or pass")
        if not override.reason.strip():
            raise InvalidInput(field, f"the override of {override.rule} has no reason", "say why; the reason is shown in every result")
        by_rule[override.rule] = override
    return by_rule


def overridden(verdicts: Iterable[Verdict], overrides: dict[str, Override]) -> list[Verdict]:
    """Overrides only ever soften: a verdict that is as good as the override, or better, stays what it is."""
    return [_softened(verdict, overrides.get(verdict.rule)) for verdict in verdicts]


def _softened(verdict: Verdict, override: Override | None) -> Verdict:
    if override is None or OUTCOMES.index(verdict.outcome) <= OUTCOMES.index(override.outcome):
        return verdict
    return replace(verdict, outcome=override.outcome, rule_outcome=verdict.outcome, override=override.reason)
