# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key from a variable or a lookup: used for mutual TLS, and never in a file, a result or a line of output."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from tests.integration.conftest import OpenBench
from tests.support.bench import Bench, codes, encoded
from tests.support.keys import private_lines
from tests.support.playbook import play
from tests.support.run_module import run_module
from tests.support.values import OTHER, SIRET, existing
from tests.support.watch import Watch

PASSPHRASE = "canari-phrase-secrete"


class Secret:
    """The key pair of a certificate that the PSCE has issued, taken out of the store, in all forms."""

    def __init__(self, here: Bench, folder: Path) -> None:
        here.fingerprint = here.certificate()
        certificate, key = here.key_pair()
        self.certificate, self.key = certificate.read_text(), key.read_text()
        loaded = serialization.load_pem_private_key(self.key.encode(), None)
        locked = serialization.BestAvailableEncryption(PASSPHRASE.encode())
        self.encrypted = loaded.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked).decode()
        leaf = x509.load_pem_x509_certificate(self.certificate.encode())
        self.pkcs12 = pkcs12.serialize_key_and_certificates(b"essai", loaded, leaf, None, locked)  # type: ignore[arg-type]
        shutil.rmtree(here.store)
        folder.mkdir()
        (folder / "key.pem").write_text(self.key)
        (folder / "certificate.pem").write_text(self.certificate)

    @property
    def lines(self) -> list[str]:
        """Of the key in each form, as they would stand in a file or a result."""
        locked = [line for line in self.encrypted.splitlines() if not line.startswith("-----")]
        return [*private_lines(self.key), *locked, PASSPHRASE, encoded(self.pkcs12)[:40]]

    def forms(self) -> dict[str, dict[str, str]]:
        return {
            "PEM": {"certificate_content": self.certificate, "private_key_content": self.key},
            "encrypted PEM": {"certificate_content": self.certificate, "private_key_content": self.encrypted, "passphrase": PASSPHRASE},
            "PKCS#12": {"certificate_content": encoded(self.pkcs12), "passphrase": PASSPHRASE},
        }


@pytest.mark.parametrize("form", ["PEM", "encrypted PEM", "PKCS#12"])
def test_installed_and_proven_without_a_file(bench: OpenBench, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    here = bench(existing())
    secret = Secret(here, tmp_path / "secret")
    places = tuple(tmp_path / name for name in ("store", "temporary", "work", "home"))
    for each in places:
        each.mkdir(exist_ok=True)
    monkeypatch.setenv("TMPDIR", str(places[1]))
    monkeypatch.setenv("HOME", str(places[3]))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(places[2])
    declared = {"siret": SIRET, "certificates": [{"provider": "essai", **secret.forms()[form]}]}
    descriptors = len(os.listdir("/proc/self/fd"))
    with Watch(places, secret.lines) as watch:
        result = here.done("antai_certificate", **declared)
        proof = here.done("antai_exchange_info", **declared)
        again = here.done("antai_certificate", **declared)
        failed = here.run("antai_certificate", **declared | {"siret": OTHER})
    assert codes(result) == ["install_certificate", "activate_certificate"]
    assert (proof["dialogues"][0]["state"], proof["dialogues"][0]["fingerprint"]) == ("authorised", here.fingerprint)
    assert (again["changed"], failed["failed"]) == (False, True)
    assert not {text for text, paths in watch.seen.items() if paths}
    told = json.dumps([result, proof, again, failed])
    assert not [line for line in [*secret.lines, "PRIVATE KEY"] if line in told]
    assert len(os.listdir("/proc/self/fd")) <= descriptors, "what lay in memory is closed"


def test_the_watch_would_see_it(tmp_path: Path) -> None:
    with Watch((tmp_path,), ["canari"]) as watch:
        (tmp_path / "short").write_text("a canari")
        while not watch.seen["canari"]:
            pass
        (tmp_path / "short").unlink()
    assert watch.seen["canari"] == {tmp_path / "short"}


def test_a_system_without_anonymous_files_is_told_what_to_do(bench: OpenBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = bench(existing())
    secret = Secret(here, tmp_path / "secret")
    monkeypatch.delattr(os, "memfd_create")
    result = here.run("antai_exchange_info", siret=SIRET, certificates=[{"provider": "essai", **secret.forms()["PEM"]}])
    assert (result["error"]["code"], result["error"]["details"]["field"]) == ("invalid_input", "private_key_content")
    assert "Linux" in result["msg"]


PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - name: Nothing secret, and so by Ansible's usual way
      collectivites.antai.antai_certificate_request_info:
        profile: sandbox
        store: "{{ antai_store }}"
        siret: "{{ antai_siret }}"
        provider: canari-qui-se-voit
    - name: As the role does, key and all
      ansible.builtin.include_role:
        name: collectivites.antai.certificate
"""


def test_ansible_lays_it_in_no_file_and_tells_it_nobody(bench: OpenBench, tmp_path: Path) -> None:
    here = bench(existing())
    secret = Secret(here, tmp_path / "secret")
    home = tmp_path / "home"
    playbook, inventory = tmp_path / "play.yml", tmp_path / "inventory.yml"
    playbook.write_text(PLAY, encoding="utf-8")
    inventory.write_text(yaml.safe_dump(_inventory(here, tmp_path / "secret", home)), encoding="utf-8")
    with Watch((home, here.store, tmp_path / "work"), [*secret.lines, "canari-qui-se-voit"]) as watch:
        played = play(playbook, inventory, home, "-vvvv", "--diff")
    assert played.code == 0, played.stdout[-3000:]
    assert here.running.requests(operation="certificateActivate", status=204) or here.writes() == [
        "certificateInstall",
        "certificateActivate",
    ]
    assert [path for path in watch.seen.pop("canari-qui-se-voit") if "AnsiballZ" in path.name], "the watch sees what Ansible lays down"
    assert not {text: paths for text, paths in watch.seen.items() if paths}
    assert len(played.stdout) > 10_000, "it was talkative"
    assert not [line for line in [*secret.lines, "PRIVATE KEY"] if line in played.stdout + played.stderr]


def _inventory(here: Bench, secret: Path, home: Path) -> dict[str, Any]:
    connection = {f"antai_{name}": value for name, value in here.connection().items()}
    common = connection | {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "ansible_remote_tmp": str(home / "remote"),
        # Shipped, as to a machine far away.
        "antai_in_process": False,
        "antai_profile": "sandbox",
        "antai_siret": SIRET,
        "antai_name": "Lyon",
        "antai_certificates": [
            {
                "provider": "essai",
                "certificate_content": f"{{{{ lookup('ansible.builtin.file', '{secret}/certificate.pem') }}}}",
                "private_key_content": f"{{{{ lookup('ansible.builtin.file', '{secret}/key.pem') }}}}",
            }
        ],
    }
    return {"all": {"hosts": {"lyon": common}}}


def test_async_would_keep_it_and_is_refused(bench: OpenBench, tmp_path: Path) -> None:
    here = bench(existing())
    Secret(here, tmp_path / "secret")
    playbook, inventory = tmp_path / "play.yml", tmp_path / "inventory.yml"
    task = {
        "collectivites.antai.antai_exchange_info": {
            "profile": "sandbox",
            "siret": SIRET,
            "certificates": [{"provider": "essai", "certificate_content": "x", "private_key_content": "canari"}],
        },
        "async": 30,
        "poll": 1,
    }
    playbook.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": [task]}]), encoding="utf-8")
    inventory.write_text(yaml.safe_dump(_inventory(here, tmp_path / "secret", tmp_path / "home")), encoding="utf-8")
    played = play(playbook, inventory, tmp_path / "home")
    assert played.code == 2
    assert "async keeps what a task was given in a file" in played.stdout


def test_what_a_module_was_given_is_not_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ansible's filter would not know a key again inside the text of a list."""
    from ansible.module_utils.basic import AnsibleModule

    logged: list[str] = []
    monkeypatch.setattr(AnsibleModule, "log", lambda _module, text, log_args=None: logged.append(f"{text} {log_args}"))
    entry = {"provider": "essai", "certificate_content": "x", "private_key_content": "canari\nsur deux lignes"}
    run_module("antai_exchange_info", {"siret": SIRET, "certificates": [entry]})
    assert "canari" not in "".join(logged)
