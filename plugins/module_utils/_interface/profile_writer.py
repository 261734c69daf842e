# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing through a profile: the requests of one write in order, and the job that it may become."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._http.client_certificate import ClientCertificate
from .._http.messages import Request, Response
from ..errors import StillRunning
from .profile.jobs import Job, JobFollowing, follow
from .profile.operation import FollowUp, ProfileOperation
from .profile_reader import OperationValues, ProfileReader, RecordNotFound
from .refusals import accept, explained, failed_job, refusal
from .request_sender import RequestSender


class ProfileWriter:
    """The writes of one collectivité's run. pause, monotonic: seconds, while a job is followed."""

    def __init__(
        self, sender: RequestSender, reader: ProfileReader, pause: Callable[[float], None], monotonic: Callable[[], float]
    ) -> None:
        self._sender = sender
        self._profile = sender.profile
        self._reader = reader
        self._pause = pause
        self._monotonic = monotonic

    def write(self, operation: str, values: Mapping[str, Any], certificate: ClientCertificate | None = None) -> bool:
        """Whether what it is about was there. Raises StillRunning where it has become a job that still runs."""
        call = self._sender.call(operation)
        try:
            filled = self._reader.values(call, values)
            request = self._profile.render(call, filled)
        except RecordNotFound:
            return False
        self._reader.forget()
        response = self._sender.send(call, request, certificate)
        meaning = accept(self._profile, call, response)
        if meaning != "success":
            return meaning == "already_done"
        self._conclude(call, call, filled, response, request, certificate)
        for follow_up in call.then:
            request = self._profile.render(call, filled, follow_up=follow_up)
            response = self._sender.send(call, request, certificate)
            meaning = str(self._profile.meaning(call, response, follow_up))
            if meaning != "success":
                raise refusal(self._profile, call, response, self._profile.meaning(call, response, follow_up))
            self._conclude(call, follow_up, filled, response, request, certificate)
        return True

    def job_state(self, job: Job) -> str:
        """Of a job that an earlier run left: pending, done or unknown. Raises RefusedByServer where it has failed."""
        call = self._sender.call(job.operation)
        following = call.jobs
        if following is None:
            return "unknown"
        with explained(call.name):
            state, response = self._look(call, following, job, None)
        if state == "failed":
            raise failed_job(self._profile, call, response)
        return state

    def _conclude(
        self,
        call: ProfileOperation,
        part: ProfileOperation | FollowUp,
        values: OperationValues,
        response: Response,
        request: Request,
        certificate: ClientCertificate | None,
    ) -> None:
        """From the answer to one request of a write: the values that later ones use, and its job to its end.

        Raises StillRunning, or RefusedByServer where the job fails.
        """
        values.update(self._profile.kept_values(call, part, response))
        following = part.job
        if following is None or response.status not in following.statuses:
            return
        with explained(call.name):
            url = self._sender.conversation(call.face, certificate).url_of(request)
            job = following.begun(response, self._profile.lenient(response), url, values)
        state, last = follow(following, lambda: self._look(call, following, job, certificate), self._pause, self._monotonic)
        if state == "failed" and last:
            raise failed_job(self._profile, call, last)
        if state != "done":
            raise StillRunning(job.as_dict())

    def _look(
        self, call: ProfileOperation, following: JobFollowing, job: Job, certificate: ClientCertificate | None
    ) -> tuple[str, Response]:
        response = self._sender.send(call, job.request, certificate, kind="read")
        return following.state(response, self._profile.lenient(response)), response
