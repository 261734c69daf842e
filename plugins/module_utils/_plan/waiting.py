# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is being waited for: every reason why a collectivité does not advance.

Every step of the reconciliation waits on people (R10). A resource's plan names a reason by its code; who is waited for (`on`),
what for (`for`) and what to do next stand in _texts/waiting/, in French and English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypedDict

from .._texts.waiting.certificate import CERTIFICATE
from .._texts.waiting.convention import CONVENTION
from .._texts.waiting.reason import Reason
from .._texts.waiting.rotation import ROTATION
from .._texts.waiting.space import SPACE
from ..dates import parse_date
from ..text import one_line

# Number in the letter of 2017, last paragraph.
SUPPORT_LINE = "01.76.49.27.07"
# After this ANTAI is late and its support line is shown (ours: no delay is published).
LATE_AFTER = timedelta(days=15)
# By its code.
REASONS: dict[str, Reason] = SPACE | CONVENTION | CERTIFICATE | ROTATION


@dataclass(frozen=True)
class RequestSteps:
    """The steps by which we ask for what is waited for. codes: of the steps; target: the placeholder that names their target, "" where it is the space."""

    codes: tuple[str, ...]
    target: str = ""


# By line of the catalogue: where the server does not say since when it is waited for, the journal says since when we have asked.
# Only what somebody has to do from our step on: that ANTAI has refused or accepted since then, the journal does not tell.
REQUESTED_BY: dict[str, RequestSteps] = {
    "account_control": RequestSteps(("request_account",)),
    "convention_signature": RequestSteps(("fetch_blank", "prefill_convention"), "cycle"),
    "convention_countersignature": RequestSteps(("upload_convention", "renew_convention"), "cycle"),
    "convention_lapsed": RequestSteps(("upload_convention", "renew_convention"), "cycle"),
    "convention_renewal_countersignature": RequestSteps(("upload_convention", "renew_convention"), "cycle"),
    "certificate_issue": RequestSteps(("make_request", "hand_out"), "provider"),
    "certificate_issue_est": RequestSteps(("enroll",), "provider"),
    "certificate_listing": RequestSteps(("install_certificate", "install_next"), "fingerprint"),
    "certificate_activation": RequestSteps(("install_certificate", "install_next", "deactivate_certificate"), "fingerprint"),
    "certificate_proof": RequestSteps(("activate_certificate", "activate_next", "activate_previous"), "fingerprint"),
    "rotation_exchange": RequestSteps(("activate_certificate", "activate_next", "swap"), "fingerprint"),
    "certificate_revocation": RequestSteps(("mark_compromised",), "fingerprint"),
    "dialogue_down": RequestSteps(("deactivate_compromised",), "fingerprint"),
}


# What is waited for while no FPS passes any more, in a collectivité that was in service: told whatever else is planned for it.
STOPS = ("convention_ended", "convention_lapsed", "certificate_expired", "dialogue_refused", "dialogue_down")


class NextAction(TypedDict):
    """What to do next. code: of REASONS; support: ANTAI's line where ANTAI is late, else None."""

    code: str
    text: str
    support: str | None


# What is waited for, as results show it ("for" is no name in Python).
WaitingView = TypedDict(
    "WaitingView", {"on": str, "for": str, "since": "str | None", "since_at_least": "str | None", "next_action": NextAction}
)


@dataclass(frozen=True)
class Waiting:
    """One thing that is waited for. since: RFC 3339 as the server (or the store's own record) gives it, or None.

    since_at_least: where that is None, when we last asked for it (RFC 3339): it is waited for at least since then. ANTAI is not called late by it.
    facts: what stands in the placeholders; where it is worded differently in each language, by language.
    wording: another line of the catalogue, whose words say the same thing better here.
    after: the key of the step that leads there; where that step comes to nothing, this is not waited for.
    """

    code: str
    since: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    wording: str = ""
    after: tuple[str, str] | None = None
    since_at_least: str | None = None

    @property
    def line(self) -> str:
        """Of the catalogue."""
        return self.wording or self.code

    @property
    def reason(self) -> Reason:
        return REASONS[self.line]

    def as_dict(self, language: str, now: datetime) -> WaitingView:
        """As results show it, worded in this language."""
        text = self.reason.next_action.text(language, **{name: _worded(value, language) for name, value in self.facts.items()})
        late = self.reason.on == "antai" and self.since is not None and _older(self.since, now)
        return {
            "on": self.reason.on,
            "for": self.reason.purpose,
            "since": self.since,
            "since_at_least": self.since_at_least,
            "next_action": {"code": self.code, "text": text, "support": SUPPORT_LINE if late else None},
        }


def _worded(value: Any, language: str) -> Any:
    if isinstance(value, dict):
        return one_line(value[language])
    if value is None:
        return "-"
    return one_line(value) if isinstance(value, str) else value


def _older(since: str, now: datetime) -> bool:
    """Whether it began more than LATE_AFTER ago; not known, and so False, where the server's words are no instant."""
    try:
        return now - parse_date(since) > LATE_AFTER
    except ValueError:
        return False
