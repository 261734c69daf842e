# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each read operation of the profile: asked once, its answer held against the profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._http.client_certificate import ClientCertificate
from .._interface.catalogue import OPERATIONS
from .._interface.profile.expressions import search
from .._interface.profile.operation import ProfileOperation
from .._interface.raw_answers import RawAnswer, raw_answer, second_page
from ..errors import AntaiError, TransportError, UnexpectedAnswer
from .check_result import FAIL, NOT_VERIFIABLE, OK, SKIPPED, WARN, CheckResult
from .face_checks import TOO_MANY
from .reading import judge_answer
from .session import DoctorSession, Presented

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


def check_operation(session: DoctorSession, name: str, face: str, presented: Presented) -> None:
    call = session.profile.call(name)
    if call is None:
        if OPERATIONS[name].face == face and not OPERATIONS[name].left_out:
            session.add(CheckResult(name, face, SKIPPED, "absent", {"without": OPERATIONS[name].without}))
        return
    if call.face != face:
        return
    values = _values(session, call)
    missing = _missing_values(session, call, values)
    because = session.in_the_way(face, *_prerequisites(call))
    if because or session.is_limited(face):
        session.add(CheckResult(name, face, SKIPPED, "prerequisite", {"because": because or "rate_limit"}))
    elif missing:
        session.add(CheckResult(name, face, SKIPPED, "lacks_values", {"missing": missing}))
    else:
        for label, client in presented:
            session.add(*_check_answer(session, call, values, client, {"certificate": label}))
        if not presented:
            session.add(*_check_answer(session, call, values, None, {}))


def _prerequisites(call: ProfileOperation) -> tuple[str, ...]:
    needs: tuple[str, ...] = ("tls", "client_certificate")
    if not call.anonymous:
        needs += ("login",)
    return (*needs, "mandate") if not call.anonymous and "siret" in call.spec.values else needs


def _values(session: DoctorSession, call: ProfileOperation) -> dict[str, object]:
    values: dict[str, object] = {"siret": session.request.siret, "agent_email": session.request.agent_email, "cycle": session.request.cycle}
    if "id" in call.spec.values:
        values["id"] = _convention_with_copy(session)
    return {name: value for name, value in values.items() if name in call.spec.values}


def _convention_with_copy(session: DoctorSession) -> Any:
    """One that has a copy to be fetched, or None."""
    if not session.request.siret or not session.operations.has("convention_list"):
        return None
    if session.in_the_way("portal", "tls", "login", "mandate") or session.is_limited("portal"):
        return None
    try:
        listed = session.operations.convention_list(session.request.siret)
    except AntaiError:
        return None
    return next((convention["id"] for convention in listed if convention["state"] in ("upcoming", "in_force", "ended")), None)


def _missing_values(session: DoctorSession, call: ProfileOperation, values: dict[str, object]) -> list[str]:
    used = session.profile.uses(call) | ({"siret"} if "siret" in call.spec.values else set())
    return [name for name, value in values.items() if value is None and name in used]


def _check_answer(
    session: DoctorSession, call: ProfileOperation, values: dict[str, object], client: ClientCertificate | None, facts: Mapping[str, object]
) -> list[CheckResult]:
    try:
        raw = raw_answer(session.operations, call.name, values, client)
        if raw is None:
            return [CheckResult(call.name, call.face, SKIPPED, "lacks_values", {**facts, "missing": ["account"]})]
        verdicts = judge_answer(session.profile, raw, _shown_by(session, call, values))
    except AntaiError as error:
        return [failed_operation(session, call, error, facts)]
    if raw.response.status == TOO_MANY:
        return [CheckResult(call.name, call.face, SKIPPED, "prerequisite", {**facts, "because": "rate_limit"})]
    _remember_spaces(session, raw)
    results = [CheckResult(call.name, call.face, fault.outcome, fault.code, {**facts, **fault.facts}) for fault in verdicts]
    listed = call.spec.answer in ("many", "space") or call.paging
    readable = session.profile.meaning(call, raw.response) == "success" and all(result.outcome != FAIL for result in results)
    if not listed or not readable:
        return results
    second = _check_second_page(session, raw, facts)
    return [*(result for result in results if result.outcome == WARN), *second] if second else results


def failed_operation(session: DoctorSession, call: ProfileOperation, error: AntaiError, facts: Mapping[str, object]) -> CheckResult:
    if isinstance(error, TransportError):
        code, failure = transport_facts(session, error)
        return CheckResult(call.name, call.face, FAIL, code, {**facts, **failure})
    broken = error.details.get("operation")
    if broken and broken != call.name:  # the record that its path names could not be read
        return CheckResult(call.name, call.face, SKIPPED, "prerequisite", {**facts, "because": broken})
    return CheckResult(call.name, call.face, FAIL, "broken", {**facts, "told": error.message, "hint": error.hint})


def transport_facts(session: DoctorSession, error: TransportError) -> tuple[str, dict[str, object]]:
    facts = {"method": error.details.get("method"), "path": error.details.get("path"), "timeout": session.request.timeout}
    return ("timed_out" if error.details.get("timed_out") else "broken"), facts | {"told": error.message, "hint": error.hint}


def _shown_by(session: DoctorSession, call: ProfileOperation, values: dict[str, object]) -> str | None:
    """The other operation that shows this collectivité, so that "not there" cannot be true of what every space has."""
    shown_by = session.shown_by.get(str(values.get("siret") or ""))
    return shown_by if call.name in MANDATED and shown_by != call.name else None


def _remember_spaces(session: DoctorSession, raw: RawAnswer) -> None:
    """The SIRETs that a list of accounts shows."""
    if raw.call.name not in ("space_list", "account_list") or session.profile.meaning(raw.call, raw.response) != "success":
        return
    try:
        items = session.profile.items(raw.call, session.profile.lenient(raw.response))
    except UnexpectedAnswer:  # its own verdict tells
        return
    part = raw.call.answer.get("account") if raw.call.spec.answer == "space" else None
    field = next(field for field in session.profile.reader("account").all_fields if field.name == "siret")
    for item in items:
        siret = search(field.path, search(part, item) if part else item)
        session.shown_by.setdefault(str(siret), raw.call.name)


def _check_second_page(session: DoctorSession, raw: RawAnswer, facts: Mapping[str, object]) -> list[CheckResult]:
    """What is wrong with the way to the second page of a list, or with that page itself."""
    call = raw.call
    try:
        second = second_page(session.operations, raw)
        verdicts = judge_answer(session.profile, second, None) if second else []
    except UnexpectedAnswer as error:
        if session.is_limited(call.face):
            return [CheckResult(call.name, call.face, SKIPPED, "prerequisite", {**facts, "because": "rate_limit"})]
        reason = error.message.removeprefix(f"{call.name}: ")
        return [CheckResult(call.name, call.face, FAIL, "paging", {**facts, "told": reason, "operation": call.name})]
    except AntaiError as error:
        return [failed_operation(session, call, error, facts)]
    wrong = [fault for fault in verdicts if fault.outcome not in (OK, NOT_VERIFIABLE)]
    return [CheckResult(call.name, call.face, fault.outcome, fault.code, {**facts, **fault.facts} | {"page": 2}) for fault in wrong]


def readable_operations(session: DoctorSession, face: str) -> Iterator[tuple[ProfileOperation, dict[str, object]]]:
    """The read operations of a face that can be asked for, those that need a login first."""
    calls = [call for name in READS if (call := session.profile.call(name)) and call.face == face]
    for call in sorted(calls, key=lambda call: (call.anonymous, call.name not in MANDATED)):
        values = _values(session, call)
        if not _missing_values(session, call, values):
            yield call, values
