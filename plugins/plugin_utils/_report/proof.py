# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is proved of a dialogue: that the SI FPS itself said, not long ago, that this certificate may exchange. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from ...module_utils._resources.dialogue import AUTHORISED, Dialogue
from ...module_utils.dates import date_or_none
from .model import ReportedDialogue

PROVED, UNPROVED, UNVERIFIABLE = "proved", "unproved", "unverifiable"
# The worst first.
PROOFS = (UNPROVED, UNVERIFIABLE, PROVED)
# Another machine's clock, that wrote into the same store, may be so far ahead of ours.
CLOCKS_DIFFER = timedelta(minutes=5)


def of_dialogue(dialogue: Dialogue, now: datetime, most_hours: int) -> str | None:
    """dialogue: as antai_exchange_info returns it. most_hours: how long an answer proves something. None where nothing is to be proved yet.

    What the SI FPS last answered is what counts: a refusal since then is no proof, however short a time ago it authorised the certificate.
    """
    verifiable = dialogue["verifiable"]
    if not verifiable:
        return None if verifiable is None else UNVERIFIABLE
    proved_at = date_or_none(dialogue["proved_at"])
    if proved_at is None or dialogue["state"] != AUTHORISED:
        return UNPROVED
    return PROVED if -CLOCKS_DIFFER <= now - proved_at <= timedelta(hours=most_hours) else UNPROVED


def of_all(dialogues: Iterable[ReportedDialogue], *, is_silent: bool) -> str | None:
    """Of one collectivité, the worst of its dialogues. is_silent: R11; by that alone is judged what cannot be verified."""
    proofs = {dialogue["proof"] for dialogue in dialogues}
    worst = next((proof for proof in PROOFS if proof in proofs), None)
    return UNPROVED if worst == UNVERIFIABLE and is_silent else worst


def counted(dialogues: Iterable[ReportedDialogue]) -> dict[str, int]:
    """How many there are of each."""
    proofs = [dialogue["proof"] for dialogue in dialogues]
    return {proof: proofs.count(proof) for proof in reversed(PROOFS)}
