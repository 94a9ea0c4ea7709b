"""The aiohttp application: every route of the contract, with its own small view of the parts."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from booking.phones import spaced
from bot.api import add_api
from bot.app import App
from bot.console import add_console
from bot.region_checks import UNION, processors, stores
from bot.settings import Settings
from handlers.calls import answer
from handlers.inbox import Door
from handlers.metrics import Figures
from handlers.parts import Parts
from handlers.passwords import Passwords
from handlers.receipts import receive
from handlers.web.api.problems import beside
from handlers.web.background import Background
from handlers.web.copy_core import CopyCore
from handlers.web.copy_pages import CopyPages
from handlers.web.email_core import EmailCore
from handlers.web.email_pages import EmailPages
from handlers.web.guard import middlewares
from handlers.web.handed_core import HandedCore
from handlers.web.handed_pages import HandedPages
from handlers.web.health import Health
from handlers.web.hour_core import HourCore
from handlers.web.hour_pages import HourPages
from handlers.web.legal_pages import Facts, LegalPages
from handlers.web.pages import PersonPages
from handlers.web.pages_core import PagesCore
from handlers.web.ports import Rooms
from handlers.web.render import Renderer
from handlers.web.rooms import DemoRooms, VideoRooms
from handlers.web.upload_core import UploadCore
from handlers.web.upload_pages import UploadPages
from handlers.web.webhooks import Pressed, Voice, Webhooks
from handlers.web.worker_core import WorkerCore
from handlers.web.worker_pages import WorkerPages
from handlers.web.worker_video import WorkerVideo
from handlers.web.worker_video_core import WorkerVideoCore
from locales import spoken
from storage import desk_figures, inbox, outbox


def application(app: App) -> web.Application:
    """All routes. Closed by its own clean-up."""
    parts, settings = app.parts, app.settings
    renderer = Renderer(
        settings.public_url,
        settings.locales,
        settings.default_locale,
        str(settings.time_zone),
        desk=spaced(settings.switchboard_phone) if settings.switchboard_phone else None,
    )
    served = web.Application(middlewares=middlewares(beside(renderer.error_page, settings.public_url)))
    background = Background()
    served.on_cleanup.append(lambda _: background.close())
    health(parts).add_to(served)
    Webhooks(
        public_url=settings.public_url,
        inbox=Door(parts, sheds=True),
        receipts=lambda receipt: receive(parts, receipt),
        clock=parts.clock,
        metrics=parts.metrics,
        background=background,
        twilio=app.twilio,
        telegram=app.telegram,
        pressed=pressed(parts),
        voice=voice(parts),
    ).add_to(served)
    renderer.add_to(served)
    LegalPages(renderer=renderer, facts=facts(settings), languages=spoken(settings.locales)).add_to(served)
    pages = PagesCore(parts)
    PersonPages(pages=pages, renderer=renderer, clock=parts.clock, public_url=settings.public_url).add_to(served)
    passwords = Passwords()
    EmailPages(pages=EmailCore(parts, passwords), renderer=renderer).add_to(served)
    rooms, hour = _rooms(app), HourCore(parts, pages)
    HourPages(pages=pages, hour=hour, renderer=renderer, rooms=rooms, clock=parts.clock).add_to(served)
    UploadPages(core=UploadCore(parts), renderer=renderer).add_to(served)
    HandedPages(core=HandedCore(parts), renderer=renderer).add_to(served)
    CopyPages(core=CopyCore(parts), renderer=renderer).add_to(served)
    workers = WorkerCore(parts)
    WorkerPages(pages=workers, renderer=renderer).add_to(served)
    WorkerVideo(pages=workers, video=WorkerVideoCore(parts), renderer=renderer, rooms=rooms).add_to(served)
    add_console(served, parts, renderer, passwords, prices=settings.segment_prices)
    add_api(served, parts, renderer)
    return served


def facts(settings: Settings) -> Facts:
    """What the law page says of these settings. Of stores and texts it says no more than is known."""
    texts = [place.country for place in processors(settings) if place.what.startswith("SMS")]
    return Facts(
        terms_url=settings.terms_url,
        terms_version=settings.terms_version,
        privacy_url=settings.privacy_url,
        policy_version=settings.policy_version,
        dpo=settings.dpo_contact,
        sms=settings.twilio_sms_from if settings.sms_enabled else None,
        sms_country=texts[0] if settings.sms_enabled else None,
        whatsapp=settings.whatsapp_enabled,
        telegram=settings.telegram_enabled,
        in_union=all(place.country in UNION for place in stores(settings)),
    )


def voice(parts: Parts) -> Voice | None:
    """The steps of masked calls, where there are any."""
    return partial(answer, parts) if parts.voice is not None else None


def health(parts: Parts) -> Health:
    """Also what a worker's own port serves."""

    async def database() -> None:
        await parts.db.fetch("SELECT 1 AS one")

    async def figures() -> Figures:
        now = parts.clock()
        out, came = await outbox.figures(parts.db, now), await inbox.figures(parts.db)
        desk = await desk_figures.figures(parts.db)
        return Figures(
            outbox_pending=out.pending,
            outbox_oldest=now - out.oldest_at if out.oldest_at else None,
            inbox_parked=came.parked,
            inbox_oldest=now - came.oldest_at if came.oldest_at else None,
            tickets_open=desk.open,
            tickets_untaken=desk.untaken,
            tickets_oldest=now - desk.oldest_at if desk.oldest_at else None,
        )

    async def redis() -> None:
        if parts.bell.degraded:
            raise ConnectionError("redis is away")

    return Health(metrics=parts.metrics, database=database, figures=figures, redis=redis)


def _rooms(app: App) -> Rooms:
    settings = app.settings
    secret = settings.secret_key.get_secret_value()
    if settings.video_url is None:
        return DemoRooms(settings.public_url, secret)
    token = settings.video_secret.get_secret_value() if settings.video_secret else None
    return VideoRooms(settings.video_url, secret, app.parts.clock, settings.video_app_id, token)


def pressed(parts: Parts) -> Pressed | None:
    """Telegram's buttons spin until they are answered."""
    if "telegram" not in parts.channels:
        return None
    from handlers.channels.telegram import TelegramChannel

    channel = parts.channels["telegram"]
    assert isinstance(channel, TelegramChannel)
    return channel.pressed
