# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that declare the same SIRET."""

from __future__ import annotations

import pytest

from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.duplicates import shared

HOSTS = [("albi", "1"), ("laval", "2"), ("albi_bis", "1"), ("lyon", "3"), ("lyon_bis", "3"), ("lyon_ter", "3")]


@pytest.mark.parametrize(
    ("among", "found"),
    [
        (["albi", "laval", "albi_bis"], {"1": ["albi", "albi_bis"]}),
        (["albi"], {"1": ["albi", "albi_bis"]}),
        (["lyon_ter", "albi_bis"], {"1": ["albi", "albi_bis"], "3": ["lyon", "lyon_bis", "lyon_ter"]}),
        (["laval"], {}),
        ([], {}),
    ],
)
def test_shared(among: list[str], found: dict[str, list[str]]) -> None:
    assert shared(HOSTS, among) == found
