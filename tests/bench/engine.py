# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine of antai_fleet without Ansible: what is compared with the bare loop.

python -m tests.bench.engine JOB.json      as tests.bench.bare; a job with `profile_file` leaves a cProfile there
"""

from __future__ import annotations

import copy
import cProfile
import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.collectivites.antai.plugins.module_utils._options.spec import connection_spec
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import read_store
from ansible_collections.collectivites.antai.plugins.module_utils._plan.settings import Settings
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.onboarding import ONBOARDING_INFO
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.trust_store import load
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet import workers
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.declared_host import DeclaredHost
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.engine import Fleet
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.proving import ProvingPolicy
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.run_state import FleetOptions
from tests.support.bench import encoded
from tests.support.run_module import profile


def entries(job: dict[str, Any]) -> list[DeclaredHost]:
    """The declarations, checked as the action checks them; that is not measured."""
    validator = ArgumentSpecValidator(connection_spec() | ONBOARDING_INFO.spec)
    trusted = read_store(load(Path(job["trust_store"]))) if job["trust_store"] else None
    shared = {"profile": _profile(job), "trust_store": trusted}
    found = []
    for host in job["hosts"]:
        checked = validator.validate(_declared(job, host))
        assert not checked.error_messages, checked.error_messages
        parameters = checked.validated_parameters | shared
        if job["scenario"] == "onboarding":
            parameters["document"] = f"{host['siret']}.pdf"
            parameters["document_content"] = encoded((Path(job["signed_folder"]) / parameters["document"]).read_bytes())
        found.append(DeclaredHost(host["siret"], parameters))
    return found


def _profile(job: dict[str, Any]) -> Any:
    data = copy.deepcopy(profile())
    if not job["lists"]:
        data["operations"]["space_list"] = {"absent": True}
    return data


def _declared(job: dict[str, Any], host: dict[str, Any]) -> dict[str, Any]:
    faces = {f"{face}_{name}": job[face][name] for face in ("portal", "sifps") for name in ("url", "ca_file")}
    return faces | {
        "store": job["store"],
        "username": host["login"],
        "password": host["password"],
        "siret": host["siret"],
        "name": host["name"],
        "departement": host["departement"],
        "address": {"street": host["street"], "postal_code": host["postal_code"], "city": host["city"]},
        "contact_email": host["contact_email"],
        "agent_name": "Agent",
        "agent_email": job["agent_email"],
        "cycle": host["cycle"],
        "certificates": [{"provider": host["provider"], "key_type": "ec-p256"}],
    }


class InTurn(ThreadPoolExecutor):
    """One after the other in the thread that asks: cProfile sees one thread only."""

    def map(self, fn: Callable[..., Any], *iterables: Any, **_options: Any) -> Iterator[Any]:
        return iter([fn(*each) for each in zip(*iterables, strict=True)])


def main(path: str) -> None:
    job = json.loads(Path(path).read_text(encoding="utf-8"))
    if job.get("profile_file"):
        workers.ThreadPoolExecutor = InTurn  # type: ignore[misc]
    fleet = Fleet(entries(job), Settings(), FleetOptions(workers=job["workers"], proving=ProvingPolicy("never")))
    profiler = cProfile.Profile() if job.get("profile_file") else None
    wall, cpu = time.perf_counter(), time.process_time()
    told = profiler.runcall(fleet.result) if profiler else fleet.result()
    spent = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    if profiler:
        profiler.dump_stats(job["profile_file"])
    summary = told["summary"]
    if summary["failed"]:
        raise SystemExit(f"{summary['failed']} failed: {summary['failures'][0]['msg']}")
    print(json.dumps(spent | {"http_requests": summary["requests"], "changed": summary["changed"]}))


if __name__ == "__main__":
    main(sys.argv[1])
