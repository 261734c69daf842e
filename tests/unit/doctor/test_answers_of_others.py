# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run would refuse, the doctor tells: answers about somebody else, values that are not what they say. The server is a function."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._doctor.reading import judge_answer
from ansible_collections.collectivites.antai.plugins.module_utils._interface.raw_answers import raw_answer
from tests.support.observed import OTHER, SIRET
from tests.support.wire import Wire, told

ACCOUNT = {"siret": SIRET, "etat": "ACTIF", "nom": "Lyon"}
CONVENTION = {"cycle": "complet", "etat": "EN_VIGUEUR", "debut": "2026-01-01", "fin": "2026-12-31"}
CERTIFICATE = {"empreinte": "a" * 64, "etat": "ACTIF"}


@pytest.mark.parametrize(
    ("operation", "body", "code", "text"),
    [
        ("account_get", {"compte": ACCOUNT | {"siret": OTHER}}, "unexplained", f"the answer is about the SIRET {OTHER}, and {SIRET} was"),
        ("account_get", {"compte": ACCOUNT | {"siret": "216901231"}}, "malformed", "siret '216901231' is no SIRET"),
        ("account_get", {"compte": ACCOUNT | {"nom": ["Lyon"]}}, "malformed", "name ['Lyon'] is no text, but a JSON array"),
        ("convention_list", {"conventions": [CONVENTION | {"fin": "31/12/2026"}]}, "malformed", "end '31/12/2026' is no date in ISO 8601"),
        ("convention_list", {"conventions": [CONVENTION | {"cycle": "CC"}]}, "malformed", "cycle 'CC' is neither complet nor partiel"),
        ("certificate_list", {"certificats": [CERTIFICATE | {"empreinte": "a" * 40}]}, "malformed", "has the length of a SHA-1"),
    ],
)
def test_what_a_run_would_refuse(monkeypatch: pytest.MonkeyPatch, operation: str, body: Any, code: str, text: str) -> None:
    operations = Wire(monkeypatch, lambda request: told(body)).operations(_without_own_maps)
    raw = raw_answer(operations, operation, {"siret": SIRET})
    assert raw is not None
    (verdict,) = [each for each in judge_answer(operations.profile, raw, None) if each.outcome == "fail"]
    assert (verdict.code, text in str(verdict.facts)) == (code, True), verdict


def _without_own_maps(data: dict[str, Any]) -> None:
    data["records"]["convention"]["fields"]["cycle"] = "cycle"
