# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a resource may have observed, as builders: every one makes a valid value, and takes only what differs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ansible_collections.collectivites.antai.plugins.module_utils._http.client_certificate import ClientCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.document import Document
from ansible_collections.collectivites.antai.plugins.module_utils._pki.certificate import Certificate
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import (
    DeclaredCertificate,
    ObservedCertificate,
)
from ansible_collections.collectivites.antai.plugins.module_utils._resources.space import Space

SIRET = "21690123100011"
OTHER = "21310555400017"
# A run's clock; tests of plans know no other.
NOW = datetime(2026, 3, 2, 10, 0, 0, tzinfo=UTC)
SINCE = "2026-02-20T08:00:00Z"
EMAIL = "agent@essai.example"

DECLARED = {
    "name": "Lyon",
    "departement": "69",
    "street": "1 place de la Comédie",
    "postal_code": "69001",
    "city": "Lyon",
    "contact_email": "mairie@essai.example",
    "agent_name": "Agent Essai",
    "agent_email": EMAIL,
}
ADDRESS = {field: DECLARED[field] for field in ("name", "departement", "street", "postal_code", "city", "contact_email")}
# As a list shows it, in the catalogue's names.
LISTED_ACCOUNT = {
    "siret": "21810004800014",
    "name": "Albi",
    "departement": "81",
    "street": "16 rue de l'Hôtel de Ville",
    "postal_code": "81000",
    "city": "Albi",
    "contact_email": "fps@albi.example",
    "state": "active",
}

PDF = b"%PDF-1.4\n1 0 obj\n%%EOF\n"
OTHER_PDF = b"%PDF-1.4\n2 0 obj\n%%EOF\n"
SIGNED = Document("signed.pdf", PDF)
CORRECTED = Document("corrected.pdf", OTHER_PDF)


def account(state: str = "active", **changes: Any) -> dict[str, Any]:
    """A record of the account, as the portal shows it."""
    return {"siret": SIRET, **ADDRESS, "state": state, "since": SINCE, "reason": None, **changes}


def request(state: str = "under_control", **changes: Any) -> dict[str, Any]:
    """A record of the request for the space, as its public follow-up shows it."""
    return {**account(state), "agent_name": DECLARED["agent_name"], "agent_email": EMAIL, **changes}


def convention(state: str, cycle: str = "complet", **changes: Any) -> dict[str, Any]:
    """A record of a convention of the document SIGNED."""
    signed_by_both = state in ("upcoming", "in_force", "ended")
    return {
        "id": "7",
        "cycle": cycle,
        "state": state,
        "since": SINCE,
        "reason": "page 3 manque" if state == "refused" else None,
        "start": "2026-01-01" if signed_by_both else None,
        "end": "2028-12-31" if signed_by_both else None,
        "sha256": SIGNED.sha256,
        "countersigned_sha256": "c" * 64 if signed_by_both else None,
        **changes,
    }


def listed(fingerprint: str, state: str = "inactive", provider: str = "acme", **changes: Any) -> dict[str, Any]:
    """A certificate as the space lists it."""
    return {
        "fingerprint": fingerprint,
        "provider": provider,
        "subject": "CN=FPS",
        "issuer": "CN=AC",
        "state": state,
        "since": SINCE,
        "not_before": "2026-01-01T00:00:00Z",
        "not_after": "2028-01-01T00:00:00Z",
        "last_exchange_at": None,
        **changes,
    }


def dialogue(fingerprint: str, state: str, **changes: Any) -> dict[str, Any]:
    """What the SI FPS says of a certificate."""
    return {"fingerprint": fingerprint, "state": state, "rule": None, "message": None, "last_exchange_at": None, **changes}


def local(fingerprint: str, expires_in: timedelta = timedelta(days=365)) -> Certificate:
    """A certificate in a file here."""
    return Certificate(fingerprint, "CN=FPS", NOW - timedelta(days=30), NOW + expires_in, (SIRET,), b"spki", b"pem", "1")


def space(state: str = "active", access: str = "open", **changes: Any) -> Space:
    """The space, with the record that such an access has of it."""
    if state in ("absent", "unknown"):
        record = None
    elif access == "open":
        record = account(state, reason="SIRET illisible" if state == "refused" else None)
    else:
        record = request(state, reason="SIRET illisible" if state == "refused" else None)
    return Space(access, state, **{"account": record, **changes})


def item(
    fingerprint: str | None, state: str, declared_state: str = "active", *, key: bool = False, provider: str = "acme", **changes: Any
) -> ObservedCertificate:
    """One declared certificate and what is known of it. key: whether certificate and key lie here."""
    local_files = {"local": local(fingerprint), "client": ClientCertificate("/c.pem", "/k.pem")} if key and fingerprint else {}
    return ObservedCertificate(DeclaredCertificate(provider, declared_state), state, fingerprint, **{**local_files, **changes})


def codes(plan: Plan) -> list[tuple[str, str]]:
    """(code, target) of every step, in order."""
    return [step.key for step in plan.steps]


def waited(plan: Plan) -> list[str]:
    """The code of everything that is waited for, in order; each text formats with its own placeholders."""
    for waiting in plan.waiting:
        for language in ("fr", "en"):
            assert waiting.as_dict(language, NOW)["next_action"]["text"]
    return [waiting.code for waiting in plan.waiting]


def changes(plan: Plan) -> dict[str, Any]:
    """The fields that the plan says will differ; before and after have one shape."""
    assert plan.before.keys() == plan.after.keys()
    return {field: value for field, value in plan.after.items() if plan.before[field] != value}


def modes(root: Path) -> dict[str, str]:
    """Every file and directory below root with its mode, links left out."""
    return {str(path.relative_to(root)): oct(path.stat().st_mode & 0o777) for path in sorted(root.rglob("*")) if not path.is_symlink()}


# The options of antai_convention on what a document is held against, as Ansible fills them in where nothing is declared.
NOTHING_TO_CHECK: dict[str, Any] = {
    "next_document": None,
    "next_document_content": None,
    "convention_renewal_days": [120, 90, 60, 30, 14, 7],
    "signatory_name": None,
    "signatory_function": None,
    "deliberation_number": None,
    "deliberation_date": None,
    "form": None,
    "document_overrides": None,
    "document_max_mib": 5.0,
    "signature_anchors": None,
}
