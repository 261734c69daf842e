# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ANTAI's operations by name, spoken through a profile: pages, jobs, and errors in one vocabulary.

One instance serves one collectivité's run, in one thread; the agent behind it serves many. Reads are remembered within one observation,
so that operations a profile maps to the same page cost one request; every write, and `observe_afresh`, forgets them.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, cast

from .._http.client_certificate import ClientCertificate
from .._http.messages import Observer
from .._plan.foreseen import NOTHING_FORESEEN
from .._plan.records import NO_ANSWER, AccessRequestRecord, AccountRecord, ConventionRecord, DialogueAnswer, ListedCertificate
from .agent import Agent
from .auth.methods import Credentials
from .certificate_identities import CertificateIdentities, KnownCertificate
from .profile.answers import plain
from .profile.jobs import Job
from .profile.profile import Profile
from .profile_reader import LISTS, PARTS, Listed, NumberedPage, ProfileReader, whose
from .profile_writer import ProfileWriter
from .refusals import option_names
from .request_sender import RequestSender


class Operations:
    """Every method is one operation of the catalogue; see there for what it answers. Raises the errors of errors.py."""

    def __init__(
        self, agent: Agent, *, pause: Callable[[float], None] = time.sleep, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.agent = agent
        self.sender = RequestSender(agent)
        self.identities = CertificateIdentities()
        self.reader = ProfileReader(self.sender, self.identities)
        self._writer = ProfileWriter(self.sender, self.reader, pause, monotonic)
        self.foreseen = NOTHING_FORESEEN

    # What can be asked

    @property
    def profile(self) -> Profile:
        return self.agent.profile

    @property
    def credentials(self) -> Credentials:
        return self.agent.credentials

    @property
    def counts(self) -> Counter[str]:
        """How many requests were sent for this collectivité, by class of operation: read, write, session."""
        return self.sender.counts

    @property
    def clock_offset(self) -> timedelta | None:
        """As Network has it."""
        return self.agent.network.clock_offset

    @property
    def has_login(self) -> bool:
        return self.agent.has_login

    @property
    def login_options(self) -> str:
        """The options that give the login, for people."""
        return option_names(self.agent.login_options)

    @property
    def has_list(self) -> bool:
        """Whether all that the agent may see can be read without knowing the SIRETs."""
        return self.has("space_list") or self.has("account_list")

    @property
    def absent(self) -> frozenset[str]:
        """The operations that the interface does not have."""
        return frozenset(self.profile.absent)

    @property
    def correlates(self) -> bool:
        """Whether requests bear an identifier for the server's support."""
        return any(face.get("correlation_header") for face in self.profile.faces.values())

    def has(self, operation: str) -> bool:
        return self.profile.call(operation) is not None

    def may(self, operation: str) -> bool:
        """Whether it can be asked for with these credentials."""
        call = self.profile.call(operation)
        return call is not None and (call.anonymous or call.face != "portal" or self.has_login)

    def shows(self, kind: str) -> frozenset[str]:
        """The fields of this record that the interface shows at all."""
        return self.profile.shows(kind)

    def presents_subject(self, operation: str) -> bool:
        """Whether the connection of this operation shows the certificate that it is about."""
        return self.profile.client_certificate(self.sender.call(operation).face) == "subject"

    # What is known before it is asked

    def hold(self, certificate: KnownCertificate, client: ClientCertificate | None = None) -> None:
        """A certificate that lies here: servers may know it by another name than its SHA-256, or ask for the whole of it."""
        self.identities.add(certificate, client)

    def remember(self, siret: str, listed: Listed) -> None:
        """Take what lists have shown of this collectivité as the first observation."""
        self.reader.remember(siret, listed)

    def was_listed(self, siret: str) -> bool:
        """Whether the lists have shown all of it, and nothing was written since."""
        return self.reader.was_listed(siret)

    @property
    def remembers(self) -> bool:
        """Whether something was read since the last write."""
        return self.sender.has_answers or self.reader.has_listed

    def observe_afresh(self) -> None:
        """Forget what was read: the next reads ask the server."""
        self.reader.forget()

    # Connections

    def release(self) -> None:
        """Forget what was read, and close the connections of this collectivité, those that present a certificate of it; the others are shared."""
        self.observe_afresh()
        self.sender.close_own()

    def close(self) -> None:
        """Close all connections, the shared ones too."""
        self.release()
        self.agent.network.close()

    def watch(self, observer: Observer) -> None:
        """Before the first request: the observer is called with all of them, and none is repeated."""
        self.agent.network.watch(observer)

    def log_in(self, face: str, certificate: ClientCertificate | None) -> None:
        """Begin the session of a face, where it has one. Raises AuthenticationFailed where the credentials are refused."""
        self.sender.conversation(face, certificate).log_in(self.counts)

    def server_chain(self, face: str) -> tuple[bytes, ...]:
        """DER of the certificates that this face's server has shown us, its own first; empty where it was not asked anything yet."""
        return self.sender.server_chain(face)

    # The portal

    def account_request(self, account: Mapping[str, str]) -> None:
        self._writer.write("account_request", account)

    def account_request_get(self, siret: str, agent_email: str) -> AccessRequestRecord | None:
        record = self.reader.read_one("account_request_get", {"siret": siret, "agent_email": agent_email})
        return cast(AccessRequestRecord, plain(record)) if record else None

    def account_get(self, siret: str) -> AccountRecord | None:
        record = self.reader.read_one("account_get", {"siret": siret})
        return cast(AccountRecord, plain(record)) if record else None

    def account_update(self, account: Mapping[str, Any]) -> None:
        self._writer.write("account_update", account)

    def account_close(self, siret: str) -> None:
        self._writer.write("account_close", {"siret": siret})

    def convention_blank(self, cycle: str) -> bytes | None:
        return self.reader.document("convention_blank", {"cycle": cycle})

    def convention_list(self, siret: str) -> list[ConventionRecord]:
        return [cast(ConventionRecord, plain(record)) for record in self.reader.many("convention_list", {"siret": siret})]

    def convention_upload(self, siret: str, cycle: str, filename: str, document: bytes) -> None:
        digest = {"document_sha256": hashlib.sha256(document).hexdigest(), "document_size": len(document)}
        self._writer.write("convention_upload", {"siret": siret, "cycle": cycle, "filename": filename, "document": document} | digest)

    def convention_document(self, siret: str, convention_id: Any) -> bytes | None:
        return self.reader.document("convention_document", {"siret": siret, "id": convention_id})

    def certificate_list(self, siret: str) -> list[ListedCertificate]:
        return [cast(ListedCertificate, plain(record)) for record in self.reader.many("certificate_list", {"siret": siret})]

    def certificate_change(self, operation: str, siret: str, fingerprint: str) -> bool:
        """operation: certificate_activate, _deactivate or _remove. False where the space does not list the certificate (yet)."""
        return self._writer.write(operation, {"siret": siret, "fingerprint": fingerprint})

    # Of all collectivités

    def space_list(self) -> Iterator[Listed]:
        """Every collectivité that the agent may see: {account, conventions, certificates}, page by page; what no list shows is read singly."""
        for space in self.reader.records("space_list", {}) if self.has("space_list") else self._joined():
            missing = [(operation, part) for operation, part in PARTS.items() if part not in space and self.has(operation)]
            singly = {part: self.reader.many(operation, {"siret": space["account"]["siret"]}) for operation, part in missing}
            yield {
                part: plain(shown) if part == "account" else [plain(record) for record in shown] for part, shown in (space | singly).items()
            }

    def _joined(self) -> Iterator[Listed]:
        """The same from separate lists, joined by SIRET."""
        lists = {part: self._by_siret(operation) for part, operation in LISTS.items() if self.has(operation)}
        for account in self.reader.records("account_list", {}):
            yield {"account": account} | {part: by_siret.get(account["siret"], []) for part, by_siret in lists.items()}

    def _by_siret(self, operation: str) -> dict[str, list[dict[str, Any]]]:
        records: dict[str, list[dict[str, Any]]] = {}
        for record in self.reader.records(operation, {}):
            records.setdefault(whose(record), []).append(record)
        return records

    def is_numbered(self, operation: str) -> bool:
        """Whether the first page tells how many there are, and each can be asked for by itself."""
        paging = self.sender.call(operation).paging
        return paging is not None and paging.numbered

    def numbered_page(self, operation: str, number: int, size: int = 0) -> NumberedPage:
        """One page, from 0 on. size: of the first one."""
        return self.reader.numbered_page(operation, number, size)

    def pages(self, operation: str) -> Iterator[list[dict[str, Any]]]:
        """One page after the other, each asked for when the one before has been looked at."""
        return self.reader.pages(operation, {})

    # The SI FPS: the certificate that the connection presents is the subject of the operation

    def certificate_install(self, siret: str, provider: str, certificate: ClientCertificate) -> None:
        fingerprint = self.identities.fingerprint_of(certificate)
        self._writer.write("certificate_install", {"siret": siret, "provider": provider, "fingerprint": fingerprint}, certificate)

    def exchange_query(self, siret: str, certificate: ClientCertificate) -> DialogueAnswer:
        fingerprint = self.identities.fingerprint_of(certificate)
        record = self.reader.read_one("exchange_query", {"siret": siret, "fingerprint": fingerprint}, certificate)
        return cast(DialogueAnswer, plain(record)) if record else NO_ANSWER

    # Jobs

    def job_state(self, job: Mapping[str, Any]) -> str:
        """Of a job that an earlier run left (Job.as_dict): pending, done or unknown. Raises RefusedByServer where it has failed."""
        return self._writer.job_state(Job(**job))
