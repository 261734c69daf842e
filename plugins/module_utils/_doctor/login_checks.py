# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who signs in at a server, and for which collectivités these credentials hold a mandate."""

from __future__ import annotations

from collections.abc import Mapping

from .._http.client_certificate import ClientCertificate
from .._interface.auth.methods import elsewhere, options_of
from .._interface.raw_answers import raw_answer
from ..errors import AntaiError, AuthenticationFailed, RequestError, TransportError
from .check_result import FAIL, NOT_VERIFIABLE, OK, SKIPPED, CheckResult
from .operation_checks import MANDATED, readable_operations, transport_facts
from .reading import server_message
from .session import TOKEN, DoctorSession, Presented


def check_login(session: DoctorSession, face: str, presented: Presented) -> None:
    settings = session.profile.auth(face)
    options = options_of(settings)
    facts = {"methods": [method["method"] for method in settings], "options": [f"antai_{option}" for option in options]}
    because = session.in_the_way(face, "tls", "client_certificate")
    if not because and elsewhere(settings, session.operations.credentials):
        because = "tls (token)" if session.in_the_way(TOKEN, "tls") else None
    if because:
        session.add(CheckResult("login", face, SKIPPED, "prerequisite", {"because": because}))
    elif not options:
        session.add(CheckResult("login", face, SKIPPED, "no_login"))
    elif not all(getattr(session.operations.credentials, option) for option in options):
        session.add(CheckResult("login", face, SKIPPED, "no_credentials", facts))
    else:
        session.add(_log_in(session, face, presented[0][1] if presented else None, facts))


def _log_in(session: DoctorSession, face: str, client: ClientCertificate | None, facts: Mapping[str, object]) -> CheckResult:
    try:
        session.operations.log_in(face, client)
    except AuthenticationFailed as error:
        return CheckResult("login", face, FAIL, "bad_credentials", {**facts, "told": error.message})
    except TransportError as error:
        return CheckResult("login", face, FAIL, *transport_facts(session, error))
    except RequestError as error:
        if session.is_limited(face):
            return CheckResult("login", face, SKIPPED, "not_sent_again", {"because": "rate_limit"})
        return CheckResult("login", face, FAIL, "login_unexplained", {**facts, "told": error.message})
    for call, values in readable_operations(session, face):  # a key that is only sent along is judged with the first answer
        if call.anonymous:
            break
        try:
            raw = raw_answer(session.operations, call.name, values, client)
        except AuthenticationFailed as error:
            return CheckResult("login", face, FAIL, "bad_credentials", {**facts, "told": error.message})
        except AntaiError:
            break
        if raw and session.profile.meaning(raw.call, raw.response) == "unauthenticated":
            return CheckResult("login", face, FAIL, "bad_credentials", {**facts, "told": server_message(session.profile, raw)})
        return CheckResult("login", face, OK, "logged_in", facts)
    return CheckResult("login", face, OK, "declared_only", facts)


def check_mandates(session: DoctorSession, face: str) -> None:
    names = [name for name in MANDATED if (call := session.profile.call(name)) and call.face == face and not call.anonymous]
    if not names:
        return
    because = session.in_the_way(face, "tls", "client_certificate", "login") or ("rate_limit" if session.is_limited(face) else None)
    if because or not session.request.sirets:
        facts = {"because": because} if because else {}
        session.add(CheckResult("mandate", face, SKIPPED, "prerequisite" if because else "no_siret", facts))
        return
    sirets: dict[str, list[str]] = {"mandated": [], "no_mandate": [], "mandate_unknown": []}
    reason = ""
    for siret in session.request.sirets:
        code, text = _mandate_of(session, names[0], siret)
        sirets[code].append(siret)
        reason = text or reason
    outcomes = {"mandated": OK, "no_mandate": FAIL, "mandate_unknown": NOT_VERIFIABLE}
    session.add(
        *(
            CheckResult("mandate", face, outcomes[code], code, {"sirets": members, "told": reason})
            for code, members in sirets.items()
            if members
        )
    )


def _mandate_of(session: DoctorSession, operation: str, siret: str) -> tuple[str, str]:
    try:
        raw = raw_answer(session.operations, operation, {"siret": siret})
    except AntaiError:
        return "mandate_unknown", ""
    if raw is None:
        return "mandate_unknown", ""
    meaning, code = session.profile.meaning(raw.call, raw.response), session.profile.error(raw.response)["code"]
    if meaning == "forbidden" and (not session.profile.mandate_codes or code in session.profile.mandate_codes):
        return "no_mandate", server_message(session.profile, raw)
    if meaning != "success":
        return "mandate_unknown", ""
    session.shown_by.setdefault(siret, operation)
    return "mandated", ""
