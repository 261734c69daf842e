# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EST (RFC 7030): CA certificates, a certificate at once or later, refusals; by requests and by curl."""

from __future__ import annotations

import base64
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from tests.conftest import StartSandbox
from tests.support.keys import Issued, flipped, get_issued, key_pem, make_csr
from tests.support.portal_client import SiFpsClient
from tests.support.psce_client import PsceClient, certificates, state
from tests.support.values import ANNEX, EST, EST_OF_THIRD, SIRET, THIRD, existing, policy


def test_cacerts_are_the_chain(sandbox: StartSandbox) -> None:
    client = PsceClient(sandbox(policy()).endpoints, account=None)
    assert set(client.cacerts()) == {client.issuing, client.root}


def test_enrolled_at_once(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing())
    client = PsceClient(running.endpoints)
    csr, key = make_csr(SIRET)
    answer = client.enroll(csr)
    (leaf,) = certificates(answer)
    assert leaf.public_key() == key.public_key()
    leaf.verify_directly_issued_by(client.issuing)
    assert certificates(client.enroll(csr)) == [leaf], "the same CSR has the same certificate"
    assert state(client.ocsp(leaf)) == "GOOD"
    (tmp_path / "leaf.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(key_pem(key))
    SiFpsClient(running.endpoints, Issued(tmp_path / "leaf.pem", tmp_path / "key.pem")).install(SIRET)
    by_folder = get_issued(running.endpoints, tmp_path, SIRET).certificate
    assert {e.oid for e in by_folder.extensions} == {e.oid for e in leaf.extensions}, "one way to issue"
    line = running.requests(operation="estEnroll")[0]
    assert (line["class"], line["who"], line["siret"], line["status"], line["face"]) == ("write", EST[0], SIRET, 200, "psce")
    assert EST[1] not in (running.state_dir / "requests.jsonl").read_text()
    assert {"login": EST[0], "password": EST[1]} in running.endpoints["psce"]["est_accounts"]


def test_waiting_until_the_psce_has_checked(sandbox: StartSandbox) -> None:
    running = sandbox(policy(issue="never"))
    client = PsceClient(running.endpoints)
    csr, key = make_csr(SIRET)
    other_csr, _ = make_csr(THIRD)
    for _ in range(2):
        assert client.enroll(csr, 202).headers["Retry-After"] == "2"
    client.enroll(other_csr, 202)
    assert "PSCE: issue" in running.cli("status").stdout
    running.kill()
    running.start()
    assert "ask again" in client.enroll(csr, 202).text
    assert "issued" in running.cli("issue", SIRET).stdout
    (leaf,) = certificates(client.enroll(csr))
    assert leaf.public_key() == key.public_key()
    client.enroll(other_csr, 202)
    running.kill()
    running.start()
    assert certificates(client.enroll(csr)) == [leaf]


def test_one_collectivite_waits_the_other_does_not(sandbox: StartSandbox) -> None:
    client = PsceClient(sandbox(policy(collectivites={SIRET: {"issue": "never"}})).endpoints)
    client.enroll(make_csr(SIRET)[0], 202)
    client.enroll(make_csr(THIRD)[0], 200)


def test_who_may_ask(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    csr = make_csr(SIRET)[0]
    for account in (None, (EST[0], "faux"), ("inconnu", EST[1]), ("", "")):
        answer = PsceClient(running.endpoints, account).enroll(csr, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    limited = PsceClient(running.endpoints, EST_OF_THIRD)
    limited.enroll(make_csr(THIRD)[0], 200)
    limited.enroll(make_csr(THIRD[:9])[0], 200)
    for stranger in (SIRET, SIRET[:9], ANNEX):
        assert stranger in limited.enroll(make_csr(stranger)[0], 403).text
    assert not list((running.state_dir / "psce/in").iterdir())


def test_refused_in_words(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    client = PsceClient(running.endpoints)
    forged = bytearray(x509.load_pem_x509_csr(make_csr(SIRET)[0]).public_bytes(Encoding.DER))
    forged[-1] ^= 1
    assert "weak" in client.enroll(make_csr(SIRET, rsa.generate_private_key(65537, 1024))[0], 400).text
    assert "SIRET" in client.enroll(make_csr(None)[0], 400).text
    assert "signature" in client.post(base64.b64encode(forged), 400).text
    for body in (b"", b"AAAA", b"\xff", make_csr(SIRET)[0], b"A" * 100_000):
        assert "DER in base64" in client.post(body, 400).text
    right = base64.b64encode(x509.load_pem_x509_csr(make_csr(SIRET)[0]).public_bytes(Encoding.DER))
    client.post(right, 400, content_type="text/plain")
    client.post(b"x" * (8 * 1024 * 1024 + 1), 413)
    client.post(right, 200)
    assert running.errors.read_text() == ""
    assert not list((running.state_dir / "psce/rejected").iterdir()), "a refusal over EST leaves nothing behind"


def test_a_bit_flipped_in_a_csr(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    client = PsceClient(running.endpoints)
    for spoilt in flipped(x509.load_pem_x509_csr(make_csr(SIRET)[0]).public_bytes(Encoding.DER)):
        # 200: not every bit of a BIT STRING's header counts
        assert client.post(base64.b64encode(spoilt)).status_code in (200, 400)
    assert running.errors.read_text() == ""


def test_killed_while_issuing(sandbox: StartSandbox) -> None:
    """What is out is in the register, whenever the process died: it can be revoked."""
    running = sandbox(policy())
    for rank in range(3):
        client = PsceClient(running.endpoints, checked=False)
        timer = threading.Timer(0.05 + 0.07 * rank, running.kill)
        timer.start()
        with pytest.raises(requests.ConnectionError):
            while True:
                client.enroll(make_csr(SIRET)[0])
        timer.join()
        running.start()
    client = PsceClient(running.endpoints)
    out = list((running.state_dir / "psce/out").glob("est-*.pem"))
    assert out
    for file in out:
        assert state(client.ocsp(x509.load_pem_x509_certificate(file.read_bytes()))) == "GOOD"


def test_refused_when_issuing(sandbox: StartSandbox) -> None:
    running = sandbox(policy())
    client = PsceClient(running.endpoints)
    csr = make_csr(SIRET)[0]
    running.cli("tick", "--to", "2080-01-01")
    for _ in range(2):
        assert "issuing CA of this sandbox ended" in client.enroll(csr, 403).text
    running.cli("tick", "--to", "2027-01-01", "--back")
    client.enroll(csr, 200)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
def test_by_curl(sandbox: StartSandbox, tmp_path: Path) -> None:
    psce = sandbox(policy()).endpoints["psce"]
    csr, key = make_csr(SIRET)
    body = tmp_path / "csr.b64"
    body.write_bytes(base64.encodebytes(x509.load_pem_x509_csr(csr).public_bytes(Encoding.DER)))
    words = ["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", "--cacert", psce["est_ca_file"], "--user", ":".join(EST)]
    words += ["--header", "Content-Type: application/pkcs10", "--data-binary", f"@{body}", f"{psce['est_url']}/simpleenroll"]
    done = subprocess.run(words, capture_output=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    (leaf,) = pkcs7.load_der_pkcs7_certificates(base64.b64decode(done.stdout))
    assert leaf.public_key() == key.public_key()
