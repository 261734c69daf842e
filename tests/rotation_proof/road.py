# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks rotate_certificates and switch_provider, really run, while a client sends: a rotation, its way back, a kill before the reload, a switch of
provider and its way back. Each part yields a line of progress; an AssertionError says what went wrong.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.rotation_proof.sender import Sender
from tests.support.bench import Bench, waits
from tests.support.keys import await_file
from tests.support.playbook import Played, play
from tests.support.sandbox_process import REPOSITORY
from tests.support.values import SIRET

OLD, NEW = "ancien", "nouveau"
GRACE_SECONDS = 3
# Reloads; where the file `kill` is, it takes the whole playbook down instead (its workers are sessions of their own).
RELOAD = """
import os, pathlib, signal, sys
log, kill = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])

def parent(pid):
    return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])

def plays(pid):
    words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\\0")
    return any(each.endswith(b"/ansible-playbook") for each in words[:2])

if kill.exists():
    kill.unlink()
    pid = os.getpid()
    while not plays(pid):
        pid = parent(pid)
    found = [pid]
    while plays(parent(found[-1])):
        found.append(parent(found[-1]))
    for each in (*reversed(found), os.getpid()):
        os.kill(each, signal.SIGKILL)
with log.open("a") as file:
    file.write("reloaded\\n")
"""


class Scene:
    """Lyon, with the provider OLD in use, and a link that an operator points at the provider whose machine sends."""

    def __init__(self, here: Bench) -> None:
        self.here = here
        self.link = here.folder / "exchange"
        self.reloads, self.kill = here.folder / "reloads", here.folder / "kill"
        (here.folder / "reload.py").write_text(RELOAD, encoding="utf-8")
        self.declared: dict[str, Any] = {"antai_certificates": [{"provider": OLD, "key_type": "ec-p256"}]}
        here.certificate(OLD)
        here.done("antai_certificate", siret=SIRET, certificates=[{"provider": OLD}])
        self.point(OLD)

    def point(self, provider: str) -> None:
        """What an operator does: the machine that sends is this provider's from now on."""
        temporary = self.link.with_name("exchange.new")
        temporary.symlink_to(self.here.store / SIRET / "certificates" / provider / "current")
        os.replace(temporary, self.link)

    def play(self, playbook: str, **variables: Any) -> Played:
        """On an inventory made from what is declared now; `variables` are given with -e."""
        inventory = self.here.folder / "inventory.yml"
        inventory.write_text(yaml.safe_dump({"antai": {"hosts": {"lyon": self._host()}}}, allow_unicode=True), encoding="utf-8")
        words = ["-e", json.dumps(variables)] if variables else []
        return play(REPOSITORY / "playbooks" / f"{playbook}.yml", inventory, self.here.folder / "home", *words)

    def done(self, playbook: str, **variables: Any) -> dict[str, Any]:
        """The last result of the role of a run that must not fail, with `changed` as the recap counts it."""
        played = self.play(playbook, **variables)
        assert played.code == 0, played.stdout[-3000:] + played.stderr[-1000:]
        name = {"rotate_certificates": "rotation", "switch_provider": "switch"}[playbook]
        results = [result["result"] for result in played.results]
        told: dict[str, Any] = [result for result in results for result in result.get("results", [result]) if name in result][-1]
        return told | {"changed": bool(played.changed())}

    def _host(self) -> dict[str, Any]:
        connection = {f"antai_{name}": value for name, value in self.here.connection().items()}
        folders = {f"antai_{name}_folder": self.here.endpoints["psce"][f"{name}_folder"] for name in ("drop", "pickup")}
        reload = [sys.executable, str(self.here.folder / "reload.py"), str(self.reloads), str(self.kill)]
        return {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "antai_profile": "sandbox",
            "antai_siret": SIRET,
            "antai_name": "Lyon",
            "antai_rotation_grace": f"{GRACE_SECONDS}s",
            "antai_reload_command": reload,
            **connection,
            **folders,
            **self.declared,
        }

    def reloaded(self) -> int:
        return len(self.reloads.read_text(encoding="utf-8").splitlines()) if self.reloads.exists() else 0

    def issued(self, provider: str) -> None:
        """Until the PSCE has delivered the certificate of the request that was handed out last."""
        folder = Path(self.here.endpoints["psce"]["drop_folder"])
        deadline = time.monotonic() + 20
        while list(folder.glob("*.csr")):
            assert time.monotonic() < deadline, "the PSCE has not delivered"
            time.sleep(0.02)
        await_file(Path(self.here.endpoints["psce"]["pickup_folder"]) / f"{SIRET}-{provider}.pem")

    def states(self) -> dict[str, list[str]]:
        """By provider, the states that the space shows, the oldest certificate first."""
        listed = self.here.done("antai_certificate_info", siret=SIRET)["certificates"]
        ordered = sorted(listed, key=lambda each: each["not_before"])
        return {label: [each["state"] for each in ordered if each["provider"] == label] for label in (OLD, NEW)}


def rotate(scene: Scene, sender: Sender, version: int) -> dict[str, Any]:
    """Up to the grace period, in two runs; the client follows. version: of the certificate that comes."""
    current = scene.here.done("antai_certificate_rotation_info", siret=SIRET, name="Lyon", provider=OLD)["rotation"]["current"]
    result = scene.done("rotate_certificates", antai_rotation_replace=current["fingerprint"])
    scene.issued(OLD)
    if result["rotation"]["state"] == "requested":
        result = scene.done("rotate_certificates", antai_rotation_replace=current["fingerprint"])
    sender.await_sent(50)
    assert sender.uses == f"{OLD}/{version}", "the client has followed the link"
    return result


def rotation(scene: Scene, sender: Sender) -> Iterator[str]:
    reloads = scene.reloaded()
    result = rotate(scene, sender, 2)
    assert (result["rotation"]["state"], waits(result)) in (("grace", [("date", "rotation_grace")]), ("settled", [])), result["rotation"]
    assert scene.reloaded() == reloads + 1
    yield "rotation: the new certificate is in use, and was reloaded"
    time.sleep(GRACE_SECONDS)  # the clock of the machine decides here, nothing can be awaited
    result = scene.done("rotate_certificates")
    assert (result["rotation"]["state"], scene.states()[OLD]) == ("settled", ["inactive", "active"]), result["rotation"]
    yield "rotation: the old certificate is retired after its grace period"
    again = scene.done("rotate_certificates")
    assert (again["changed"], again["waiting"], scene.reloaded()) == (False, [], reloads + 1), again
    yield "rotation: a further run changes nothing"


def way_back(scene: Scene, sender: Sender) -> Iterator[str]:
    scene.declared |= {"antai_rotation_grace": "1h"}
    rotate(scene, sender, 3)
    yield "rollback: a second rotation is in its grace period"
    result = scene.done("rotate_certificates", antai_rotation_rollback=True)
    sender.await_sent(50)
    assert (result["rotation"]["state"], sender.uses, scene.states()[OLD]) == ("set_aside", f"{OLD}/2", ["inactive", "active", "inactive"])
    yield "rollback: the old certificate is in use again, the new one is set aside"
    for again in (scene.done("rotate_certificates", antai_rotation_rollback=True), scene.done("rotate_certificates")):
        assert (again["changed"], again["rotation"]["state"]) == (False, "set_aside"), again
    yield "rollback: further runs change nothing, with and without it"


def killed_before_its_reload(scene: Scene, sender: Sender) -> Iterator[str]:
    aside = scene.here.done("antai_certificate_rotation_info", siret=SIRET, name="Lyon", provider=OLD)["rotation"]["rejected"]
    reloads = scene.reloaded()
    scene.kill.touch()
    for _run in range(3):  # the PSCE may have been quick, or not
        played = scene.play("rotate_certificates", antai_rotation_replace=aside["fingerprint"])
        scene.issued(OLD)
        if not scene.kill.exists():
            break
    assert (played.code, scene.reloaded()) == (-9, reloads), (played.code, played.stdout[-2000:])
    yield "kill: the playbook was killed (SIGKILL) between the swap and the reload"
    result = scene.done("rotate_certificates")
    assert (result["rotation"]["state"], scene.reloaded()) == ("grace", reloads + 1), (result["rotation"], scene.reloaded())
    yield "kill: the next run reloads, and goes on"
    sender.await_sent(50)
    assert sender.uses == f"{OLD}/4"
    scene.declared |= {"antai_rotation_grace": "0"}
    result = scene.done("rotate_certificates")
    assert result["rotation"]["state"] == "settled", result["rotation"]


def switch(scene: Scene, sender: Sender) -> Iterator[str]:
    date = datetime.now(UTC) + timedelta(hours=1)
    declare(scene, date)
    scene.here.certificate(NEW)
    result = scene.done("switch_provider")
    assert (result["switch"]["state"], waits(result)) == ("proved", [("date", "switch_date")]), result
    yield "switch: the provider that comes is authorised beside the other, and proved; the date is waited for"
    again = scene.done("switch_provider")
    assert not again["changed"], again
    scene.point(NEW)
    sender.await_sent(50)
    assert sender.uses == f"{NEW}/1"
    declare(scene, datetime.now(UTC))
    result = scene.done("switch_provider")
    assert (result["switch"]["state"], scene.states()[OLD][-1], scene.states()[NEW]) == ("done", "inactive", ["active"]), result
    yield "switch: the provider that leaves is forbidden from the date on"
    again = scene.done("switch_provider")
    assert (again["changed"], again["waiting"]) == (False, []), again


def switch_back(scene: Scene, sender: Sender) -> Iterator[str]:
    declare(scene, datetime.now(UTC), rollback=True)
    result = scene.done("switch_provider")
    assert (result["switch"]["state"], waits(result)) == ("proved", [("prestataire", "switch_traffic")]), result
    yield "switch back: the provider that left is authorised again; the traffic still goes through the other"
    scene.point(OLD)
    sender.await_sent(50)
    time.sleep(1.1)  # the space tells whole seconds
    sender.await_sent(50)
    result = scene.done("switch_provider")
    assert (result["switch"]["state"], scene.states()[OLD][-1], scene.states()[NEW]) == ("done", "active", ["inactive"]), result
    assert not scene.done("switch_provider")["changed"]
    yield "switch back: the traffic has come back, and the other one is forbidden"


def declare(scene: Scene, date: datetime, *, rollback: bool = False) -> None:
    scene.declared |= {
        "antai_certificates": [{"provider": each, "key_type": "ec-p256"} for each in (OLD, NEW)],
        "antai_switch": {"from": OLD, "to": NEW, "date": date.isoformat(timespec="seconds"), "rollback": rollback},
    }


PARTS = (rotation, way_back, killed_before_its_reload, switch, switch_back)
