# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real certificates and a real CRL: refused or accepted for the right reason. What each file is: tests/data/pki/README.md."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pki.crl import CRL_RULES
from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import find_inputs, judge
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsed_certificate import ParsedCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import load_bundle, load_crl
from ansible_collections.collectivites.antai.plugins.module_utils._pki.revocation import RevocationAnswers
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import TrustEntry, TrustStore
from tests.support.collection import ROOT

DATA = ROOT / "tests/data/pki"
CERTIGNA_POLICY = "1.2.250.1.177.2.5.1.1.1"


def certificate(name: str) -> ParsedCertificate:
    return load_bundle((DATA / name).read_bytes(), name).certificates[0]


SERVER = certificate("certigna_leaf_valid_2022.pem")
SERVICES = certificate("certigna_services_ca_by_rootca_2015_2033.pem")
ROOT_CA = certificate("certigna_root_ca_2013.pem")
LA_POSTE = certificate("certinomis_easy_leaf_laposte_2017.pem")
CHAMBERSIGN = certificate("chambersign_ac2etoiles_ca.pem")
CRL = load_crl((DATA / "chambersign_ac2etoiles_crl_a.crl").read_bytes())
IN_2022 = datetime(2022, 9, 1, tzinfo=UTC)
IN_2018 = datetime(2018, 6, 1, tzinfo=UTC)
IN_2017 = datetime(2017, 7, 5, tzinfo=UTC)


def store(ca: ParsedCertificate) -> TrustStore:
    return TrustStore((TrustEntry("real", ca, (CERTIGNA_POLICY,), "unknown", ("client", "server"), None, None, "test", ""),))


def said(
    leaf: ParsedCertificate, ca: ParsedCertificate, usage: str, now: datetime, others: tuple[ParsedCertificate, ...] = (), **about: Any
) -> dict[str, str]:
    """Rule to outcome, for the rules that do not pass."""
    judgement = judge(find_inputs(leaf, others, store(ca), usage, now, **about), RevocationAnswers())
    return {verdict.rule: verdict.outcome for verdict in judgement.verdicts if verdict.outcome != "pass"}


NOT_SAID = {"revocation": "not_verifiable", "ca_lifetime": "warn"}


def test_certigna_s_server_is_no_client_and_only_for_its_eku() -> None:
    owned = {"siret": "48146308100036"}
    assert said(SERVER, SERVICES, "client", IN_2022, **owned) == NOT_SAID | {"extended_key_usage": "fail"}
    assert said(SERVER, SERVICES, "server", IN_2022, host="valid.servicesca.certigna.com", **owned) == NOT_SAID


def test_certigna_s_chain_ends_in_its_root_too() -> None:
    """RFC 5280's explicit policy would refuse it: the CA's policy is not the leaf's. Here the issuing CA has no entry, which is another thing."""
    without = said(SERVER, ROOT_CA, "server", IN_2022, (SERVICES,))
    assert without == NOT_SAID | {"trusted_ca": "fail", "policy": "not_verifiable", "ca_revocation": "not_verifiable"}


def test_certigna_s_server_has_ended() -> None:
    assert said(SERVER, SERVICES, "server", datetime(2026, 6, 1, tzinfo=UTC)) == NOT_SAID | {"valid_now": "fail"}


def test_la_poste_is_judged_by_all_but_its_missing_issuer() -> None:
    untrusted = {"chain": "fail", "trusted_ca": "not_verifiable", "policy": "not_verifiable", "revocation": "not_verifiable"}
    assert said(LA_POSTE, SERVICES, "client", IN_2018) == untrusted
    assert said(LA_POSTE, SERVICES, "server", IN_2018, host="www.rh.laposte.fr") == untrusted
    assert said(LA_POSTE, SERVICES, "client", IN_2018, siret="35600011700010") == untrusted | {"owner": "warn"}
    assert said(LA_POSTE, SERVICES, "client", IN_2018, siret="48146308100036") == untrusted | {"owner": "fail"}


@pytest.mark.parametrize(
    ("now", "ca", "expected"),
    [
        (IN_2017, CHAMBERSIGN, {}),
        (datetime(2017, 7, 7, 4, tzinfo=UTC), CHAMBERSIGN, {}),
        (datetime(2017, 7, 7, 4, 0, 1, tzinfo=UTC), CHAMBERSIGN, {"crl_freshness": "fail", "crl_status": "not_verifiable"}),
        (IN_2017, SERVICES, {"crl_issuer": "warn", "crl_signature": "fail", "crl_status": "not_verifiable"}),
    ],
)
def test_chambersign_s_crl_is_read(now: datetime, ca: ParsedCertificate, expected: dict[str, str]) -> None:
    case = find_inputs(LA_POSTE, (), store(ca), "client", now)
    outcomes = {rule.name: rule.judge(case, ca, CRL).outcome for rule in CRL_RULES}
    assert {rule: outcome for rule, outcome in outcomes.items() if outcome != "pass"} == expected


def test_chambersign_s_crl_names_who_is_revoked() -> None:
    class Revoked:
        serial = 0x112756C263122451E95112539D7D34B6DE81

    case = find_inputs(LA_POSTE, (), store(CHAMBERSIGN), "client", IN_2017 + timedelta(hours=1))
    object.__setattr__(case, "leaf", Revoked())
    status = next(rule for rule in CRL_RULES if rule.name == "crl_status")
    assert status.judge(case, CHAMBERSIGN, CRL).reason.startswith("revoked on 2012-11-14 12:53:15Z")
