# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all answers of a face tell together: the clock, the rate limit, how long they take. Pure."""

from __future__ import annotations

from datetime import timezone
from email.utils import parsedate_to_datetime

from .._http.messages import Exchange
from .._resources.certificate.order import CLOCK_TOLERANCE
from .check_result import FAIL, NOT_VERIFIABLE, OK, SKIPPED, WARN, CheckResult

# Seconds. Tokens and signatures commonly allow five minutes; a minute is what a clock that is set at all keeps.
CLOCK_WARN, CLOCK_FAIL = 60, int(CLOCK_TOLERANCE.total_seconds())
# Of the time-out: an answer that takes more will soon take too long.
SLOW_SHARE = 0.5
# Of the limit: what is left is little.
NEAR_SHARE = 0.1
TOO_MANY = 429


def check_exchanges(exchanges: list[Exchange], face: str, timeout: float) -> list[CheckResult]:
    answered = [exchange for exchange in exchanges if exchange.response]
    if not answered:
        return [CheckResult(check, face, SKIPPED, "no_answers") for check in ("clock", "rate_limit", "speed")]
    return [clock(answered, face), rate_limit(answered, face), speed(answered, face, timeout)]


def clock(answered: list[Exchange], face: str) -> CheckResult:
    """By the header Date (RFC 9110, 6.6.1), whole seconds; the answer that differs least counts, for others may have waited."""
    differences = [difference for exchange in answered if (difference := _difference(exchange)) is not None]
    if not differences:
        return CheckResult("clock", face, NOT_VERIFIABLE, "no_date")
    seconds = min(differences, key=abs)
    outcome = FAIL if abs(seconds) > CLOCK_FAIL else WARN if abs(seconds) > CLOCK_WARN else OK
    return CheckResult(
        "clock", face, outcome, "clock_ok" if outcome == OK else "clock_off", {"seconds": abs(seconds), "ahead": seconds > 0}
    )


def _difference(exchange: Exchange) -> int | None:
    try:
        theirs = parsedate_to_datetime(exchange.response.headers["date"] if exchange.response else "")
    except (KeyError, TypeError, ValueError):
        return None
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=timezone.utc)
    return round((theirs - exchange.at).total_seconds())


def rate_limit(answered: list[Exchange], face: str) -> CheckResult:
    limits: dict[str, str] = {}
    for exchange in answered:
        if exchange.response:
            limits |= {
                name: value
                for name, value in exchange.response.headers.items()
                if name.removeprefix("x-").startswith(("ratelimit", "rate-limit")) or name == "retry-after"
            }
    facts = {"limits": [f"{name}: {value}" for name, value in sorted(limits.items())]}
    if any(exchange.response and exchange.response.status == TOO_MANY for exchange in answered):
        after = f" (Retry-After: {limits['retry-after']})" if "retry-after" in limits else ""
        return CheckResult("rate_limit", face, FAIL, "limited", facts | {"after": after})
    if not limits:
        return CheckResult("rate_limit", face, OK, "no_limits")
    return CheckResult("rate_limit", face, *((WARN, "limits_near") if _near(limits) else (OK, "limits")), facts)


def _near(limits: dict[str, str]) -> bool:
    """By ...-remaining beside ...-limit, as plain numbers."""
    for name, value in limits.items():
        stem, separator, _rest = name.rpartition("remaining")
        whole = limits.get(f"{stem}limit", "").split(",")[0].split(";")[0].strip() if separator else ""
        if value.strip().isdecimal() and whole.isdecimal() and int(value) <= int(whole) * NEAR_SHARE:
            return True
    return False


def speed(answered: list[Exchange], face: str, timeout: float) -> CheckResult:
    slowest = max(answered, key=lambda exchange: exchange.seconds)
    facts = {
        "seconds": round(slowest.seconds, 3),
        "timeout": timeout,
        "method": slowest.request.method,
        "path": slowest.request.path,
    }
    slow = slowest.seconds > timeout * SLOW_SHARE
    return CheckResult("speed", face, WARN if slow else OK, "slow" if slow else "fast_enough", facts)
