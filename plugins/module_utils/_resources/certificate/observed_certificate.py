# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One declared certificate as it is observed: on this machine, in the space, at the SI FPS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypedDict

from ..._http.client_certificate import ClientCertificate
from ..._pki.certificate import Certificate
from ..._pki.certificate_files import summarise_certificates
from ..._pki.evaluation import Evidence
from ..._pki.parsed_certificate import ParsedCertificate
from ..._pki.parsing import load_bundle
from ..._plan.foreseen import NOTHING_FORESEEN, Delivery, Foreseen
from ..._plan.records import NO_ANSWER, DialogueAnswer, ListedCertificate
from ..._plan.steps import state_after
from ..._store.files import read_file
from ..._store.layout import read_notes
from ..._store.store import Store
from ...dates import date_or_none, instant
from ...errors import InvalidInput, TransportError
from ..gates import GatedCertificate
from ..space import Space
from .key_pair import KeyPair, Source, read_key_pair
from .pending_request import PendingRequest, read_request
from .stored_certificates import read_certificate_of, read_pair

# What the SI FPS says of a certificate, as a state in the terms of the space.
DIALOGUE_STATES = {"authorised": "active", "known_inactive": "inactive", "unknown": "not_installed", "refused": "refused"}
# Declared states of a certificate that is to be installed.
PRESENT_STATES = ("present", "active")


@dataclass(frozen=True)
class DeclaredCertificate:
    """One certificate of the collectivité's list. state: one of STATES. fingerprint, or a certificate, or neither: the store's own for this provider.

    elsewhere: the provider holds its keys and installs its own; nothing is ordered, and nothing of it is expected in the store. Without a
    fingerprint such an entry stands for what the space lists under its label. The rest is as in key_pair.Source.
    """

    provider: str
    state: str
    fingerprint: str | None = None
    certificate: str | None = None
    private_key: str | None = None
    certificate_content: bytes | None = field(default=None, repr=False)
    private_key_content: str | None = field(default=None, repr=False)
    passphrase: str | None = field(default=None, repr=False)
    elsewhere: bool = False

    @property
    def source(self) -> Source | None:
        if not self.certificate and not self.certificate_content:
            return None
        return Source(self.certificate, self.private_key, self.certificate_content, self.private_key_content, self.passphrase)

    @property
    def is_present(self) -> bool:
        """Whether it is to be installed."""
        return self.state in PRESENT_STATES


class CertificateView(TypedDict):
    """One declared certificate, as results show it. listed: whether the space shows it. The instants are RFC 3339 in UTC."""

    provider: str
    fingerprint: str | None
    state: str
    listed: bool
    since: str | None
    not_after: str | None
    last_exchange_at: str | None


@dataclass(frozen=True)
class ObservedCertificate:
    """state: active, inactive, not_installed, refused, unknown, or missing (there is no certificate yet). local: the certificate on this machine.

    chain: the CAs that came with local. evidence: what local is judged by; None where it is not judged. unasked: why the SI FPS could not
    be asked with it. pending: what request.json says of its order. coming: it will be here, beside its key, once what check mode has planned is done.
    """

    declared: DeclaredCertificate
    state: str
    fingerprint: str | None = None
    local: Certificate | None = None
    chain: tuple[ParsedCertificate, ...] = ()
    evidence: Evidence | None = None
    unasked: TransportError | None = None
    client: ClientCertificate | None = None
    listed: ListedCertificate | None = None
    dialogue: DialogueAnswer | None = None
    pending: PendingRequest | None = None
    compromised: bool = False
    coming: bool = False

    @property
    def provider(self) -> str:
        return self.declared.provider

    @property
    def end(self) -> datetime | None:
        """When it expires, from the file or from the space; None where neither says so."""
        if self.local:
            return self.local.not_after
        return date_or_none(self.listed["not_after"]) if self.listed else None

    @property
    def gated(self) -> GatedCertificate:
        """As the gates look at it."""
        return GatedCertificate(
            self.provider,
            self.fingerprint,
            has_key=self.client is not None or self.coming,
            answered=self.dialogue is not None,
            refusal=(self.dialogue or NO_ANSWER) if self.state == "refused" else None,
            listed=self.listed is not None,
        )

    def view(self) -> CertificateView:
        listed, exchange = self.listed, self.listed or self.dialogue
        return {
            "provider": self.provider,
            "fingerprint": self.fingerprint,
            "state": self.state,
            "listed": listed is not None,
            "since": listed and listed["since"],
            "not_after": instant(self.local.not_after) if self.local else listed and listed["not_after"],
            "last_exchange_at": exchange and exchange["last_exchange_at"],
        }


def read_certificate(
    declared: DeclaredCertificate, siret: str, store: Store | None, foreseen: Foreseen = NOTHING_FORESEEN
) -> ObservedCertificate:
    """What lies on this machine; what check mode has planned to pick up counts as if it did.

    Raises InvalidInput where files do not belong together or to this collectivité.
    """
    versions = store.links(declared.provider).versions if store and not declared.elsewhere else {}
    current, pending = versions.get("current"), versions.get("pending")
    certificate = ObservedCertificate(declared, "missing", declared.fingerprint, pending=read_request(pending) if pending else None)
    if declared.source:
        return _with_pair(certificate, read_key_pair(declared.source, siret), declared.source.name)
    if store is None or declared.fingerprint or declared.elsewhere:
        return certificate
    if declared.provider in foreseen.deliveries:
        return _with_delivery(certificate, foreseen.deliveries[declared.provider])
    if not current:
        return certificate
    if "compromised_at" in read_notes(current):
        certificate = replace(certificate, compromised=True)
    return _with_pair(certificate, read_pair(store, declared.provider, "current", current, siret), "the store")


def _with_delivery(certificate: ObservedCertificate, delivery: Delivery) -> ObservedCertificate:
    """Its file was read and compared with the key a moment ago, by what has planned to pick it up."""
    bundle = load_bundle(read_file(delivery.path, "certificate"), delivery.path, certificate.declared.passphrase).certificates
    summaries = summarise_certificates(bundle, delivery.path)
    leaf = next((summary for summary in summaries if summary.fingerprint == delivery.fingerprint), None)
    if leaf is None:
        return certificate
    chain = tuple(parsed for parsed in bundle if parsed.fingerprint != delivery.fingerprint)
    return replace(certificate, fingerprint=leaf.fingerprint, local=leaf, chain=chain, coming=True)


def _with_pair(certificate: ObservedCertificate, pair: KeyPair, name: str) -> ObservedCertificate:
    """name: of where the pair comes from."""
    if certificate.fingerprint not in (None, pair.leaf.fingerprint):
        raise InvalidInput("certificates.fingerprint", f"is not that of {name}, {pair.leaf.fingerprint}", "declare one of both")
    return replace(certificate, fingerprint=pair.leaf.fingerprint, local=pair.leaf, chain=pair.chain, client=pair.client)


def expand_labels(certificates: Sequence[ObservedCertificate], space: Space) -> list[ObservedCertificate]:
    """Where an entry of keys elsewhere names no certificate, those that the space lists under its label stand in its place.

    To be there: those that are active, else the newest; to be off: all of them. One that the space does not list stays as it is, missing.
    """
    named = {certificate.fingerprint for certificate in certificates}
    expanded: list[ObservedCertificate] = []
    for certificate in certificates:
        listed = [
            record for record in space.certificates if record["provider"] == certificate.provider and record["fingerprint"] not in named
        ]
        if certificate.fingerprint or not certificate.declared.elsewhere or not listed:
            expanded.append(certificate)
            continue
        if certificate.declared.is_present:
            active = [record for record in listed if record["state"] == "active"]
            listed = active or sorted(listed, key=lambda record: str(record["not_before"]))[-1:]
        expanded += [replace(certificate, state=record["state"], fingerprint=record["fingerprint"], listed=record) for record in listed]
    return expanded


def rotating_fingerprints(declared: Sequence[DeclaredCertificate], store: Store | None) -> frozenset[str]:
    """The fingerprints of what goes by `next` or `previous` for a provider that is to be there."""
    labels = sorted({entry.provider for entry in declared if entry.is_present})
    if store is None:
        return frozenset()
    versions = [(label, link, store.links(label).versions.get(link)) for label in labels for link in ("next", "previous")]
    return frozenset(read_certificate_of(store, label, link, version).fingerprint for label, link, version in versions if version)


def check_declared_once(certificates: Sequence[ObservedCertificate]) -> None:
    """Raises InvalidInput where two entries turn out to be one certificate: what is declared of them could contradict."""
    fingerprints = [certificate.fingerprint for certificate in certificates if certificate.fingerprint]
    for fingerprint in fingerprints:
        if fingerprints.count(fingerprint) > 1:
            raise InvalidInput("certificates", f"{fingerprint} is declared twice", "declare each certificate once")


def noted_state(store: Store, fingerprint: str) -> str | None:
    """The state that the journal's last step at ANTAI left the certificate in; None where it has none. What was done in the store alone changes nothing."""
    return next(filter(None, (state_after(entry.step) for entry in store.history(fingerprint))), None)
