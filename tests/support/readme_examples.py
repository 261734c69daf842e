# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks that the roles' READMEs show, as files for ansible-lint: they are there to be copied.

python -m tests.support.readme_examples FOLDER
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import yaml

from tests.support.collection import ROLES, ROOT


def playbooks(role: str) -> list[str]:
    """The YAML blocks of its README that are lists of plays."""
    readme = (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    return [block for block in blocks if isinstance(yaml.safe_load(block), list)]


def write(folder: Path) -> None:
    """Each in folder/playbooks, by its role; what was there before goes."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "playbooks").mkdir(parents=True)
    (folder / ".ansible-lint").write_text("---\noffline: true\n", encoding="utf-8")
    for role in ROLES:
        for number, playbook in enumerate(playbooks(role)):
            (folder / f"playbooks/{role}_{number}.yml").write_text(f"---\n{playbook}", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
