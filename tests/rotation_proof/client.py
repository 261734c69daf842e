# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A provider's machine: sends FPS without pause over mutual TLS, and follows a link to its key and certificate. A program of its own, from the standard
library only; it knows nothing of the collection but where the link is.

    python client.py URL CA_FILE LINK SIRET REPORT

One number after the other; what is not accepted (201) counts as refused, whatever the reason. REPORT is JSON: {sent, refused, first_refusals,
certificates: [folder, ...]}; it is whole at any moment. Ends when its standard input does.
"""

from __future__ import annotations

import http.client
import json
import os
import ssl
import sys
import threading
from urllib.parse import urlsplit

REPORT_EVERY = 20


class Machine:
    def __init__(self, url: str, ca_file: str, link: str, siret: str, report: str) -> None:
        self.address = urlsplit(url)
        self.ca_file, self.link, self.siret, self.report = ca_file, link, siret, report
        self.folder = ""
        self.connection: http.client.HTTPSConnection | None = None
        self.told: dict[str, object] = {}
        self.sent = self.refused = 0
        self.refusals: list[str] = []
        self.certificates: list[str] = []

    def run(self, ended: threading.Event) -> None:
        while not ended.is_set():
            self.follow()
            answer = self.send(f"{self.siret}26{self.sent + 1:010}")
            self.sent += 1
            if answer != "201":
                self.refused += 1
                self.refusals = [*self.refusals, f"{self.sent}: {answer}"][:10]
            if self.sent % REPORT_EVERY == 0 or answer != "201":
                self.write()
        self.write()

    def follow(self) -> None:
        """The link once, and both files from the folder behind it: key and certificate belong together whatever happens to the link."""
        folder = os.path.realpath(self.link)
        if folder == self.folder:
            return
        context = ssl.create_default_context(cafile=self.ca_file)
        context.load_cert_chain(os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem"))
        if self.connection:
            self.connection.close()
        self.connection = http.client.HTTPSConnection(self.address.hostname or "", self.address.port, context=context, timeout=30)
        self.folder = folder
        self.certificates.append(folder)

    def send(self, number: str) -> str:
        """The status, with what the server says where it refuses; or the error of the connection."""
        assert self.connection
        try:
            self.connection.request("POST", "/v1/fps", json.dumps({"numero": number}), {"Content-Type": "application/json"})
            response = self.connection.getresponse()
            text = response.read().decode()
            return "201" if response.status == 201 else f"{response.status} {text}"
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            return f"{type(error).__name__}: {error}"

    def write(self) -> None:
        told = {"sent": self.sent, "refused": self.refused, "first_refusals": self.refusals, "certificates": self.certificates}
        with open(f"{self.report}.tmp", "w", encoding="utf-8") as file:
            json.dump(told, file)
        os.replace(f"{self.report}.tmp", self.report)


def main() -> None:
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    Machine(*sys.argv[1:6]).run(ended)


if __name__ == "__main__":
    main()
