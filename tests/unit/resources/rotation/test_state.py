# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ANTAI says of one version: the SI FPS itself, else the space, else what the journal noted last."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.client_certificate import ClientCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.observation import query_dialogue, query_version
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.state import CertificateVersion
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import StoreError
from tests.support.fake_operations import FakeOperations
from tests.support.journal import note
from tests.support.observed import NOW, SINCE, SIRET, dialogue, listed, local, space

A, B = "a" * 64, "b" * 64
CLIENT = ClientCertificate("/c.pem", "/k.pem")
HELD = CertificateVersion("3", local(A), CLIENT)

# id: (state in the space, what the journal noted of it, what stands for the answer of the SI FPS)
STANDS: dict[str, tuple[str | None, tuple[str, ...], str]] = {
    "nothing shown, nothing noted": (None, (), "unknown"),
    "shown active": ("active", (), "authorised"),
    "shown inactive": ("inactive", (), "known_inactive"),
    "the space knows better than the journal": ("inactive", ("activate_next",), "known_inactive"),
    "a state that says nothing": ("unknown", ("activate_next",), "authorised"),
    "installed": (None, ("install_next",), "known_inactive"),
    "activated": (None, ("install_next", "activate_next"), "authorised"),
    "activated by the onboarding": (None, ("install_certificate", "activate_certificate"), "authorised"),
    "deactivated": (None, ("activate_next", "deactivate_previous"), "known_inactive"),
    "activated, and taken into use": (None, ("activate_next", "swap"), "authorised"),
    "activated, and back in use": (None, ("activate_next", "swap", "swap_back"), "authorised"),
    "deactivated as compromised": (None, ("activate_next", "deactivate_compromised", "mark_compromised"), "known_inactive"),
    "set aside, not yet deactivated": (None, ("activate_next", "set_aside"), "authorised"),
    "only set aside": (None, ("set_aside",), "unknown"),
    "removed": (None, ("deactivate_previous", "remove_previous"), "unknown"),
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"), SIRET)


@pytest.mark.parametrize("name", STANDS)
def test_without_a_query_the_space_or_the_journal_answers(store: Store, name: str) -> None:
    state, noted, said = STANDS[name]
    for code in noted:
        note(store, NOW, code, A)
    note(store, NOW, "activate_certificate" if said == "known_inactive" else "deactivate_certificate", B)
    other = listed(B, "active" if said == "known_inactive" else "inactive")
    mine = (listed(A, state, last_exchange_at=SINCE),) if state else ()
    seen, operations = space(certificates=(other, *mine)), FakeOperations(absent=("exchange_query",))
    answer = dialogue(A, said, last_exchange_at=SINCE if state else None)
    assert query_dialogue(HELD, seen, operations, store) == answer  # type: ignore[arg-type]
    found = query_version(HELD, seen, operations, store)  # type: ignore[arg-type]
    assert found == replace(HELD, listed=mine[0] if mine else None, dialogue=answer)
    assert operations.calls == []


def test_with_a_query_the_si_fps_itself_answers(store: Store) -> None:
    answer = dialogue(A, "refused", rule="R9", message="non")
    operations = FakeOperations({"exchange_query": answer})
    assert query_dialogue(HELD, space(certificates=(listed(A, "active"),)), operations, store) == answer  # type: ignore[arg-type]
    assert operations.calls == [("exchange_query", SIRET, CLIENT)]


@pytest.mark.parametrize("absent", [(), ("exchange_query",)], ids=["query", "no query"])
def test_one_without_its_key_is_not_asked_with(store: Store, absent: tuple[str, ...]) -> None:
    bare, operations = replace(HELD, client=None), FakeOperations(absent=absent)
    with pytest.raises(StoreError) as caught:
        query_dialogue(bare, space(), operations, store)  # type: ignore[arg-type]
    assert (caught.value.message, caught.value.hint) == ("version 3 has lost its key", "run again: it observes first")
    seen = space(certificates=(listed(A, "active"),))
    assert query_version(bare, seen, operations, store) == replace(bare, listed=listed(A, "active"))  # type: ignore[arg-type]
    assert operations.calls == []
