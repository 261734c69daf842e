# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done with one declared certificate: installed, activated, deactivated or removed, each behind its gate (gates.py). Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ..._pki.verdict import Judgement
from ..._plan.plan import Plan, Step
from ..._plan.records import ListedCertificate
from ..._plan.waiting import Waiting
from ..._store.store import Store
from ..gates import why_not_activate, why_not_deactivate, why_not_install, why_not_remove
from ..space import Space, account_waiting
from .evaluation import fails, not_rgs
from .observed_certificate import CertificateView, ObservedCertificate
from .order_plan import answer_waiting


@dataclass(frozen=True)
class ObservedCertificates:
    """undeclared: certificates that the space lists and nobody declared. removable: the interface knows removal. agent_email: as in account_waiting.

    rotating: fingerprints of the next and the previous certificates of providers that are to be there: a rotation's, see rotation.py.
    """

    space: Space
    certificates: tuple[ObservedCertificate, ...]
    undeclared: tuple[ListedCertificate, ...] = ()
    store: Store | None = None
    removable: bool = False
    by_editor: bool = False
    rotating: frozenset[str] = frozenset()
    agent_email: str | None = None


def plan_certificate(certificate: ObservedCertificate, judgement: Judgement | None, observed: ObservedCertificates, now: datetime) -> Plan:
    """Its state before and after as CertificateView. judgement: None where it is not judged. Raises what kept the SI FPS from being asked with it."""
    before, end = certificate.view(), certificate.end
    if (
        certificate.declared.is_present and certificate.state != "missing" and end and end <= now
    ):  # active or not: nothing passes with it any more
        expired = Waiting("certificate_expired", None, {"provider": certificate.provider, "end": end.date().isoformat()})
        return Plan(before, before, waiting=(expired,))
    plan = plan_good_certificate(certificate, observed)
    if judgement is None or not fails(judgement):
        if certificate.unasked:
            raise certificate.unasked
        return plan
    broken = not_rgs(certificate.provider, certificate.fingerprint, judgement, active=certificate.state == "active")
    return Plan(before, before, waiting=(broken, *plan.waiting))


def plan_good_certificate(certificate: ObservedCertificate, observed: ObservedCertificates) -> Plan:
    """Of one that neither has expired nor breaks a rule."""
    before, declared = certificate.view(), certificate.declared
    if certificate.state == "missing":
        return Plan(before, before, waiting=(_missing(certificate, observed),) if declared.is_present else ())
    if not declared.is_present:
        return _plan_off(certificate, observed, before)
    if certificate.compromised:
        return Plan(before, before, waiting=(certificate.gated.wait("certificate_compromised"),))
    if certificate.state in ("not_installed", "unknown", "refused"):
        return _plan_install(certificate, observed, before)
    if declared.state == "active" and certificate.state == "inactive":
        return _plan_activate(certificate, observed, before)
    return Plan(before, before)


def _missing(certificate: ObservedCertificate, observed: ObservedCertificates) -> Waiting:
    """Who is waited for where there is no certificate yet."""
    provider, space = certificate.provider, observed.space
    if certificate.declared.elsewhere:
        hidden = not space.visible or "certificate_list" in space.lacks  # it may be there, and is not to be seen
        waiting = Waiting("unseen") if hidden else Waiting("certificate_elsewhere", None, {"provider": provider})
        return account_waiting(space, observed.agent_email) or waiting
    if not certificate.pending or not observed.store:
        return Waiting("certificate_order", None, {"provider": provider})
    return answer_waiting(observed.store, provider, certificate.pending)


def _plan_install(certificate: ObservedCertificate, observed: ObservedCertificates, before: CertificateView) -> Plan:
    waiting = why_not_install(observed.space, certificate.gated, observed.agent_email)
    if waiting:
        return Plan(before, before, waiting=(waiting,))
    step = _step("install_certificate", "the SI FPS does not know it", certificate)
    after: CertificateView = {**before, "state": "inactive", "since": None, "listed": observed.space.visible}
    if certificate.declared.state == "present":
        return Plan(before, after, (step,))
    return _plan_activate(certificate, observed, after, (step,))


def _plan_activate(
    certificate: ObservedCertificate, observed: ObservedCertificates, before: CertificateView, installing: tuple[Step, ...] = ()
) -> Plan:
    """installing: the step before, whose state `before` is."""
    gated = replace(certificate.gated, listed=certificate.listed is not None or bool(installing))
    after = installing[0].key if installing else None
    waiting = why_not_activate(observed.space, gated, observed.agent_email, observed.store, after)
    if waiting:
        return Plan(before, before, installing, (waiting,))
    step = _step("activate_certificate", "declared active, and the convention is in force", certificate)
    activated: CertificateView = {**before, "state": "active", "since": None}
    return Plan(before, activated, (*installing, step))


def _step(code: str, reason: str, certificate: ObservedCertificate) -> Step:
    """Of the chain of its certificate: an activation comes to nothing where the installation did."""
    return Step(code, reason, str(certificate.fingerprint), chain=str(certificate.fingerprint))


def _plan_off(certificate: ObservedCertificate, observed: ObservedCertificates, before: CertificateView) -> Plan:
    """`absent` means inactive where the interface has no removal."""
    removal = certificate.declared.state == "absent" and observed.removable and certificate.listed is not None
    if certificate.state != "active" and not removal:
        return Plan(before, before)
    waiting = (why_not_remove if removal else why_not_deactivate)(observed.space, certificate.gated)
    if waiting:
        return Plan(before, before, waiting=(waiting,))
    if removal:
        after = replace(certificate, state="not_installed", listed=None, dialogue=None).view()
        return Plan(before, after, (Step("remove_certificate", "declared absent", str(certificate.fingerprint)),))
    step = Step("deactivate_certificate", f"declared {certificate.declared.state}", str(certificate.fingerprint))
    return Plan(before, {**before, "state": "inactive", "since": None}, (step,))
