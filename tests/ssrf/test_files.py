"""A file that somebody sent is fetched from its provider, whatever a payload, a redirect or a name says."""

from __future__ import annotations

from ssl import SSLContext
from typing import Final

import pytest

from handlers.calendars.fetching import Fetcher
from handlers.calendars.fetching import Unfetched as Unread
from handlers.channels.downloading import TooLarge, Unfetched, Way
from handlers.channels.telegram_media import TelegramMedia
from handlers.channels.twilio_media import ELSEWHERE, TwilioMedia, way
from handlers.documents.verdict import MOST_BYTES
from handlers.hooks.posting import Poster, Unsent
from handlers.public_client import PublicClient, is_public
from tests.guards import guards
from tests.handlers.calendars.test_fetching import Names
from tests.journeys.town import ACCOUNT, CAMILLE, SAM, built
from tests.ssrf.conftest import HERE, Server, Trap, trap_at

pytestmark = guards("T13")
Tls = tuple[SSLContext, SSLContext]
SID: Final = "1".zfill(32)
REF: Final = f"MM{SID}/ME{SID}"
PATH: Final = f"/2010-04-01/Accounts/{ACCOUNT.sid}/Messages/MM{SID}/Media/ME{SID}"
SIGNED: Final = {"Authorization": "Basic c2VjcmV0"}
PRIVATE: Final = (
    "127.0.0.1",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
)
PUBLIC: Final = "93.184.215.14"


def going(server: Server, tls: Tls, *answers: list[str], real: bool = False) -> Way:
    """Twilio's way; `real`: with the judge of the real thing, else the server may be reached."""
    names = Names(*(answers or ([HERE],)))
    allowed = is_public if real else lambda address: address == HERE
    client = PublicClient(allowed, tls[1], lambda: names, server.port)
    return Way("https://api.twilio.com", elsewhere=ELSEWHERE, client=client)


# ------------------------------------------------------------ what a payload says

ADDRESSES: Final = (
    "http://127.0.0.1:{port}{path}",
    "http://[::1]:{port}{path}",
    "http://localhost:{port}{path}",
    "http://127.1:{port}{path}",
    "http://2130706433:{port}{path}",
    "http://0x7f000001:{port}{path}",
    "http://169.254.169.254{path}",
    "http://10.0.0.1{path}",
    "http://intranet{path}",
    "https://api.twilio.com@127.0.0.1:{port}{path}",
    "https://127.0.0.1:{port}#@api.twilio.com{path}",
    "https://127.0.0.1:{port}\\@api.twilio.com{path}",
    "//127.0.0.1:{port}{path}",
    "gopher://127.0.0.1:{port}/_{path}",
    "ftp://127.0.0.1:{port}{path}",
    "file://{path}",
    "file:///etc/passwd",
    "http://127.0.0.1:{port}/latest/meta-data",
    "",
)


@pytest.mark.parametrize("of", ["its own", "another message"])
async def test_a_signed_payload_leads_nowhere(sqlite_url: str, dialled: list[str], of: str) -> None:
    async with built(sqlite_url) as town, trap_at(0) as trap:
        for text in ("bonjour", "PORTS-7KQM-4XTD", "1", "1", "1", "Camille Dubois", "camille@example.org", "1"):
            await town.sms(CAMILLE if of == "its own" else f"whatsapp:{SAM}", text)
        ours = set(dialled)
        for address in ADDRESSES:
            number = f"{town.twilio.ids() + 1:032x}" if of == "its own" else SID
            base = f"/2010-04-01/Accounts/{ACCOUNT.sid}/Messages/MM{number}/Media/ME{number}"
            url = address.format(port=trap.port, path=base)
            to = CAMILLE if of == "its own" else f"whatsapp:{SAM}"
            await town.twilio.send_media(to, "image/jpeg", url=url or "https://")
            await town.settle()
            await town.passes(seconds=3)
        assert trap.came == 0
        assert set(dialled) - ours == set(), "nobody but the stand-ins was called"
        fetched = len(town.twilio.ledger.of("FetchMedia"))
        assert fetched == (len([one for one in ADDRESSES if "{path}" in one]) if of == "its own" else 0)


@pytest.mark.parametrize("ref", [f"{REF}/../x", f"../{REF}", f"MM{SID}/ME{SID}?x=1", "", "http://127.0.0.1/", REF[:-1]])
async def test_no_ids_no_call(server: Server, tls: Tls, trap: Trap, dialled: list[str], ref: str) -> None:
    class Shelf:
        async def delete_media(self, message: str, media: str) -> None:
            raise AssertionError(message + media)

    source = TwilioMedia(going(server, tls), Shelf(), ACCOUNT.sid, ("a", "b"))
    with pytest.raises(Unfetched, match="no_ids"):
        await source.fetch(ref)
    with pytest.raises(Unfetched, match="no_ids"):
        await source.drop(ref)
    assert (trap.came, dialled) == (0, [])


@pytest.mark.parametrize(
    "path",
    [
        *("../../etc/passwd", "documents/../../x", "/documents/x", "//127.0.0.1/x", "@127.0.0.1/x", "x", ""),
        *("http://127.0.0.1/x", "documents/x?y", "documents/x#y", "documents/%2e%2e/x", "documents/é", "a" * 999),
    ],
)
async def test_telegrams_paths_are_paths(server: Server, tls: Tls, trap: Trap, dialled: list[str], path: str) -> None:
    class Bot:
        async def file_path(self, _: str) -> str:
            return path

    with pytest.raises(Unfetched, match="bad_path"):
        await TelegramMedia(going(server, tls), Bot(), "1:t").fetch("AAA")
    assert (trap.came, dialled) == (0, [])


# ------------------------------------------------------------ where a redirect leads


async def test_redirects_to_twilios_own_places_are_followed_without_our_credentials(server: Server, tls: Tls) -> None:
    for place in ELSEWHERE:
        server.redirects, server.asked = [f"https://{place}AC1/x?Signature=a~b-c_&Expires=1"], []
        assert await going(server, tls)(PATH, SIGNED) == server.body
        first, second = server.asked
        assert (first.headers["Authorization"], first.path) == (SIGNED["Authorization"], PATH)
        assert "Authorization" not in second.headers
        assert second.raw_path.endswith("AC1/x?Signature=a~b-c_&Expires=1"), "a signed address is not written anew"
        assert all("Cookie" not in one.headers for one in server.asked)


@pytest.mark.parametrize(
    "to",
    [
        *("https://127.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/latest/meta-data", "https://localhost/x"),
        *("https://0x7f.1/", "https://2130706433/", "https://10.0.0.1/", "https://intranet/", "https://example.org/"),
        *("http://mms.twiliocdn.com/x", "https://mms.twiliocdn.com:8443/x", "https://a:b@mms.twiliocdn.com/x"),
        *("https://mms.twiliocdn.com@127.0.0.1/x", "https://127.0.0.1#@mms.twiliocdn.com/x", "//127.0.0.1/x"),
        *("https://mms.twiliocdn.com.example.org/x", "https://xmms.twiliocdn.com/x", "https://mms.twiliocdn.com./x"),
        *("https://127.0.0.1\\@mms.twiliocdn.com/x", "https:\\\\mms.twiliocdn.com\\x", "https://mms.twiliocdn.com"),
        *("https://s3-external-1.amazonaws.com/other/x", "https://s3-external-1.amazonaws.com/media.twiliocdn.com"),
        "https://s3-external-1.amazonaws.com/media.twiliocdn.com/../other/x",
        "https://s3-external-1.amazonaws.com/media.twiliocdn.com/%2E%2e/other/x",
        *("file:///etc/passwd", "gopher://127.0.0.1/", "ftp://mms.twiliocdn.com/", "javascript:0", "data:,x", ""),
        *("/elsewhere/on/the/api", "https://mms.twiliocdn.com/é", "https://mms.twiliocdn.com/" + "x" * 5000),
    ],
)
async def test_no_other_redirect_is(server: Server, tls: Tls, trap: Trap, dialled: list[str], to: str) -> None:
    server.redirects = [to]
    with pytest.raises(Unfetched, match="redirect"):
        await going(server, tls)(PATH, SIGNED)
    assert (trap.came, dialled, len(server.asked)) == (0, [f"{HERE}:{server.port}"], 1)


async def test_not_for_ever(server: Server, tls: Tls) -> None:
    server.redirects = ["https://mms.twiliocdn.com/x"] * 9
    with pytest.raises(Unfetched, match="redirects"):
        await going(server, tls)(PATH, SIGNED)
    assert len(server.asked) == 3
    assert all("Cookie" not in one.headers for one in server.asked), "one was set by each"


# ------------------------------------------------------------ what a name says


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.parametrize("among", [[], [PUBLIC]], ids=["alone", "among others"])
async def test_a_name_of_a_private_address_is_not_called(
    server: Server, tls: Tls, trap: Trap, dialled: list[str], address: str, among: list[str]
) -> None:
    names = Names([*among, address])
    with pytest.raises(Unfetched, match="unreached"):
        await going(server, tls, [*among, address], real=True)(PATH, SIGNED)
    with pytest.raises(Unread, match="unreached"):
        await Fetcher(resolver=lambda: names, port=server.port, ssl=tls[1])("https://calendar.example.org/x", None)
    with pytest.raises(Unsent, match="unreached"):
        await Poster(resolver=lambda: names, port=server.port, ssl=tls[1])("https://hook.example.org/x", {}, "{}")
    assert (trap.came, dialled) == (0, [])


async def test_a_name_that_answers_differently_the_second_time(
    server: Server, tls: Tls, trap: Trap, dialled: list[str]
) -> None:
    """What was judged is what is dialled; and the next time it is judged anew."""
    calls = going(server, tls, [PUBLIC], ["127.0.0.1"], real=True)
    for _ in range(3):
        with pytest.raises(Unfetched, match="unreached"):
            await calls(PATH, SIGNED)
    assert (trap.came, dialled) == (0, [f"{PUBLIC}:{server.port}"])


async def test_a_redirects_name_is_judged_like_the_first(
    server: Server, tls: Tls, trap: Trap, dialled: list[str]
) -> None:
    for address in PRIVATE:
        server.redirects, server.asked = ["https://mms.twiliocdn.com/x"], []
        dialled.clear()
        with pytest.raises(Unfetched, match="unreached"):
            await going(server, tls, [HERE], [address])(PATH, SIGNED)
        assert (trap.came, dialled, len(server.asked)) == (0, [f"{HERE}:{server.port}"], 1)


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254"])
async def test_its_own_name_may_be_anywhere_and_no_other(
    server: Server, tls: Tls, trap: Trap, dialled: list[str], address: str
) -> None:
    """The server that the settings name answers from a private address; where it sends us on to is judged."""
    names = Names([HERE], [address])
    client = PublicClient(ssl=tls[1], resolver=lambda: names, port=server.port)
    own = Way("https://api.twilio.com", own=True, elsewhere=ELSEWHERE, client=client)
    server.redirects = ["https://mms.twiliocdn.com/x"]
    with pytest.raises(Unfetched, match="unreached"):
        await own(PATH, SIGNED)
    assert (trap.came, dialled, len(server.asked)) == (0, [f"{HERE}:{server.port}"], 1)


@pytest.mark.parametrize("base", ["https://api.twilio.com", "https://api.dublin.ie1.twilio.com", "http://127.0.0.1:1"])
def test_only_a_server_of_the_operators_may_be_anywhere(base: str) -> None:
    assert way(base).own == ("twilio.com" not in base)
    assert way("https://api.twilio.com.example.org").own, "none of Twilio's either"


async def test_one_of_the_operators_leads_nowhere_else(trap: Trap, dialled: list[str]) -> None:
    """A stand-in's redirects lead to itself, or to where Twilio's do, judged alike."""
    server = Server(port=trap.port)
    own = Way("https://api.twilio.com", own=True, elsewhere=ELSEWHERE)
    for to in (f"http://127.0.0.1:{server.port}/x", "https://api.twilio.com.example.org/x", "http://api.twilio.com/x"):
        with pytest.raises(Unfetched, match="redirect"):
            own._next("https://api.twilio.com/y", to)
    assert own._next("https://api.twilio.com/y", "/cdn/x") == "https://api.twilio.com/cdn/x"
    assert (trap.came, dialled) == (0, [])


async def test_no_proxy_of_the_environment(
    server: Server, tls: Tls, trap: Trap, dialled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{trap.port}")
    assert await going(server, tls)(PATH, SIGNED) == server.body
    assert (trap.came, dialled) == (0, [f"{HERE}:{server.port}"])


# ------------------------------------------------------------ how much


@pytest.mark.parametrize("size", [MOST_BYTES, MOST_BYTES + 1])
async def test_so_large_and_no_larger(server: Server, tls: Tls, size: int) -> None:
    server.body = bytes(size)
    if size > MOST_BYTES:
        with pytest.raises(TooLarge):
            await going(server, tls)(PATH, SIGNED)
    else:
        assert len(await going(server, tls)(PATH, SIGNED)) == size


async def test_what_does_not_end_is_cut_off(server: Server, tls: Tls) -> None:
    server.pieces = 1000
    with pytest.raises(TooLarge):
        await going(server, tls)(PATH, SIGNED)


async def test_nothing_is_unpacked(server: Server, tls: Tls) -> None:
    server.headers = {"Content-Encoding": "gzip"}
    with pytest.raises(Unfetched, match="packed"):
        await going(server, tls)(PATH, SIGNED)


@pytest.mark.parametrize(("status", "lost"), [(404, True), (410, True), (403, False), (429, False), (500, False)])
async def test_what_else_it_may_answer(server: Server, tls: Tls, status: int, lost: bool) -> None:
    server.status, server.headers = status, {"Retry-After": "7"}
    with pytest.raises(Unfetched, match=f"status_{status}") as error:
        await going(server, tls)(PATH, SIGNED)
    assert (error.value.lost, error.value.after and error.value.after.seconds) == (lost, 7)
    assert "twilio" not in str(error.value)
