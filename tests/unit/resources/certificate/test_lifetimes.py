# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ends each certificate, by what lies here and by what the space tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._interface.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils._pki.certificate_files import load_chain
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import TrustStore
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate import lifetimes
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import (
    DeclaredCertificate,
    ObservedCertificate,
)
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.certificates import FROM, Family, pem_of
from tests.support.evaluation import authority, leaf, scene, trusting_the_root
from tests.support.fake_operations import FakeOperations
from tests.support.keys import key_pem
from tests.support.observed import NOW, OTHER, SIRET, listed

FAMILY = Family()
LEAF = load_chain(pem_of(FAMILY.leaf), "certificate")[0]
END = FROM + timedelta(days=700)
NOBODY = TrustStore(())
MADE = scene()
ROOT = trusting_the_root(MADE)
FILES = {"key.pem": key_pem(FAMILY.key), "certificate.pem": pem_of(FAMILY.leaf)}


@pytest.mark.parametrize(
    ("chain", "trusted", "others"),
    [
        pytest.param((authority(MADE),), ROOT, 2, id="its CAs"),
        pytest.param((), ROOT, 0, id="the CA between is not here"),
        pytest.param((authority(MADE),), NOBODY, 0, id="nobody is trusted"),
    ],
)
def test_of_what_lies_here(chain: Any, trusted: TrustStore, others: int) -> None:
    held = leaf(MADE)
    found = lifetimes.of_held(
        ObservedCertificate(DeclaredCertificate("acme", "active"), "active", held.fingerprint, local=held, chain=chain), trusted, NOW
    )
    assert (found.not_after, [what for _end, what in found.other_ends]) == (
        held.not_after,
        [f"the CA {each.named} ends" for each in (authority(MADE), *trusted.anchors)[:others]],
    )


def test_of_what_does_not_lie_here() -> None:
    with pytest.raises(ValueError, match=r"^acme holds no certificate here$"):
        lifetimes.of_held(ObservedCertificate(DeclaredCertificate("acme", "active"), "missing"), NOBODY, NOW)


@pytest.mark.parametrize(
    ("not_after", "end"),
    [
        ("2028-01-01T00:00:00Z", datetime(2028, 1, 1, tzinfo=UTC)),
        ("2028-01-01T01:00:00+01:00", datetime(2028, 1, 1, tzinfo=UTC)),
        ("2028-01-01T00:00:00", datetime(2028, 1, 1, tzinfo=UTC)),
        (None, None),
        ("", None),
        ("bientôt", None),
    ],
)
def test_of_what_the_space_lists(not_after: str | None, end: datetime | None) -> None:
    found = lifetimes.of_listed(listed("a" * 64, not_after=not_after), NOBODY, NOW)
    assert (found and found.end[0]) == end


def test_what_the_store_holds(tmp_path: Path) -> None:
    store = Store(str(tmp_path), SIRET)
    store.new_version("acme", FILES, link="current")
    store.new_version("b", {"key.pem": FILES["key.pem"]})
    (tmp_path / SIRET / "certificates/b/pending").unlink()
    context = Context(cast(Operations, FakeOperations()), store)
    assert [(item.declared, found.not_after) for item, found in lifetimes.stored_lifetimes(SIRET, context, NOBODY, NOW)] == [
        (DeclaredCertificate("acme", "present"), END)
    ]
    assert lifetimes.stored_lifetimes(None, context, NOBODY, NOW) == []
    assert lifetimes.stored_lifetimes(SIRET, Context(cast(Operations, FakeOperations())), NOBODY, NOW) == []


def test_what_the_store_holds_of_somebody_else_is_refused(tmp_path: Path) -> None:
    store = Store(str(tmp_path), OTHER)
    store.new_version("acme", FILES, link="current")
    with pytest.raises(InvalidInput, match=rf"names {SIRET}, not {OTHER} \(.*key\.pem\)$"):
        lifetimes.stored_lifetimes(OTHER, Context(cast(Operations, FakeOperations()), store), NOBODY, NOW)
