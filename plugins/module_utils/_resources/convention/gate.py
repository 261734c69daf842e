# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the conventions of a space allow (R2, R5, R6), and who has to sign where they allow nothing yet. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..._plan.records import ConventionRecord
from ..._plan.waiting import Waiting
from ..._store.store import Store
from ..space import Space

SIGNED_BY_BOTH = ("in_force", "upcoming")


def latest_in_state(conventions: Sequence[ConventionRecord], state: str) -> ConventionRecord | None:
    """The latest convention in this state, or None. conventions: the oldest first."""
    return next((convention for convention in reversed(conventions) if convention["state"] == state), None)


def of_cycle(conventions: Sequence[ConventionRecord], cycle: str) -> list[ConventionRecord]:
    return [convention for convention in conventions if convention["cycle"] == cycle]


def current_convention(conventions: Sequence[ConventionRecord]) -> ConventionRecord | None:
    """Of one cycle, the convention that counts: in force, else to come, else the latest."""
    latest = conventions[-1] if conventions else None
    return latest_in_state(conventions, "in_force") or latest_in_state(conventions, "upcoming") or latest


def lapsed_on(conventions: Iterable[ConventionRecord]) -> str | None:
    """The last day of the latest convention of either cycle, where it is over and none is in force: nothing passes since (R6)."""
    conventions = list(conventions)
    if latest_in_state(conventions, "in_force"):
        return None
    return max((end for convention in conventions if convention["state"] == "ended" and (end := convention["end"])), default=None)


def excluding_convention(space: Space) -> ConventionRecord | None:
    """The convention cycle complet that excludes a cycle partiel (R5), or None."""
    complet = of_cycle(space.conventions, "complet")
    return latest_in_state(complet, "in_force") or latest_in_state(complet, "upcoming")


def shows_conventions(space: Space) -> bool:
    """Whether the interface shows conventions to who may see the space."""
    return not space.visible or space.state != "active" or "convention_list" not in space.lacks


def convention_waiting(space: Space, store: Store | None) -> Waiting | None:
    """Why no certificate can be activated (R2, R6), or None where a convention of either cycle is signed by both."""
    if any(latest_in_state(space.conventions, state) for state in SIGNED_BY_BOTH):
        return None
    last = latest_in_state(space.conventions, "submitted") or (space.conventions[-1] if space.conventions else None)
    if last is None:  # which cycle it is to be is declared elsewhere
        return signature_waiting(None, "complet/partiel", "antai_convention")
    if last["state"] == "submitted":
        return countersignature_waiting(lapsed_on(space.conventions), last["since"], last["cycle"])
    return signature_waiting(last, last["cycle"], signing_place(store, last["cycle"], next_period=last["state"] == "ended"))


def countersignature_waiting(lapsed: str | None, since: str | None, cycle: str) -> Waiting:
    """ANTAI has to countersign. lapsed: after this day nothing passes, and that is said."""
    if lapsed:
        return Waiting("convention_lapsed", since, {"end": lapsed, "cycle": cycle})
    return Waiting("convention_countersignature", since, {"cycle": cycle})


def signature_waiting(convention: ConventionRecord | None, cycle: str, path: str) -> Waiting:
    """The collectivité has to sign: for the first time, or again after a refusal or an end."""
    facts = {"cycle": cycle, "path": path}
    if convention and convention["state"] == "refused":
        return Waiting("convention_refused", convention["since"], facts | {"reason": convention["reason"]})
    if convention and convention["state"] == "ended":
        return Waiting("convention_ended", convention["since"], facts | {"end": convention["end"]})
    return Waiting("convention_signature", None, facts)


def signing_place(store: Store | None, cycle: str, *, next_period: bool = False) -> str:
    """Where the signed convention is awaited when no path is declared. next_period: the one that follows the one in force, or that ended."""
    if store:
        return str(store.signed_convention(cycle, next_period))
    return "antai_convention_next_document" if next_period else "antai_convention_document"
