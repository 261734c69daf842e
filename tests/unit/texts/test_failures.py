# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures in the language of a report: every code of an error is explained, and nothing of its message is lost."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._texts.failures import FAILURES, failure_text
from ansible_collections.collectivites.antai.plugins.module_utils.errors import AntaiError

PLUGINS = "ansible_collections.collectivites.antai.plugins"
# Beside errors.py, where errors are defined.
WITH_ERRORS = ("module_utils._store.journal_audit", "plugin_utils._csv_inventory.problems")


def classes(base: type[AntaiError]) -> Iterator[type[AntaiError]]:
    yield base
    for derived in base.__subclasses__():
        yield from classes(derived)


def test_every_code_is_explained_and_no_other() -> None:
    for name in WITH_ERRORS:
        import_module(f"{PLUGINS}.{name}")
    assert set(FAILURES) == {error.code for error in classes(AntaiError) if error.__module__.startswith(PLUGINS)}


@pytest.mark.parametrize(
    ("result", "language", "text"),
    [
        ({"failed": False, "msg": "x"}, "fr", None),
        ({}, "fr", None),
        ({"failed": True, "msg": "an assertion {of} the user's"}, "fr", "an assertion {of} the user's"),
        ({"failed": True, "msg": "x", "error": None}, "fr", "x"),
        ({"failed": True, "msg": "x", "error": {"code": "of tomorrow"}}, "fr", "x"),
        ({"failed": True, "msg": "409 {x}", "error": {"code": "refused_by_server"}}, "en", "409 {x}"),
        (
            {"failed": True, "msg": "409 {x}", "error": {"code": "refused_by_server"}},
            "fr",
            "Le serveur a refusé. Détail, en anglais : 409 {x}",
        ),
    ],
)
def test_a_failure_is_explained_in_the_language_of_the_report(result: dict[str, Any], language: str, text: str | None) -> None:
    assert failure_text(result, language) == text
