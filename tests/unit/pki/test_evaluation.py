# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two halves of a judgement: what is asked of whom while gathering, and verdicts that come without asking anybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import (
    ValidationPolicy,
    blocking_reasons,
    evaluate,
    find_inputs,
    gather_evidence,
    summarise_judgement,
)
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import load_bundle, load_ocsp
from ansible_collections.collectivites.antai.plugins.module_utils._pki.revocation import RevocationAnswers, judge_revocation
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import TrustStore, read_store
from ansible_collections.collectivites.antai.plugins.module_utils._pki.verdict import Override
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.evaluation_options import (
    judging as declared,
)
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.evaluation_options import judging_if_declared
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.evaluation import CRL_URL, OCSP_URL, Psce, authority, leaf, scene, validation_policy
from tests.support.observed import NOW

GOOD = scene()


def parsed(made: Any = GOOD) -> Any:
    return load_bundle(leaf(made).pem, "x").certificates[0]


@pytest.mark.parametrize(
    ("made", "thorough", "asked"),
    [
        (GOOD, True, [OCSP_URL, CRL_URL]),
        (GOOD, False, [CRL_URL]),
        (scene(crl_point=None), False, [OCSP_URL]),
        (scene(ocsp_url=None), True, [CRL_URL]),
        (scene(crl_point=None, ocsp_url=None), True, []),
    ],
)
def test_who_is_asked(made: Any, thorough: bool, asked: list[str]) -> None:
    psce = Psce(made)
    gather_evidence(parsed(made), (), validation_policy(made), psce, thorough=thorough)
    assert psce.asked == asked


def test_unless_told_otherwise_everybody_is_asked() -> None:
    psce = Psce(GOOD)
    gather_evidence(parsed(), (), validation_policy(GOOD), psce)
    assert psce.asked == [OCSP_URL, CRL_URL]


def test_without_a_path_nobody_is_asked() -> None:
    psce = Psce(GOOD)
    other = ValidationPolicy(TrustStore(()))
    evidence = gather_evidence(parsed(), (), other, psce)
    assert (evidence.paths.verified, psce.asked) == ((), [])
    assert evaluate(evidence, other, NOW).outcome == "fail"


def test_compact_is_what_is_no_plain_pass() -> None:
    made = scene(eku=("server",))
    how = validation_policy(made, overrides=(Override("extended_key_usage", "pass", "a test"),))
    summary = summarise_judgement(evaluate(gather_evidence(parsed(made), (), how, Psce(made)), how, NOW))
    assert summary["outcome"] == "pass"
    assert [(each["rule"], each["override"]["found"]) for each in summary["verdicts"]] == [("extended_key_usage", "fail")]
    late = evaluate(
        gather_evidence(parsed(), (), validation_policy(GOOD), Psce(GOOD, revoked=True)), validation_policy(GOOD), NOW + timedelta(days=400)
    )
    assert blocking_reasons(late).startswith("valid_now: ")
    assert summarise_judgement(
        evaluate(gather_evidence(parsed(), (), validation_policy(GOOD), Psce(GOOD)), validation_policy(GOOD), NOW)
    ) == {
        "outcome": "pass",
        "verdicts": [],
    }


def test_judging_leaves_the_evidence_as_it_was() -> None:
    """A response that answers nothing is told each time, and once each time."""
    evidence = RevocationAnswers([], [load_ocsp(b"\x30\x03\x0a\x01\x03")])
    case = find_inputs(parsed(), (), validation_policy(GOOD).store, "client", NOW)
    first, second = judge_revocation(case, evidence), judge_revocation(case, evidence)
    assert first == second
    assert first[-1].reason.count("try_later") == 1
    assert evidence.missed == ()


def given(**changes: Any) -> dict[str, Any]:
    pem = authority(GOOD).x509.public_bytes(Encoding.PEM).decode()
    entry = {"name": "a", "certificate": pem, "usage": ["client"], "source": "a test"}
    return {"trust_store": {"version": 1, "entries": [entry]}, "unreachable": "warn", "overrides": []} | changes


def test_what_is_declared() -> None:
    found = declared(given(overrides=[{"rule": "lifetime", "outcome": "pass", "reason": "a test"}]))
    assert (found.unreachable, found.overrides, found.knows("client"), found.knows("server")) == (
        "warn",
        (Override("lifetime", "pass", "a test"),),
        True,
        False,
    )
    assert judging_if_declared({}) is None
    assert judging_if_declared({"trust_store": None}) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"trust_store": "france"}, "trust_store"),
        ({"trust_store": {"version": 2}}, "trust_store"),
        ({"overrides": [{"rule": "all", "outcome": "warn", "reason": "x"}]}, "overrides"),
        ({"overrides": [{"rule": "lifetime", "outcome": "warn", "reason": " "}]}, "overrides"),
    ],
)
def test_what_cannot_be_used_is_refused_before_any_request(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        judging_if_declared(given(**changes))
    assert refused.value.details["field"] == field


def test_a_ca_is_read_once_for_a_whole_fleet() -> None:
    content = given()["trust_store"]
    first, second = read_store(content), read_store(content)
    assert first.entries[0].ca is second.entries[0].ca
