"""A portal of e-services in the shape of Open ePlatform, in ISO-8859-1, that can lose logins and open its doors."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape
from typing import Literal

from tests.servers.pages import FORBIDDEN, NOT_FOUND
from tests.servers.raw import Hit, Talk, reply

Mark = Literal["login", "none", "external"]

SERVICES: dict[str, tuple[str, Mark]] = {
    "1201": ("Ansökan om bygglov", "login"),
    "1202": ("Felanmälan av gatubelysning", "none"),
    "1203": ("Orosanmälan för barn", "login"),
    "1204": ("Begäran om patientjournal", "login"),
    "1205": ("Boka motionsspår", "external"),
    "1206": ("Ansökan om försörjningsstöd", "login"),
}
_ICONS = {"login": '<i class="icon icon-person"></i>', "none": "", "external": '<i class="icon icon-launch"></i>'}
_LOGIN = (
    b"<html><head><title>Logga in</title></head>"
    b'<body><form action="/login"><input type="password"></form></body></html>'
)
_SESSIONS = b"<html><head><title>Sessions</title></head><body>" + b"<p>a session since noon</p>" * 9 + b"</body></html>"
_CASE = b'<?xml version="1.0"?><FlowInstance><ID>0</ID></FlowInstance>'


@dataclass
class Portal:
    """What the portal shows; change it while it runs."""

    services: dict[str, tuple[str, Mark]] = field(default_factory=lambda: dict(SERVICES))
    open_interfaces: bool = False
    open_admin: bool = False
    missing_interfaces: bool = False
    status: int = 200
    """Of the catalogue's page."""
    data: bool = False
    """The page shows no services, and the interface for data lists them: in ISO-8859-1 too."""
    page: bytes | None = None
    """Instead of the catalogue."""
    asked: list[str] = field(default_factory=list)

    def mark(self, service: str, mark: Mark) -> None:
        """Give a service another mark."""
        self.services[service] = (self.services[service][0], mark)

    def catalogue(self) -> bytes:
        """The page that lists the services."""
        rows = "\n".join(
            f'<li data-flowid="{id_}00"><article><h2><a href="/oversikt/overview/{id_}">{escape(name)}</a></h2>'
            f"{_ICONS[mark]}</article></li>"
            for id_, (name, mark) in self.services.items()
        )
        return (
            '<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">'
            '<meta name="keywords" content="Open e-Platform"><title>E-tjänster</title></head>'
            f'<body><section id="flowtype_1"><ul>{rows}</ul></section></body></html>'
        ).encode("iso-8859-1")

    def answer(self, hit: Hit) -> bytes:
        """The answer to one request."""
        self.asked.append(hit.path)
        path = hit.path.partition("?")[0]
        if path == "/api/v1/getflows/json" and self.data:
            flows = [
                {"ID": int(id_), "FlowFamilyID": int(id_), "Name": name} for id_, (name, _) in self.services.items()
            ]
            body = json.dumps({"Flows": flows}, ensure_ascii=False).encode("iso-8859-1")
            return reply(200, body, "application/json; charset=ISO-8859-1")
        if path == "/oversikt" and self.data:
            return reply(200, b"<html><body>" + b"<p>Our services</p>" * 9 + b"</body></html>")
        if path == "/oversikt":
            body = self.catalogue() if self.page is None else self.page
            return reply(self.status, body, "text/html; charset=ISO-8859-1")
        if path.startswith(("/api/instanceapi/", "/api/messageapi/", "/api/fileuploadqueryapi/", "/api/multisign")):
            if self.missing_interfaces:
                return reply(404, NOT_FOUND)
            return reply(200, _CASE, "text/xml") if self.open_interfaces else reply(401, FORBIDDEN)
        if path in ("/flowadmin", "/administration/sessionadmin"):
            return reply(200, _SESSIONS if self.open_admin else _LOGIN)
        return reply(404, NOT_FOUND)

    async def serve(self, talk: Talk) -> None:
        """Answer until the client leaves."""
        while (hit := await talk.hear()) is not None:
            await talk.say(self.answer(hit))
