# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examination of the machine and of each face of the interface, check by check.

Nothing is written: sessions and read operations only. What rests on something that failed is skipped, and says on what.
"""

from __future__ import annotations

from .._interface.auth.methods import elsewhere
from .._interface.catalogue import FACES
from .._resources.certificate.observed_certificate import read_certificate
from ..errors import InvalidInput
from . import face_checks, local
from .check_result import SKIPPED, CheckResult
from .connection_checks import check_client_certificates, check_connection, presented_certificates
from .login_checks import check_login, check_mandates
from .operation_checks import READS, check_operation
from .session import TOKEN, DoctorSession


def examine(session: DoctorSession) -> list[CheckResult]:
    """Every check, in the order of the table; `session` then holds all that was exchanged."""
    _check_machine(session)
    for face in FACES:
        if session.endpoints.url(face):
            _check_face(session, face)
        else:
            session.add(CheckResult("url", face, SKIPPED, "no_url"))
    return session.results


def _check_machine(session: DoctorSession) -> None:
    root, siret = session.request.store, session.request.siret
    checks = [local.versions(), local.document_libraries(), local.memfd(), local.store(root), local.permissions(root, siret)]
    session.add(*(check for check in checks if check))
    broken = None
    try:
        session.certificates = [
            read_certificate(certificate, siret or "", session.context.store) for certificate in session.request.certificates
        ]
    except InvalidInput as error:
        broken = error
    for certificate in session.certificates:
        if certificate.local:
            session.operations.hold(certificate.local, certificate.client)
    session.add(*local.certificates(session.certificates, broken, session.now()))


def _check_face(session: DoctorSession, face: str) -> None:
    presented = presented_certificates(session, face)
    check_connection(session, face, session.endpoints.url(face) or "", presented[:1])
    check_client_certificates(session, face, presented)
    for url in elsewhere(session.profile.auth(face), session.operations.credentials):
        check_connection(session, TOKEN, url, [], of=face)
    check_login(session, face, presented)
    check_mandates(session, face)
    for operation in READS:
        check_operation(session, operation, face, presented)
    session.add(*face_checks.check_exchanges(session.exchanges_of(face), face, session.request.timeout))
