"""The pages of a mailed link: the e-mail address is confirmed, and the platform's password chosen, here and nowhere
else (terms, article 4.1).

    GET, POST  /e/{token}             shows, then confirms the address; the answer has the form of the password
    GET, POST  /e/{token}/password    the same form, by a token that was in that answer; what is wrong is said above it

A GET never acts: scanners of mail open links. 404 for a token that never was, 410 for one that is of no more use.
"""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from handlers.accounts.rule import WANTED
from handlers.passwords import LONGEST
from handlers.web.ports import EmailPort, EmailView, Gone, PasswordView
from handlers.web.render import Renderer
from handlers.web.visitor import TOKEN, own_form, token_of


@dataclass(frozen=True, kw_only=True)
class EmailPages:
    pages: EmailPort
    renderer: Renderer

    def add_to(self, app: web.Application) -> None:
        add = app.router
        add.add_get(f"/e/{TOKEN}", self._ask)
        add.add_post(f"/e/{TOKEN}", self._confirm)
        add.add_get(f"/e/{TOKEN}/password", self._ask_password)
        add.add_post(f"/e/{TOKEN}/password", self._choose)

    async def _ask(self, request: web.Request) -> web.Response:
        view = await self.pages.email(token_of(request))
        if not isinstance(view, EmailView):
            return self.renderer.no(request, view)
        shown: dict[str, Any] = {
            "token": token_of(request),
            "address": masked(view.address),
            "why": view.why,
            "joins": view.joins,
        }
        return self.renderer.page("email", view.reader, **shown)

    async def _confirm(self, request: web.Request) -> web.Response:
        await own_form(request, self.renderer.origin)
        view = await self.pages.confirm_email(token_of(request))
        if not isinstance(view, EmailView):
            return self.renderer.no(request, view)
        form: dict[str, Any] = {
            "token": view.password,
            "faults": (),
            "busy": False,
            "joins": view.joins,
            "wanted": WANTED,
        }
        return self.renderer.page("email_confirmed", view.reader, address=masked(view.address), why=view.why, **form)

    async def _ask_password(self, request: web.Request) -> web.Response:
        return self._password(request, await self.pages.password(token_of(request)))

    async def _choose(self, request: web.Request) -> web.Response:
        fields = await own_form(request, self.renderer.origin)
        typed, again = (fields.get(name, "")[: LONGEST + 1] for name in ("password", "again"))
        return self._password(request, await self.pages.choose_password(token_of(request), typed, again))

    def _password(self, request: web.Request, view: PasswordView | Gone | None) -> web.Response:
        if not isinstance(view, PasswordView):
            return self.renderer.no(request, view)
        if view.chosen:
            return self.renderer.page("password_chosen", view.reader)
        status = 503 if view.busy else 422 if view.faults else 200
        form: dict[str, Any] = {"token": token_of(request), "faults": view.faults, "busy": view.busy, "wanted": WANTED}
        return self.renderer.page("password", view.reader, status, **form)


def masked(address: str) -> str:
    """`ca•••@example.org`: its owner knows it again, nobody else learns it."""
    name, _, domain = address.rpartition("@")
    return f"{name[:2]}•••@{domain}"
