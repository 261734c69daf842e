# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What resources give to the judgement of a certificate that lies here: its chain, the SIRET, how thoroughly."""

from __future__ import annotations

from typing import Any, cast

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.revocation_fetcher import RevocationFetcher
from ansible_collections.collectivites.antai.plugins.module_utils._interface.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import ValidationPolicy, evaluate
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.evaluation import (
    gather_local_evidence,
    verdicts_of,
)
from tests.support.evaluation import Psce, authority, leaf, scene, trusting_the_root
from tests.support.fake_operations import FakeOperations
from tests.support.observed import NOW, OTHER, SIRET

MADE = scene()
HOW = ValidationPolicy(trusting_the_root(MADE))


@pytest.mark.parametrize(("siret", "expected"), [(SIRET, "pass"), (OTHER, "fail")])
@pytest.mark.parametrize(("chain", "length"), [((authority(MADE),), 3), ((), 0)], ids=["with its CA", "alone"])
def test_what_is_judged(chain: tuple[Any, ...], length: int, siret: str, expected: str) -> None:
    context = Context(cast(Operations, FakeOperations()), None, cast(RevocationFetcher, Psce(MADE, down=True)))
    found = gather_local_evidence(leaf(MADE), chain, siret, HOW, context, about_to_change=False)
    assert len(next(iter(found.paths.verified), ())) == length
    assert next(each.outcome for each in evaluate(found, HOW, NOW).verdicts if each.rule == "owner") == expected


def test_what_is_not_here_is_not_judged() -> None:
    assert verdicts_of("acme", None, None) == {"provider": "acme", "fingerprint": None, "outcome": None, "verdicts": []}
