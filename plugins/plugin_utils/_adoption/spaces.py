# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From one space as the lists show it to its declaration. Pure.

What the space does not show is not declared. Nothing is guessed but the cycle, where two conventions live side by side, and the label of a
certificate whose provider cannot be one; both are remarked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ...module_utils._interface.profile_reader import Listed
from ...module_utils._options.checks import check_fingerprint
from ...module_utils._options.declaration import KEYS
from ...module_utils._store.layout import LABEL
from ...module_utils.dates import date_or_none
from ...module_utils.errors import InvalidInput
from ...module_utils.siret import check_siret
from ...module_utils.text import one_line
from .._controller.words import slug
from .._report.spreadsheet import safe

STORE, ELSEWHERE = KEYS
# By the field of the account's record, the path of the declaration.
ACCOUNT_PATHS = {
    "name": "name",
    "departement": "departement",
    "street": "address.street",
    "postal_code": "address.postal_code",
    "city": "address.city",
    "contact_email": "contact_email",
}
# A convention in one of these is signed, or on its way to be.
ALIVE = ("in_force", "upcoming", "submitted")
SHORT_FINGERPRINT = 12


@dataclass(frozen=True)
class Remark:
    """Something to be said of a collectivité. code: of texts.REMARKS or texts.MISSING; detail: what the text is about."""

    code: str
    detail: str = ""


@dataclass(frozen=True)
class CertificateEntry:
    """One entry of `certificates`. fingerprint: SHA-256, None where the label stands for whatever is active under it. keys: of KEYS.

    listed: the records of the space that it stands for.
    """

    provider: str
    fingerprint: str | None = None
    keys: str = ELSEWHERE
    listed: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class AdoptedSpace:
    """A collectivité to be declared. agent: the host whose credentials show it. state: of the account. fields: by path of the declaration.

    listed: as the lists show it. convention: the state that its conventions are in, of catalogue.py; None where there is none, or none is shown.
    """

    agent: str
    siret: str
    state: str
    fields: dict[str, str]
    certificates: tuple[CertificateEntry, ...]
    listed: Listed = field(repr=False)
    convention: str | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def name(self) -> str:
        return self.fields["name"]

    def remarked(self, *remarks: Remark) -> AdoptedSpace:
        return replace(self, remarks=(*self.remarks, *remarks))


@dataclass(frozen=True)
class LeftOutSpace:
    """A space that is not declared, and why."""

    agent: str
    siret: str
    name: str
    remark: Remark


def declare_space(agent: str, listed: Listed, now: datetime, *, pin: bool = False) -> AdoptedSpace | LeftOutSpace:
    """The declaration of a listed space. pin: name each certificate by its fingerprint."""
    account = listed["account"]
    siret, name = str(account["siret"]), one_line(account.get("name") or "")
    try:
        check_siret(siret)
    except InvalidInput as error:
        return LeftOutSpace(agent, one_line(siret), name, Remark("bad_siret", error.message))
    if account["state"] == "closed":
        return LeftOutSpace(agent, siret, name, Remark("closed"))
    fields, remarks = _declare_account(account)
    if "name" not in fields:
        return LeftOutSpace(agent, siret, name, Remark("no_name", name))
    cycle, convention, about_cycle = choose_cycle(listed.get("conventions"))
    if cycle:
        fields["cycle"] = cycle
    certificates, about_certificates = declare_certificates(listed.get("certificates"), now, pin=pin)
    all_remarks = (*remarks, *about_cycle, *about_certificates)
    return AdoptedSpace(agent, siret, str(account["state"]), {"siret": siret, **fields}, certificates, listed, convention, all_remarks)


def _declare_account(account: dict[str, Any]) -> tuple[dict[str, str], list[Remark]]:
    """(fields by path, what was left empty although it is shown)."""
    fields, remarks = {}, []
    for record_field, path in ACCOUNT_PATHS.items():
        value = account.get(record_field)
        if value is None or value == "":
            continue
        text = str(value)
        if safe(text) != text:  # a spreadsheet would carry it out
            remarks.append(Remark("formula", f"{path}: {one_line(text)}"))
        elif text != text.strip():
            remarks.append(Remark("unreadable_field", f"{path}: {one_line(repr(text))}"))
        else:
            fields[path] = text
    return fields, remarks


def choose_cycle(conventions: Sequence[dict[str, Any]] | None) -> tuple[str | None, str | None, list[Remark]]:
    """(the cycle to declare, the state of its convention, remarks). conventions: None where the interface does not show them.

    Complet replaces partiel (R5): where both live, the collectivité is on its way to complet.
    """
    if conventions is None:
        return None, None, [Remark("conventions_unseen")]
    if not conventions:
        return None, None, [Remark("no_convention")]
    alive = [convention for convention in conventions if convention["state"] in ALIVE]
    cycles = {convention["cycle"] for convention in alive}
    if not alive:
        latest = max(conventions, key=lambda convention: str(convention.get("end") or convention.get("since") or ""))
        return latest["cycle"], latest["state"], [Remark(f"convention_{latest['state']}", str(latest.get("end") or ""))]
    cycle = "complet" if "complet" in cycles else alive[0]["cycle"]
    state = min((convention["state"] for convention in alive if convention["cycle"] == cycle), key=ALIVE.index)
    remarks = [Remark("both_cycles")] if len(cycles) > 1 else []
    return cycle, state, remarks + ([] if state == "in_force" else [Remark(f"convention_{state}")])


def declare_certificates(
    certificates: Sequence[dict[str, Any]] | None, now: datetime, *, pin: bool = False
) -> tuple[tuple[CertificateEntry, ...], list[Remark]]:
    """(an entry for each provider that has an active certificate, remarks). Labels are unique.

    One entry without a fingerprint stands for all the active certificates of its label, so that a provider may renew its own.
    certificates: None where the interface does not show them.
    """
    if certificates is None:
        return (), [Remark("certificates_unseen")]
    active = [record for record in certificates if record["state"] == "active"]
    remarks = [] if active else [Remark("no_active_certificate")]
    remarks += [Remark("expired", _until(record)) for record in active if _has_expired(record, now)]
    groups: dict[str, list[dict[str, Any]]] = {}
    odd = []
    for record in active:
        provider = record.get("provider")
        if isinstance(provider, str) and LABEL.fullmatch(provider):
            groups.setdefault(provider, []).append(record)
        else:
            odd.append(record)
    entries = []
    for label, records in groups.items():
        if len(records) > 1:
            remarks.append(
                Remark("several_active", f"{label}: {', '.join(str(record['fingerprint'])[:SHORT_FINGERPRINT] for record in records)}")
            )
        fingerprint = sha256_or_none(records[0]["fingerprint"]) if pin and len(records) == 1 else None
        entries.append(CertificateEntry(label, fingerprint, listed=tuple(records)))
    for record in odd:
        entry, remark = _relabelled(record, {entry.provider for entry in entries})
        entries += [entry] if entry else []
        remarks.append(remark)
    return tuple(entries), remarks


def _relabelled(record: dict[str, Any], labels: set[str]) -> tuple[CertificateEntry | None, Remark]:
    """Of a certificate whose provider is no label: it is known by its fingerprint, and its label is made from what is shown."""
    shown, fingerprint = one_line(record.get("provider") or "-"), sha256_or_none(record["fingerprint"])
    if fingerprint is None:
        return None, Remark("not_nameable", f"{shown}: {one_line(record['fingerprint'])}")
    label = slug(shown, "-")[:40] or "certificat"
    if label == "certificat" or label in labels:
        label = f"{label}-{fingerprint[:SHORT_FINGERPRINT]}"
    return CertificateEntry(label, fingerprint, listed=(record,)), Remark("relabelled", f"{shown} -> {label}")


def sha256_or_none(fingerprint: Any) -> str | None:
    """The fingerprint as it is declared; None where the interface knows the certificate by something else (a SHA-1, a serial number)."""
    try:
        return check_fingerprint(str(fingerprint), "certificates.fingerprint")
    except InvalidInput:
        return None


def first_of_each(spaces: Iterable[tuple[str, Listed]]) -> tuple[list[tuple[str, Listed]], dict[str, list[str]]]:
    """(each SIRET once, as the first agent shows it; by SIRET, the other agents that show it)."""
    first: dict[str, tuple[str, Listed]] = {}
    later_agents: dict[str, list[str]] = {}
    for agent, listed in spaces:
        siret = str(listed["account"]["siret"])
        if siret in first:
            later_agents.setdefault(siret, []).append(agent)
        else:
            first[siret] = (agent, listed)
    return list(first.values()), later_agents


def _has_expired(record: dict[str, Any], now: datetime) -> bool:
    end = date_or_none(record.get("not_after"))
    return end is not None and end <= now


def _until(record: dict[str, Any]) -> str:
    return f"{one_line(record.get('provider') or record['fingerprint'])}: {one_line(record['not_after'])}"
