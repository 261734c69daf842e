# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What antai_certificate_rotation_info answers."""

from __future__ import annotations

from typing import Any

from ..._plan.results import Answer, steps_to_come
from ..._plan.settings import Settings
from ..base import Context
from ..certificate.evaluation_options import VALIDATION
from ..kinds import InfoKind
from .options import NO_WISH, ROTATION_SPEC, rotation


def certificate_rotation_info(parameters: dict[str, Any], context: Context, settings: Settings) -> Answer:
    """{rotation, renewal, verdicts, steps_to_come, waiting} of antai_certificate_rotation_info. Raises the errors of errors.py."""
    resource = rotation(parameters | NO_WISH)
    state = resource.observe(context)
    plan = resource.plan_dated(state, context, settings.now())
    decided = resource.due(state, settings.now())
    return {"rotation": plan.before, "renewal": decided.as_dict() if decided else None} | plan.facts | steps_to_come(plan, settings)


CERTIFICATE_ROTATION_INFO = InfoKind(ROTATION_SPEC, certificate_rotation_info, VALIDATION)
