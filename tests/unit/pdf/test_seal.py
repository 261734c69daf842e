# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which fields the signatures of a blank forbid to fill in."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.seal import locked_fields

NAMES = ("nom", "adresse.rue", "adresse.ville", "adresses")
ALL = set(NAMES)


def signature(method: str, **parameters: Any) -> dict[str, Any]:
    entries = {f"/{key}": value for key, value in parameters.items()}
    return {"/Reference": [{"/TransformMethod": f"/{method}", "/TransformParams": entries}]}


@pytest.mark.parametrize(
    ("signatures", "locked"),
    [
        ([], set()),
        ([{}], set()),
        ([signature("DocMDP", P=1)], ALL),
        ([signature("DocMDP", P=2)], set()),
        ([signature("DocMDP", P=3)], set()),
        ([signature("DocMDP")], set()),
        ([signature("FieldMDP", Action="/All")], ALL),
        ([signature("FieldMDP", Action="/Include", Fields=["adresse"])], {"adresse.rue", "adresse.ville"}),
        ([signature("FieldMDP", Action="/Exclude", Fields=["adresse"])], {"nom", "adresses"}),
        ([signature("FieldMDP", Action="/Include", Fields=["nom"]), signature("DocMDP", P=2)], {"nom"}),
        ([signature("FieldMDP", Action="/Unknown")], ALL),
        ([signature("UR3")], set()),
    ],
)
def test_locked_fields(signatures: list[Any], locked: set[str]) -> None:
    assert locked_fields(signatures, NAMES) == locked
