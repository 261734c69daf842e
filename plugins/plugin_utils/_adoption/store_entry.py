# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an adopted space is to have in the store: pairs that exist, and ANTAI's documents, so that the next run has nothing to do.

Nothing is ordered, nothing is sent to ANTAI, and a pair that lies in the store is never replaced.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ...module_utils._interface.operations import Operations
from ...module_utils._plan.plan import Step
from ...module_utils._plan.settings import Settings
from ...module_utils._plan.steps import STEPS
from ...module_utils._reconcile.onboarding import onboarding
from ...module_utils._reconcile.runner import BatchContext, Observations, observed_plan, run_together
from ...module_utils._resources.base import Context, Resource
from ...module_utils._resources.certificate.key_pair import Source, read_key_pair
from ...module_utils._resources.certificate.options import LONGEST_IN_SUBJECT, certificate_request
from ...module_utils._resources.certificate.stored_certificates import read_stored
from ...module_utils._store.store import Store
from ...module_utils.errors import AntaiError, TransportError
from ...module_utils.text import one_line
from .._csv_inventory.entries import KEY_TYPE, WHOLE, InventoryEntry
from .spaces import STORE, AdoptedSpace, CertificateEntry, Remark, sha256_or_none


@dataclass(frozen=True)
class StoreAccess:
    """How a space is brought into the store. parameters: of the connection and of ordering, checked. sources: pairs that exist, by SHA-256."""

    parameters: dict[str, Any]
    operations: Callable[[], Operations]
    sources: dict[str, Source]
    settings: Settings

    def context(self, space: AdoptedSpace) -> Context:
        operations = self.operations()
        operations.remember(space.siret, space.listed)
        path = self.parameters["store"]
        return Context(operations, Store(path, space.siret) if path else None, now=self.settings.now)


def with_keys(space: AdoptedSpace, access: StoreAccess) -> tuple[AdoptedSpace, list[dict[str, Any]]]:
    """(the space, its entries `keys: store` where the store has their pair now; the steps that were done, or in check mode planned)."""
    entries, steps = [], []
    for entry in space.certificates:
        adopted, remarks, done = _with_key(space, entry, access)
        entries.append(adopted)
        steps += done
        space = space.remarked(*remarks)
    return replace(space, certificates=tuple(entries)), steps


def _with_key(
    space: AdoptedSpace, entry: CertificateEntry, access: StoreAccess
) -> tuple[CertificateEntry, list[Remark], list[dict[str, Any]]]:
    fingerprints = {sha256_or_none(record["fingerprint"]) for record in entry.listed}
    source = next((access.sources[fingerprint] for fingerprint in fingerprints if fingerprint in access.sources), None)
    if len(entry.listed) > 1:  # its label stands for all of them, and the store has one in use
        return entry, [Remark("not_imported_several", entry.provider)] if source else [], []
    if len(space.name) > LONGEST_IN_SUBJECT:  # an entry of the store could be ordered, and this one cannot until a shorter name is declared
        return entry, [Remark("not_imported_long", entry.provider)] if source else [], []
    (fingerprint,) = fingerprints
    stored_entry = replace(entry, keys=STORE, fingerprint=None)
    context = access.context(space)
    if context.store is None or fingerprint is None:
        return entry, [Remark("no_store", entry.provider)] if source else [], []
    try:
        current = read_stored(context.store, entry.provider).current
        if current and current.fingerprint == fingerprint and current.not_after > access.settings.now():
            return stored_entry, [], []
        if source is None:
            return entry, [], []
        reason = _why_not(context.store, entry.provider, source, space.siret, fingerprint, access.settings.now())
        if reason:
            return entry, [Remark(reason, entry.provider)], []
        return stored_entry, [], _import(space, entry, source, context, access)
    except AntaiError as error:
        return entry, [Remark("not_imported", f"{entry.provider}: {one_line(error.message)}")], []


def _why_not(store: Store, provider: str, source: Source, siret: str, fingerprint: str, now: datetime) -> str | None:
    """Why this pair is not imported, as a code of remarks; None where nothing speaks against it. Raises InvalidInput where it is no pair."""
    stored, leaf = read_stored(store, provider), read_key_pair(source, siret).leaf
    if stored.current is not None or stored.pending or stored.lost or stored.following:
        return "store_taken"
    if leaf.fingerprint != fingerprint:
        return "other_certificate"
    return "expired_key" if leaf.not_after <= now else None


def _import(space: AdoptedSpace, entry: CertificateEntry, source: Source, context: Context, access: StoreAccess) -> list[dict[str, Any]]:
    """Under the lock, with a line in the journal. Raises AntaiError where another run has been faster."""
    own = {"provider": entry.provider, "key_type": KEY_TYPE, "common_name": None, "state": "present"}
    files = {"certificate": source.certificate, "private_key": source.private_key, "passphrase": source.passphrase}
    contents = {"certificate_content": None, "private_key_content": None}
    request = certificate_request(WHOLE | access.parameters | {"siret": space.siret, "name": space.name} | own | files | contents)
    store = context.store

    def may(step: Step) -> bool:
        return step.code == "import_key" and store is not None and read_stored(store, entry.provider).current is None

    results = run_together([request], context, access.settings, BatchContext(may=may))
    return [step for result in results for step in result["steps"]]


def fetch_documents(space: AdoptedSpace, entry: InventoryEntry, access: StoreAccess) -> tuple[list[Remark], list[dict[str, Any]]]:
    """(remarks, steps): the blank, or ANTAI's countersigned copies, laid in the store. entry: as the inventory has it.

    Raises TransportError where the server cannot be reached any more.
    """
    context = access.context(space)
    if context.store is None:
        return [], []
    try:
        plans: Observations = {
            resource: observed_plan(resource, context, access.settings) for resource in _resources(entry, access, "convention")
        }
        codes = [step.code for _observed, plan in plans.values() for step in plan.steps]
        if not codes or not all(STEPS[code].fetches for code in codes):
            return [], []  # what is more, the next run does and says
        batch = BatchContext(may=lambda step: STEPS[step.code].fetches, last_observations=lambda: plans)
        results = run_together(list(plans), context, access.settings, batch)
        return [], [step for result in results for step in result["steps"]]
    except TransportError:
        raise
    except AntaiError as error:
        return [Remark("no_document", one_line(error.message))], []


def steps_left(space: AdoptedSpace, entry: InventoryEntry, access: StoreAccess) -> list[dict[str, str]]:
    """What the next run would do for this space, as the lists have shown it: {siret, code, reason}. Raises AntaiError."""
    context = access.context(space)
    plans = [observed_plan(resource, context, access.settings)[1] for resource in _resources(entry, access)]
    return [{"siret": space.siret, "code": step.code, "reason": step.reason} for plan in plans for step in plan.steps]


def _resources(entry: InventoryEntry, access: StoreAccess, name: str = "") -> list[Resource]:
    """Of the onboarding of this entry; those of this name only, where one is given."""
    certificates = [{"key_type": KEY_TYPE} | certificate for certificate in entry.values.get("certificates", [])]
    parameters = WHOLE | access.parameters | entry.values | {"certificates": certificates}
    return [resource for resource in onboarding(parameters) if name in ("", resource.name)]
