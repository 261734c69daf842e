# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each defect of the PSCE is what its name says, as often as asked, and nothing else is wrong; afterwards all is well again."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.conftest import StartSandbox
from tests.sandbox.test_revocation import openssl_ocsp
from tests.support.keys import PrivateKey, get_issued, make_csr
from tests.support.psce_client import PsceClient, certificates
from tests.support.sandbox_process import SandboxProcess
from tests.support.values import SIRET, THIRD, policy

CRL = ("crl_expired", "crl_wrong_signature", "crl_unreachable")
OCSP = ("ocsp_unknown", "ocsp_expired", "ocsp_wrong_signature", "ocsp_undelegated", "ocsp_unreachable", "ocsp_try_later")
ISSUING = ("wrong_siret", "wrong_key", "expired", "no_client_auth", "no_policy", "long_life")
IN_OPENSSL = {
    "ocsp_unknown": ": unknown",
    "ocsp_expired": "Status times invalid",
    "ocsp_wrong_signature": "Response Verify Failure",
    "ocsp_undelegated": "Response Verify Failure",
    "ocsp_unreachable": "Error querying OCSP responder",
    "ocsp_try_later": "trylater",
}


def add(running: SandboxProcess, kind: str, *options: str) -> None:
    assert kind in running.cli("defect", "add", "--kind", kind, *options).stdout


def crl_faults(client: PsceClient) -> set[str]:
    answer = client.call("GET", "/crl/clients.crl")
    if answer.status_code == 503:
        return {"crl_unreachable"}
    crl = x509.load_der_x509_crl(answer.content)
    assert crl.next_update_utc and crl.next_update_utc - crl.last_update_utc == timedelta(hours=72)
    defects = set() if crl.is_signature_valid(client.issuing.public_key()) else {"crl_wrong_signature"}
    return defects | (set() if crl.last_update_utc <= datetime.now(UTC) <= crl.next_update_utc else {"crl_expired"})


@pytest.mark.parametrize("kind", CRL)
def test_crl(sandbox: StartSandbox, kind: str) -> None:
    running = sandbox(policy())
    client = PsceClient(running.endpoints, checked=False)
    assert crl_faults(client) == set()
    before = client.crl()
    add(running, kind, "--times", "2")
    assert [crl_faults(client) for _ in range(3)] == [{kind}, {kind}, set()]
    assert client.crl() == before, "a defective one is never published"


def ocsp_faults(client: PsceClient, certificate: x509.Certificate) -> set[str]:
    request = ocsp.OCSPRequestBuilder().add_certificate(certificate, client.issuing, hashes.SHA1()).build()
    headers = {"Content-Type": "application/ocsp-request"}
    answer = client.call("POST", "/ocsp", data=request.public_bytes(Encoding.DER), headers=headers)
    if answer.status_code == 503:
        return {"ocsp_unreachable"}
    response = ocsp.load_der_ocsp_response(answer.content)
    if response.response_status == ocsp.OCSPResponseStatus.TRY_LATER:
        return {"ocsp_try_later"}
    defects = set() if response.certificate_status == ocsp.OCSPCertStatus.GOOD else {f"ocsp_{response.certificate_status.name.lower()}"}
    assert response.next_update_utc
    if not response.this_update_utc <= datetime.now(UTC) <= response.next_update_utc:
        defects.add("ocsp_expired")
    try:
        client.verify_ocsp(response)
    except InvalidSignature:
        defects.add("ocsp_wrong_signature")
    except AssertionError:
        defects.add("ocsp_undelegated")
    return defects


@pytest.mark.parametrize("kind", OCSP)
def test_ocsp(sandbox: StartSandbox, tmp_path: Path, kind: str) -> None:
    running = sandbox(policy())
    client = PsceClient(running.endpoints, checked=False)
    issued = get_issued(running.endpoints, tmp_path, SIRET)
    add(running, kind)
    running.kill()
    running.start()
    assert ocsp_faults(client, issued.certificate) == {kind}
    if shutil.which("openssl"):
        assert IN_OPENSSL[kind] in openssl_ocsp(running.endpoints, issued)
    assert "1 defect(s) removed" in running.cli("defect", "clear").stdout
    assert ocsp_faults(client, issued.certificate) == set()


def faults_of(leaf: x509.Certificate, key: PrivateKey) -> set[str]:
    defects = set()
    if leaf.public_key() != key.public_key():
        defects.add("wrong_key")
    if f"OU=0002 {SIRET}" not in leaf.subject.rfc4514_string():
        defects.add("wrong_siret")
    if leaf.not_valid_after_utc < datetime.now(UTC):
        defects.add("expired")
    if leaf.not_valid_after_utc - leaf.not_valid_before_utc >= timedelta(days=3650):
        defects.add("long_life")
    if list(leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) != [ExtendedKeyUsageOID.CLIENT_AUTH]:
        defects.add("no_client_auth")
    if not any(isinstance(extension.value, x509.CertificatePolicies) for extension in leaf.extensions):
        defects.add("no_policy")
    return defects


@pytest.mark.parametrize("kind", ISSUING)
def test_certificates(sandbox: StartSandbox, tmp_path: Path, kind: str) -> None:
    running = sandbox(policy())
    client = PsceClient(running.endpoints)
    add(running, kind, "--times", "1")
    csr, key = make_csr(SIRET)
    (leaf,) = certificates(client.enroll(csr))
    leaf.verify_directly_issued_by(client.issuing)
    assert faults_of(leaf, key) == {kind}
    assert running.cli("defect", "list").stdout == ""
    csr, key = make_csr(SIRET)
    assert faults_of(*certificates(client.enroll(csr)), key) == set()
    assert ocsp_faults(client, leaf) == set(), "it is in the register all the same"


def test_in_the_folder_too_and_for_one_siret_only(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(policy())
    add(running, "no_policy", "--siret", SIRET)
    add(running, "wrong_siret", "--siret", SIRET)
    assert len(running.cli("defect", "list").stdout.splitlines()) == 2
    other_certificate = get_issued(running.endpoints, tmp_path, THIRD).certificate
    assert f"OU=0002 {THIRD}" in other_certificate.subject.rfc4514_string()
    assert other_certificate.extensions.get_extension_for_class(x509.CertificatePolicies)
    spoilt = get_issued(running.endpoints, tmp_path, SIRET).certificate
    assert f"OU=0002 {SIRET}" not in spoilt.subject.rfc4514_string() and "OU=0002 21350238800019" in spoilt.subject.rfc4514_string()
    with pytest.raises(x509.ExtensionNotFound):
        spoilt.extensions.get_extension_for_class(x509.CertificatePolicies)


def test_errors_of_the_command(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    for words in (("--kind", "feu"), ("--kind", "crl_expired", "--siret", SIRET), ("--kind", "expired", "--times", "0")):
        assert running.cli("defect", "add", *words, check=False).returncode == 2
    assert "no SIRET" in running.cli("defect", "add", "--kind", "expired", "--siret", "1", check=False).stderr
