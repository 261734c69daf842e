# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking the SI FPS for a whole run: who is chosen, when it is given up, and what the store remembers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._store.proofs import FILE, ProofRecord, keep_proofs, read_proofs
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.dates import utc_now
from ansible_collections.collectivites.antai.plugins.module_utils.errors import (
    AntaiError,
    Held,
    RefusedByServer,
    TransportError,
    UnexpectedAnswer,
)
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.prover import (
    MOST_IN_VAIN,
    Prover,
    Unanswered,
    answered,
    asked_in_vain,
)
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.proving import Candidate, ProvingPolicy
from tests.support.observed import SIRET

DOWN = TransportError("connection refused")
NOW = utc_now()


def raising(error: AntaiError) -> Any:
    def question() -> dict[str, Any]:
        raise error

    return question


@pytest.mark.parametrize(
    ("error", "nobody"),
    [
        (DOWN, True),
        (UnexpectedAnswer("503", status=503), True),
        (UnexpectedAnswer("429", status=429), True),
        (UnexpectedAnswer("302", status=302), False),
        (RefusedByServer("403", status=403), False),
    ],
)
def test_nobody_answers_is_no_failure_of_a_collectivite(error: AntaiError, nobody: bool) -> None:
    """Unless each is to be proved always."""
    with pytest.raises(Unanswered if nobody else type(error)):
        Prover(ProvingPolicy("daily"), utc_now).ask("u", raising(error))
    with pytest.raises(type(error)):
        Prover(ProvingPolicy("always"), utc_now).ask("u", raising(error))


def test_an_endpoint_that_does_not_answer_is_given_up_in_this_run() -> None:
    prover, asked = Prover(ProvingPolicy("daily"), utc_now), []

    def question() -> dict[str, Any]:
        asked.append(1)
        raise DOWN

    tried = []
    for _each in range(10):
        with pytest.raises(Unanswered) as nobody:
            prover.ask("u", question)
        tried.append(nobody.value.asked)
    assert (len(asked), tried) == (MOST_IN_VAIN, [True] * MOST_IN_VAIN + [False] * (10 - MOST_IN_VAIN))
    assert prover.ask("another", lambda: {"state": "authorised"}) == {"state": "authorised"}
    assert prover.warning().startswith("dialogues that could not be proved now, and are asked about again later: 10 - ")
    assert "connection refused" in prover.warning()


def test_an_answer_in_between_begins_anew() -> None:
    prover = Prover(ProvingPolicy("daily"), utc_now)
    for _each in range(4):
        for _again in range(MOST_IN_VAIN - 1):
            with pytest.raises(Unanswered) as nobody:
                prover.ask("u", raising(DOWN))
            assert nobody.value.asked
        prover.ask("u", dict)
    assert Prover(ProvingPolicy("daily"), utc_now).warning() == ""


def test_who_is_asked_is_chosen_for_all_together() -> None:
    never, candidate = Prover(ProvingPolicy("never"), utc_now), Candidate(SIRET, "a" * 64)
    assert never.has_decided
    prover = Prover(ProvingPolicy("daily", 1), utc_now)
    assert (prover.has_decided, prover.waits_to_choose([candidate]), prover.waits_to_choose([])) == (False, True, False)
    prover.choose([candidate, Candidate(SIRET, "b" * 64)])
    assert prover.has_decided
    assert (prover.has_chosen(SIRET, "a" * 64), prover.has_chosen(SIRET, "b" * 64), prover.has_chosen(SIRET, None)) == (True, False, False)


SAID = {"rule": None, "message": "m", "last_exchange_at": None}


def test_what_is_remembered_of_an_answer() -> None:
    first = answered({"state": "authorised", **SAID}, NOW, None)
    assert (first["proved_at"], first["at"], "@" in first["by"]) == (first["at"], first["at"], True)
    lost = asked_in_vain(NOW, first)
    assert (lost["state"], lost["proved_at"], lost["failures"], lost["failed_at"]) == ("authorised", first["proved_at"], 1, first["at"])
    assert asked_in_vain(NOW, lost)["failures"] == 2
    refused = answered({"state": "refused", **SAID}, NOW, asked_in_vain(NOW, lost))
    assert (refused["state"], refused["proved_at"], "failures" in refused) == ("refused", first["proved_at"], False)
    assert asked_in_vain(NOW, None)["failures"] == 1


def test_the_store_keeps_the_last_proof_of_what_still_matters(tmp_path: Path) -> None:
    store, a, b = Store(str(tmp_path), SIRET), "a" * 64, "b" * 64
    record: ProofRecord = answered({"state": "authorised", **SAID}, NOW, None)
    assert read_proofs(store) == {}
    keep_proofs(store, {a: record}, frozenset({a, b}))
    keep_proofs(store, {b: record}, frozenset({a, b}))
    assert read_proofs(store) == {a: record, b: record}
    keep_proofs(store, {b: record}, frozenset({b}))
    assert read_proofs(store) == {b: record}
    path = tmp_path / SIRET / FILE
    assert (path.stat().st_mode & 0o777, [each.name for each in path.parent.iterdir() if each.suffix == ".tmp"]) == (0o600, [])
    with store.locked(), pytest.raises(Held):
        keep_proofs(Store(str(tmp_path), SIRET), {a: record}, frozenset({a}))


@pytest.mark.parametrize("content", ["", "{", "[]", "7", json.dumps({"a": 1})])
def test_a_record_that_cannot_be_read_proves_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / SIRET).mkdir()
    (tmp_path / SIRET / FILE).write_text(content)
    assert read_proofs(Store(str(tmp_path), SIRET)) == {}
