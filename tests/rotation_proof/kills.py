# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Killed (SIGKILL) after every step, and run again: the same end as without a kill. Each try has providers of its own, in one sandbox and one store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.bench import Bench
from tests.support.keys import Issued
from tests.support.portal_client import PortalClient, SiFpsClient
from tests.support.run_module import Result
from tests.support.sandbox_process import REPOSITORY
from tests.support.values import AGENT, SIRET

ROTATION, SWITCH = "antai_certificate_rotation", "antai_provider_switch"
Arguments = dict[str, Any]


@dataclass(frozen=True)
class Story:
    """prepare: brings providers named after `label` where the story begins, and says what is declared from then on."""

    name: str
    module: str
    prepare: Callable[[Bench, str], Arguments]


# More orders in a day than a store allows unless that is said: each run that is killed begins with certificates of its own.
MANY_ORDERS = {"order_limit": 1_000}


def in_use(here: Bench, label: str) -> str:
    """A certificate of this provider, active; its fingerprint."""
    fingerprint = here.certificate(label, **MANY_ORDERS)
    here.done("antai_certificate", siret=SIRET, certificates=[{"provider": label}])
    return fingerprint


def order(here: Bench, label: str, **more: Any) -> Arguments:
    folders = {f"{name}_folder": here.endpoints["psce"][f"{name}_folder"] for name in ("drop", "pickup")}
    return {"siret": SIRET, "name": "Lyon", "provider": label, "key_type": "ec-p256", **folders, **MANY_ORDERS, **more}


def at_once(here: Bench, label: str, **more: Any) -> Arguments:
    """As far as it goes in one run: the PSCE answers at once here, and there is no grace period unless `more` says so."""
    return order(here, label, wait=True, wait_timeout=20, **({"grace": "0"} | more))


def _rotation(here: Bench, label: str) -> Arguments:
    return at_once(here, label, replace=in_use(here, label))


def _compromised(here: Bench, label: str) -> Arguments:
    return at_once(here, label, replace=in_use(here, label), compromised=True)


def _rotated(here: Bench, label: str) -> Arguments:
    """In its grace period."""
    old = in_use(here, label)
    here.done(ROTATION, **order(here, label, replace=old, until="proved"))
    here.done(ROTATION, **order(here, label, wait=True, wait_timeout=20, until="proved"))
    here.done(ROTATION, **order(here, label))
    return {"old": old}


def _rollback(here: Bench, label: str) -> Arguments:
    """The old one was even deactivated meanwhile."""
    old = _rotated(here, label)["old"]
    PortalClient(here.endpoints).login(*AGENT).deactivate(SIRET, old)
    return order(here, label, rollback=True)


def _proved(here: Bench, label: str) -> str:
    """The next one is active, and not in use."""
    here.done(ROTATION, **order(here, label, replace=in_use(here, label), until="proved"))
    result = here.done(ROTATION, **order(here, label, wait=True, wait_timeout=20, until="proved"))
    fingerprint: str = result["rotation"]["next"]["fingerprint"]
    return fingerprint


def _rollback_before_its_use(here: Bench, label: str) -> Arguments:
    _proved(here, label)
    return order(here, label, rollback=True)


def _refused(here: Bench, label: str) -> Arguments:
    """Revoked right after its activation."""
    here.running.cli("revoke", _proved(here, label))
    return order(here, label)


def _switch(here: Bench, label: str) -> Arguments:
    in_use(here, f"{label}-a")
    here.certificate(f"{label}-b", **MANY_ORDERS)
    switch = {"from": f"{label}-a", "to": f"{label}-b", "date": "2020-01-01"}
    return {"siret": SIRET, "certificates": [], "switch": switch}


def _switch_back(here: Bench, label: str) -> Arguments:
    declared = _switch(here, label)
    here.done(SWITCH, **declared)
    return declared | {"switch": declared["switch"] | {"rollback": True}}


STORIES = (
    Story("rotation", ROTATION, _rotation),
    Story("rollback", ROTATION, _rollback),
    Story("rollback-early", ROTATION, _rollback_before_its_use),
    Story("refused", ROTATION, _refused),
    Story("compromised", ROTATION, _compromised),
    Story("switch", SWITCH, _switch),
    Story("switch-back", SWITCH, _switch_back),
)


def tries(here: Bench, story: Story) -> Iterator[tuple[str, list[str]]]:
    """(what was tried, what went wrong), for the run without a kill and for one killed after each of its steps."""
    result = here.done(story.module, **story.prepare(here, f"{story.name}-0"))
    steps = [step["code"] for step in result["steps"]]
    wanted = end(here, f"{story.name}-0")
    yield f"{story.name}: {len(steps)} steps, not killed", [] if steps else ["it did nothing"]
    for count, code in enumerate(steps, 1):
        label = f"{story.name}-{count}"
        declared = story.prepare(here, label)
        wrong = [] if killed(here, story.module, declared, count) else [f"it was not killed after step {count}"]
        here.done(story.module, **declared)
        wrong += differences(wanted, end(here, label))
        if here.done(story.module, **declared)["changed"]:
            wrong.append("a third run changes something")
        yield f"{story.name}: killed after step {count} ({code}), and run again", wrong


def killed(here: Bench, module: str, declared: Arguments, count: int) -> bool:
    """Run it in a process of its own that kills itself after so many steps; whether it did."""
    paths = (str(REPOSITORY), str(REPOSITORY / "build" / "collections"))
    done = subprocess.run(
        [sys.executable, "-m", "tests.rotation_proof.killed_module", module, str(count)],
        input=json.dumps(here.connection() | declared),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode == -9


def end(here: Bench, label: str) -> dict[str, Any]:
    """Where it has come to, without names and dates: the store's layout, the state of each version in the space, what the SI FPS says of the one in use."""
    folders = sorted((here.store / SIRET / "certificates").glob(f"{label}*"))
    mine = [folder for folder in folders if folder.name in (label, f"{label}-a", f"{label}-b")]
    listed = {each["fingerprint"]: each["state"] for each in here.done("antai_certificate_info", siret=SIRET)["certificates"]}
    return {each.name.removeprefix(label): _provider(here, each, listed) for each in mine}


def _provider(here: Bench, folder: Path, listed: dict[str, str]) -> dict[str, Any]:
    versions = sorted((folder / "versions").iterdir())
    machine = SiFpsClient(here.endpoints, Issued(folder / "current" / "certificate.pem", folder / "current" / "key.pem"))
    return {
        "layout": {str(each.relative_to(folder)): os.readlink(each) if each.is_symlink() else "" for each in sorted(folder.rglob("*"))},
        "remembered": {version.name: _remembered(version) for version in versions},
        "space": {version.name: _state(version, listed) for version in versions},
        "query": machine.query(SIRET)["etat"],
    }


def _remembered(version: Path) -> list[str]:
    """What is noted of a version, without its dates."""
    notes: Result = json.loads((version / "rotation.json").read_text(encoding="utf-8")) if (version / "rotation.json").exists() else {}
    return [*sorted(notes), str((notes.get("set_aside") or {}).get("why"))]


def _state(version: Path, listed: dict[str, str]) -> str:
    issued = Issued(version / "certificate.pem", version / "key.pem")
    return listed.get(issued.fingerprint, "not listed") if (version / "certificate.pem").exists() else "no certificate"


def differences(wanted: dict[str, Any], found: dict[str, Any], where: str = "") -> list[str]:
    wrong = []
    for name in sorted(wanted.keys() | found.keys()):
        one, other = wanted.get(name), found.get(name)
        if isinstance(one, dict) and isinstance(other, dict):
            wrong += differences(one, other, f"{where}/{name}")
        elif one != other:
            wrong.append(f"{where}/{name}: {one!r} without a kill, {other!r} with it")
    return wrong
