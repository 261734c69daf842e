# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PSCE by EST (RFC 7030). A CSR that comes this way waits in the same folder as the others, and is served by the same counter."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from sandbox import psce
from sandbox.answers import TEXT, Answer
from sandbox.errors import Refusal
from sandbox.face import CheckedCall, OperationHandler
from sandbox.psce_desk import MAXIMUM_BYTES, PsceDesk, served_by_policy

PKCS7 = "application/pkcs7-mime"


class Est:
    def __init__(self, counter: PsceDesk) -> None:
        self.counter = counter

    def handlers(self) -> dict[str, OperationHandler]:
        return {
            "estCacerts": OperationHandler(self.cacerts),
            "estEnroll": OperationHandler(self.enroll, _read, own_transactions=True),
        }

    def cacerts(self, call: CheckedCall) -> Answer:
        chain = psce.chain_file(call.sandbox.paths).read_bytes()
        return _certs_only(x509.load_pem_x509_certificates(chain), PKCS7)

    def enroll(self, call: CheckedCall) -> Answer:
        csr = call.body
        try:
            psce.check(csr)
        except psce.BadRequest as error:
            raise _refused(400, str(error)) from error
        _check_account(call, psce.identifiers(csr.subject))
        name = f"est-{sha256(csr.public_bytes(Encoding.DER)).hexdigest()}"
        try:
            issued = self.counter.order(name, csr.public_bytes(Encoding.PEM), served_by_policy(call.sandbox.policy))
        except psce.BadRequest as error:
            raise _refused(403, str(error)) from error
        if issued is None:
            text = "The PSCE checks identities: ask again with the same CSR.\n"
            return Answer(202, text.encode(), TEXT, {"Retry-After": str(call.sandbox.policy.est_retry_after_seconds)})
        return _certs_only([x509.load_pem_x509_certificate(issued)], f"{PKCS7}; smime-type=certs-only")


def _refused(status: int, reason: str) -> Refusal:
    return Refusal(status, "CSR_REFUSE", f"The CSR was refused by the sandbox's PSCE (not a real one): {reason}")


def _read(call: CheckedCall) -> None:
    """Turn the body into the CSR in it."""
    try:
        if len(call.body) > MAXIMUM_BYTES:
            raise ValueError(f"more than {MAXIMUM_BYTES} bytes")
        csr, named = psce.read_csr(base64.b64decode(b"".join(call.body.split()), validate=True), x509.load_der_x509_csr)
    except (binascii.Error, ValueError) as error:
        raise _refused(400, f"this is no PKCS#10 as DER in base64, without BEGIN and END lines ({error})") from error
    call.body = csr
    call.named_siret = next(iter(named), None)


def _check_account(call: CheckedCall, named: Sequence[str]) -> None:
    """An account that is for some SIRETs may ask for these, or for their SIREN."""
    account = call.sandbox.policy.est_account(call.caller.who) or {}
    if "sirets" not in account:
        return
    for identifier in named:
        if not any(siret.startswith(identifier) for siret in account["sirets"]):
            raise _refused(403, f"the account {call.caller.who} may not ask for a certificate of {identifier}")


def _certs_only(certificates: list[x509.Certificate], content_type: str) -> Answer:
    body = base64.encodebytes(pkcs7.serialize_certificates(certificates, Encoding.DER))
    return Answer(200, body, content_type, {"Content-Transfer-Encoding": "base64"})
