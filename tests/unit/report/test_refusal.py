# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a run is refused as a whole, in words for the person who has to mend it."""

from __future__ import annotations

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._texts.text import LANGUAGES
from ansible_collections.collectivites.antai.plugins.plugin_utils._report import refusal


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_unread_source_is_named_with_its_reason(language: str) -> None:
    text = refusal.unread_sources([("/a.yml", "/a.yml: no host was read"), ("/b.yml", "")], language)
    first, second, third = text.splitlines()
    assert {"fr": "2 de ses sources", "en": "2 of its sources"}[language] in first
    assert second == "  /a.yml: no host was read"
    assert third.startswith("  /b.yml: ")
    assert {"fr": "avertissements", "en": "warnings"}[language] in third


def test_one_is_told_in_the_singular() -> None:
    assert "une de ses sources" in refusal.unread_sources([("/a.yml", "why")], "fr")
    assert "one of its sources" in refusal.unread_sources([("/a.yml", "why")], "en")


def test_nobody_is_told_with_pattern_limit_and_sources() -> None:
    assert "« antai » dans --limit paris" in refusal.no_host("antai", "paris", ["/a.yml"], "fr")
    assert '"antai": nothing was done for anybody' in refusal.no_host("antai", None, [], "en")
    assert "-i" in refusal.no_host("antai", None, [], "en")


def test_duplicates_are_named_up_to_a_screen() -> None:
    text = refusal.duplicates({"3": ["lyon", "lyon_bis"], "1": ["albi", "albi_bis"]}, "en")
    assert text.splitlines()[1:] == ["  SIRET 1: albi, albi_bis", "  SIRET 3: lyon, lyon_bis"]
    many = refusal.duplicates({str(number): ["a", "b"] for number in range(25)}, "fr").splitlines()
    assert (len(many), many[-1]) == (22, "  et 5 de plus")
