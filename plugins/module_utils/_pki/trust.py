# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which CAs are trusted, for what, and from when to when: data that the user owns, read by the action, judged here.

No OID marks "one star" by itself: a policy OID names one PSCE's policy, so an entry ties OIDs to one issuing CA's certificate. Every CA of
the store is an anchor, root or not: pinning the issuing CA is simple, and the system's CAs are never asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timezone
from functools import lru_cache
from typing import Any

from ..errors import AntaiError, InvalidInput
from ..libraries import x509
from .leaf import is_ca
from .parsed_certificate import ParsedCertificate
from .parsing import UnreadableCertificate, load_bundle

USAGES = ("client", "server")
OID = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+")
REQUIRED = {"name", "certificate", "usage", "source"}
OPTIONAL = {"policies", "level", "valid_from", "valid_to", "doubts"}


@dataclass(frozen=True)
class TrustEntry:
    """ca: the issuing CA. policies: OIDs of its leaves, none where they are not known. valid_from and valid_to: days, both included."""

    name: str
    ca: ParsedCertificate
    policies: tuple[str, ...]
    level: str
    usage: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    source: str
    doubts: str

    def covers(self, at: datetime) -> bool:
        """Whether it is in force on this day, in UTC."""
        day = at.astimezone(timezone.utc).date()
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def allows(self, policies: Iterable[str]) -> bool:
        """Whether it is about a certificate that names these policies: one of its own, or it knows none."""
        return not self.policies or any(oid in self.policies for oid in policies)

    @property
    def window(self) -> str:
        return f"from {self.valid_from or 'ever'} to {self.valid_to or 'ever'}"


@dataclass(frozen=True)
class UnreadableEntry:
    """An entry whose CA cannot be read. name: the entry's. reason: why, for people."""

    name: str
    reason: str


@dataclass(frozen=True)
class TrustStore:
    """unreadable: entries that are as good as absent; whoever needs one of them is told (ValidationInputs, chain)."""

    entries: tuple[TrustEntry, ...]
    unreadable: tuple[UnreadableEntry, ...] = ()

    @property
    def anchors(self) -> tuple[ParsedCertificate, ...]:
        return tuple(dict.fromkeys(entry.ca for entry in self.entries))

    def warnings(self) -> list[str]:
        """What a run says of the entries that were left out."""
        return [
            f"trust_store: entry {entry.name} is left out, nothing that its CA issued is trusted: {entry.reason}"
            for entry in self.unreadable
        ]

    def of(self, ca: ParsedCertificate, usage: str) -> tuple[TrustEntry, ...]:
        """The entries of this very certificate for this usage, whatever their dates."""
        return tuple(entry for entry in self.entries if entry.ca == ca and usage in entry.usage)


def policies_of(certificate: ParsedCertificate) -> list[str]:
    """The policy OIDs that a certificate names, in its order."""
    policies_extension = certificate.extension(x509.CertificatePolicies)
    return [information.policy_identifier.dotted_string for information in policies_extension.value] if policies_extension else []


def read_store(content: Any, field: str = "trust_store") -> TrustStore:
    """The store that a YAML document describes, its PEM files already read. Raises InvalidInput with all its problems."""
    entries = content.get("entries") if isinstance(content, dict) else None
    if not isinstance(entries, list) or content.get("version") != 1:
        raise InvalidInput(
            field,
            "is no trust store: it wants `version: 1` and a list `entries`",
            "plugins/plugin_utils/_shipped/trust/france.yml is an example",
        )
    outcomes = [_entry_or_problem(declared, f"entries[{number}]") for number, declared in enumerate(entries)]
    names = [outcome.name for outcome in outcomes if not isinstance(outcome, str)]
    problems = [outcome for outcome in outcomes if isinstance(outcome, str)]
    problems += [f"the name {name!r} is given twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    if problems:
        raise InvalidInput(field, "; ".join(problems), "correct the trust store", problems=problems)
    return TrustStore(
        tuple(outcome for outcome in outcomes if isinstance(outcome, TrustEntry)),
        tuple(outcome for outcome in outcomes if isinstance(outcome, UnreadableEntry)),
    )


def _entry_or_problem(declared: Any, place: str) -> TrustEntry | UnreadableEntry | str:
    """What is wrong, where it is no entry. One odd CA never refuses the whole store; a mistake in what the user wrote does."""
    wrong = _wrong_fields(declared)
    if wrong:
        return f"{place}: {wrong}"
    try:
        valid_from, valid_to = _window(declared)
        return TrustEntry(
            name=declared["name"],
            ca=_authority(declared["certificate"]),
            policies=tuple(_checked_list(declared, "policies", OID.fullmatch, "an OID, in quotes")),
            level=str(declared.get("level") or "unknown"),
            usage=tuple(_checked_list(declared, "usage", USAGES.__contains__, "client or server")),
            valid_from=valid_from,
            valid_to=valid_to,
            source=declared["source"],
            doubts=str(declared.get("doubts") or ""),
        )
    except UnreadableCertificate as error:
        return UnreadableEntry(declared["name"], error.message)
    except AntaiError as error:
        return f"{place}: {error.message}"


def _wrong_fields(declared: Any) -> str:
    if not isinstance(declared, dict):
        return "is no mapping"
    missing, unknown = sorted(REQUIRED - set(declared)), sorted(map(str, set(declared) - REQUIRED - OPTIONAL))
    if missing or unknown:
        return "; ".join(
            ([f"lacks {', '.join(missing)}"] if missing else []) + ([f"does not know {', '.join(unknown)}"] if unknown else [])
        )
    blank = [name for name in ("name", "certificate", "source") if not isinstance(declared[name], str) or not declared[name].strip()]
    return f"{', '.join(blank)}: must be text" if blank else ""


@lru_cache(maxsize=256)
def _authority(content: str) -> ParsedCertificate:
    """Read once, however many collectivités of a fleet declare the same store."""
    certificates = load_bundle(content.encode(), "certificate").certificates
    if len(certificates) != 1:
        raise InvalidInput("certificate", f"holds {len(certificates)} certificates", "one entry is one CA")
    if not is_ca(certificates[0]):
        raise InvalidInput(
            "certificate", f"{certificates[0].named} is no CA (basicConstraints); an entry is the CA that issues", "give the issuer's"
        )
    return certificates[0]


def _checked_list(declared: Mapping[str, object], name: str, is_good: Callable[[str], object], expected: str) -> list[str]:
    values = declared.get(name) or []
    if not isinstance(values, list) or (name == "usage" and not values):
        raise InvalidInput(name, "is no list" if values else "is empty")
    for value in values:
        if not isinstance(value, str) or not is_good(value):
            raise InvalidInput(name, f"{value!r} is not {expected}")
    return values


def _window(declared: Mapping[str, object]) -> tuple[date | None, date | None]:
    first, last = _day(declared, "valid_from"), _day(declared, "valid_to")
    if first and last and first > last:
        raise InvalidInput("valid_from", f"{first} comes after valid_to, {last}: the entry would never count")
    return first, last


def _day(declared: Mapping[str, object], name: str) -> date | None:
    """YAML reads a bare day as a date; through Ansible it arrives as text."""
    value = declared.get(name)
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise InvalidInput(name, f"{value!r} is not a day (YYYY-MM-DD)")
