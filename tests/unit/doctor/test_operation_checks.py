# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the doctor says of an operation that did not answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._doctor.check_result import FAIL, SKIPPED, CheckResult
from ansible_collections.collectivites.antai.plugins.module_utils._doctor.operation_checks import failed_operation
from ansible_collections.collectivites.antai.plugins.module_utils.errors import AntaiError, RequestError, TransportError

LABEL = {"certificate": "parkexemple"}


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            TransportError("no answer", method="GET", path="/x", timed_out=True),
            (FAIL, "timed_out", {"method": "GET", "path": "/x", "timeout": 30, "told": "no answer", "hint": ""}),
        ),
        (RequestError("broken", "mend it"), (FAIL, "broken", {"told": "broken", "hint": "mend it"})),
        (RequestError("broken", operation="account_get"), (SKIPPED, "prerequisite", {"because": "account_get"})),
    ],
)
def test_a_failed_operation_keeps_the_certificate_that_it_was_asked_with(
    error: AntaiError, expected: tuple[str, str, dict[str, object]]
) -> None:
    session = cast(Any, SimpleNamespace(request=SimpleNamespace(timeout=30)))
    call = cast(Any, SimpleNamespace(name="convention_list", face="portal"))
    outcome, code, facts = expected
    assert failed_operation(session, call, error, LABEL) == CheckResult("convention_list", "portal", outcome, code, {**LABEL, **facts})
