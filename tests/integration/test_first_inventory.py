# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/first_inventory.md, as a newcomer would follow it: its files in an empty folder, its commands, the archive of the collection, and no clone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import StartSandbox
from tests.support.sandbox_process import REPOSITORY, SandboxProcess

PAGE = (REPOSITORY / "docs/first_inventory.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([^`]+)`[^\n]*\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
COMMANDS = re.findall(r"^\$ (.+)$", PAGE, re.MULTILINE)
ALBI = "21810004800014"
VAULT_PASSWORD = "vault-of-the-test"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection as it would be published, of the files that git knows or would take."""
    folder = tmp_path_factory.mktemp("archive")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (REPOSITORY / name).is_file():
            (folder / "src" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(REPOSITORY / name, folder / "src" / name)
    build = [str(Path(sys.executable).with_name("ansible-galaxy")), "collection", "build", "src", "--output-path", "."]
    subprocess.run(build, cwd=folder, env=os.environ | {"ANSIBLE_HOME": str(folder / "ansible")}, capture_output=True, check=True)
    (built,) = folder.glob("*.tar.gz")
    return built


@dataclass(frozen=True)
class Newcomer:
    """folder: where the files of the page lie. home: what `~` is."""

    folder: Path
    home: Path

    def write(self, sandbox: SandboxProcess) -> None:
        """The page's files; of its placeholders those that the sandbox has an answer to, and its CAs, which nobody else knows."""
        portal, sifps = sandbox.endpoints["portal"], sandbox.endpoints["sifps"]
        values = {
            "/etc/antai/profile.yml": "sandbox",
            "https://portal.example": portal["url"],
            "https://sifps.example": sifps["url"],
            "/var/lib/antai": str(self.home / "store"),
        }
        for name, content in FILES.items():
            for placeholder, value in values.items():
                content = content.replace(placeholder, value)
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(content, encoding="utf-8")
        with (self.folder / "group_vars/antai/main.yml").open("a", encoding="utf-8") as file:
            file.write(f"antai_portal_ca_file: {portal['ca_file']}\nantai_sifps_ca_file: {sifps['ca_file']}\n")

    def run(self, command: str) -> str:
        """As typed there, without a terminal; what asks for the password of the vault reads it from stdin. What it said."""
        done = subprocess.run(
            command,
            shell=True,
            cwd=self.folder,
            env={
                "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
                "HOME": str(self.home),
                "LC_ALL": "C.UTF-8",
                "ANSIBLE_NOCOLOR": "1",
                "PIP_NO_INDEX": "1",
            },
            input=f"{VAULT_PASSWORD}\n" * 2,
            text=True,
            capture_output=True,
            timeout=300,
            start_new_session=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def credentials(self, login: str, password: str) -> None:
        vault = self.folder / "group_vars/antai/vault.yml"
        content = vault.read_text(encoding="utf-8")
        for name, value in (("username", login), ("password", password)):
            content = content.replace(f'vault_antai_{name}: ""', f"vault_antai_{name}: {json.dumps(value)}")
        vault.write_text(content, encoding="utf-8")


def test_the_page_is_whole() -> None:
    assert set(FILES) == {"ansible.cfg", "inventory.yml", "group_vars/antai/main.yml", "group_vars/antai/vault.yml"}
    main = FILES["group_vars/antai/main.yml"]
    assert 'ansible_connection: local\nansible_python_interpreter: "{{ ansible_playbook_python }}"\n' in main
    assert [command.split()[0] for command in COMMANDS] == [
        "ansible-galaxy",
        "pip",
        "ansible-playbook",
        "ansible-vault",
        "ansible-playbook",
    ]


def test_of_the_tests_the_archive_holds_only_what_ansible_test_reads(archive: Path) -> None:
    with tarfile.open(archive) as package:
        assert [name for name in package.getnames() if name.startswith("tests/")] == ["tests/config.yml"]


def test_a_newcomer_follows_the_page(tmp_path: Path, archive: Path, sandbox: StartSandbox) -> None:
    started = sandbox({"collectivites": {ALBI: {"name": "Albi", "control": "never", "sign": "never"}}, "issue": "never"})
    newcomer = Newcomer(tmp_path / "folder", tmp_path / "home")
    newcomer.folder.mkdir()
    newcomer.home.mkdir()
    newcomer.write(started)
    shutil.copyfile(archive, newcomer.folder / archive.name)
    install, requirements, onboard, encrypt, onboard_again = COMMANDS
    newcomer.run(install)
    newcomer.run(requirements)
    said = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert said
    assert said[1] in newcomer.run(onboard)
    assert list((newcomer.home / "store").rglob("order.md")), "what the provider of certificates is sent"

    started.cli("approve", ALBI)
    mail = json.loads((Path(started.endpoints["mail_folder"]) / f"{ALBI}.json").read_text(encoding="utf-8"))
    newcomer.credentials(mail["login"], mail["password"])
    newcomer.run(encrypt)
    assert (newcomer.folder / "group_vars/antai/vault.yml").read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT;")
    printed = newcomer.run(onboard_again)
    assert "PSCE (certificat)" in printed
    assert "collectivité (convention)" in printed
