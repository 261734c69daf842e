# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PSCE over plain HTTP: its CRL, its CA certificate and its OCSP responder."""

from __future__ import annotations

import base64
import binascii

from cryptography.hazmat.primitives.serialization import Encoding

from sandbox import crl, defects
from sandbox.answers import Answer
from sandbox.errors import Refusal
from sandbox.face import CheckedCall, OperationHandler
from sandbox.ocsp_responder import Responder
from sandbox.psce import Authority

CRL = "application/pkix-crl"
CERTIFICATE = "application/pkix-cert"
OCSP = "application/ocsp-response"


class RevocationServices:
    def __init__(self, authority: Authority, responder: Responder) -> None:
        self.authority = authority
        self.responder = responder

    def handlers(self) -> dict[str, OperationHandler]:
        return {
            "crlGet": OperationHandler(self.crl),
            "caGet": OperationHandler(self.ca),
            "ocspPost": OperationHandler(self.ocsp_post),
            "ocspGet": OperationHandler(self.ocsp_get),
        }

    def crl(self, call: CheckedCall) -> Answer:
        kinds = defects.take(call.sandbox.db, defects.CRL)
        if "crl_unreachable" in kinds:
            raise _unreachable("CRL")
        arguments = call.sandbox.db, self.authority, call.sandbox.clock.now()
        return Answer(200, crl.defective(*arguments, kinds) if kinds else crl.current(*arguments), CRL)

    def ca(self, call: CheckedCall) -> Answer:
        return Answer(200, self.authority.certificate.public_bytes(Encoding.DER), CERTIFICATE)

    def ocsp_post(self, call: CheckedCall) -> Answer:
        return self._ocsp(call, call.body)

    def ocsp_get(self, call: CheckedCall) -> Answer:
        try:
            der = base64.b64decode(call.parameters["request"], validate=True)
        except (binascii.Error, ValueError):
            der = b""  # the responder says what it thinks of it
        return self._ocsp(call, der)

    def _ocsp(self, call: CheckedCall, der: bytes) -> Answer:
        kinds = defects.take(call.sandbox.db, defects.OCSP)
        if "ocsp_unreachable" in kinds:
            raise _unreachable("OCSP responder")
        return Answer(200, self.responder.answer(call.sandbox.db, der, call.sandbox.clock.now(), kinds), OCSP)


def _unreachable(service: str) -> Refusal:
    return Refusal(503, "INDISPONIBLE", f"The {service} cannot be reached (defect on demand).")
