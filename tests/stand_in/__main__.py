# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.stand_in serve --state DIR [--policy FILE]`: the sandbox's world, with a second interface beside the sandbox's own.

People act through the sandbox's commands, tests look through its faces; the collection speaks with `guichet` and `echange` only. The state,
the rules and the policies are the sandbox's, the wire is another in everything: see routes.py.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sandbox import authentication, contract, tls
from sandbox.face import FaceKind
from sandbox.policy import load_policy
from sandbox.ports import HOST
from sandbox.request_log import RequestLog
from sandbox.sandbox_state import SandboxState
from sandbox.server import ExtraFaces, serve
from sandbox.state_paths import StatePaths
from tests.stand_in import routes
from tests.stand_in.face import StandInFace, bearer_caller


def faces(sandbox: SandboxState, log: RequestLog) -> list[Any]:
    operations = {operation.id: operation for operation in contract.operations()}
    return [
        StandInFace(FaceKind("guichet", bearer_caller), sandbox, log, routes.guichet(operations)),
        StandInFace(FaceKind("echange", authentication.sifps_caller, mutual_tls=True), sandbox, log, routes.echange(operations)),
    ]


def endpoints_of(sandbox: SandboxState, listening: dict[str, int]) -> dict[str, Any]:
    ca_file = str(tls.server_ca(sandbox.paths))
    named = {"portal": "guichet", "sifps": "echange"}
    return {"stand_in": {face: {"url": f"https://{HOST}:{listening[site]}", "ca_file": ca_file} for face, site in named.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.stand_in")
    parser.add_argument("command", choices=("serve",))
    parser.add_argument("--state", required=True, type=Path)
    parser.add_argument("--policy", type=Path)
    parser.add_argument("--until-stdin-closes", action="store_true")
    arguments = parser.parse_args()
    serve(StatePaths(arguments.state), load_policy(arguments.policy), {}, arguments.until_stdin_closes, ExtraFaces(faces, endpoints_of))


if __name__ == "__main__":
    main()
