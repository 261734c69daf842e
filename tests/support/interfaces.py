# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interfaces that whole suites run against: the sandbox's own, and a second one that differs in everything (tests/stand_in).

A suite runs against both by `pytestmark = EITHER_INTERFACE`, or a test by `@EITHER_INTERFACE`, where it takes the fixture `bench` or
`interface`. Only the profile differs: the YAML file is all that the collection is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.plugin_utils._controller import profile_file
from tests.support.sandbox_process import REPOSITORY


@dataclass(frozen=True)
class Interface:
    """program: the module that serves it. profile: its file, and the name that playbooks give it."""

    name: str
    program: str
    file: Path
    profile: str

    def content(self) -> dict[str, Any]:
        return _content(self.file)

    def faces(self, endpoints: dict[str, Any]) -> dict[str, dict[str, str]]:
        """{portal, sifps}, each {url, ca_file}, from endpoints.json."""
        faces: dict[str, dict[str, str]] = endpoints if self.name == "sandbox" else endpoints["stand_in"]
        return {face: faces[face] for face in ("portal", "sifps")}

    def variables(self, endpoints: dict[str, Any]) -> dict[str, str]:
        """For a playbook over the demo's inventory, which is the sandbox's."""
        if self.name == "sandbox":
            return {}
        faces = self.faces(endpoints)
        variables = {f"antai_{face}_{option}": faces[face][option] for face in faces for option in ("url", "ca_file")}
        return variables | {"antai_profile": self.profile}

    def templated(self) -> dict[str, str]:
        """The same for an inventory of our own, where `endpoints` holds endpoints.json."""
        place = "endpoints" if self.name == "sandbox" else "endpoints.stand_in"
        variables = {
            f"antai_{face}_{option}": f"{{{{ {place}.{face}.{option} }}}}" for face in ("portal", "sifps") for option in ("url", "ca_file")
        }
        return variables | {"antai_profile": self.profile}


@lru_cache
def _content(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = profile_file.load(file)
    return content


_SECOND = REPOSITORY / "tests" / "data" / "profiles" / "stand_in.yml"
INTERFACES = {
    "sandbox": Interface(
        "sandbox", "sandbox", REPOSITORY / "plugins" / "plugin_utils" / "_shipped" / "profiles" / "sandbox.yml", "sandbox"
    ),
    "stand_in": Interface("stand_in", "tests.stand_in", _SECOND, str(_SECOND)),
}
EITHER_INTERFACE = pytest.mark.parametrize("interface", list(INTERFACES), indirect=True)
