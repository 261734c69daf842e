# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What antai_certificate_info adds to the dates: whether the next certificate is due, in the space and in the store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.info import INFORMING, renewal_of
from ansible_collections.collectivites.antai.plugins.module_utils.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils.resources.base import World
from ansible_collections.collectivites.antai.plugins.module_utils.resources.ordering import CERTIFICATE, KEY
from ansible_collections.collectivites.antai.plugins.module_utils.runner import Settings
from ansible_collections.collectivites.antai.plugins.module_utils.store import Store
from tests.support.fake_operations import FakeOperations
from tests.support.issued import files
from tests.support.observed import SIRET, listed

NOW = datetime(2027, 11, 20, tzinfo=UTC)


def informed(parameters: dict[str, Any], operations: FakeOperations, store: Store | None = None) -> dict[str, Any]:
    given = {"siret": None, "agent_email": None} | parameters
    world = World(cast(Operations, operations), store)
    return INFORMING["certificate_info"].answer(given, world, Settings(now=lambda: NOW))


def test_the_space_s() -> None:
    soon = listed("a" * 64) | {"not_after": "2027-11-30T00:00:00Z"}
    unknown = listed("b" * 64) | {"not_after": None}
    account = {"siret": SIRET, "state": "active"}
    operations = FakeOperations({"space_list": [{"account": account, "conventions": [], "certificates": [soon, unknown]}]})
    found = informed({}, operations)
    assert [each["renewal"] and each["renewal"]["stage"] for each in found["certificates"]] == [14, None]
    assert found["held"] == []


def test_the_store_s(tmp_path: Path) -> None:
    certificate, key, fingerprint = files(tmp_path, SIRET)
    store = Store(str(tmp_path / "store"), SIRET)
    for name, path in ((CERTIFICATE, certificate), (KEY, key)):
        store.write(store.certificates("prestataire") / "1" / name, path.read_bytes())
    (store.certificates("prestataire") / "current").symlink_to("1")
    found = informed({"siret": SIRET}, FakeOperations(login=False), store)
    (held,) = found["held"]
    assert (held["provider"], held["fingerprint"], held["not_after"]) == ("prestataire", fingerprint, "2027-12-02T00:00:00Z")
    assert held["renewal"]["stage"] == 14
    assert found["access"] == "no_credentials"


@pytest.mark.parametrize(
    ("given", "left"),
    [("2027-11-30T00:00:00Z", 10), ("2027-11-30T01:00:00+01:00", 10), ("2027-11-30", 10), ("soon", None), ("", None), (None, None)],
)
def test_ends_as_interfaces_write_them(given: str | None, left: int | None) -> None:
    found = renewal_of(given, NOW)
    assert (found and found["days_left"]) == left
