# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CRL and OCSP by two readers, cryptography and the openssl command; what revoking does, and by whose clock."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from tests.conftest import StartSandbox
from tests.support.certificates import self_signed
from tests.support.keys import Issued, drop, flipped, get_issued, make_csr, new_key
from tests.support.portal_client import code
from tests.support.psce_client import PsceClient, state
from tests.support.sandbox_process import SandboxProcess
from tests.support.values import NUMBER, SIRET, THIRD, existing, policy, ready

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not here")
REASONS = [
    "unspecified",
    "keyCompromise",
    "cACompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "privilegeWithdrawn",
]


def issued_by(sandbox: StartSandbox, folder: Path, *stems: str) -> tuple[SandboxProcess, PsceClient, list[Issued]]:
    running = sandbox(policy())
    orders = [get_issued(running.endpoints, folder, SIRET, stem) for stem in stems]
    return running, PsceClient(running.endpoints), orders


def openssl(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *words], text=True, capture_output=True, check=False, timeout=60, env={"PATH": "/usr/bin:/bin"})


def openssl_ocsp(endpoints: dict[str, Any], issued: Issued) -> str:
    """What the openssl command says of a certificate, and of the answer about it."""
    ca = endpoints["psce"]["ca_file"]
    words = ("-issuer", ca, "-cert", str(issued.certificate_file), "-url", endpoints["psce"]["ocsp_url"], "-CAfile", ca)
    done = openssl("ocsp", *words)
    return done.stdout + done.stderr


def test_certificates_say_where_to_ask(sandbox: StartSandbox, tmp_path: Path) -> None:
    running, client, (issued,) = issued_by(sandbox, tmp_path, "un")
    psce = running.endpoints["psce"]
    points = issued.certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert [name.value for point in points for name in point.full_name or ()] == [psce["crl_url"]]
    access = issued.certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    urls = {description.access_method: description.access_location.value for description in access}
    assert urls == {AuthorityInformationAccessOID.OCSP: psce["ocsp_url"], AuthorityInformationAccessOID.CA_ISSUERS: psce["ca_issuers_url"]}
    answer = client.call("GET", "/ca/clients.cer", 200)
    assert x509.load_der_x509_certificate(answer.content) == client.issuing


def test_the_crl(sandbox: StartSandbox, tmp_path: Path) -> None:
    running, client, issued = issued_by(sandbox, tmp_path, *(f"c{rank}" for rank in range(len(REASONS))), "bon")
    empty = client.crl()
    assert len(empty) == 0 and empty.issuer == client.issuing.subject and empty.is_signature_valid(client.issuing.public_key())
    assert empty.next_update_utc and empty.next_update_utc - empty.last_update_utc == timedelta(hours=72)
    assert number(client.crl()) == number(empty), "nothing has changed: the same one"
    for order, reason in zip(issued, REASONS, strict=False):
        running.cli("revoke", order.fingerprint, "--reason", reason)
    crl = client.crl()
    assert number(crl) == number(empty) + 1 and crl.is_signature_valid(client.issuing.public_key())
    for order, reason in zip(issued, REASONS, strict=False):
        entry = crl.get_revoked_certificate_by_serial_number(order.certificate.serial_number)
        assert entry is not None
        reasons = [extension.value.reason.value for extension in entry.extensions if isinstance(extension.value, x509.CRLReason)]
        assert reasons == ([] if reason == "unspecified" else [reason])
    assert crl.get_revoked_certificate_by_serial_number(issued[-1].certificate.serial_number) is None


def number(crl: x509.CertificateRevocationList) -> int:
    return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def test_a_fresh_crl_by_the_clock(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    client = PsceClient(running.endpoints)
    first = client.crl()
    running.cli("tick", "--hours", "23")
    assert client.crl() == first
    running.cli("tick", "--hours", "50")  # past nextUpdate
    second = client.crl()
    assert number(second) == number(first) + 1
    assert timedelta(hours=73) <= second.last_update_utc - first.last_update_utc < timedelta(hours=74)
    running.cli("tick", "--days=-30", "--back")
    third = client.crl()
    assert number(third) == number(second) + 1 and third.last_update_utc < first.last_update_utc
    running.kill()
    running.start()
    assert client.crl() == third


@needs_openssl
def test_the_crl_by_openssl(sandbox: StartSandbox, tmp_path: Path) -> None:
    running, client, (issued, good) = issued_by(sandbox, tmp_path, "un", "deux")
    running.cli("revoke", issued.fingerprint, "--reason", "keyCompromise")
    ca, crl = running.endpoints["psce"]["ca_file"], tmp_path / "crl.pem"
    crl.write_bytes(client.crl().public_bytes(Encoding.PEM))
    done = openssl("crl", "-in", str(crl), "-noout", "-text", "-CAfile", ca)
    assert "verify OK" in done.stderr and "Key Compromise" in done.stdout and "X509v3 CRL Number" in done.stdout
    for order, word in ((issued, "certificate revoked"), (good, "OK")):
        done = openssl("verify", "-CAfile", ca, "-CRLfile", str(crl), "-crl_check", str(order.certificate_file))
        assert word in done.stdout + done.stderr


@pytest.mark.parametrize("get", [False, True], ids=["POST", "GET"])
def test_ocsp_good_revoked_unknown(sandbox: StartSandbox, tmp_path: Path, get: bool) -> None:
    running, client, (issued, good) = issued_by(sandbox, tmp_path, "un", "deux")
    running.cli("revoke", issued.fingerprint, "--reason", "superseded")
    nonce = bytes(range(16))
    for algorithm in (hashes.SHA1(), hashes.SHA256(), hashes.SHA384()):
        answer = client.ocsp(good.certificate, get=get, nonce=nonce, algorithm=algorithm)
        responder = client.verify_ocsp(answer)
        assert state(answer) == "GOOD" and answer.serial_number == good.certificate.serial_number
        assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == nonce
        assert responder.extensions.get_extension_for_class(x509.OCSPNoCheck)
    answer = client.ocsp(issued.certificate, get=get)
    client.verify_ocsp(answer)
    assert (state(answer), answer.revocation_reason) == ("REVOKED", x509.ReasonFlags.superseded)
    assert not list(answer.extensions), "no nonce where none was sent"
    assert abs(datetime.now(UTC) - (answer.revocation_time_utc or datetime.min.replace(tzinfo=UTC))) < timedelta(minutes=5)
    for stranger, issuer in ((self_signed(new_key()), client.issuing), (good.certificate, client.root)):
        answer = client.ocsp(stranger, get=get, issuer=issuer)
        client.verify_ocsp(answer)
        assert state(answer) == "UNKNOWN"


def test_ocsp_by_the_clock(sandbox: StartSandbox, tmp_path: Path) -> None:
    running, client, (issued,) = issued_by(sandbox, tmp_path, "un")
    running.cli("tick", "--to", "2028-02-29T12:00:00Z")
    answer = client.ocsp(issued.certificate)
    client.verify_ocsp(answer)
    for moment in (answer.this_update_utc, answer.produced_at_utc):
        assert timedelta(0) <= moment - datetime(2028, 2, 29, 12, tzinfo=UTC) < timedelta(minutes=2)
    assert answer.next_update_utc and answer.next_update_utc - answer.this_update_utc == timedelta(hours=24)


@pytest.mark.parametrize("get", [False, True], ids=["POST", "GET"])
@pytest.mark.parametrize("content", [b"\x00", b"nothing of the kind", b"\x30\x03\x02\x01\x01"])
def test_a_malformed_ocsp_request(sandbox: StartSandbox, content: bytes, get: bool) -> None:
    running = sandbox(policy())
    client = PsceClient(running.endpoints)
    assert client.ocsp_raw(content, get).response_status == ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    client.call("POST", "/ocsp", 400, data=content, headers={"Content-Type": "text/plain"})
    assert client.call("GET", "/ocsp/a/b//c", 200).headers["Content-Type"] == "application/ocsp-response"
    assert running.errors.read_text() == ""


def test_a_bit_flipped_in_an_ocsp_request(sandbox: StartSandbox, tmp_path: Path) -> None:
    running, client, (issued,) = issued_by(sandbox, tmp_path, "un")
    request = ocsp.OCSPRequestBuilder().add_certificate(issued.certificate, client.issuing, hashes.SHA1())
    der = request.add_extension(x509.OCSPNonce(bytes(16)), critical=False).build().public_bytes(Encoding.DER)
    for spoilt in flipped(der):
        answer = client.ocsp_raw(spoilt)
        assert answer.response_status in (ocsp.OCSPResponseStatus.SUCCESSFUL, ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    assert running.errors.read_text() == ""


@needs_openssl
def test_ocsp_by_openssl(sandbox: StartSandbox, tmp_path: Path) -> None:
    running, _, (issued, good) = issued_by(sandbox, tmp_path, "un", "deux")
    running.cli("revoke", issued.fingerprint, "--reason", "keyCompromise")
    text = openssl_ocsp(running.endpoints, good)
    assert "Response verify OK" in text and ": good" in text and "WARNING" not in text
    text = openssl_ocsp(running.endpoints, issued)
    assert "Response verify OK" in text and ": revoked" in text and "Reason: keyCompromise" in text


# --- revoking ---


def test_pki_revocation_at_the_si_fps(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing())
    _, machine, issued = ready(running, tmp_path)
    machine.send(NUMBER)
    running.cli("revoke", issued.fingerprint)
    answer = machine.query(SIRET)
    assert (answer["etat"], answer["regle"]) == ("REFUSE", "PKI-REVOCATION") and "révoqué" in answer["message"]
    assert code(machine.send(NUMBER[:-1] + "9", 403)) == ("CERTIFICAT_REVOQUE", "PKI-REVOCATION")
    assert code(machine.install(SIRET, 403)) == ("CERTIFICAT_REVOQUE", "PKI-REVOCATION")
    assert machine.query(THIRD)["regle"] == "R7", "nothing is learned about others"
    running.kill()
    running.start()
    machine.endpoints = running.endpoints
    assert machine.query(SIRET)["regle"] == "PKI-REVOCATION"


def test_a_revocation_has_its_moment(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing())
    _, machine, issued = ready(running, tmp_path)
    client = PsceClient(running.endpoints)
    running.cli("tick", "--to", "2027-03-01T10:00:00Z")
    running.cli("revoke", issued.fingerprint, "--at", "2027-03-02", "--reason", "cessationOfOperation")
    before = client.crl()
    assert machine.query(SIRET)["regle"] != "PKI-REVOCATION"
    assert (state(client.ocsp(issued.certificate)), len(before)) == ("GOOD", 0)
    running.cli("tick", "--to", "2027-03-02T00:30:00Z")
    answer = client.ocsp(issued.certificate)
    assert (machine.query(SIRET)["regle"], state(answer), len(client.crl())) == ("PKI-REVOCATION", "REVOKED", 1)
    assert answer.revocation_time_utc == datetime(2027, 3, 2, tzinfo=UTC)


def test_revoking_by_siret_takes_all_that_are_left(sandbox: StartSandbox, tmp_path: Path) -> None:
    running, client, issued = issued_by(sandbox, tmp_path, "un", "deux")
    other_order = get_issued(running.endpoints, tmp_path, THIRD)
    running.cli("revoke", issued[0].fingerprint.upper())
    text = running.cli("revoke", SIRET, "--reason", "superseded").stdout
    assert issued[1].fingerprint in text and issued[0].fingerprint not in text
    assert [state(client.ocsp(order.certificate)) for order in (*issued, other_order)] == ["REVOKED", "REVOKED", "GOOD"]
    assert "revoked already" in running.cli("revoke", SIRET, check=False).stderr
    assert "issued no certificate" in running.cli("revoke", "0" * 64, check=False).stderr
    assert "no SIRET" in running.cli("revoke", "12345", check=False).stderr
    assert running.cli("revoke", THIRD, "--at", "demain", check=False).returncode == 2
    assert running.cli("revoke", THIRD, "--reason", "certificateHold", check=False).returncode == 2


def test_issued_by_hand_before_the_first_start(tmp_path: Path) -> None:
    process = SandboxProcess(tmp_path / "state", policy())
    (process.state_dir / "psce/in").mkdir(parents=True)
    drop({"psce": {"drop_folder": str(process.state_dir / "psce/in")}}, "un", make_csr(SIRET)[0])
    process.cli("issue", SIRET)
    with process as running:
        certificate = x509.load_pem_x509_certificate((process.state_dir / "psce/out/un.pem").read_bytes())
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        assert [name.value for point in points for name in point.full_name or ()] == [running.endpoints["psce"]["crl_url"]]
        assert state(PsceClient(running.endpoints).ocsp(certificate)) == "GOOD"
