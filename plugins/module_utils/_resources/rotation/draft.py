# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan of a rotation in the making: the state as results show it, and what the steps so far make of it. Nothing changes: each stage returns another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypedDict, cast

from ..._plan.plan import Plan, Step, Stop
from ..._plan.waiting import Waiting
from ...dates import instant
from .state import CertificateVersion, ExternalCertificate, Link, RotationState, grace_end


class VersionView(TypedDict):
    """One version, as results show it. state: active, inactive, not_installed, refused; None where neither space nor SI FPS was asked."""

    version: str | None
    fingerprint: str | None
    state: str | None
    not_after: str | None


class RotationView(TypedDict):
    """A rotation as results show it: what goes by which name, never a key. state: see stage. Instants are RFC 3339 in UTC."""

    state: str
    siret: str
    provider: str
    requested: bool
    requested_at: str | None
    handed_out: bool
    current: VersionView | None
    next: VersionView | None
    previous: VersionView | None
    rejected: VersionView | None
    reload_due: bool
    grace_until: str | None


class RotationChanges(TypedDict, total=False):
    """What a step makes of a RotationView: those of its fields that differ."""

    requested: bool
    requested_at: str | None
    handed_out: bool
    current: VersionView | None
    next: VersionView | None
    previous: VersionView | None
    rejected: VersionView | None
    reload_due: bool
    grace_until: str | None


def view(state: RotationState, siret: str, provider: str, grace: timedelta) -> RotationView:
    """The rotation of one provider as it was observed. grace: how long the old certificate stays active."""
    pending = state.pending or {}
    shown: RotationView = {
        "state": "elsewhere",
        "siret": siret,
        "provider": provider,
        "requested": state.pending is not None,
        "requested_at": pending.get("requested_at"),
        "handed_out": bool(pending.get("handed_out")),
        "current": _external_view(state.external) if state.external else version_view(state.current),
        "next": version_view(state.next),
        "previous": version_view(state.previous),
        "rejected": version_view(state.rejected),
        "reload_due": state.reload_due,
        "grace_until": instant(grace_end(state.previous, grace)) if state.previous else None,
    }
    return shown if state.external else {**shown, "state": stage(shown)}


def stage(shown: RotationView) -> str:
    """none (no certificate), settled, requested, issued (not in use yet), grace (the old one lives on), set_aside (the new one was)."""
    stages = {
        "issued": shown["next"],
        "requested": shown["requested"],
        "grace": shown["previous"],
        "set_aside": shown["rejected"],
        "settled": shown["current"],
    }
    return next((name for name, present in stages.items() if present), "none")


def version_view(version: CertificateVersion | None) -> VersionView | None:
    """One version as it was observed; None where there is none."""
    if version is None:
        return None
    return {
        "version": version.number,
        "fingerprint": version.fingerprint,
        "state": version.state,
        "not_after": instant(version.leaf.not_after),
    }


def _external_view(certificate: ExternalCertificate) -> VersionView:
    listed = certificate.listed
    not_after = instant(certificate.local.not_after) if certificate.local else listed and listed["not_after"]
    return {"version": None, "fingerprint": certificate.fingerprint, "state": listed and listed["state"], "not_after": not_after}


@dataclass(frozen=True)
class Draft:
    """The steps so far, and the state after them. stops: why the run ends after them, and fails."""

    before: RotationView
    after: RotationView
    steps: tuple[Step, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    warnings: tuple[str, ...] = ()
    stops: tuple[Stop, ...] = ()

    @property
    def provider(self) -> str:
        return self.before["provider"]

    def do(self, code: str, reason: str, target: str = "", *, chain: str = "", **changes: object) -> Draft:
        """With this step. changes: fields of the state afterwards. Steps of one chain depend on each other; they are all of the rotation, unless `chain`
        says otherwise. target: the provider where it is left out."""
        step = Step(code, reason, target or self.provider, chain=chain or self.provider)
        return replace(self, steps=(*self.steps, step), after=cast(RotationView, {**self.after, **changes}))

    def turn(self, code: str, reason: str, link: Link, state: str, *, chain: str = "") -> Draft:
        """With this step at ANTAI, that brings the version behind this link into this state."""
        version = self.after[link]
        if version is None:
            return self
        return self.do(code, reason, version["fingerprint"] or "", chain=chain, **{link: {**version, "state": state}})

    def wait(self, code: str, since: str | None = None, **details: Any) -> Draft:
        return self.await_(Waiting(code, since, {"provider": self.provider} | details))

    def await_(self, waiting: Waiting) -> Draft:
        """With somebody who is waited for: once for each reason, certificate and time, however many stages meet it."""
        return self if waiting in self.waiting else replace(self, waiting=(*self.waiting, waiting))

    def warn(self, *warnings: str) -> Draft:
        return replace(self, warnings=(*self.warnings, *warnings))

    def stop(self, *stops: Stop) -> Draft:
        """What would come next is not done, and the run fails after the steps so far."""
        return replace(self, stops=(*self.stops, *stops), waiting=(*self.waiting, *(stop.waiting for stop in stops)))

    def fingerprint(self, link: Link) -> str | None:
        """Of the version that stands at this link after the steps so far."""
        version = self.after[link]
        return version["fingerprint"] if version else None

    def plan(self, facts: dict[str, Any]) -> Plan:
        state = self.after["state"] if self.after["state"] == "elsewhere" else stage(self.after)
        after: RotationView = {**self.after, "state": state}
        server_assigned = ("requested_at", "grace_until")
        return Plan(self.before, after, self.steps, self.waiting, self.warnings, server_assigned, facts, self.stops)
