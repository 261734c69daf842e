# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole examination, in its order: what lies here, the way to each server, who speaks, what each read operation answers.

Nothing is written: sessions and read operations only. What rests on something that failed is skipped, and says on what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .._http.client_certificate import ClientCertificate
from .._http.messages import Exchange
from .._http.probe import Probe, probe
from .._interface.auth.methods import elsewhere, options_of
from .._interface.catalogue import FACES, OPERATIONS
from .._interface.profile.expressions import search
from .._interface.profile.operation import ProfileOperation
from .._interface.raw_answers import RawAnswer, raw_answer, second_page
from .._pki.evaluation import ValidationPolicy
from .._resources.base import Context
from .._resources.certificate.observed_certificate import DeclaredCertificate, ObservedCertificate, read_certificate
from ..errors import AntaiError, AuthenticationFailed, InvalidInput, RequestError, TransportError, UnexpectedAnswer
from . import line, local, together
from .finding import FAIL, NOT_VERIFIABLE, OK, SKIPPED, WARN, Finding
from .reading import judge_answer, said
from .server import rgs

# Lists first: what they show tells whether a later "not there" can be true.
READS = (
    "space_list",
    "account_list",
    "convention_list_all",
    "certificate_list_all",
    "account_get",
    "convention_list",
    "certificate_list",
    "convention_document",
    "account_request_get",
    "convention_blank",
    "exchange_query",
)
# What shows a mandate: reads of one space.
MANDATED = ("account_get", "convention_list", "certificate_list")
TOKEN = "token"

# (label, client certificate) of what a face is shown.
Presented = list[tuple[str, ClientCertificate]]


@dataclass(frozen=True)
class Asked:
    """What the doctor is asked to look at. sirets: those whose mandate is looked at; the first is the one that is read."""

    sirets: tuple[str, ...]
    agent_email: str | None
    cycle: str
    certificates: tuple[DeclaredCertificate, ...]
    judging: ValidationPolicy | None
    timeout: float
    store: str | None

    @property
    def siret(self) -> str | None:
        return self.sirets[0] if self.sirets else None


class Examination:
    """One examination. Build it, call `findings()` once; `exchanges` then holds all that was sent and answered."""

    def __init__(self, asked: Asked, context: Context, now: Callable[[], datetime]) -> None:
        self._asked = asked
        self._context = context
        self._now = now
        self._operations = context.operations
        self._profile = context.operations.profile
        self._endpoints = context.operations.agent.endpoints
        self._items: list[ObservedCertificate] = []
        self._seen_by: dict[str, str] = {}
        self._found: list[Finding] = []
        self.exchanges: list[tuple[str, Exchange]] = []
        self._operations.watch(self._note)

    def findings(self) -> list[Finding]:
        self._here()
        for face in FACES:
            if self._endpoints.url(face):
                self._face(face)
            else:
                self._add(Finding("url", face, SKIPPED, "no_url"))
        return self._found

    # What is known so far

    def _add(self, *findings: Finding) -> None:
        self._found += findings

    def _in_the_way(self, face: str, *checks: str) -> str | None:
        """The check that stands in the way; of one that was skipped itself, what stood in its way."""
        for each in self._found:
            if each.face == face and each.check in checks and each.blocks:
                return str(each.about.get("because", each.check)) if each.code == "prerequisite" else each.check
        return None

    def _note(self, exchange: Exchange) -> None:
        bases = [(url, face) for face in FACES if (url := self._endpoints.url(face))]
        self.exchanges.append((next((face for url, face in bases if exchange.url.startswith(url.rstrip("/"))), TOKEN), exchange))

    def _limited(self, face: str) -> bool:
        return any(each == face and one.response and one.response.status == together.TOO_MANY for each, one in self.exchanges)

    # Here

    def _here(self) -> None:
        root, siret = self._asked.store, self._asked.siret
        found = [local.versions(), local.document_libraries(), local.memfd(), local.store(root), local.permissions(root, siret)]
        self._add(*(each for each in found if each))
        broken = None
        try:
            self._items = [read_certificate(each, siret or "", self._context.store) for each in self._asked.certificates]
        except InvalidInput as error:
            broken = error
        for item in self._items:
            if item.local:
                self._operations.hold(item.local, item.client)
        self._add(*local.certificates(self._items, broken, self._now()))

    # One face

    def _face(self, face: str) -> None:
        presented = self._presented(face)
        self._way(face, self._endpoints.url(face) or "", presented[:1])
        self._client_certificates(face, presented)
        for url in elsewhere(self._profile.auth(face), self._operations.credentials):
            self._way(TOKEN, url, [], of=face)
        self._login(face, presented)
        self._mandates(face)
        for operation in READS:
            self._operation(operation, face, presented)
        told = [one for each, one in self.exchanges if each == face]
        self._add(*together.findings(told, face, self._asked.timeout))

    def _presented(self, face: str) -> Presented:
        how = self._profile.client_certificate(face)
        if how == "declared":
            declared = self._endpoints.client_certificate
            return [(declared.certificate, declared)] if declared else []
        return [(item.declared.provider, item.client) for item in self._items if item.client] if how == "subject" else []

    def _way(self, face: str, url: str, presented: Presented, of: str = "") -> None:
        label, client = presented[0] if presented else ("", None)
        found = probe(url, self._endpoints.proxy_settings.route_to(url), self._endpoints.ca_file(of or face), client, self._asked.timeout)
        self._add(*line.findings(found, face, self._now()))
        if found.code in line.CLIENT:
            self._add(Finding("client_certificate", face, FAIL, found.code, line.facts(found) | {"certificate": label}))
        self._server_certificate(face, found)

    def _server_certificate(self, face: str, found: Probe) -> None:
        if not found.shown:
            because = self._in_the_way(face, "tls") or "client_certificate"
            self._add(Finding("server_certificate", face, SKIPPED, "prerequisite", {"because": because}))
            return
        self._add(line.lifetime(found, face, self._now()))
        if face == "sifps" and self._asked.judging:  # mutual trust: the letter wants RGS* on both sides of the SI FPS
            self._add(rgs(found, face, self._asked.judging, self._context.fetch, self._endpoints.ca_file(face), self._now()))

    def _client_certificates(self, face: str, presented: Presented) -> None:
        if any(each.check == "client_certificate" and each.face == face for each in self._found):
            return
        because = self._in_the_way(face, "tls")
        how = self._profile.client_certificate(face)
        if because or how == "none":
            code = "prerequisite" if because else "certificate_not_wanted"
            self._add(Finding("client_certificate", face, SKIPPED, code, {"because": because} if because else {}))
        elif not presented:
            wanted = "antai_client_certificate, antai_client_key" if how == "declared" else "antai_certificates"
            self._add(Finding("client_certificate", face, SKIPPED, "no_client_certificate", {"wanted": wanted}))
        for label, client in presented if not because else ():
            self._add(self._client_certificate(face, label, client))

    def _client_certificate(self, face: str, label: str, client: ClientCertificate) -> Finding:
        """Under TLS 1.3 a server refuses a client certificate only when the first request is read: so one is made."""
        about = {"certificate": label}
        for call, values in self._readable(face):
            try:
                raw_answer(self._operations, call.name, values, client)
            except TransportError as error:
                if error.details.get("timed_out"):
                    break
                return Finding("client_certificate", face, FAIL, "client_refused", about | {"told": error.message})
            except AntaiError:  # an answer came
                pass
            return Finding("client_certificate", face, OK, "client_accepted", about)
        return Finding("client_certificate", face, NOT_VERIFIABLE, "client_unproved", about)

    def _readable(self, face: str) -> Iterator[tuple[ProfileOperation, dict[str, Any]]]:
        """The read operations of a face that can be asked for, those that need a login first."""
        calls = [call for name in READS if (call := self._profile.call(name)) and call.face == face]
        for call in sorted(calls, key=lambda each: (each.anonymous, each.name not in MANDATED)):
            values = self._values(call)
            if not self._missing(call, values):
                yield call, values

    # Who speaks

    def _login(self, face: str, presented: Presented) -> None:
        settings = self._profile.auth(face)
        options = options_of(settings)
        about = {"methods": [each["method"] for each in settings], "options": [f"antai_{each}" for each in options]}
        because = self._in_the_way(face, "tls", "client_certificate")
        if not because and elsewhere(settings, self._operations.credentials):
            because = "tls (token)" if self._in_the_way(TOKEN, "tls") else None
        if because:
            self._add(Finding("login", face, SKIPPED, "prerequisite", {"because": because}))
        elif not options:
            self._add(Finding("login", face, SKIPPED, "no_login"))
        elif not all(getattr(self._operations.credentials, each) for each in options):
            self._add(Finding("login", face, SKIPPED, "no_credentials", about))
        else:
            self._add(self._logged_in(face, presented[0][1] if presented else None, about))

    def _logged_in(self, face: str, client: ClientCertificate | None, about: dict[str, Any]) -> Finding:
        try:
            self._operations.log_in(face, client)
        except AuthenticationFailed as error:
            return Finding("login", face, FAIL, "bad_credentials", about | {"told": error.message})
        except TransportError as error:
            return Finding("login", face, FAIL, *self._transport(error))
        except RequestError as error:
            if self._limited(face):
                return Finding("login", face, SKIPPED, "not_sent_again", {"because": "rate_limit"})
            return Finding("login", face, FAIL, "login_unexplained", about | {"told": error.message})
        for call, values in self._readable(face):  # a key that is only sent along is judged with the first answer
            if call.anonymous:
                break
            try:
                raw = raw_answer(self._operations, call.name, values, client)
            except AuthenticationFailed as error:
                return Finding("login", face, FAIL, "bad_credentials", about | {"told": error.message})
            except AntaiError:
                break
            if raw and self._profile.meaning(raw.call, raw.response) == "unauthenticated":
                return Finding("login", face, FAIL, "bad_credentials", about | {"told": said(self._profile, raw)})
            return Finding("login", face, OK, "logged_in", about)
        return Finding("login", face, OK, "declared_only", about)

    def _mandates(self, face: str) -> None:
        names = [name for name in MANDATED if (call := self._profile.call(name)) and call.face == face and not call.anonymous]
        if not names:
            return
        because = self._in_the_way(face, "tls", "client_certificate", "login") or ("rate_limit" if self._limited(face) else None)
        if because or not self._asked.sirets:
            about = {"because": because} if because else {}
            self._add(Finding("mandate", face, SKIPPED, "prerequisite" if because else "no_siret", about))
            return
        told: dict[str, list[str]] = {"mandated": [], "no_mandate": [], "mandate_unknown": []}
        reason = ""
        for siret in self._asked.sirets:
            code, text = self._mandate(names[0], siret)
            told[code].append(siret)
            reason = text or reason
        outcomes = {"mandated": OK, "no_mandate": FAIL, "mandate_unknown": NOT_VERIFIABLE}
        self._add(*(Finding("mandate", face, outcomes[code], code, {"sirets": one, "told": reason}) for code, one in told.items() if one))

    def _mandate(self, operation: str, siret: str) -> tuple[str, str]:
        try:
            raw = raw_answer(self._operations, operation, {"siret": siret})
        except AntaiError:
            return "mandate_unknown", ""
        if raw is None:
            return "mandate_unknown", ""
        meaning, code = self._profile.meaning(raw.call, raw.response), self._profile.error(raw.response)["code"]
        if meaning == "forbidden" and (not self._profile.mandate_codes or code in self._profile.mandate_codes):
            return "no_mandate", said(self._profile, raw)
        if meaning != "success":
            return "mandate_unknown", ""
        self._seen_by.setdefault(siret, operation)
        return "mandated", ""

    # Operations

    def _operation(self, name: str, face: str, presented: Presented) -> None:
        call = self._profile.call(name)
        if call is None:
            if OPERATIONS[name].face == face and not OPERATIONS[name].left_out:
                self._add(Finding(name, face, SKIPPED, "absent", {"without": OPERATIONS[name].without}))
            return
        if call.face != face:
            return
        values = self._values(call)
        missing = self._missing(call, values)
        because = self._in_the_way(face, *self._rests_on(call))
        if because or self._limited(face):
            self._add(Finding(name, face, SKIPPED, "prerequisite", {"because": because or "rate_limit"}))
        elif missing:
            self._add(Finding(name, face, SKIPPED, "lacks_values", {"missing": missing}))
        else:
            for label, client in presented:
                self._add(*self._answered(call, values, client, {"certificate": label}))
            if not presented:
                self._add(*self._answered(call, values, None, {}))

    @staticmethod
    def _rests_on(call: ProfileOperation) -> tuple[str, ...]:
        needs: tuple[str, ...] = ("tls", "client_certificate")
        if not call.anonymous:
            needs += ("login",)
        return (*needs, "mandate") if not call.anonymous and "siret" in call.spec.values else needs

    def _values(self, call: ProfileOperation) -> dict[str, Any]:
        values: dict[str, Any] = {"siret": self._asked.siret, "agent_email": self._asked.agent_email, "cycle": self._asked.cycle}
        if "id" in call.spec.values:
            values["id"] = self._convention()
        return {name: value for name, value in values.items() if name in call.spec.values}

    def _convention(self) -> Any:
        """One that has a copy to be fetched, or None."""
        if not self._asked.siret or not self._operations.has("convention_list"):
            return None
        if self._in_the_way("portal", "tls", "login", "mandate") or self._limited("portal"):
            return None
        try:
            listed = self._operations.convention_list(self._asked.siret)
        except AntaiError:
            return None
        return next((each["id"] for each in listed if each["state"] in ("upcoming", "in_force", "ended")), None)

    def _missing(self, call: ProfileOperation, values: dict[str, Any]) -> list[str]:
        used = self._profile.uses(call) | ({"siret"} if "siret" in call.spec.values else set())
        return [name for name, value in values.items() if value is None and name in used]

    def _answered(
        self, call: ProfileOperation, values: dict[str, Any], client: ClientCertificate | None, about: dict[str, Any]
    ) -> list[Finding]:
        try:
            raw = raw_answer(self._operations, call.name, values, client)
            if raw is None:
                return [Finding(call.name, call.face, SKIPPED, "lacks_values", about | {"missing": ["account"]})]
            verdicts = judge_answer(self._profile, raw, self._shown(call, values))
        except AntaiError as error:
            return [self._failed(call, error, about)]
        if raw.response.status == together.TOO_MANY:
            return [Finding(call.name, call.face, SKIPPED, "prerequisite", about | {"because": "rate_limit"})]
        self._remember(raw)
        told = [Finding(call.name, call.face, each.outcome, each.code, about | each.about) for each in verdicts]
        listed = call.spec.answer in ("many", "space") or call.paging
        readable = self._profile.meaning(call, raw.response) == "success" and all(each.outcome != FAIL for each in told)
        if not listed or not readable:
            return told
        second = self._second_page(raw, about)
        return [*(each for each in told if each.outcome == WARN), *second] if second else told

    def _failed(self, call: ProfileOperation, error: AntaiError, about: dict[str, Any]) -> Finding:
        if isinstance(error, TransportError):
            code, facts = self._transport(error)
            return Finding(call.name, call.face, FAIL, code, about | facts)
        other = error.details.get("operation")
        if other and other != call.name:  # the record that its path names could not be read
            return Finding(call.name, call.face, SKIPPED, "prerequisite", about | {"because": other})
        return Finding(call.name, call.face, FAIL, "broken", about | {"told": error.message, "hint": error.hint})

    def _transport(self, error: TransportError) -> tuple[str, dict[str, Any]]:
        about = {"method": error.details.get("method"), "path": error.details.get("path"), "timeout": self._asked.timeout}
        return ("timed_out" if error.details.get("timed_out") else "broken"), about | {"told": error.message, "hint": error.hint}

    def _shown(self, call: ProfileOperation, values: dict[str, Any]) -> str | None:
        """The other operation that shows this collectivité, so that "not there" cannot be true of what every space has."""
        seen = self._seen_by.get(values.get("siret") or "")
        return seen if call.name in MANDATED and seen != call.name else None

    def _remember(self, raw: RawAnswer) -> None:
        """The SIRETs that a list of accounts shows."""
        if raw.call.name not in ("space_list", "account_list") or self._profile.meaning(raw.call, raw.response) != "success":
            return
        try:
            items = self._profile.items(raw.call, self._profile.lenient(raw.response))
        except UnexpectedAnswer:  # its own verdict tells
            return
        part = raw.call.answer.get("account") if raw.call.spec.answer == "space" else None
        field = next(each for each in self._profile.reader("account").all_fields if each.name == "siret")
        for item in items:
            siret = search(field.path, search(part, item) if part else item)
            self._seen_by.setdefault(str(siret), raw.call.name)

    def _second_page(self, raw: RawAnswer, about: dict[str, Any]) -> list[Finding]:
        """What is wrong with the way to the second page of a list, or with that page itself."""
        call = raw.call
        try:
            second = second_page(self._operations, raw)
            verdicts = judge_answer(self._profile, second, None) if second else []
        except UnexpectedAnswer as error:
            if self._limited(call.face):
                return [Finding(call.name, call.face, SKIPPED, "prerequisite", about | {"because": "rate_limit"})]
            told = error.message.removeprefix(f"{call.name}: ")
            return [Finding(call.name, call.face, FAIL, "paging", about | {"told": told, "operation": call.name})]
        except AntaiError as error:
            return [self._failed(call, error, about)]
        wrong = [each for each in verdicts if each.outcome not in (OK, NOT_VERIFIABLE)]
        return [Finding(call.name, call.face, each.outcome, each.code, about | each.about | {"page": 2}) for each in wrong]
