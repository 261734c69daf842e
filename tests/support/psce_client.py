# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tiny client of the sandbox's PSCE for tests: EST, CRL and OCSP; it shares no code with plugins/ or sandbox/."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.support import contract
from tests.support.values import EST

TIMEOUT = 30.0


class PsceClient:
    """Methods return what came, read; `expect` is the status it must have."""

    def __init__(self, endpoints: dict[str, Any], account: tuple[str, str] | None = EST, checked: bool = True) -> None:
        self.psce = endpoints["psce"]
        self.account = account
        self.issuing, self.root = x509.load_pem_x509_certificates(Path(self.psce["ca_file"]).read_bytes())
        self.session = requests.Session()
        self.session.trust_env = False
        if checked:
            self.session.hooks["response"].append(contract.check)

    def call(self, method: str, path: str, expect: int | None = None, **kwargs: Any) -> requests.Response:
        """What the contract puts on plain HTTP goes there."""
        operation = contract.find(method, path)
        base = self.psce["crl_url"].removesuffix("/crl/clients.crl") if operation and operation.get("servers") else self.psce["url"]
        response = self.session.request(method, base + path, verify=self.psce["est_ca_file"], timeout=TIMEOUT, **kwargs)
        assert expect is None or response.status_code == expect, f"{method} {path}: {response.status_code} {response.text[:500]}"
        return response

    # EST

    def cacerts(self) -> list[x509.Certificate]:
        return certificates(self.call("GET", "/.well-known/est/cacerts", 200))

    def enroll(self, csr: bytes, expect: int = 200) -> requests.Response:
        """A CSR in PEM, sent as EST wants it."""
        return self.post(base64.encodebytes(x509.load_pem_x509_csr(csr).public_bytes(Encoding.DER)), expect)

    def post(self, body: bytes, expect: int | None = None, content_type: str = "application/pkcs10") -> requests.Response:
        headers = {"Content-Type": content_type}
        return self.call("POST", "/.well-known/est/simpleenroll", expect, data=body, headers=headers, auth=self.account)

    # CRL and OCSP

    def crl(self) -> x509.CertificateRevocationList:
        return x509.load_der_x509_crl(self.call("GET", "/crl/clients.crl", 200).content)

    def ocsp(
        self,
        certificate: x509.Certificate,
        *,
        nonce: bytes | None = None,
        get: bool = False,
        algorithm: hashes.HashAlgorithm | None = None,
        issuer: x509.Certificate | None = None,
    ) -> ocsp.OCSPResponse:
        builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer or self.issuing, algorithm or hashes.SHA256())
        if nonce:
            builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
        return self.ocsp_raw(builder.build().public_bytes(Encoding.DER), get)

    def ocsp_raw(self, der: bytes, get: bool = False) -> ocsp.OCSPResponse:
        if get:
            answer = self.call("GET", "/ocsp/" + quote(base64.b64encode(der).decode(), safe=""), 200)
        else:
            answer = self.call("POST", "/ocsp", 200, data=der, headers={"Content-Type": "application/ocsp-request"})
        return ocsp.load_der_ocsp_response(answer.content)

    def verify_ocsp(self, response: ocsp.OCSPResponse) -> x509.Certificate:
        """The responder's certificate, where it is delegated and has signed; else an exception."""
        (responder,) = response.certificates
        responder.verify_directly_issued_by(self.issuing)
        usage = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert ExtendedKeyUsageOID.OCSP_SIGNING in usage, "not delegated"
        key = responder.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey) and response.signature_hash_algorithm
        key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(response.signature_hash_algorithm))
        return responder


def certificates(response: requests.Response) -> list[x509.Certificate]:
    """Of a PKCS#7 certs-only answer."""
    return pkcs7.load_der_pkcs7_certificates(base64.b64decode(response.content))


def state(response: ocsp.OCSPResponse) -> str:
    return response.certificate_status.name
