# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the PSCE issues, and what it refuses."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from tests.conftest import StartSandbox
from tests.support.keys import Issued, PrivateKey, await_file, drop, get_issued, key_pem, make_csr
from tests.support.portal_client import SiFpsClient
from tests.support.values import SIRET, existing, policy


def test_the_profile_of_a_certificate(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(policy())
    issued = get_issued(running.endpoints, tmp_path, SIRET)
    leaf, issuing = x509.load_pem_x509_certificates(issued.certificate_file.read_bytes())
    chain = x509.load_pem_x509_certificates(Path(running.endpoints["psce"]["ca_file"]).read_bytes())
    assert chain[0] == issuing
    leaf.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(chain[1])
    assert f"OU=0002 {SIRET}" in leaf.subject.rfc4514_string()
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical and usage.value.digital_signature and not usage.value.key_encipherment
    extended = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert not extended.critical and list(extended.value) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    policies = leaf.extensions.get_extension_for_class(x509.CertificatePolicies)
    assert policies.value[0].policy_identifier.dotted_string.startswith("1.3.6.1.4.1.32473.")
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    oids = {extension.oid for extension in leaf.extensions}
    assert ExtensionOID.SUBJECT_ALTERNATIVE_NAME not in oids
    assert {ExtensionOID.AUTHORITY_KEY_IDENTIFIER, ExtensionOID.SUBJECT_KEY_IDENTIFIER} <= oids
    assert (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days == 730
    assert isinstance(leaf.signature_hash_algorithm, hashes.SHA256)
    assert sorted(p.name for p in (running.state_dir / "psce/done").iterdir()) == [f"essai-{SIRET}.csr"]


def test_certificates_follow_the_sandbox_clock(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(policy())
    before = get_issued(running.endpoints, tmp_path, SIRET, "avant").certificate
    running.cli("tick", "--days", "400")
    after = get_issued(running.endpoints, tmp_path, SIRET, "apres").certificate
    assert 399 <= (after.not_valid_before_utc - before.not_valid_before_utc).days <= 401


@pytest.mark.parametrize("key", [ec.SECP384R1(), ec.SECP521R1(), 2048], ids=["P-384", "P-521", "RSA-2048"])
def test_keys_that_are_accepted_also_speak_tls(sandbox: StartSandbox, tmp_path: Path, key: ec.EllipticCurve | int) -> None:
    running = sandbox(existing())
    private_key: PrivateKey = rsa.generate_private_key(65537, key) if isinstance(key, int) else ec.generate_private_key(key)
    content, _ = make_csr(SIRET, private_key)
    drop(running.endpoints, "cle", content)
    certificate = await_file(running.state_dir / "psce/out/cle.pem")
    key_file = tmp_path / "cle.key"
    key_file.write_bytes(key_pem(private_key))
    SiFpsClient(running.endpoints, Issued(certificate, key_file)).install(SIRET)


def _version_2(csr: bytes) -> bytes:
    """No CSR has this version; the library has a kind of error of its own for it."""
    der = x509.load_pem_x509_csr(csr).public_bytes(serialization.Encoding.DER).replace(b"\x02\x01\x00", b"\x02\x01\x01", 1)
    return b"-----BEGIN CERTIFICATE REQUEST-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE REQUEST-----\n"


def _weak() -> dict[str, bytes]:
    forged = bytearray(x509.load_pem_x509_csr(make_csr(SIRET)[0]).public_bytes(serialization.Encoding.DER))
    forged[-1] ^= 1
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"0002 {SIRET}")])
    edwards = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(ed25519.Ed25519PrivateKey.generate(), None)
    return {
        "signature": x509.load_der_x509_csr(bytes(forged)).public_bytes(serialization.Encoding.PEM),
        "sans-siret": make_csr(None)[0],
        "rsa-1024": make_csr(SIRET, rsa.generate_private_key(65537, 1024))[0],
        "exposant-3": make_csr(SIRET, rsa.generate_private_key(3, 2048))[0],
        "p-256k1": make_csr(SIRET, ec.generate_private_key(ec.SECP256K1()))[0],
        "ed25519": edwards.public_bytes(serialization.Encoding.PEM),
        "version-2": _version_2(make_csr(SIRET)[0]),
        "pas-un-csr": b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
        "enorme": b"x" * 100_000,
    }


def test_bad_requests_are_rejected_with_a_reason(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(policy())
    rejected = running.state_dir / "psce/rejected"
    for stem, content in _weak().items():
        drop(running.endpoints, stem, content)
    reasons = {stem: await_file(rejected / f"{stem}.txt").read_text() for stem in _weak()}
    for stem, word in {
        "signature": "signature",
        "sans-siret": "SIRET",
        "rsa-1024": "weak",
        "exposant-3": "weak",
        "p-256k1": "unsupported",
        "version-2": "version",
    }.items():
        assert word in reasons[stem]
    get_issued(running.endpoints, tmp_path, SIRET)  # the clerk is still there
    assert (rejected / "signature.csr").exists()
    assert [p.name for p in (running.state_dir / "psce/out").iterdir()] == [f"essai-{SIRET}.pem"]


def test_files_still_being_written_are_left_alone(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(policy())
    folder = Path(running.endpoints["psce"]["drop_folder"])
    content, _ = make_csr(SIRET)
    (folder / "partie.csr").write_bytes(content[: len(content) // 2])
    (folder / ".cache.csr").write_bytes(content)
    (folder / "temp.csr.tmp").write_bytes(content)
    (folder / "dossier.csr").mkdir()
    get_issued(running.endpoints, tmp_path, SIRET)
    assert {p.name for p in folder.iterdir()} == {"partie.csr", ".cache.csr", "temp.csr.tmp", "dossier.csr"}
    (folder / "partie.csr").write_bytes(content)
    await_file(running.state_dir / "psce/out/partie.pem")


def test_without_a_certificate_of_the_psce_tls_refuses(sandbox: StartSandbox) -> None:
    sifps = sandbox(policy()).endpoints["sifps"]
    with pytest.raises(requests.ConnectionError):
        requests.get(sifps["url"] + f"/v1/autorisation?siret={SIRET}", verify=sifps["ca_file"], timeout=10)
