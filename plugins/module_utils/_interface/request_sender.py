# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the requests of one collectivité's run are sent: over which conversation, counted, and reads remembered within one observation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

from .._http.client_certificate import ClientCertificate
from .._http.messages import Request, Response
from ..errors import OperationAbsent
from .agent import Agent, Conversation
from .catalogue import OPERATIONS
from .profile.operation import ProfileOperation
from .profile.profile import Profile


class RequestSender:
    """In one thread; the agent behind it serves many. certificate: the one that the connection presents, where an operation is about it."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.counts: Counter[str] = Counter(read=0, write=0, session=0)
        self._conversations: dict[tuple[str, ClientCertificate | None], Conversation] = {}
        self._answers: dict[Hashable, Response] = {}

    @property
    def profile(self) -> Profile:
        return self.agent.profile

    @property
    def has_answers(self) -> bool:
        """Whether something was read since the last write."""
        return bool(self._answers)

    def call(self, operation: str) -> ProfileOperation:
        """How the profile speaks it. Raises OperationAbsent."""
        call = self.profile.call(operation)
        if call is None:
            raise OperationAbsent(operation, OPERATIONS[operation].without)
        return call

    def read(self, call: ProfileOperation, request: Request, certificate: ClientCertificate | None = None) -> Response:
        """The answer, whatever its status; the same one to the same question until `forget`."""
        key = (call.face, request.key, self.agent.presents(call.face, certificate))
        if key not in self._answers:
            self._answers[key] = self.send(call, request, certificate)
        return self._answers[key]

    def send(self, call: ProfileOperation, request: Request, certificate: ClientCertificate | None = None, kind: str = "") -> Response:
        """kind: as which class of operation it is counted, where that is not the operation's own."""
        conversation = self.conversation(call.face, certificate)
        return conversation.send(
            request,
            anonymous=call.anonymous,
            kind=kind or call.spec.kind,
            counts=self.counts,
            is_unauthenticated=lambda response: self.profile.meaning(call, response) == "unauthenticated",
        )

    def conversation(self, face: str, certificate: ClientCertificate | None = None) -> Conversation:
        """Of all, but where it is the certificate of the collectivité that the connection presents."""
        own = certificate if self.agent.presents(face, certificate) == certificate else None
        if (face, own) not in self._conversations:
            self._conversations[face, own] = self.agent.own_conversation(face, own) if own else self.agent.conversation(face)
        return self._conversations[face, own]

    def server_chain(self, face: str) -> tuple[bytes, ...]:
        """DER of the certificates that this face's server has shown us, its own first; empty where it was not asked anything yet."""
        chains = [conversation.server_chain for (name, _own), conversation in self._conversations.items() if name == face]
        return next((chain for chain in chains if chain), ())

    def forget(self) -> None:
        """What was read: the next reads ask the server."""
        self._answers.clear()

    def close_own(self) -> None:
        """The connections that present a certificate of the collectivité; the others are shared."""
        for (_face, own), conversation in self._conversations.items():
            if own:
                conversation.close()
        self._conversations.clear()
