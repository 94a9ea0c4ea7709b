"""Draws pages: a template, the reader's voice, strict escaping. In templates `t("page.title")` and `say(text)` say."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from booking.phones import spaced
from conversations.text import Text, Value
from handlers.web.guard import ErrorPage
from handlers.web.ports import Gone, Reader
from handlers.web.visitor import language
from locales.typography import PageVoice, tied
from locales.voice import Voice

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Renderer:
    """`languages` are offered to a visitor of whom nothing else is known. `desk` is the number to call, if any."""

    def __init__(
        self, public_url: str, languages: tuple[str, ...], default: str, zone: str, *, desk: str | None = None
    ) -> None:
        self.base = urlsplit(public_url).path.rstrip("/")
        self.origin = "{0.scheme}://{0.netloc}".format(urlsplit(public_url))
        self._languages, self._default, self._zone = languages, default, zone
        self._desk = desk

    def add_to(self, app: web.Application) -> None:
        """The style sheets and scripts, read once: few and small, and no file is left open when a browser leaves."""
        for file in sorted(STATIC.iterdir()):
            app.router.add_get(f"/static/{file.name}", _file(file.read_bytes(), TYPES[file.suffix]))

    def visitor(self, request: web.Request) -> Reader:
        return Reader(language(request, self._languages, self._default), self._zone)

    def page(self, name: str, reader: Reader, status: int = 200, **values: Any) -> web.Response:
        voice = page_voice(reader.lang, reader.zone, self._default)
        html = (
            _templates()
            .get_template(f"{name}.html")
            .render(
                t=_sayer(voice),
                say=voice,
                lang=voice.lang,
                base=self.base,
                desk=self._desk,
                desk_shown=tied(spaced(self._desk or "")),
                **values,
            )
        )
        return web.Response(
            status=status, text=html, content_type="text/html", headers={"Content-Language": voice.lang}
        )

    def words(self, reader: Reader, texts: Mapping[str, Text]) -> Mapping[str, str]:
        voice = voice_of(reader.lang, reader.zone, self._default)
        return {name: voice(text) for name, text in texts.items()}

    def no(self, request: web.Request, gone: Gone | None) -> web.Response:
        """404 for a token that never was, 410 for one that is of no more use; either says what to do next."""
        if gone is None:
            return self.page("error", self.visitor(request), 404, kind="unknown")
        return self.page("gone", gone.reader or self.visitor(request), 410, why=gone.why)

    @property
    def error_page(self) -> ErrorPage:
        """For `guard.middlewares`."""

        def draw(request: web.Request, status: int) -> web.Response:
            kind = {404: "unknown", 403: "refused", 410: "gone", 503: "trouble"}.get(status, "odd")
            path = request.path.removeprefix(self.base)
            inside = path.startswith("/console") and not path.startswith("/console/enrol")  # one comes there by a link
            return self.page("error", self.visitor(request), status, kind=kind, console=inside)

        return draw


def _file(body: bytes, kind: str) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, content_type=kind, charset="utf-8")

    return answer


@lru_cache(maxsize=1)
def _templates() -> Environment:
    """One for all who draw: a template is compiled once in a process. Newlines stay: it is read as it is written."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache(maxsize=64)
def voice_of(lang: str, zone: str, fallback: str) -> Voice:
    return Voice(lang, zone, fallback)


@lru_cache(maxsize=64)
def page_voice(lang: str, zone: str, fallback: str) -> PageVoice:
    return PageVoice(lang, zone, fallback)


def _sayer(voice: Voice) -> Callable[..., str]:
    def t(msgid: str, /, **args: Value) -> str:
        return voice(Text(msgid, args))

    return t
