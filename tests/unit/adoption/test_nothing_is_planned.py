# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever state a space is in, an onboarding has nothing to do for what an adoption declares of it, with a store and without."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._options.spec import connection_spec
from ansible_collections.collectivites.antai.plugins.module_utils._plan.settings import Settings
from ansible_collections.collectivites.antai.plugins.plugin_utils._adoption import rows
from ansible_collections.collectivites.antai.plugins.plugin_utils._adoption.spaces import AdoptedSpace, declare_space
from ansible_collections.collectivites.antai.plugins.plugin_utils._adoption.store_entry import StoreAccess, fetch_documents, steps_left
from tests.support.fake_operations import FakeOperations
from tests.support.observed import LISTED_ACCOUNT

NOW = datetime(2026, 11, 28, tzinfo=UTC)
ACCOUNT = LISTED_ACCOUNT | {"since": "2024-01-01T00:00:00Z", "reason": None}
DOCUMENT = b"%PDF-1.7 a document"
ONE, TWO = "ab" * 32, "cd" * 32


def convention(state: str = "in_force", cycle: str = "complet", end: str = "2027-12-31") -> dict[str, Any]:
    return {"id": f"{cycle}-{state}", "cycle": cycle, "state": state, "since": "2024-01-01T00:00:00Z", "reason": None} | {
        "start": "2024-01-01", "end": end, "sha256": None, "countersigned_sha256": None
    }  # fmt: skip


def certificate(fingerprint: str = ONE, provider: str | None = "parkexemple", end: str = "2028-01-01T00:00:00Z") -> dict[str, Any]:
    shown = {"fingerprint": fingerprint, "provider": provider, "state": "active", "since": "2024-01-01T00:00:00Z"}
    return shown | {"not_before": "2024-01-01T00:00:00Z", "not_after": end, "last_exchange_at": None}


# What differs from a space in service with one certificate.
SPACES: dict[str, dict[str, Any]] = {
    "in service": {},
    "under control": {"account": {"state": "under_control"}, "conventions": [], "certificates": []},
    "refused": {"account": {"state": "refused", "reason": "SIRET"}, "conventions": [], "certificates": []},
    "without a certificate": {"certificates": []},
    "two certificates of one provider": {"certificates": [certificate(), certificate(TWO)]},
    "two providers": {"certificates": [certificate(), certificate(TWO, "horodat")]},
    "a provider that is no label": {"certificates": [certificate(provider="Parc & Cie"), certificate(TWO, None)]},
    "an expired certificate": {"certificates": [certificate(end="2026-01-01T00:00:00Z")]},
    "without a convention": {"conventions": [], "certificates": []},
    "a convention that has lapsed": {"conventions": [convention("ended", end="2025-12-31")]},
    "a convention that is refused": {"conventions": [convention("refused")], "certificates": []},
    "a convention that waits": {"conventions": [convention("submitted")], "certificates": []},
    "a convention that follows": {"conventions": [convention("in_force"), convention("upcoming", end="2030-12-31")]},
    "both cycles": {"conventions": [convention(cycle="partiel"), convention("submitted")]},
    "partiel": {"conventions": [convention(cycle="partiel")]},
    "values that cannot be declared": {"account": {"departement": "999", "street": "=1+1", "contact_email": "none"}},
    "values that are not shown": {"account": {"departement": None, "street": None, "postal_code": None, "contact_email": None}},
    "accents in another form": {"account": {"name": "L'Ha\u0302y-les-Roses"}},
}


@pytest.mark.parametrize("pin", [False, True], ids=["by label", "by fingerprint"])
@pytest.mark.parametrize("state", SPACES)
def test_the_next_run_has_nothing_to_do(state: str, pin: bool, tmp_path: Path) -> None:
    changes = SPACES[state]
    account = ACCOUNT | changes.get("account", {})
    conventions, certificates = changes.get("conventions", [convention()]), changes.get("certificates", [certificate()])
    answers = {"account_get": account, "convention_list": conventions, "certificate_list": certificates}
    operations: Any = FakeOperations(answers | {"convention_blank": DOCUMENT, "convention_document": DOCUMENT})
    listed = {"account": account, "conventions": conventions, "certificates": certificates}
    space = declare_space("agent", listed, NOW, pin=pin)
    assert isinstance(space, AdoptedSpace)
    (readable,) = rows.keep_readable([space], "fr")
    assert isinstance(readable, AdoptedSpace)
    (entry,) = rows.read_back([readable], "fr")
    for store in (None, str(tmp_path / "store")):
        parameters = {"store": store, "language": "fr", "timeout": 30.0, "use_proxy": True}
        access = StoreAccess(dict.fromkeys(connection_spec()) | parameters, lambda: operations, {}, Settings(now=lambda: NOW))
        remarks, steps = fetch_documents(readable, entry, access)
        assert (remarks, {step["outcome"] for step in steps} <= {"done"}, bool(steps) <= bool(store)) == ([], True, True)
        assert steps_left(readable, entry, access) == []
    assert operations.written == []
