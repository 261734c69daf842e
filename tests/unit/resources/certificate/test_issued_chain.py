# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a version keeps of a certificate whose CA was renewed: the chain that a server can be shown today, whatever the PSCE sends along."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pki.certificate_files import load_chain
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import load_bundle
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.delivery import issued_files
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.stored_certificates import CHAIN, FULL_CHAIN
from ansible_collections.collectivites.antai.plugins.module_utils._store.links import CERTIFICATE
from tests.support.psce import NOW
from tests.unit.pki.test_paths import LEAF, NEW, OLD, ROOTS


@pytest.mark.parametrize(
    ("given", "known"),
    [
        pytest.param((LEAF, OLD), (NEW, ROOTS[0]), id="the PSCE sends the ended one, psce_ca_file has the new one"),
        pytest.param((LEAF, OLD, ROOTS[1], NEW, ROOTS[0]), (), id="both are sent, the ended one first"),
        pytest.param((NEW, LEAF, ROOTS[0]), (OLD, ROOTS[1]), id="psce_ca_file is out of date"),
    ],
)
def test_the_chain_that_is_kept_is_the_living_one(given: Any, known: Any) -> None:
    files = issued_files(load_chain(LEAF.pem, "certificate")[0], given, known, NOW)
    kept = {name: load_bundle(content, name).certificates for name, content in files.items()}
    assert kept == {CERTIFICATE: (LEAF,), CHAIN: (NEW, ROOTS[0]), FULL_CHAIN: (LEAF, NEW)}
