# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OCSP responder (RFC 6960), delegated by the issuing CA."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from sandbox import psce_register, tls
from sandbox.clock import moment, parse_moment
from sandbox.database import Database
from sandbox.psce import Authority
from sandbox.state_paths import StatePaths, write_atomically

GOOD_FOR = timedelta(hours=24)
Signer = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]
ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
ID_PKIX_OCSP_BASIC = bytes.fromhex("06092b0601050507300101")


def ensure_responder(paths: StatePaths, authority: Authority) -> None:
    """Made once, for the life of the CA; the certificate is written last."""
    if (paths.psce_ocsp / "responder.pem").exists():
        return
    certificate, key = _make(authority, "Bac a sable - PSCE OCSP", delegated=True)
    write_atomically(paths.psce_ocsp / "responder.key", tls.private_pem(key))
    write_atomically(paths.psce_ocsp / "responder.pem", tls.public_pem(certificate))


def _make(authority: Authority, common_name: str, delegated: bool) -> Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    usage = ExtendedKeyUsageOID.OCSP_SIGNING if delegated else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = (
        x509.CertificateBuilder()
        .subject_name(tls.name(common_name))
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(authority.certificate.not_valid_before_utc)
        .not_valid_after(authority.certificate.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(tls.key_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )
    if delegated:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return builder.sign(authority.key, hashes.SHA256()), key


class Responder:
    def __init__(self, paths: StatePaths, authority: Authority) -> None:
        self.authority = authority
        certificate = x509.load_pem_x509_certificate((paths.psce_ocsp / "responder.pem").read_bytes())
        key = serialization.load_pem_private_key((paths.psce_ocsp / "responder.key").read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{paths.psce_ocsp / 'responder.key'} is not an EC key")
        self.signer = (certificate, key)

    def answer(self, db: Database, der: bytes, now: datetime, kinds: Collection[str] = ()) -> bytes:
        if "ocsp_try_later" in kinds:
            return _unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
        try:
            request = ocsp.load_der_ocsp_request(der)
            builder = self._say(db, request, now, kinds)
            for extension in request.extensions:
                if isinstance(extension.value, x509.OCSPNonce):
                    builder = builder.add_extension(extension.value, critical=False)
        except (ValueError, NotImplementedError, UnsupportedAlgorithm):
            return _unsuccessful(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        certificate, key = _make(self.authority, "Bac a sable - PSCE", delegated=False) if "ocsp_undelegated" in kinds else self.signer
        response = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, certificate).sign(key, hashes.SHA256())
        if "ocsp_wrong_signature" in kinds:
            key = ec.generate_private_key(ec.SECP256R1())
        return _dated(response, now, certificate, key)

    def _say(self, db: Database, request: ocsp.OCSPRequest, now: datetime, kinds: Collection[str]) -> ocsp.OCSPResponseBuilder:
        if request.serial_number < 0:
            raise ValueError("a serial number is positive")
        row = psce_register.find(db, request.serial_number) if self._is_ours(request) and "ocsp_unknown" not in kinds else None
        status, since, reason = ocsp.OCSPCertStatus.UNKNOWN, None, None
        if row:
            status = ocsp.OCSPCertStatus.GOOD
            if row["revoque_le"] and row["revoque_le"] <= moment(now):
                status, since = ocsp.OCSPCertStatus.REVOKED, parse_moment(row["revoque_le"])
                reason = None if row["motif"] == "unspecified" else x509.ReasonFlags(row["motif"])
        begin = now - 2 * GOOD_FOR if "ocsp_expired" in kinds else now
        return ocsp.OCSPResponseBuilder().add_response_by_hash(
            request.issuer_name_hash,
            request.issuer_key_hash,
            request.serial_number,
            request.hash_algorithm,
            status,
            begin,
            begin + GOOD_FOR,
            since,
            reason,
        )

    def _is_ours(self, request: ocsp.OCSPRequest) -> bool:
        point = self.authority.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        name = self.authority.certificate.subject.public_bytes()
        algorithm = request.hash_algorithm
        return (_hash(algorithm, name), _hash(algorithm, point)) == (request.issuer_name_hash, request.issuer_key_hash)


def _hash(algorithm: hashes.HashAlgorithm, content: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(content)
    return digest.finalize()


def _unsuccessful(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)


def _dated(response: ocsp.OCSPResponse, now: datetime, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Signed again with our clock in producedAt, where the library can only write the machine's; and with the signer's certificate."""
    machine_time, meant = (b"\x18\x0f" + f"{t.astimezone(UTC):%Y%m%d%H%M%SZ}".encode() for t in (response.produced_at_utc, now))
    tbs = response.tbs_response_bytes.replace(machine_time, meant, 1)  # the first moment in it (RFC 6960, 4.2.1)
    signature = key.sign(tbs, ec.ECDSA(hashes.SHA256()))
    certificates = _der(0xA0, _der(0x30, certificate.public_bytes(Encoding.DER)))
    basic = _der(0x30, tbs, ECDSA_WITH_SHA256, _der(0x03, b"\x00", signature), certificates)
    return _der(0x30, _der(0x0A, b"\x00"), _der(0xA0, _der(0x30, ID_PKIX_OCSP_BASIC, _der(0x04, basic))))


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x80 | (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag]) + length + content
