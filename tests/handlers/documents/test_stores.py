"""A folder and a bucket do the same; what lies there opens with its row's key only; the scanner's protocol."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import hmac
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import web

from bot.papers import store as named_store
from handlers.documents import sealing
from handlers.documents.scanning import Clamd, ScannerAway
from handlers.documents.stores import Folder, Store, StoreAway

ID, OTHER = "01jd8n3v5p9q2r4s6t8v0w1x2y", "01jd8n3v5p9q2r4s6t8v0w1x2z"
KEY, SECRET = "AKSAMPLE", "a/secret+key"


# ------------------------------------------------------------ stores


@dataclass
class Bucket:
    """Enough of S3 for one client: three verbs, and the signature of AWS version 4, computed here from its description
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
    """

    files: dict[str, bytes] = field(default_factory=dict)
    status: int | None = None

    async def answer(self, request: web.Request) -> web.Response:
        if self.status is not None:
            return web.Response(status=self.status, headers={"Location": "http://198.51.100.1/"})
        if not signed(request):
            return web.Response(status=403)
        name = request.path
        if request.method == "PUT":
            self.files[name] = await request.read()
            whole = hashlib.sha256(self.files[name]).hexdigest()
            return web.Response(status=200 if whole == request.headers["x-amz-content-sha256"] else 400)
        if name not in self.files:
            return web.Response(status=404)
        if request.method == "DELETE":
            del self.files[name]
            return web.Response(status=204)
        return web.Response(body=self.files[name])


def signed(request: web.Request) -> bool:
    given = dict(part.strip().split("=", 1) for part in request.headers["Authorization"].split(" ", 1)[1].split(","))
    _, day, region, service, _ = given["Credential"].split("/")
    names = given["SignedHeaders"].split(";")
    headers = "".join(f"{name}:{' '.join(request.headers[name].split())}\n" for name in names)
    canonical = "\n".join(
        [request.method, quote(request.path), "", headers, ";".join(names), request.headers["x-amz-content-sha256"]]
    )
    scope = f"{day}/{region}/{service}/aws4_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{request.headers['x-amz-date']}\n{scope}\n{hashed}"
    key = f"AWS4{SECRET}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    right = hmac.digest(key, text.encode(), "sha256").hex()
    return region == "fr-par" and hmac.compare_digest(right, given["Signature"])


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture
async def bucket_url(bucket: Bucket) -> AsyncIterator[str]:
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", bucket.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield f"s3+http://{KEY}:{quote(SECRET, safe='')}@127.0.0.1:{port}/papers/all?region=fr-par"
    await runner.cleanup()


@pytest.fixture(params=["folder", "s3"])
async def store(request: pytest.FixtureRequest, bucket_url: str, tmp_path: Path) -> AsyncIterator[Store]:
    async with aiohttp.ClientSession() as session:
        yield named_store(f"file://{tmp_path / 'papers'}" if request.param == "folder" else bucket_url, session)


async def test_what_was_put_is_there_until_it_is_dropped(store: Store) -> None:
    assert await store.get(ID) is None
    await store.drop(ID)
    await store.put(ID, b"one" * 500_000)
    await store.put(OTHER, b"other")
    await store.put(ID, b"two")
    assert (await store.get(ID), await store.get(OTHER)) == (b"two", b"other")
    await store.drop(ID)
    assert (await store.get(ID), await store.get(OTHER)) == (None, b"other")


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a/b", ID + "/", ID.upper(), "x" * 27])
async def test_only_ids_of_ours_name_a_file(store: Store, name: str) -> None:
    for call in (store.get, store.drop):
        with pytest.raises(ValueError, match="not an id"):
            await call(name)
    with pytest.raises(ValueError, match="not an id"):
        await store.put(name, b"x")


async def test_a_folder_is_its_owners_alone(tmp_path: Path) -> None:
    await Folder(tmp_path / "papers").put(ID, b"x")
    (file,) = (path for path in (tmp_path / "papers").rglob("*") if path.is_file())
    assert file.name == ID
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


async def test_a_folder_that_cannot_be_written_is_away(tmp_path: Path) -> None:
    (tmp_path / "papers").write_text("a file where a folder should be")
    with pytest.raises(StoreAway):
        await Folder(tmp_path / "papers").put(ID, b"x")


def lying(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("fails", ["fsync", "replace"])
async def test_a_full_disk_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    store = Folder(tmp_path)
    await store.put(ID, b"before")
    with monkeypatch.context() as patched:
        patched.setattr(f"os.{fails}" if fails == "fsync" else f"pathlib.Path.{fails}", full)
        with pytest.raises(StoreAway):
            await store.put(ID, b"after" * 1000)
    assert (await store.get(ID), lying(tmp_path)) == (b"before", [ID])


async def test_two_that_put_the_same_at_once_do_not_meet(tmp_path: Path) -> None:
    """A try that was taken for dead, and the next one."""
    store, whole = Folder(tmp_path), [letter * 1_000_000 for letter in (b"a", b"b", b"c")]
    for _ in range(5):
        await asyncio.gather(*(store.put(ID, each) for each in whole))
        assert await store.get(ID) in whole
    assert lying(tmp_path) == [ID]


async def test_what_somebody_died_over_goes_with_the_document(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    for id in (ID, OTHER):
        await store.put(id, b"x")
        (tmp_path / id[-2:] / f"{id}.0a1b2c3d.part").write_bytes(b"half")
    await store.drop(ID)
    assert sorted(lying(tmp_path)) == [OTHER, f"{OTHER}.0a1b2c3d.part"]


@pytest.mark.parametrize("status", [301, 403, 500, 503])
async def test_a_bucket_that_refuses_is_away(bucket: Bucket, bucket_url: str, status: int) -> None:
    """Also where it sends elsewhere: nobody is followed with our signature."""
    bucket.status = status
    async with aiohttp.ClientSession() as session:
        with pytest.raises(StoreAway, match=str(status)):
            await named_store(bucket_url, session).put(ID, b"x")


async def test_a_wrong_secret_opens_no_bucket(bucket: Bucket, bucket_url: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(StoreAway, match="403"):
            await named_store(bucket_url.replace("secret", "guess"), session).put(ID, b"x")
    assert bucket.files == {}


async def test_a_bucket_that_does_not_answer_is_away() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(StoreAway) as away:
            await named_store(f"s3+http://{KEY}:x@127.0.0.1:1/papers", session).get(ID)
    assert KEY not in str(away.value)


# ------------------------------------------------------------ seals


def test_a_file_opens_with_its_own_key_and_name() -> None:
    key = sealing.new_key()
    sealed = sealing.seal(ID, key, b"a letter")
    assert b"letter" not in sealed
    assert sealing.unseal(ID, key, sealed) == b"a letter"
    other_key = sealing.new_key()
    other = sealing.seal(ID, other_key, b"a letter")
    assert (other_key, other) != (key, sealed)
    damaged = sealed[:-1] + b"x"
    for id, opened_with, what in [(OTHER, key, sealed), (ID, other_key, sealed), (ID, key, damaged), (ID, key, b"")]:
        with pytest.raises(sealing.Damaged):
            sealing.unseal(id, opened_with, what)


# ------------------------------------------------------------ the scanner


@dataclass
class Daemon:
    """clamd, which reads to the end of the stream and says what a test tells it to."""

    says: bytes = b"stream: OK\0"
    read: bytes = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            self.read += await reader.readexactly(length)
        writer.write(self.says)
        await writer.drain()
        writer.close()


@pytest.fixture
def daemon() -> Daemon:
    return Daemon()


@pytest.fixture(params=["tcp", "unix"])
async def scanner(request: pytest.FixtureRequest, daemon: Daemon, tmp_path: Path) -> AsyncIterator[Clamd]:
    if request.param == "unix":
        server = await asyncio.start_unix_server(daemon.serve, tmp_path / "clamd.ctl")
        address = f"unix://{tmp_path}/clamd.ctl"
    else:
        server = await asyncio.start_server(daemon.serve, "127.0.0.1", 0)
        address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield Clamd(address)


async def test_the_scanner_reads_all_of_it(scanner: Clamd, daemon: Daemon) -> None:
    data = bytes(range(256)) * 1000
    assert await scanner(data)
    assert daemon.read == data


async def test_what_the_scanner_finds(scanner: Clamd, daemon: Daemon) -> None:
    daemon.says = b"stream: Eicar-Test-Signature FOUND\0"
    assert not await scanner(b"x")


@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK", b"", b"\0", b"x" * 9000])
async def test_anything_else_is_no_ok(scanner: Clamd, daemon: Daemon, says: bytes) -> None:
    daemon.says = says
    with pytest.raises(ScannerAway):
        await scanner(b"x")


async def test_a_scanner_that_is_not_there() -> None:
    with pytest.raises(ScannerAway):
        await Clamd("tcp://127.0.0.1:1")(b"x")
