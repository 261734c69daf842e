# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a rotation, and the resource that they describe."""

from __future__ import annotations

from typing import Any

from ..._options.declaration import FIELDS
from ..._options.spec import CONTACT, ORDERING_NAMES, Spec, checked, declared_options
from ..._pki.renewal import RenewalPolicy
from ...dates import parse_duration
from ...errors import InvalidInput
from ..certificate.evaluation_options import JUDGING_SPEC, VALIDATION, judging_if_declared
from ..certificate.options import ELSEWHERE, PROVIDER, declared_certificate, declared_order
from ..kinds import DeclaringKind
from .case import UNTIL, Wish
from .rotation import Rotation


def rotation(parameters: dict[str, Any]) -> Rotation:
    """What is ordered is never what is declared itself: that is elsewhere."""
    declared = declared_certificate(parameters, "active")
    order = declared_order(parameters | {"certificate": None, "certificate_content": None})
    email, judging = checked(parameters, "agent_email"), judging_if_declared(parameters)
    return Rotation(order, declared, rotation_wish(parameters), agent_email=email, judging=judging)


def rotation_wish(parameters: dict[str, Any]) -> Wish:
    """Raises InvalidInput."""
    replace, policy = FIELDS["rotation_replace"].checked(parameters["replace"]), RenewalPolicy(tuple(parameters["renewal_days"]))
    acknowledge = FIELDS["rotation_acknowledge"].checked(parameters["acknowledge"])
    if parameters["compromised"] and replace is None:
        raise InvalidInput("compromised", "does not say which certificate", "name its fingerprint with `replace` (antai_rotation_replace)")
    if acknowledge is not None and acknowledge == replace:
        raise InvalidInput(
            "acknowledge", "names the certificate that `replace` names", "order another one, or wait for it no more: declare one of both"
        )
    grace = parse_duration(FIELDS["rotation_grace"].checked(parameters["grace"]) or "")
    return Wish(
        grace, policy, parameters["until"], replace, parameters["compromised"], parameters["rollback"], parameters["reloaded"], acknowledge
    )


# What the rotation and its read-only twin take.
ROTATION_SPEC: Spec = (
    declared_options("siret", "rotation_grace", "renewal_days", *CONTACT, *ORDERING_NAMES) | PROVIDER | ELSEWHERE | JUDGING_SPEC
)


# A rotation that only goes its way.
NO_WISH = {"replace": None, "acknowledge": None, "compromised": False, "rollback": False, "until": "retired", "reloaded": True}


CERTIFICATE_ROTATION = DeclaringKind(
    ROTATION_SPEC
    | declared_options("rotation_replace", "rotation_compromised", "rotation_rollback", "rotation_acknowledge")
    | {"until": {"type": "str", "choices": list(UNTIL), "default": "retired"}, "reloaded": {"type": "bool", "default": True}},
    rotation,
    VALIDATION,
)
