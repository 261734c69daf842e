# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate whose keys are the provider's (keys: elsewhere): nothing is ordered, nothing is expected in the store, the space is what counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.certificate import Certificates
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.certificate_plan import ObservedCertificates
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import (
    DeclaredCertificate,
    ObservedCertificate,
    expand_labels,
    read_certificate,
)
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.options import declared_certificate, is_ordered
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.observation import read_external
from ansible_collections.collectivites.antai.plugins.module_utils._resources.space import Space
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.observed import EMAIL, NOW, SIRET, codes, convention, listed, space, waited

A, B, C = ("a" * 64, "b" * 64, "c" * 64)
IN_FORCE = (convention("in_force"),)


def entry(**changes: Any) -> dict[str, Any]:
    return {"provider": "acme", "keys": "elsewhere"} | changes


def by_label(wanted: str = "active") -> ObservedCertificate:
    return ObservedCertificate(DeclaredCertificate("acme", wanted, elsewhere=True), "missing")


def plan_of(wanted: str, seen: Space) -> Plan:
    items = tuple(expand_labels([by_label(wanted)], seen))
    return Certificates(SIRET, [items[0].declared], agent_email=EMAIL).plan(ObservedCertificates(seen, items, (), None, False, False), NOW)


@pytest.mark.parametrize(
    ("item", "ordered"),
    [
        ({"provider": "acme"}, True),
        ({"provider": "acme", "keys": "store"}, True),
        (entry(), False),
        (entry(fingerprint=A), False),
        (entry(certificate="/c.pem"), False),
    ],
)
def test_nothing_is_ordered(item: dict[str, Any], ordered: bool) -> None:
    assert is_ordered(item) is ordered


@pytest.mark.parametrize("key", [{"keep": True, "certificate": "/c.p12"}, {"private_key": "/k.pem"}, {"private_key_content": "x"}])
def test_a_key_beside_it_is_refused(key: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=r"^certificates\.keys: says elsewhere, and \w+ is declared, too$"):
        is_ordered(entry(**key))


@pytest.mark.parametrize("fingerprint", [None, A])
def test_it_is_the_providers_whether_it_names_one_or_not(fingerprint: str | None) -> None:
    declared = declared_certificate(entry(fingerprint=fingerprint), "active")
    assert (declared.elsewhere, declared.fingerprint) == (True, fingerprint)
    rotated = read_external(declared, SIRET)
    assert rotated is not None, "nothing to rotate here"
    assert rotated.fingerprint == fingerprint


def test_the_store_is_not_looked_into(tmp_path: Path) -> None:
    """What an earlier order has left there is not the provider's."""
    store = Store(str(tmp_path), SIRET)
    store.new_version("acme", {"key.pem": b"no key", "certificate.pem": b"no certificate"}, link="current")
    assert read_certificate(by_label().declared, SIRET, store) == by_label()


@pytest.mark.parametrize(
    ("wanted", "certificates", "meant"),
    [
        ("active", (), [None]),
        ("active", (listed(A, "active"),), [A]),
        ("active", (listed(A), listed(B, "active")), [B]),
        ("active", (listed(A, "active"), listed(B, "active")), [A, B]),
        ("active", (listed(A, not_before="2026-02-01T00:00:00Z"), listed(B)), [A]),
        ("present", (listed(A), listed(B, not_before="2026-02-01T00:00:00Z")), [B]),
        ("inactive", (listed(A), listed(B, "active")), [A, B]),
        ("active", (listed(A, "active", provider="other"),), [None]),
        ("active", (listed(C, "active"),), [None]),  # another entry names it
    ],
)
def test_which_certificates_of_the_space_are_meant(wanted: str, certificates: tuple[Any, ...], meant: list[str | None]) -> None:
    named = ObservedCertificate(DeclaredCertificate("acme", "active", C), "active", C)
    found = expand_labels([by_label(wanted), named], space(certificates=certificates))
    assert [item.fingerprint for item in found if item is not named] == meant


@pytest.mark.parametrize(
    ("wanted", "seen", "steps", "waiting"),
    [
        ("active", space(conventions=IN_FORCE, certificates=(listed(A, "active"),)), [], []),
        ("active", space(conventions=IN_FORCE, certificates=(listed(A),)), [("activate_certificate", A)], []),
        ("active", space(certificates=(listed(A),)), [], ["convention_signature"]),
        (
            "inactive",
            space(certificates=(listed(A, "active"), listed(B, "active"))),
            [("deactivate_certificate", A), ("deactivate_certificate", B)],
            [],
        ),
        ("inactive", space(), [], []),
        ("active", space(), [], ["certificate_elsewhere"]),
        ("active", space("under_control"), [], ["account_control"]),
        ("active", space("unknown", "no_mandate"), [], ["mandate"]),
        ("active", space(lacks=frozenset({"certificate_list"})), [], ["unseen"]),
    ],
)
def test_plan(wanted: str, seen: Space, steps: list[tuple[str, str]], waiting: list[str]) -> None:
    plan = plan_of(wanted, seen)
    assert (codes(plan), waited(plan)) == (steps, waiting)
