# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module ships the rooms of its own resource, and no more: what a remote host gets is what the module needs."""

from __future__ import annotations

import pytest

from tests.support.collection import MODULES, PLUGINS
from tests.support.shipped import shipped_files, zipped_bytes

# Rooms that not every module needs, by the module that ships them. A module that is not named here ships none of them.
SPECIAL_ROOMS = frozenset({"_pki", "_enrolment", "_pdf", "_doctor"})
CERTIFICATES = frozenset({"_pki", "_enrolment"})
DOCUMENTS = frozenset({"_pki", "_pdf"})
SHIPPED: dict[str, frozenset[str]] = {
    "antai_certificate": CERTIFICATES,
    "antai_certificate_info": CERTIFICATES,
    "antai_certificate_request": CERTIFICATES,
    "antai_certificate_request_info": CERTIFICATES,
    "antai_certificate_rotation": CERTIFICATES,
    "antai_certificate_rotation_info": CERTIFICATES,
    "antai_convention": DOCUMENTS,
    "antai_convention_prefill": DOCUMENTS,
    "antai_doctor": CERTIFICATES | {"_doctor"},
    "antai_exchange_info": CERTIFICATES,
    "antai_onboarding_info": CERTIFICATES | DOCUMENTS,
    "antai_provider_switch": CERTIFICATES,
    "antai_provider_switch_info": CERTIFICATES,
    "antai_siret_change": CERTIFICATES,
    "convention_document_info": DOCUMENTS,
    "rgs_certificate_info": frozenset({"_pki"}),
}
# Of the smallest module that speaks with ANTAI. They may only shrink: 60 files and 120 kB are aimed at.
MOST_FILES, MOST_BYTES = 110, 200_000


@pytest.mark.parametrize("module", MODULES)
def test_a_module_ships_its_own_rooms(module: str) -> None:
    rooms = {path.relative_to(PLUGINS).parts[1] for path in shipped_files(module)}
    assert rooms & SPECIAL_ROOMS == SHIPPED.get(module, frozenset())


def test_an_account_ships_little() -> None:
    files = shipped_files("antai_account")
    assert len(files) <= MOST_FILES
    assert zipped_bytes(files) <= MOST_BYTES
