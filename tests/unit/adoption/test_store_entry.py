# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pair that exists comes into the store where the space lists its certificate; what the store holds is never replaced."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._options.spec import connection_spec
from ansible_collections.collectivites.antai.plugins.module_utils._plan.settings import Settings
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.key_pair import Source
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.plugin_utils._adoption.spaces import AdoptedSpace, CertificateEntry
from ansible_collections.collectivites.antai.plugins.plugin_utils._adoption.store_entry import StoreAccess, with_keys
from tests.support.bench import listing
from tests.support.certificates import FROM, certificate_files
from tests.support.fake_operations import FakeOperations
from tests.support.journal import concluded_steps

SIRET, PROVIDER = "21810004800014", "parkexemple"
NOW = FROM + timedelta(days=30)


@dataclass
class Bench:
    """One space with one provider; `adopt` brings the pairs that exist into the store. pairs: (source, fingerprint)."""

    folder: Path
    pairs: list[tuple[Source, str]] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return Store(str(self.folder / "store"), SIRET)

    def pair(self, siret: str = SIRET) -> str:
        """A new one that exists; its fingerprint."""
        place = self.folder / f"pair-{len(self.pairs)}"
        place.mkdir()
        certificate, key, fingerprint = certificate_files(place, siret)
        self.pairs.append((Source(str(certificate), str(key)), fingerprint))
        return fingerprint

    def adopt(
        self, *active: str, name: str = "Albi", now: datetime = NOW, check_mode: bool = False, store: bool = True
    ) -> tuple[list[str], list[str], list[str]]:
        """(keys of the entries, codes of the remarks, codes of the steps). active: fingerprints that the space lists."""
        records = tuple({"fingerprint": fingerprint, "provider": PROVIDER, "state": "active"} for fingerprint in active)
        entry = CertificateEntry(PROVIDER, listed=records)
        space = AdoptedSpace("agent", SIRET, "active", {"siret": SIRET, "name": name}, (entry,), {"account": {}})
        parameters = dict.fromkeys(connection_spec()) | {"store": str(self.folder / "store") if store else None, "language": "fr"}
        parameters |= {"timeout": 30.0, "use_proxy": True}
        sources = {fingerprint: source for source, fingerprint in self.pairs}
        access = StoreAccess(parameters, _operations, sources, Settings(check_mode=check_mode, now=lambda: now))
        adopted, steps = with_keys(space, access)
        return [item.keys for item in adopted.certificates], [item.code for item in adopted.remarks], [step["code"] for step in steps]


def _operations() -> Any:
    return FakeOperations()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_pair_is_imported_once(bench: Bench) -> None:
    fingerprint = bench.pair()
    assert bench.adopt(fingerprint, check_mode=True) == (["store"], [], ["import_key"])
    assert not Path(bench.store.top).exists()
    assert bench.adopt(fingerprint) == (["store"], [], ["import_key"])
    assert [outcome[::2] for outcome in concluded_steps(bench.store)] == [("import_key", "done")]
    assert bench.adopt(fingerprint) == (["store"], [], [])


def test_a_pair_of_the_store_needs_no_file(bench: Bench) -> None:
    fingerprint = bench.pair()
    bench.adopt(fingerprint)
    bench.pairs.clear()
    assert bench.adopt(fingerprint) == (["store"], [], [])


def test_no_pair_is_ever_replaced(bench: Bench) -> None:
    first, second = bench.pair(), bench.pair()
    bench.adopt(first)
    before = listing(bench.store.root)
    assert bench.adopt(second) == (["elsewhere"], ["store_taken"], [])
    assert listing(bench.store.root) == before


def test_what_waits_for_the_psce_is_left_alone(bench: Bench) -> None:
    fingerprint = bench.pair()
    bench.store.new_version(PROVIDER, {"key.pem": b"", "request.csr": b"", "request.json": b'{"requested_at": "", "handed_out": false}'})
    assert bench.adopt(fingerprint) == (["elsewhere"], ["store_taken"], [])


def test_another_run_works_on_it(bench: Bench) -> None:
    fingerprint = bench.pair()
    with bench.store.locked():
        assert bench.adopt(fingerprint) == (["elsewhere"], ["not_imported"], [])


# What keeps a pair from being imported, beside what lies in the store.
OTHERS = (
    ({"store": False}, "no_store"),
    ({"name": "N" * 80}, "not_imported_long"),
    ({"now": NOW + timedelta(days=5000)}, "expired_key"),
)


@pytest.mark.parametrize(("options", "code"), OTHERS)
def test_why_it_is_not_imported(bench: Bench, options: dict[str, Any], code: str) -> None:
    assert bench.adopt(bench.pair(), **options) == (["elsewhere"], [code], [])


def test_a_certificate_that_names_another_collectivite(bench: Bench) -> None:
    assert bench.adopt(bench.pair("21690123100011")) == (["elsewhere"], ["not_imported"], [])


def test_two_active_ones_have_one_entry_and_one_place(bench: Bench) -> None:
    assert bench.adopt(bench.pair(), bench.pair()) == (["elsewhere"], ["not_imported_several"], [])


def test_an_active_certificate_without_a_pair(bench: Bench) -> None:
    bench.pair()
    assert bench.adopt("ab" * 32) == (["elsewhere"], [], [])
