# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process of its own for each unknown document, with bounded memory and time: what is in it may have been made to exhaust both.

The process gets the document and nothing else of ours: no environment, no credentials, no open connection.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ..dates import instant
from ..errors import DocumentError, MissingLibrary
from .facts import Facts, facts_from
from .inspection import inspect, signed_fields
from .libraries import require_pdf, require_signatures
from .signatures import examine

HERE = "ansible_collections.collectivites.antai.plugins.module_utils.pdf.confined"
START = "import json, sys; sys.path[:] = json.loads(sys.stdin.readline()); from {here} import main; main()"
TOO_HEAVY = "it needs more than {what} to be read: it was made to exhaust who opens it, or is broken"


@dataclass(frozen=True)
class Limits:
    """memory_mib: of the address space of the process, the interpreter and the libraries included (some 200).

    cpu_seconds: of processor time, so that a busy machine refuses no good document; seconds: of the whole reading, in any case.
    """

    memory_mib: int = 640
    cpu_seconds: int = 20
    seconds: float = 180.0


DEFAULT_LIMITS = Limits()


def read_document(content: bytes, now: datetime, anchors: Iterable[str] = (), limits: Limits = DEFAULT_LIMITS) -> Facts:
    """What stands in the document. anchors: PEM of the CAs that the user trusts for signatures.

    Raises MissingLibrary (pyHanko only where there is an electronic signature), DocumentError where the process itself cannot run.
    """
    require_pdf()
    task = {
        "document": base64.b64encode(content).decode(),
        "now": instant(now),
        "anchors": list(anchors),
        "memory": limits.memory_mib * 1024 * 1024,
        "cpu": limits.cpu_seconds,
    }
    said = f"{json.dumps(_paths())}\n{json.dumps(task)}".encode()
    command = [sys.executable, "-I", "-c", START.format(here=HERE)]
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    try:
        ended = subprocess.run(  # noqa: S603 (our own interpreter, our own words)
            command, input=said, capture_output=True, timeout=limits.seconds, env=environment, cwd="/", check=False
        )
    except subprocess.TimeoutExpired:
        return Facts(unreadable=TOO_HEAVY.format(what=f"{limits.seconds:g} seconds"), heavy=True)
    except OSError as error:
        raise DocumentError(
            f"no process can be started to read the document: {error.strerror}", "check the limits of this machine"
        ) from error
    return _answered(ended, limits)


def _answered(ended: subprocess.CompletedProcess[bytes], limits: Limits) -> Facts:
    try:
        answer = json.loads(ended.stdout)
    except ValueError:
        answer = {"died": True}
    if "missing" in answer:
        raise MissingLibrary(answer["missing"])
    if "died" not in answer:
        return facts_from(answer["facts"])
    if ended.returncode == -signal.SIGXCPU:
        return Facts(unreadable=TOO_HEAVY.format(what=f"{limits.cpu_seconds} seconds of processor time"), heavy=True)
    last = ended.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit code {ended.returncode}"]
    if ended.returncode < 0 or "MemoryError" in last[0]:
        return Facts(unreadable=TOO_HEAVY.format(what=f"{limits.memory_mib} MiB"), heavy=True)
    raise DocumentError(f"the process that reads the document ended at once: {last[0][:300]}", "please report this as a bug")


def _paths() -> list[str]:
    """Where this process finds its modules, and this collection, which Ansible finds by other means."""
    here = next((each for each in Path(__file__).parents if each.name == "ansible_collections"), None)
    ours = str(here.parent) if here else ""
    return [each for each in dict.fromkeys((ours, *(os.path.abspath(each or os.curdir) for each in sys.path))) if each]


def main() -> None:
    """In the confined process: one document in, its facts out, as JSON."""
    task = json.loads(sys.stdin.read())
    try:
        resource.setrlimit(resource.RLIMIT_AS, (task["memory"], task["memory"]))
        resource.setrlimit(resource.RLIMIT_CPU, (task["cpu"], task["cpu"] + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        found = answer(base64.b64decode(task["document"]), task["now"], task["anchors"])
    except MemoryError:
        found = {"facts": {"unreadable": TOO_HEAVY.format(what=f"{task['memory'] // 1024 // 1024} MiB"), "heavy": True}}
    sys.stdout.write(json.dumps(found))


def answer(content: bytes, now: str, anchors: list[str]) -> dict[str, Any]:
    """{facts: the fields of Facts}, or {missing: packages}."""
    found = inspect(content)
    if found.get("unreadable"):
        return {"facts": found}
    names = signed_fields(content)
    try:
        if names:
            require_signatures()
            found["signatures"] = examine(content, names, now, anchors)
    except MissingLibrary as error:
        return {"missing": error.details["packages"]}
    return {"facts": found}
