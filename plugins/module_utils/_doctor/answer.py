# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What antai_doctor answers."""

from __future__ import annotations

from typing import Any

from .._options.spec import options
from .._plan.settings import Settings
from .._resources.base import Context
from .._resources.certificate.evaluation_options import JUDGING_SPEC, VALIDATION, judging_if_declared
from .._resources.certificate.options import declared_certificate
from .._resources.kinds import InfoKind
from ..siret import check_siret
from .check_result import FAIL, OUTCOMES, overall
from .examination import examine
from .session import DoctorRequest, DoctorSession
from .table import counted, table, totals
from .transcript import Transcript

# From which outcome on the module fails.
FAIL_ON = (FAIL, "warn", "never")


def doctor(parameters: dict[str, Any], context: Context, settings: Settings) -> dict[str, Any]:
    """{outcome, counts, checks, text}, and the transcript where one is wanted; failed, with what and what to do, as fail_on says."""
    session = DoctorSession(_request(parameters), context, settings.now)
    checks = [result.as_dict(settings.language) for result in examine(session)]
    outcome = overall([check["outcome"] for check in checks])
    answer: dict[str, Any] = {"outcome": outcome, "counts": counted(checks), "checks": checks, "text": table(checks, settings.language)}
    if parameters["record"]:
        personal = [parameters["agent_email"], parameters["username"]]
        transcript = Transcript(context.operations.profile, context.operations.credentials.redactor, personal).of(session.exchanges)
        answer["transcript"] = transcript | {"checks": checks}
    threshold = parameters["fail_on"]
    if threshold != "never" and OUTCOMES.index(outcome) >= OUTCOMES.index(threshold):
        first = next(check for check in checks if check["outcome"] == outcome)
        answer |= {
            "failed": True,
            "msg": f"{totals(checks, settings.language)}; {first['face']}: {first['check']}: {first['what']} - {first['what_to_do']}",
        }
    return answer


def _request(parameters: dict[str, Any]) -> DoctorRequest:
    sirets = [parameters["siret"], *parameters["sirets"]]
    return DoctorRequest(
        sirets=tuple(dict.fromkeys(check_siret(siret) for siret in sirets if siret)),
        agent_email=parameters["agent_email"],
        cycle=parameters["cycle"],
        certificates=tuple(declared_certificate(certificate, "present") for certificate in parameters["certificates"]),
        judging=judging_if_declared(parameters),
        timeout=parameters["timeout"],
        store=parameters["store"],
    )


DOCTOR = InfoKind(
    options("siret", "agent_email", "cycle", "certificates", required=("siret", "certificates"))
    | JUDGING_SPEC
    | {
        "sirets": {"type": "list", "elements": "str", "default": []},
        "record": {"type": "path"},
        "fail_on": {"type": "str", "choices": list(FAIL_ON), "default": FAIL_ON[0]},
    },
    doctor,
    VALIDATION,
)
