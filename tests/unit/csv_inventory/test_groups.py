# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries to groups."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.plugin_utils._csv_inventory.entries import InventoryEntry
from ansible_collections.collectivites.antai.plugins.plugin_utils._csv_inventory.groups import Groups
from ansible_collections.collectivites.antai.plugins.plugin_utils._csv_inventory.problems import UnusableFiles


def entry(extra: dict[str, str] | None = None, **values: Any) -> InventoryEntry:
    return InventoryEntry("f.csv", 2, values, extra or {})


def groups(*by: str, prefix: str = "antai_") -> Groups:
    return Groups("collectivites.yml", list(by), prefix, "csv_")


def test_groups() -> None:
    made = groups("departement", "cycle", "provider", "Lot géré")
    whole = entry(
        {"csv_lot_gere": "Nord & Est"}, departement="2A", cycle="partiel", certificates=[{"provider": "fps-conseil"}, {"provider": "b"}]
    )
    assert list(made.of(whole)) == [
        "antai_departement_2A",
        "antai_cycle_partiel",
        "antai_provider_fps_conseil",
        "antai_provider_b",
        "antai_lot_gere_nord_est",
    ]
    assert list(made.of(entry({"csv_lot_gere": ""}))) == []


def test_two_values_are_never_one_group() -> None:
    made = groups("provider")
    list(made.of(entry(certificates=[{"provider": "a-b"}])))
    with pytest.raises(UnusableFiles, match=r"provider 'a-b' and 'a\.b' would both be the group antai_provider_a_b"):
        list(made.of(entry(certificates=[{"provider": "a.b"}])))


def test_what_nothing_can_be_grouped_by() -> None:
    made = groups("provider", "Lot", "Secteur")
    with pytest.raises(UnusableFiles) as caught:
        made.check([entry({"csv_lot": "x"})])
    assert [each.why for each in caught.value.problems] == ["group_by: no file has a column Secteur"]
    made.check([entry({"csv_lot": "", "csv_secteur": ""})])


@pytest.mark.parametrize("prefix", ["", "9", "a b", "é_"])
def test_prefixes(prefix: str) -> None:
    with pytest.raises(UnusableFiles, match="cannot begin the name of a group"):
        groups("cycle", prefix=prefix)
