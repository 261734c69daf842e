# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates R1-R3 before each operation on a certificate, as tables: who is waited for, or nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.records import NO_ANSWER
from ansible_collections.collectivites.antai.plugins.module_utils._plan.waiting import Waiting
from ansible_collections.collectivites.antai.plugins.module_utils._resources.gates import (
    GatedCertificate,
    why_not_activate,
    why_not_deactivate,
    why_not_install,
    why_not_remove,
)
from ansible_collections.collectivites.antai.plugins.module_utils._resources.space import Space
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from tests.support.observed import EMAIL, SIRET, convention, space

A = "a" * 64
KNOWN = GatedCertificate("acme", A, answered=True, listed=True)
SIGNED = space(conventions=(convention("in_force"),))
CONTROL, HIDDEN = space("under_control"), space("unknown", "no_credentials")


def without(operation: str, base: Space = SIGNED) -> Space:
    return replace(base, lacks=frozenset({operation}))


INSTALL: dict[str, tuple[Space, GatedCertificate, str | None]] = {
    "the account is active, signed or not (R1, R3)": (space(), KNOWN, None),
    "the account is under control": (CONTROL, KNOWN, "account_control"),
    "there is no account": (space("absent"), KNOWN, "account_missing"),
    "the space is hidden, and the SI FPS has answered": (HIDDEN, KNOWN, None),
    "the space is hidden, and nobody has answered": (HIDDEN, replace(KNOWN, answered=False), "access"),
    "its key is elsewhere": (space(), replace(KNOWN, has_key=False), "certificate_installation"),
    "the interface cannot install": (without("certificate_install"), KNOWN, "certificate_installation"),
    "the SI FPS refuses it, whatever the account": (CONTROL, replace(KNOWN, refusal={**NO_ANSWER, "rule": "R7"}), "certificate_refused"),
    "the account comes before the key": (CONTROL, replace(KNOWN, has_key=False), "account_control"),
}
ACTIVATE: dict[str, tuple[Space, GatedCertificate, str | None]] = {
    "the convention is in force (R2)": (SIGNED, KNOWN, None),
    "the convention is signed by both, and to come": (space(conventions=(convention("upcoming"),)), KNOWN, None),
    "nothing is signed": (space(), KNOWN, "convention_signature"),
    "ANTAI has yet to sign": (space(conventions=(convention("submitted"),)), KNOWN, "convention_countersignature"),
    "the convention has ended": (space(conventions=(convention("ended"),)), KNOWN, "convention_ended"),
    "the account comes before the convention": (CONTROL, KNOWN, "account_control"),
    "the space is hidden": (HIDDEN, KNOWN, "certificate_activation"),
    "the interface cannot activate": (without("certificate_activate"), KNOWN, "certificate_activation"),
    "the interface shows no conventions": (without("convention_list", space()), KNOWN, None),
    "the space does not list it yet": (SIGNED, replace(KNOWN, listed=False), "certificate_listing"),
    "the interface lists no certificates": (without("certificate_list"), replace(KNOWN, listed=False), None),
}
DEACTIVATE: dict[str, tuple[Space, GatedCertificate, str | None]] = {
    "the space is open, whatever is signed": (space(), KNOWN, None),
    "the space is hidden": (HIDDEN, KNOWN, "certificate_deactivation"),
    "the interface cannot deactivate": (without("certificate_deactivate"), KNOWN, "certificate_deactivation"),
}
REMOVE: dict[str, tuple[Space, GatedCertificate, str | None]] = {
    "the space is open": (without("certificate_deactivate"), KNOWN, None),
    "the space is hidden": (HIDDEN, KNOWN, "certificate_deactivation"),
}
Gate = Callable[[Space, GatedCertificate, Store], Waiting | None]
GATES: dict[str, tuple[Gate, dict[str, tuple[Space, GatedCertificate, str | None]]]] = {
    "install": (lambda observed, certificate, store: why_not_install(observed, certificate, EMAIL), INSTALL),
    "activate": (lambda observed, certificate, store: why_not_activate(observed, certificate, EMAIL, store), ACTIVATE),
    "deactivate": (lambda observed, certificate, store: why_not_deactivate(observed, certificate), DEACTIVATE),
    "remove": (lambda observed, certificate, store: why_not_remove(observed, certificate), REMOVE),
}


@pytest.mark.parametrize(("gate", "name"), [(gate, name) for gate, (_function, cases) in GATES.items() for name in cases])
def test_gate(tmp_path: Path, gate: str, name: str) -> None:
    function, cases = GATES[gate]
    observed, certificate, code = cases[name]
    waiting = function(observed, certificate, Store(str(tmp_path), SIRET))
    assert (waiting.code if waiting else None) == code


@pytest.mark.parametrize(
    ("waiting", "facts"),
    [
        (why_not_install(space(), replace(KNOWN, has_key=False), EMAIL), {}),
        (
            why_not_install(space(), replace(KNOWN, refusal={**NO_ANSWER, "rule": "R7", "message": "non"}), None),
            {"rule": "R7", "reason": "non"},
        ),
        (why_not_activate(HIDDEN, KNOWN, EMAIL, None), {}),
        (why_not_deactivate(HIDDEN, KNOWN), {}),
    ],
)
def test_who_has_to_act_reads_which_certificate(waiting: Waiting | None, facts: dict[str, Any]) -> None:
    assert waiting is not None
    assert waiting.facts == {"provider": "acme", "fingerprint": A} | facts


def test_what_waits_for_an_installation_names_its_step() -> None:
    step = ("install_certificate", A)
    waiting = why_not_activate(HIDDEN, KNOWN, EMAIL, None, step)
    assert waiting is not None
    assert waiting.after == step
