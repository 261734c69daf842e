# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which store it is, in which format, and how many orders it has seen."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._store.identity import FORMAT, is_empty, read_identity
from ansible_collections.collectivites.antai.plugins.module_utils._store.ledger import claim_order, count_orders
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import OrderLimit, StoreError
from tests.support.observed import NOW, OTHER, SIRET


def hold(root: Path, siret: str = SIRET) -> None:
    with Store(str(root), siret).locked():
        pass


def test_a_new_store_says_so(tmp_path: Path) -> None:
    root = tmp_path / "store"
    assert (is_empty(str(root)), read_identity(str(root))) == (True, None)
    hold(root)
    identity = read_identity(str(root))
    assert identity is not None
    assert (identity.format, identity.migrated_from, (root / "store.json").stat().st_mode & 0o777) == (FORMAT, None, 0o600)
    hold(root, OTHER)
    assert read_identity(str(root)) == identity, "it stays the same store"


def test_a_store_of_before_is_migrated(tmp_path: Path) -> None:
    """Its files stay as they are; from now on it says what it is."""
    (tmp_path / SIRET / "certificates/acme/versions/1").mkdir(parents=True)
    assert read_identity(str(tmp_path)) is None
    hold(tmp_path)
    identity = read_identity(str(tmp_path))
    assert identity is not None
    assert (identity.format, identity.migrated_from) == (FORMAT, 0)


def test_many_at_once_agree_on_one(tmp_path: Path) -> None:
    sirets = [f"{rank:014}" for rank in range(16)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda siret: hold(tmp_path, siret), sirets))
    first = read_identity(str(tmp_path))
    hold(tmp_path)
    assert read_identity(str(tmp_path)) == first


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"id": "x", "format": FORMAT + 1}, f"is a store of format {FORMAT + 1}, and this release knows format {FORMAT}$"),
        ({"id": "x"}, "does not say which store this is$"),
        ({"format": FORMAT}, "does not say which store this is$"),
        ([], "holds no JSON object$"),
    ],
)
def test_a_store_that_is_not_known_is_not_touched(tmp_path: Path, content: object, why: str) -> None:
    (tmp_path / "store.json").write_text(json.dumps(content))
    with pytest.raises(StoreError, match=why):
        Store(str(tmp_path), SIRET)
    assert [path.name for path in tmp_path.iterdir()] == ["store.json"]


def test_orders_of_a_day(tmp_path: Path) -> None:
    assert count_orders(tmp_path, NOW) == 0
    for hours in (0, 1, 30):
        claim_order(tmp_path, NOW + timedelta(hours=hours), SIRET, "acme", "why", 9)
    assert [count_orders(tmp_path, NOW + timedelta(hours=hours)) for hours in (1, 24, 25, 30, 54)] == [3, 2, 1, 1, 0], "those to come count"
    last = json.loads((tmp_path / "orders.jsonl").read_text().splitlines()[-1])
    assert last == {"at": "2026-03-03T16:00:00Z", "siret": SIRET, "provider": "acme", "cause": "why"}


def test_what_cannot_be_read_counts(tmp_path: Path) -> None:
    (tmp_path / "orders.jsonl").write_text('{"at": "2026-03-02T09:00:00Z"}\n{"at": "bientôt"}\n{"siret"\n\n[]\n')
    assert count_orders(tmp_path, NOW) == 4


def test_not_one_more_than_allowed_however_many_ask(tmp_path: Path) -> None:
    def claims(rank: int) -> bool:
        try:
            claim_order(tmp_path, NOW, SIRET, f"p{rank}", "", 5)
        except OrderLimit:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(claims, range(32))) == 5
