# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Electronic signatures on PDFs, made with pyHanko: a signing CA, its signers, and what may be done to a document afterwards."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation import dss
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.support.certificates import Validity, build_certificate, x509_name

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
    return time_stamper()


def time_stamper(
    at: datetime | None = None, issuer: Identity | None = None, begin: datetime = NOW - 300 * DAY, end: datetime = NOW + 300 * DAY
) -> timestamps.DummyTimeStamper:
    """A time-stamping authority with a certificate for this time, whose clock stands at `at`, or runs."""
    clock = signer("Horodatage (essai)", issuer or ca(), begin, end, usage="timestamp")
    return timestamps.DummyTimeStamper(clock.asn1, clock.asn1_key, certs_to_embed=_store(issuer or ca()), fixed_dt=at)


def certify(content: bytes, who: Identity, permissions: int = 2, field: str = "certification") -> bytes:
    """Sealed by its publisher (DocMDP): 1 allows no change, 2 filling in and signing, 3 annotations too."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content), strict=False)
    tool = signers.SimpleSigner(who.asn1, who.asn1_key, cert_registry=_store(ca()))
    metadata = signers.PdfSignatureMetadata(
        field_name=field, certify=True, docmdp_permissions=fields.MDPPerm(permissions), subfilter=fields.SigSeedSubFilter.PADES
    )
    sealed: io.BytesIO = signers.PdfSigner(metadata, tool, new_field_spec=fields.SigFieldSpec(field)).sign_pdf(writer)
    return sealed.getvalue()


def sign(
    content: bytes,
    who: Identity | None = None,
    field: str = "signature",
    *,
    stamped: bool = False,
    at: datetime | None = None,
    clock: timestamps.TimeStamper | None = None,
    adobe: bool = False,
) -> bytes:
    """Signed in this field, which is made where it is not there. at: what the signature says of its time. clock: who stamps it, if not ours.

    adobe: in the older form of signatures (adbe.pkcs7.detached), as it is always where `at` is given.
    """
    who = who or mayor()
    clock = clock or (stamper() if stamped else None)
    writer = IncrementalPdfFileWriter(io.BytesIO(content), strict=False)
    tool = signers.SimpleSigner(who.asn1, who.asn1_key, cert_registry=_store(ca()))
    form = fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED if adobe or at is not None else fields.SigSeedSubFilter.PADES
    metadata = signers.PdfSignatureMetadata(field_name=field, subfilter=form)
    if at is not None:
        tool = _At(who, at)
    new = fields.SigFieldSpec(field, box=(220, 100, 530, 160))
    out = signers.PdfSigner(metadata, tool, timestamper=clock, new_field_spec=None if _has(writer, field) else new)
    signed: io.BytesIO = out.sign_pdf(writer)
    return signed.getvalue()


def page_changed(content: bytes, instructions: bytes = b"BT /F 10 Tf 60 400 Td (article ajoute) Tj ET") -> bytes:
    """An incremental update that draws something more on the first page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    stream = generic.StreamObject(stream_data=instructions)
    writer.add_stream_to_page(0, writer.add_object(stream))
    return _written(writer)


def annotated(content: bytes, kind: str = "Ink") -> bytes:
    """An incremental update that adds an annotation to the first page, as a stylus or a rubber stamp does."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    entries = {"/Type": generic.pdf_name("/Annot"), "/Subtype": generic.pdf_name(f"/{kind}"), "/F": generic.NumberObject(4)}
    note = generic.DictionaryObject({generic.pdf_name(key): value for key, value in entries.items()})
    note[generic.pdf_name("/Rect")] = generic.ArrayObject(map(generic.NumberObject, (220, 100, 400, 160)))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Annots"].append(writer.add_object(note))
    writer.update_container(page["/Annots"])
    return _written(writer)


def field_changed(content: bytes, name: str, value: str) -> bytes:
    """An incremental update that fills a form field."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    for reference in writer.root["/AcroForm"]["/Fields"]:
        resolved = reference.get_object() if hasattr(reference, "get_object") else reference
        if resolved.get("/T") == name:
            resolved["/V"] = generic.TextStringObject(value)
            writer.update_container(resolved)
    return _written(writer)


def archive(content: bytes, clock: timestamps.TimeStamper, crls: Sequence[x509.CertificateRevocationList] = ()) -> bytes:
    """A document timestamp (PAdES B-LTA), and before it the lists that say who is revoked, where there are some (DSS)."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content), strict=False)
    if crls:
        lists = [asn1_crl.CertificateList.load(crl.public_bytes(serialization.Encoding.DER)) for crl in crls]
        dss.DocumentSecurityStore.supply_dss_in_writer(writer, None, crls=lists)
    stamped: io.BytesIO = signers.PdfTimeStamper(clock).timestamp_pdf(writer, "sha256")
    return stamped.getvalue()


def revocation_list(issuer: Identity, begin: datetime, revoked: Identity | None = None, at: datetime | None = None) -> Any:
    """The issuer's CRL of this time, with one certificate revoked, or none."""
    built = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject).last_update(begin).next_update(begin + 7 * DAY)
    built = built.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    built = built.add_extension(x509.CRLNumber(1), critical=False)
    if revoked and at:
        entry = x509.RevokedCertificateBuilder().serial_number(revoked.certificate.serial_number).revocation_date(at).build()
        built = built.add_revoked_certificate(entry)
    return built.sign(issuer.key, hashes.SHA256())


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
    return any(field_reference.get_object().get("/T") == field for field_reference in writer.root["/AcroForm"]["/Fields"])


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _store(*identities: Identity) -> SimpleCertificateStore:
    return SimpleCertificateStore.from_certs([identity.asn1 for identity in identities])


def _issued(name: str, issuer: Identity | None, begin: datetime, end: datetime, usage: str = "") -> Identity:
    key = (
        rsa.generate_private_key(65537, 2048) if usage else ec.generate_private_key(ec.SECP256R1())
    )  # the dummy time stamper knows RSA only
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(issuer is None, None), True),
        (_key_usage(issuer is None), True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    ]
    if usage:
        extensions.append((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True))
    if issuer:
        extensions.append((_revocation_place(), False))
        extensions.append((x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), False))
    certificate = build_certificate(
        x509_name(("C", "FR"), ("CN", name)),
        key.public_key(),
        issuer.key if issuer else key,
        issuer=issuer.certificate.subject if issuer else None,
        validity=Validity(begin, end),
        extensions=extensions,
    )
    return Identity(certificate, key)


def _revocation_place() -> x509.CRLDistributionPoints:
    """Where the issuer's CRL is said to be: nobody fetches it."""
    place = x509.DistributionPoint([x509.UniformResourceIdentifier("http://ac.example/signature.crl")], None, None, None)
    return x509.CRLDistributionPoints([place])


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
