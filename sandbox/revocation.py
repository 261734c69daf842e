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
from sandbox.face import Call, Handling
from sandbox.psce import Authority
from sandbox.responder import Responder

CRL = "application/pkix-crl"
CERTIFICATE = "application/pkix-cert"
OCSP = "application/ocsp-response"


class Revocation:
    def __init__(self, authority: Authority, responder: Responder) -> None:
        self.authority = authority
        self.responder = responder

    def handlings(self) -> dict[str, Handling]:
        return {
            "crlGet": Handling(self.crl),
            "caGet": Handling(self.ca),
            "ocspPost": Handling(self.ocsp_post),
            "ocspGet": Handling(self.ocsp_get),
        }

    def crl(self, call: Call) -> Answer:
        kinds = defects.take(call.world.db, defects.CRL)
        if "crl_unreachable" in kinds:
            raise _unreachable("CRL")
        arguments = call.world.db, self.authority, call.world.clock.now()
        return Answer(200, crl.defective(*arguments, kinds) if kinds else crl.current(*arguments), CRL)

    def ca(self, call: Call) -> Answer:
        return Answer(200, self.authority.certificate.public_bytes(Encoding.DER), CERTIFICATE)

    def ocsp_post(self, call: Call) -> Answer:
        return self._ocsp(call, call.body)

    def ocsp_get(self, call: Call) -> Answer:
        try:
            der = base64.b64decode(call.parameters["request"], validate=True)
        except (binascii.Error, ValueError):
            der = b""  # the responder says what it thinks of it
        return self._ocsp(call, der)

    def _ocsp(self, call: Call, der: bytes) -> Answer:
        kinds = defects.take(call.world.db, defects.OCSP)
        if "ocsp_unreachable" in kinds:
            raise _unreachable("OCSP responder")
        return Answer(200, self.responder.answer(call.world.db, der, call.world.clock.now(), kinds), OCSP)


def _unreachable(what: str) -> Refusal:
    return Refusal(503, "INDISPONIBLE", f"The {what} cannot be reached (defect on demand).")
