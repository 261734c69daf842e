# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In process, or as a module: a table of everything that a task can ask for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.in_process import (
    ANY_PYTHON,
    REASONS,
    Circumstances,
    same_python,
    why_ship,
)

OWN = "/opt/venv/bin/python"
PLAIN = Circumstances(interpreter=OWN, own=OWN, system="linux")
OTHER = "ansible_python_interpreter names another Python"
LACKS = "Ansible's own Python lacks packages"

TABLE: tuple[tuple[dict[str, Any], str | None], ...] = (
    ({}, None),
    ({"connection": "ssh"}, "the connection is not local"),
    ({"become": True}, "become"),
    ({"environment": True}, "environment"),
    ({"asynchronous": True}, "async"),
    ({"wanted": False}, "antai_in_process is false"),
    ({"wanted": True}, None),
    ({"interpreter": "/usr/bin/python3"}, OTHER),
    ({"interpreter": "python3"}, OTHER),
    ({"interpreter": "/usr/bin/env python3"}, OTHER),
    ({"missing": ["requests"]}, None),  # the module would lack them just the same, and says so
    ({"interpreter": "auto", "missing": ["requests"]}, LACKS),
    ({"interpreter": "", "missing": ["requests"]}, LACKS),
    ({"system": "darwin"}, "macOS"),
    # What antai_in_process: true overrides, and what not
    ({"wanted": True, "interpreter": "/usr/bin/python3"}, None),
    ({"wanted": True, "interpreter": "auto", "missing": ["requests"]}, None),
    ({"wanted": True, "system": "darwin"}, None),
    ({"wanted": True, "connection": "ssh"}, "the connection is not local"),
    ({"wanted": True, "become": True}, "become"),
    ({"wanted": True, "environment": True}, "environment"),
    ({"wanted": True, "asynchronous": True}, "async"),
    *(({"interpreter": each}, None) for each in ANY_PYTHON),
)


@pytest.mark.parametrize(("asked", "reason"), TABLE, ids=lambda value: str(value))
def test_table(asked: dict[str, Any], reason: str | None) -> None:
    assert why_ship(replace(PLAIN, **asked)) == reason


def test_every_reason_stands_in_the_table() -> None:
    assert {reason for _asked, reason in TABLE if reason} == {reason for reason, _holds in REASONS}


def test_the_same_python(tmp_path: Path) -> None:
    """A venv links to a Python elsewhere, which has other packages; the names beside one another are one."""
    real, venv, linked = tmp_path / "usr", tmp_path / "venv", tmp_path / "linked"
    real.mkdir()
    venv.mkdir()
    (real / "python3.11").touch()
    (real / "python3").symlink_to("python3.11")
    (venv / "python").symlink_to(real / "python3")
    (venv / "python3").symlink_to("python")
    linked.symlink_to(venv)
    assert same_python(str(venv / "python"), str(venv / "python3"))
    assert same_python(str(linked / "python"), str(venv / "python"))
    assert same_python(str(real / "python3"), str(real / "python3.11"))
    assert not same_python(str(venv / "python"), str(real / "python3"))
    assert not same_python("python3", "python3")
