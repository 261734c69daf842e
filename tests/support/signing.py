# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Electronic signatures on PDFs, made with pyHanko: a signing CA, its signers, and what may be done to a document afterwards."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from asn1crypto import keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Identity:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def asn1(self) -> asn1.Certificate:
        return asn1.Certificate.load(self.certificate.public_bytes(serialization.Encoding.DER))

    @property
    def asn1_key(self) -> keys.PrivateKeyInfo:
        encoded = self.key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return keys.PrivateKeyInfo.load(encoded)


def authority(name: str) -> Identity:
    return _issued(name, None, NOW - 400 * DAY, NOW + 400 * DAY)


def signer(name: str, issuer: Identity, begin: datetime = NOW - 30 * DAY, end: datetime = NOW + 300 * DAY, usage: str = "") -> Identity:
    return _issued(name, issuer, begin, end, usage)


@cache
def ca() -> Identity:
    """Whom the tests trust."""
    return authority("AC de signature (essai)")


@cache
def mayor() -> Identity:
    return signer("Amélie Sénéchas", ca())


@cache
def stamper() -> timestamps.DummyTimeStamper:
    clock = signer("Horodatage (essai)", ca(), usage="timestamp")
    return timestamps.DummyTimeStamper(clock.asn1, clock.asn1_key, certs_to_embed=_store(ca()))


def sign(
    content: bytes, who: Identity | None = None, field: str = "signature", *, stamped: bool = False, at: datetime | None = None
) -> bytes:
    """Signed in this field, which is made where it is not there. at: what the signature says of its time."""
    who = who or mayor()
    writer = IncrementalPdfFileWriter(io.BytesIO(content), strict=False)
    tool = signers.SimpleSigner(who.asn1, who.asn1_key, cert_registry=_store(ca()))
    metadata = signers.PdfSignatureMetadata(field_name=field, subfilter=fields.SigSeedSubFilter.PADES)
    if at is not None:
        tool = _At(who, at)
        metadata = signers.PdfSignatureMetadata(field_name=field, subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED)
    new = fields.SigFieldSpec(field, box=(220, 100, 530, 160))
    out = signers.PdfSigner(metadata, tool, timestamper=stamper() if stamped else None, new_field_spec=None if _has(writer, field) else new)
    signed: io.BytesIO = out.sign_pdf(writer)
    return signed.getvalue()


def page_changed(content: bytes, instructions: bytes = b"BT /F 10 Tf 60 400 Td (article ajoute) Tj ET") -> bytes:
    """An incremental update that draws something more on the first page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    stream = generic.StreamObject(stream_data=instructions)
    writer.add_stream_to_page(0, writer.add_object(stream))
    return _written(writer)


def field_changed(content: bytes, name: str, value: str) -> bytes:
    """An incremental update that fills a form field."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    for reference in writer.root["/AcroForm"]["/Fields"]:
        found = reference.get_object() if hasattr(reference, "get_object") else reference
        if found.get("/T") == name:
            found["/V"] = generic.TextStringObject(value)
            writer.update_container(found)
    return _written(writer)


class _At(signers.SimpleSigner):
    """A signer whose clock is wrong."""

    def __init__(self, who: Identity, at: datetime) -> None:
        super().__init__(who.asn1, who.asn1_key, cert_registry=_store(ca()))
        self._at = at

    async def signed_attrs(self, data_digest: bytes, digest_algorithm: str, attr_settings: Any = None, **more: Any) -> Any:
        return await super().signed_attrs(data_digest, digest_algorithm, PdfCMSSignedAttributes(signing_time=self._at), **more)


def _has(writer: IncrementalPdfFileWriter, field: str) -> bool:
    if "/AcroForm" not in writer.root:
        return False
    return any(each.get_object().get("/T") == field for each in writer.root["/AcroForm"]["/Fields"])


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _store(*others: Identity) -> SimpleCertificateStore:
    return SimpleCertificateStore.from_certs([each.asn1 for each in others])


def _issued(name: str, issuer: Identity | None, begin: datetime, end: datetime, usage: str = "") -> Identity:
    key = (
        rsa.generate_private_key(65537, 2048) if usage else ec.generate_private_key(ec.SECP256R1())
    )  # the dummy time stamper knows RSA only
    subject = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"), x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(issuer is None, None), critical=True)
        .add_extension(_key_usage(issuer is None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if usage:
        built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    if issuer:
        built = built.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    return Identity(built.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def _key_usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
