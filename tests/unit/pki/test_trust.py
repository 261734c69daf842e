# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A trust store as a user writes it: read whole, or refused with all its problems."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import read_store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.collection import ROOT

PEM = (ROOT / "tests/data/pki/certigna_services_ca_by_rootca_2015_2033.pem").read_text(encoding="utf-8")
ROOT_PEM = (ROOT / "tests/data/pki/certigna_root_ca_2013.pem").read_text(encoding="utf-8")
GOOD: dict[str, Any] = {"name": "a", "certificate": PEM, "usage": ["client"], "source": "a test", "policies": ["1.2.250.1"]}


def store(*entries: Any) -> dict[str, Any]:
    return {"version": 1, "entries": list(entries)}


def test_an_entry_is_read() -> None:
    trust_store = read_store(store(GOOD | {"valid_from": "2020-01-01", "valid_to": date(2030, 1, 1), "level": "RGS*", "doubts": "some"}))
    (entry,) = trust_store.entries
    assert (entry.policies, entry.level, entry.doubts, entry.window) == (("1.2.250.1",), "RGS*", "some", "from 2020-01-01 to 2030-01-01")
    assert (entry.name, entry.usage, entry.source) == ("a", ("client",), "a test")
    assert trust_store.of(entry.ca, "client") == (entry,)
    assert trust_store.of(entry.ca, "server") == ()
    assert trust_store.anchors == (entry.ca,)


def test_what_an_entry_does_not_say() -> None:
    (entry,) = read_store(store({name: value for name, value in GOOD.items() if name != "policies"})).entries
    assert (entry.policies, entry.level, entry.doubts, entry.window) == ((), "unknown", "", "from ever to ever")


@pytest.mark.parametrize(
    ("given", "day", "expected"),
    [
        ({}, 1, True),
        ({"valid_from": "2026-06-02"}, 1, False),
        ({"valid_from": "2026-06-02"}, 2, True),
        ({"valid_to": "2026-06-02"}, 2, True),
        ({"valid_to": "2026-06-02"}, 3, False),
    ],
)
def test_both_days_are_included(given: dict[str, str], day: int, expected: bool) -> None:
    (entry,) = read_store(store(GOOD | given)).entries
    assert entry.covers(datetime(2026, 6, day, 23, 59, tzinfo=UTC)) is expected


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "no trust store"),
        ({"entries": []}, "version: 1"),
        ({"version": 1}, "list `entries`"),
        (store("x"), r"entries\[0\]: is no mapping"),
        (store({"name": "a"}), "lacks certificate, source, usage"),
        (store(GOOD | {"colour": 1}), "does not know colour"),
        (store(GOOD | {"source": " "}), "source: must be text"),
        (store(GOOD | {"certificate": "x"}), "certificate: this is no certificate"),
        (store(GOOD | {"certificate": PEM + ROOT_PEM}), "holds 2 certificates"),
        (store(GOOD | {"policies": [1.2]}), "1.2 is not an OID, in quotes"),
        (store(GOOD | {"policies": ["1.02"]}), "is not an OID"),
        (store(GOOD | {"policies": "1.2"}), "policies: is no list"),
        (store(GOOD | {"usage": []}), "usage: is empty"),
        (store(GOOD | {"usage": ["mail"]}), "'mail' is not client or server"),
        (store(GOOD | {"valid_to": "2026"}), "is not a day"),
        (store(GOOD | {"valid_to": 2026}), "is not a day"),
        (store(GOOD | {"valid_to": datetime(2026, 1, 1, tzinfo=UTC)}), "is not a day"),
        (store(GOOD, GOOD), "the name 'a' is given twice"),
        (store("x", GOOD | {"usage": []}), r"entries\[0\].*entries\[1\]"),
    ],
)
def test_what_is_wrong_is_named(content: Any, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        read_store(content)
