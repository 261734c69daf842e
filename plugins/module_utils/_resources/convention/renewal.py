# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The convention that is to follow the one in force: due or not, how far it has come, and who must act. Pure decisions.

Conventions end in waves, whatever the day of signing (R6), and with a convention the exchange ends. A deliberation, a signature and a
countersignature take weeks, so the next one is prepared while the old one is in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ..._pki.renewal import Lifetime, Renewal, RenewalPolicy, end_of_day, renewal
from ..._plan.records import ConventionRecord
from ..._plan.waiting import Waiting
from ...dates import later
from .gate import latest_in_state

SECURED = "secured"


@dataclass(frozen=True)
class ConventionRenewal:
    """What follows the convention in force.

    state: not_due, to_sign, refused, submitted, or secured (the next one is signed by both). current, next: records as the space shows them.
    """

    state: str
    decision: Renewal
    current: ConventionRecord
    next: ConventionRecord | None

    @property
    def open(self) -> bool:
        """Whether a document for the next period is still to be sent."""
        return self.decision.due and self.state in ("to_sign", "refused")

    @property
    def end(self) -> str:
        """The last day of the one in force."""
        return str(self.current["end"])

    def as_dict(self) -> dict[str, Any]:
        """For results: the last day of the one in force, and the first without it, as days."""
        shown = self.decision.as_dict() | {"state": self.state, "end": self.end, "lapses_on": self.lapses_on}
        return {name: shown[name] for name in ("state", "due", "stage", "reason", "end", "lapses_on", "days_left")}

    @property
    def lapses_on(self) -> str:
        """The first day on which nothing passes unless the next convention is signed by both."""
        return later(date.fromisoformat(self.end), timedelta(days=1)).isoformat()

    def waiting(self, path: str) -> tuple[Waiting, ...]:
        """Who must act before the end. path: where the signed document is awaited."""
        facts = {"end": self.end, "after": self.lapses_on, "cycle": self.current["cycle"], "path": path}
        if not self.decision.due or self.state == SECURED:
            return ()
        if self.state == "submitted" and self.next:
            return (Waiting("convention_renewal_countersignature", self.next["since"], facts),)
        if self.state == "refused" and self.next:
            return (Waiting("convention_renewal_refused", self.next["since"], facts | {"reason": self.next["reason"]}),)
        return (Waiting("convention_renewal", None, facts),)


def renewal_of(conventions: Sequence[ConventionRecord], now: datetime, policy: RenewalPolicy) -> ConventionRenewal | None:
    """None where none of these conventions, all of one cycle, the oldest first, is in force, or nobody says until when."""
    current = latest_in_state(conventions, "in_force")
    if current is None:
        return None
    try:
        end = end_of_day(date.fromisoformat(current["end"] or ""))
    except ValueError:
        return None
    decision = renewal(Lifetime(end, reason="the convention ends"), now, policy)
    for state, stage in (("upcoming", SECURED), ("submitted", "submitted")):
        coming = latest_in_state(conventions, state)
        if coming:
            return ConventionRenewal(stage, decision, current, coming)
    last = conventions[-1]
    if last["state"] == "refused":
        return ConventionRenewal("refused", decision, current, last)
    return ConventionRenewal("to_sign" if decision.due else "not_due", decision, current, None)
