# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to a server and its TLS, and the client certificates that it is shown."""

from __future__ import annotations

from .._http.client_certificate import ClientCertificate
from .._http.probe import Probe, probe
from .._interface.raw_answers import raw_answer
from ..errors import AntaiError, TransportError
from . import line
from .check_result import FAIL, NOT_VERIFIABLE, OK, SKIPPED, CheckResult
from .operation_checks import readable_operations
from .server import rgs
from .session import DoctorSession, Presented


def presented_certificates(session: DoctorSession, face: str) -> Presented:
    how = session.profile.client_certificate(face)
    if how == "declared":
        declared = session.endpoints.client_certificate
        return [(declared.certificate, declared)] if declared else []
    return [(item.declared.provider, item.client) for item in session.certificates if item.client] if how == "subject" else []


def check_connection(session: DoctorSession, face: str, url: str, presented: Presented, of: str = "") -> None:
    label, client = presented[0] if presented else ("", None)
    probed = probe(
        url, session.endpoints.proxy_settings.route_to(url), session.endpoints.ca_file(of or face), client, session.request.timeout
    )
    session.add(*line.findings(probed, face, session.now()))
    if probed.code in line.CLIENT:
        session.add(CheckResult("client_certificate", face, FAIL, probed.code, line.facts(probed) | {"certificate": label}))
    _check_server_certificate(session, face, probed)


def _check_server_certificate(session: DoctorSession, face: str, probed: Probe) -> None:
    if not probed.shown:
        because = session.in_the_way(face, "tls") or "client_certificate"
        session.add(CheckResult("server_certificate", face, SKIPPED, "prerequisite", {"because": because}))
        return
    session.add(line.lifetime(probed, face, session.now()))
    if face == "sifps" and session.request.judging:  # mutual trust: the letter wants RGS* on both sides of the SI FPS
        session.add(rgs(probed, face, session.request.judging, session.context.fetch, session.endpoints.ca_file(face), session.now()))


def check_client_certificates(session: DoctorSession, face: str, presented: Presented) -> None:
    if any(result.check == "client_certificate" and result.face == face for result in session.results):
        return
    because = session.in_the_way(face, "tls")
    how = session.profile.client_certificate(face)
    if because or how == "none":
        code = "prerequisite" if because else "certificate_not_wanted"
        session.add(CheckResult("client_certificate", face, SKIPPED, code, {"because": because} if because else {}))
    elif not presented:
        options = "antai_client_certificate, antai_client_key" if how == "declared" else "antai_certificates"
        session.add(CheckResult("client_certificate", face, SKIPPED, "no_client_certificate", {"wanted": options}))
    for label, client in presented if not because else ():
        session.add(_check_client_certificate(session, face, label, client))


def _check_client_certificate(session: DoctorSession, face: str, label: str, client: ClientCertificate) -> CheckResult:
    """Under TLS 1.3 a server refuses a client certificate only when the first request is read: so one is made."""
    facts = {"certificate": label}
    for call, values in readable_operations(session, face):
        try:
            raw_answer(session.operations, call.name, values, client)
        except TransportError as error:
            if error.details.get("timed_out"):
                break
            return CheckResult("client_certificate", face, FAIL, "client_refused", facts | {"told": error.message})
        except AntaiError:  # an answer came
            pass
        return CheckResult("client_certificate", face, OK, "client_accepted", facts)
    return CheckResult("client_certificate", face, NOT_VERIFIABLE, "client_unproved", facts)
