# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CAs that were renewed or cross-signed: every path is tried, the best counts, and nobody makes the search long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509

from ansible_collections.collectivites.antai.plugins.module_utils._pki import chain, ocsp_response
from ansible_collections.collectivites.antai.plugins.module_utils._pki.chain import best_path, complete_chain, find_paths, issued_under
from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import find_inputs, judge
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsed_certificate import ParsedCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import load_bundle, load_crl, load_ocsp
from ansible_collections.collectivites.antai.plugins.module_utils._pki.revocation import RevocationAnswers
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import TrustEntry, TrustStore
from tests.certificates_proof.cases import delegate
from tests.certificates_proof.crowds import EVERY_CROWD, MOST_IN_ALL, SCENE, Crowd, counted, made, namesakes
from tests.certificates_proof.scene import authority
from tests.support.psce import NOW, CrlSpec, Ours

DAY = timedelta(days=1)


ROOT, LEAF = SCENE.trusted[0].issuer, made(SCENE.leaf, SCENE.issuer)
OLD_ROOT = authority("Ancienne racine", "ec-p384-oldroot", not_after=NOW - DAY)
NEW = made(SCENE.issuer, ROOT)
OLD = made(replace(SCENE.issuer, not_after=NOW - DAY, serial=78), OLD_ROOT)
COMING = made(replace(SCENE.issuer, not_before=NOW + DAY, not_after=NOW + 5000 * DAY, serial=79), ROOT)
ROOTS = made(ROOT, ROOT), made(OLD_ROOT, OLD_ROOT)


def store(*authorities: ParsedCertificate, policies: tuple[str, ...] = ()) -> TrustStore:
    return TrustStore(
        tuple(TrustEntry(str(number), ca, policies, "RGS*", ("client",), None, None, "a test", "") for number, ca in enumerate(authorities))
    )


def best(others: tuple[ParsedCertificate, ...], trusted: TrustStore, moment: Any = NOW) -> tuple[ParsedCertificate, ...]:
    return best_path(find_paths(LEAF, others, trusted.anchors), trusted, "client", (moment,))


@pytest.mark.parametrize(
    ("others", "anchors", "path"),
    [
        pytest.param((), (NEW,), (NEW,), id="the renewed one"),
        pytest.param((), (NEW, OLD), (NEW,), id="both, the living first"),
        pytest.param((), (OLD, NEW), (NEW,), id="both, the ended first"),
        pytest.param((), (COMING, OLD, NEW), (NEW,), id="one that is still to come, and lives longest"),
        pytest.param((), (OLD,), (OLD,), id="the ended one only"),
        pytest.param((OLD, ROOTS[1], NEW, ROOTS[0]), (ROOTS[1], ROOTS[0]), (NEW, ROOTS[0]), id="two roots, the ended path met first"),
        pytest.param((OLD, NEW), (ROOTS[0],), (NEW, ROOTS[0]), id="only one of two leads anywhere"),
        pytest.param((NEW,), (OLD, ROOTS[0]), (NEW, ROOTS[0]), id="the ended one is trusted itself, the living one by its root"),
    ],
)
def test_the_path_that_is_valid_now(
    others: tuple[ParsedCertificate, ...], anchors: tuple[ParsedCertificate, ...], path: tuple[ParsedCertificate, ...]
) -> None:
    assert best(others, store(*anchors))[1:] == path


def test_the_path_that_was_valid_then() -> None:
    assert best((), store(NEW, COMING), NOW + 4000 * DAY)[1] == COMING


def test_among_valid_ones_the_entry_that_allows_the_policy() -> None:
    both = store(NEW, made(replace(SCENE.issuer, serial=80, not_after=NOW + 900 * DAY), ROOT), policies=("1.2.3",))
    allowing = replace(both.entries[1], policies=SCENE.leaf.policies)
    assert best((), TrustStore((both.entries[0], allowing)))[1] == allowing.ca


@pytest.mark.parametrize(
    ("given", "known", "above"),
    [
        pytest.param((LEAF, OLD), (NEW, ROOTS[0]), (NEW, ROOTS[0]), id="the PSCE sends the ended one along"),
        pytest.param((OLD, ROOTS[1]), (NEW,), (NEW,), id="a short path that lives before a whole one that has ended"),
        pytest.param((OLD,), (), (OLD,), id="nothing better is there"),
        pytest.param((COMING,), (NEW,), (NEW,), id="one that is still to come"),
        pytest.param((NEW,), (OLD, ROOTS[0], ROOTS[1]), (NEW, ROOTS[0]), id="what was sent, completed"),
    ],
)
def test_what_a_server_presents_lives(
    given: tuple[ParsedCertificate, ...], known: tuple[ParsedCertificate, ...], above: tuple[ParsedCertificate, ...]
) -> None:
    assert complete_chain(LEAF, given, known, NOW) == above


# Bounds


@pytest.mark.parametrize("crowd", EVERY_CROWD, ids=lambda crowd: f"{crowd.name}, {crowd.trusted}")
def test_a_crowd_of_namesakes_costs_a_bounded_number_of_verifications(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    number, trusted = crowd.verifications()
    assert 0 < number <= MOST_IN_ALL
    assert trusted is (crowd.trusted != "nobody of theirs")
    for search in (
        lambda: issued_under((crowd.leaf, *crowd.others), crowd.anchors),
        lambda: complete_chain(crowd.leaf, crowd.others, (), NOW),
    ):
        with monkeypatch.context() as patch, counted(patch) as found:
            search()
        assert len(found) <= chain.MOST_SIGNATURES


def test_a_search_that_is_cut_says_so_and_trusts_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "MOST_SIGNATURES", 10)
    leaf = made(SCENE.leaf, replace(SCENE.issuer, key="ec-p256-namesake18"))
    crowd = namesakes(19, 18)  # none has the key that the leaf names, so each of them is tried
    paths = find_paths(leaf, crowd, (ROOTS[0],))
    assert (paths.verified, paths.undecided) == ((), True)
    verdicts = {
        verdict.rule: verdict
        for verdict in judge(find_inputs(leaf, tuple(crowd), store(ROOTS[0]), "client", NOW), RevocationAnswers()).verdicts
    }
    assert verdicts["chain"].outcome == "not_verifiable"
    assert verdicts["chain"].reason.startswith("too many CAs of the same name")


@pytest.mark.parametrize("bound", ["MOST_PATHS", "MOST_STEPS"])
def test_each_bound_cuts(bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, bound, 0)
    paths = find_paths(LEAF, (NEW,), (ROOTS[0],))
    assert (paths.verified, paths.undecided) == ((), True)


def test_key_identifiers_go_before_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a crowd with other keys stands the right one, which is tried first."""
    crowd = namesakes(19, 18)
    with counted(monkeypatch) as found:
        assert chain.issuers_of(LEAF, (*crowd, NEW)) == (NEW,)
    assert len(found) == 1


def test_a_wrong_key_identifier_refuses_nobody() -> None:
    """It only advises."""
    wrong = x509.AuthorityKeyIdentifier(b"x" * 20, None, None).public_bytes()
    odd = load_bundle(Ours().certificate(replace(SCENE.leaf, authority_key=wrong), SCENE.issuer), "x").certificates[0]
    assert find_paths(odd, (), (NEW,)).verified == ((odd, NEW),)


def test_sources_of_revocation_cost_a_bounded_number_each(monkeypatch: pytest.MonkeyPatch) -> None:
    crls = [load_crl(Ours().crl(CrlSpec(SCENE.issuer, SCENE.issuer.key, revoked=((4096, NOW),)))) for _ in range(5)]
    assert SCENE.ocsp
    scene = delegate(replace(SCENE, ocsp=replace(SCENE.ocsp, status="revoked")))
    assert scene.ocsp
    responses = [load_ocsp(Ours().ocsp(scene.ocsp)) for _ in range(5)]
    case = find_inputs(LEAF, (), store(NEW), "client", NOW)
    with counted(monkeypatch) as found:
        judge(case, RevocationAnswers(crls, responses))
    assert len(found) <= 5 * 8 + 5 * 2 * (ocsp_response.MOST_SENT + 2)
