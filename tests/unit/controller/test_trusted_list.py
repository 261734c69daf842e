# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CAs from a trusted list: the real French one of September 2019, forged and out of date ones, and what is added to a store."""

from __future__ import annotations

import lzma
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import read_store
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.trust_store import load
from ansible_collections.collectivites.antai.plugins.plugin_utils.trust_entry import main
from tests.support.collection import ROOT

DATA = ROOT / "tests/data/pki"
SIGNER = DATA / "tsl-fr-56-signer.der"
SERVICES_CA = "certigna_services_ca_by_rootca_2015_2033.pem"


@pytest.fixture(scope="module")
def french(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("list") / "tl-fr.xml"
    path.write_bytes(lzma.decompress((DATA / "tsl-fr-56.xml.xz").read_bytes()))
    return path


def run(store: Path, trusted_list: Path, *more: str, signer: Path = SIGNER, as_of: str = "2019-09-05") -> int:
    return main([str(store), "--trusted-list", str(trusted_list), "--signer", str(signer), "--as-of", as_of, *more])


def test_what_it_would_add_is_listed_and_nothing_is_written(french: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "mine.yml"
    assert run(store, french) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "FR, sequence 56, issued 2019-09-04, signed by " in lines[0]
    assert sum(line.startswith("+ ") for line in lines) == 41
    assert any("Certigna Services CA" in line and "until 2033-06-03, SHA-256 07f2c" in line for line in lines)
    (ended,) = [line for line in lines if line.startswith("- ") and "Autorité de certification personnes 2" in line]
    assert ended.endswith("has ended on 2019-07-24")
    assert "would be added, nothing was written" in lines[-1]
    assert not store.exists()


def test_what_is_asked_for_is_added_with_its_doubts(french: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "mine.yml"
    assert run(store, french, "--service", "Certigna Services", "--usage", "client", "--usage", "server", "--add") == 0
    entries = read_store(load(store)).entries
    assert {entry.ca.x509 for entry in entries} >= {x509.load_pem_x509_certificate((DATA / SERVICES_CA).read_bytes())}
    for entry in entries:
        assert (entry.policies, entry.level, entry.usage) == ((), "unknown", ("client", "server"))
        assert "no proof of its level" in entry.doubts
        assert entry.source.startswith("trusted list FR, sequence 56, issued 2019-09-04, service 'Certigna Services CA', granted since ")
    before = store.read_text(encoding="utf-8")
    capsys.readouterr()
    assert run(store, french, "--service", "certigna services", "--add") == 0
    assert "is in the store already" in capsys.readouterr().out
    assert store.read_text(encoding="utf-8") == before


def test_a_trusted_list_is_never_a_proof_of_rgs(french: Path, tmp_path: Path) -> None:
    store = tmp_path / "mine.yml"
    assert run(store, french, "--add") == 0
    text = store.read_text(encoding="utf-8")
    assert "level:" not in text
    assert "policies:" not in text


def altered(french: Path, tmp_path: Path, old: bytes, new: bytes) -> Path:
    content = french.read_bytes()
    assert old in content
    path = tmp_path / "altered.xml"
    path.write_bytes(content.replace(old, new, 1))
    return path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<TSLSequenceNumber>56<", b"<TSLSequenceNumber>57<"),
        (b"Svcstatus/withdrawn", b"Svcstatus/granted"),
        (b"</TrustServiceProviderList>", b"<TrustServiceProvider/></TrustServiceProviderList>"),
        (b"</ds:SignedInfo>", b"<!-- x --></ds:SignedInfo>x"),
        (b"<SchemeInformation>", b"<SchemeInformation"),
    ],
)
def test_a_list_that_was_changed_is_refused(
    french: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], old: bytes, new: bytes
) -> None:
    store = tmp_path / "mine.yml"
    assert run(store, altered(french, tmp_path, old, new), "--add") == 1
    assert "has not signed this list as it stands" in capsys.readouterr().err
    assert not store.exists()


def test_a_list_within_another_document_is_not_the_signed_one(french: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Signature wrapping: what is read is what was signed, or nothing."""
    inner = french.read_bytes().split(b"?>", 1)[1]
    path = tmp_path / "wrapped.xml"
    head = b'<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#"><SchemeInformation><TSLSequenceNumber>99</TSLSequenceNumber></SchemeInformation>'
    path.write_bytes(head + inner + b"</TrustServiceStatusList>")
    assert run(tmp_path / "mine.yml", path, "--add") == 1
    assert "99" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("signer", "as_of", "why"),
    [
        (DATA / "certigna_root_ca_2013.pem", "2019-09-05", "has not signed this list"),
        (SIGNER, "2026-06-01", "is valid from 2016-10-05 to 2019-10-05, not on 2026-06-01"),
        (SIGNER, "2019-09-01", "was issued on 2019-09-04, after 2019-09-01"),
        (DATA / "chambersign_ac2etoiles_crl_a.crl", "2019-09-05", "this is a list of revoked certificates (CRL), no certificate"),
        (DATA / "gone.pem", "2019-09-05", "No such file"),
    ],
)
def test_the_signer_is_the_one_that_was_named_and_in_force(
    french: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], signer: Path, as_of: str, why: str
) -> None:
    assert run(tmp_path / "mine.yml", french, "--add", signer=signer, as_of=as_of) == 1
    assert why in capsys.readouterr().err


def test_what_is_no_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for content in (b"", b"<html/>", b"\x30\x03"):
        path = tmp_path / "list.xml"
        path.write_bytes(content)
        assert run(tmp_path / "mine.yml", path) == 1
        assert "nothing was added: trusted_list: " in capsys.readouterr().err


def test_without_its_library_it_says_which(
    french: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [each for each in sys.modules if each.split(".")[0] == "signxml"] + ["signxml", "signxml.xades", "signxml.exceptions"]:
        monkeypatch.setitem(sys.modules, name, None)
    assert run(tmp_path / "mine.yml", french) == 1
    assert "pyHanko[etsi]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["s.yml"], "give the CA's certificate with --name and --source, or --trusted-list with --signer"),
        (["s.yml", "ca.pem", "--name", "a"], "give the CA's certificate"),
        (["s.yml", "ca.pem", "--name", "a", "--source", "b", "--add"], "give the CA's certificate"),
        (["s.yml", "--trusted-list", "a.xml"], "wants --signer"),
        (["s.yml", "ca.pem", "--trusted-list", "a.xml", "--signer", "s.pem"], "leave out certificate"),
        (["s.yml", "--trusted-list", "a.xml", "--signer", "s.pem", "--as-of", "soon"], "'soon' is no day"),
    ],
)
def test_one_entry_or_a_list(arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert why in " ".join(capsys.readouterr().err.split())


def test_a_ca_may_be_in_der(tmp_path: Path) -> None:
    ca = x509.load_pem_x509_certificate((DATA / SERVICES_CA).read_bytes())
    (tmp_path / "ca.der").write_bytes(ca.public_bytes(serialization.Encoding.DER))
    store = tmp_path / "mine.yml"
    assert main([str(store), str(tmp_path / "ca.der"), "--name", "a", "--source", "b"]) == 0
    assert read_store(load(store)).entries[0].ca.x509 == ca
    store.write_text("version: 1\nentries:\n  - {name: a, usage: [client], source: b, certificate: ca.der}\n", encoding="utf-8")
    assert read_store(load(store)).entries[0].ca.x509 == ca


def test_a_leaf_is_no_entry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leaf = DATA / "certigna_leaf_valid_2022.pem"
    assert main([str(tmp_path / "mine.yml"), str(leaf), "--name", "a", "--source", "b"]) == 1
    assert "is no CA (basicConstraints)" in capsys.readouterr().err
