# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who acts: what every intent in the journal says of its run. The controller says it (the actions); a module that is run by itself finds what it can."""

from __future__ import annotations

import hashlib
import os
import platform
import pwd
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

# Variables of the environment in which CI systems name their job: GitLab, Jenkins, GitHub, AWX and AAP.
JOB_VARIABLES = ("CI_JOB_URL", "BUILD_URL", "GITHUB_RUN_ID", "AWX_JOB_ID", "TOWER_JOB_ID", "JOB_ID")
LONGEST = 200


@dataclass(frozen=True)
class Actor:
    """user: of the system, and by whom it was taken on (sudo). host: the machine of Ansible. run: the same for all tasks of a run.

    playbook: as the command line names it. job: `variable=value` of the CI system; "" where there is none.
    """

    user: str = ""
    host: str = ""
    run: str = ""
    playbook: str = ""
    job: str = ""

    @classmethod
    def of(cls, option: Mapping[str, object] | None) -> Actor:
        """option: of the modules; what it leaves out is found here."""
        declared = {name: str(text)[:LONGEST] for name, text in (option or {}).items() if text}
        return cls(**{field.name: declared.get(field.name) or getattr(_HERE, field.name) for field in fields(cls)})

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def _user() -> str:
    try:
        name = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        name = f"uid {os.geteuid()}"
    behind = os.environ.get("SUDO_USER", "")
    return f"{name} (sudo: {behind})" if behind else name


def run_id(process: int) -> str:
    """The same for all that happens on behalf of this process, and for no other one, even where the system gives its number again."""
    try:
        started = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[19]
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    except (OSError, IndexError):  # no Linux
        started, boot = "", ""
    return hashlib.sha256(f"{platform.node()}|{boot}|{process}|{started}".encode()).hexdigest()[:16]


def local_actor(playbook: str = "") -> Actor:
    """What this process knows: Ansible's own is the parent of the one that does a task."""
    job = next((f"{name}={os.environ[name]}"[:LONGEST] for name in JOB_VARIABLES if os.environ.get(name)), "")
    return Actor(_user(), platform.node(), run_id(os.getppid()), playbook, job)


_HERE = local_actor()
_acting = _HERE


def assume(actor: Actor) -> None:
    """What is written from now on is this one's: a process does one task."""
    global _acting
    _acting = actor


def acting() -> Actor:
    return _acting
