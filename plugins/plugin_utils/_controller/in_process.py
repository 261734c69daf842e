# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In Ansible's own process, or as a module? A pure decision.

In process a task costs a tenth of what a module costs; it is chosen only where the module would run as the same user,
on the same machine, with the same Python and the same environment, so that nobody can tell the difference.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

# Values of ansible_python_interpreter that leave the choice to Ansible.
ANY_PYTHON = ("", "auto", "auto_silent", "auto_legacy", "auto_legacy_silent")


@dataclass(frozen=True)
class Circumstances:
    """What a task asks for.

    connection: transport of the connection. become, environment, asynchronous: whether the task asks for them.
    wanted: the variable antai_in_process, None where it is not set. interpreter: the Python that the host names.
    own: the Python that runs Ansible. missing: packages that it lacks. system: as sys.platform.
    """

    connection: str = "local"
    become: bool = False
    environment: bool = False
    asynchronous: bool = False
    wanted: bool | None = None
    interpreter: str = ""
    own: str = sys.executable
    missing: Sequence[str] = ()
    system: str = sys.platform


def why_ship(asked: Circumstances) -> str | None:
    """The first reason to ship the module, or None: then it runs in process."""
    return next((reason for reason, holds in REASONS if holds(asked)), None)


def _other_python(asked: Circumstances) -> bool:
    return asked.interpreter not in ANY_PYTHON and not same_python(asked.interpreter, asked.own)


def same_python(one: str, other: str) -> bool:
    """One file in one folder. A link elsewhere to the same file is another environment, as in a venv, with other packages."""
    first, second = Path(one), Path(other)
    if not first.is_absolute():
        return False
    return os.path.realpath(first.parent) == os.path.realpath(second.parent) and os.path.realpath(first) == os.path.realpath(second)


# What antai_in_process: true overrides stands last.
REASONS: tuple[tuple[str, Callable[[Circumstances], bool]], ...] = (
    ("antai_in_process is false", lambda asked: asked.wanted is False),
    ("the connection is not local", lambda asked: asked.connection != "local"),
    ("become", lambda asked: asked.become),
    ("environment", lambda asked: asked.environment),
    ("async", lambda asked: asked.asynchronous),
    ("ansible_python_interpreter names another Python", lambda asked: not asked.wanted and _other_python(asked)),
    ("Ansible's own Python lacks packages", lambda asked: not asked.wanted and bool(asked.missing) and asked.interpreter in ANY_PYTHON),
    # A forked process that asks macOS for its proxies is killed by the system.
    ("macOS", lambda asked: not asked.wanted and asked.system == "darwin"),
)
