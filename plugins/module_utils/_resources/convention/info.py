# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What antai_convention_info answers."""

from __future__ import annotations

from typing import Any

from ..._plan.results import Answer
from ..._plan.settings import Settings
from ..base import Context
from ..kinds import InfoKind
from ..listing import ONE_OR_ALL, read_spaces, visible


def convention_info(parameters: dict[str, Any], context: Context, settings: Settings) -> Answer:
    return visible(
        "conventions",
        read_spaces(parameters, context),
        lambda siret, space: [{"siret": siret} | convention for convention in space.conventions],
    )


CONVENTION_INFO = InfoKind(ONE_OR_ALL, convention_info)
