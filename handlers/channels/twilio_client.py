"""Calls to Twilio through its SDK, over our own session: base address, time-outs, no second try.

Imported only when a Twilio channel is on: the SDK takes a third of a second and 20 MB. Of version 9.13: the
constructor's `timeout` is ignored by the asynchronous client, `max_retries` repeats a POST (a second SMS), its way of
signing in makes aiohttp warn twice a call, and of two calls at once each may be given the other's answer (it is kept in
an attribute between two awaits). `Transport` sees to all four. What it costs: `bench/sdk.py`.
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from handlers.channels.base import SendError
from handlers.channels.outcomes import of_line
from handlers.channels.transport import call
from handlers.channels.twilio import Logged
from handlers.channels.twilio_errors import failure

MOST_LOGGED: Final = 500
NOT_SENT: Final = frozenset({"failed", "undelivered", "canceled"})


class Transport(AsyncTwilioHttpClient):  # type: ignore[misc] # the SDK has no types
    """The SDK's transport, on our session. `base_url` takes the place of `https://api.twilio.com`."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, timeout: float) -> None:
        super().__init__(pool_connections=False)  # ours is closed by whoever opened it
        self._shared, self._base_url, self._limit = session, base_url.rstrip("/"), timeout

    async def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the SDK's own parameter
        allow_redirects: bool = False,  # noqa: ARG002
    ) -> Response:
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        signed_in = {**(headers or {}), "Authorization": "Basic " + b64encode(":".join(auth or ()).encode()).decode()}
        answer = await call(
            self._shared,
            method.upper(),
            self._base_url + path,
            timeout=timeout or self._limit,
            headers=signed_in,
            params={name: str(value) for name, value in (params or {}).items() if value is not None},
            data=_encoded(data, signed_in) if data else None,
        )
        if answer.status == 429:
            raise failure(429, "20429", _after(answer.headers))
        return Response(answer.status, answer.body.decode("utf-8", "replace"), answer.headers)


def sdk(session: aiohttp.ClientSession, account_sid: str, auth: tuple[str, str], base_url: str, timeout: float) -> Any:
    """The SDK's client on our session; it has no types. It would take a region and an edge from the process's own
    environment.
    """
    http = Transport(session, base_url, timeout)
    return Client(*auth, account_sid, http_client=http, environment={"TWILIO_REGION": ""})


def messaging(base_url: str) -> str:
    """The same region's other product: api.dublin.ie1.twilio.com and messaging.dublin.ie1.twilio.com."""
    return base_url.replace("://api.", "://messaging.")


class TwilioClient:
    """One account at one base address; a region is another. `auth`: API key and secret, or account and token."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        account_sid: str,
        auth: tuple[str, str],
        *,
        base_url: str = "https://api.twilio.com",
        timeout: float = 10,
    ) -> None:
        self._client = sdk(session, account_sid, auth, base_url, timeout)

    async def send(self, fields: Mapping[str, Any]) -> str:
        """The new message's sid. `fields` by the SDK's names. Raises SendError; never tries twice."""
        try:
            created = await self._client.messages.create_async(**fields)
        except (TwilioException, json.JSONDecodeError) as error:
            raise failed(error) from None
        if not created.sid:
            raise of_line("no_sid")
        return str(created.sid)

    async def call(self, fields: Mapping[str, Any]) -> str:
        """The new call's sid. `fields` by the SDK's names. Raises SendError; never tries twice."""
        try:
            created = await self._client.calls.create_async(**fields)
        except (TwilioException, json.JSONDecodeError) as error:
            raise failed(error) from None
        if not created.sid:
            raise of_line("no_sid")
        return str(created.sid)

    async def outgoing(self, *, to: str, since: datetime) -> Sequence[Logged]:
        """What we sent to somebody since then and what has not failed, newest first. Raises SendError.

        By when it was made: what waits in Twilio's own queue, up to ten hours, has no DateSent yet, so no filter by it.
        """
        try:
            found = await self._client.messages.list_async(to=to, limit=MOST_LOGGED)
            whole = since.replace(microsecond=0)  # the log counts by seconds
            return [
                Logged(one.sid, one.from_ or "", one.to, one.body or "", int(one.num_media), inbound=False)
                for one in found
                if one.direction != "inbound" and one.date_created >= whole and one.status not in NOT_SENT
            ]
        except (TwilioException, ValueError, TypeError) as error:
            raise failed(error) from None

    async def state(self, sid: str) -> tuple[str, str]:
        """What became of a message of ours: its status, and its code, if it failed. Raises SendError."""
        try:
            one = await self._client.messages(sid).fetch_async()
        except (TwilioException, ValueError, TypeError) as error:
            raise failed(error) from None
        return str(one.status), str(one.error_code or "")

    async def empty(self, sid: str) -> None:
        """Of a message in either direction, the words. Raises SendError; 20404: it is not there."""
        try:
            await self._client.messages(sid).update_async(body="")
        except (TwilioException, json.JSONDecodeError) as error:
            raise failed(error) from None

    async def delete(self, sid: str) -> None:
        """A message in either direction, with its numbers. Raises SendError; 20404: it is not there."""
        try:
            await self._client.messages(sid).delete_async()
        except (TwilioException, json.JSONDecodeError) as error:
            raise failed(error) from None

    async def delete_media(self, message: str, media: str) -> None:
        """A file that came with a message. Raises SendError; 20404: it is not there."""
        try:
            await self._client.messages(message).media(media).delete_async()
        except (TwilioException, json.JSONDecodeError) as error:
            raise failed(error) from None

    async def able(self, number: str) -> Mapping[str, bool] | None:
        """What a number of the account can do (`sms`, `voice`); None: it is not the account's. Raises SendError."""
        try:
            found = await self._client.incoming_phone_numbers.list_async(phone_number=number, limit=1)
            return {name: bool(can) for name, can in found[0].capabilities.items()} if found else None
        except (TwilioException, ValueError, TypeError, AttributeError) as error:
            raise failed(error) from None

    async def account_status(self) -> str:
        """`active`, `suspended` or `closed`."""
        try:
            account = await self._client.api.accounts(self._client.account_sid).fetch_async()
        except (TwilioException, json.JSONDecodeError) as error:
            raise failed(error) from None
        return str(account.status)


def _encoded(data: Mapping[str, object], headers: Mapping[str, str]) -> bytes:
    """A form, unless the SDK says that it is JSON."""
    if headers.get("Content-Type") == "application/json":
        return json.dumps(data).encode()
    return urlencode(data, doseq=True).encode()


def failed(error: Exception) -> SendError:
    # Their texts hold numbers and addresses: only status and code are taken.
    if isinstance(error, TwilioRestException | TwilioServiceException):
        return failure(error.status, error.code)
    answer = error.args[1] if isinstance(error, TwilioException) and len(error.args) > 1 else None
    if isinstance(answer, Response):  # of a list: the SDK raises it unread
        return failure(answer.status_code, _code(answer.text))
    return of_line("no_sense")


def _code(body: str) -> str:
    """Twilio's own in an answer that is an error; none in a gateway's page."""
    try:
        return str(int(json.loads(body)["code"]))
    except (ValueError, LookupError, TypeError):
        return "no_code"


def _after(headers: Mapping[str, str]) -> timedelta | None:
    seconds = headers.get("Retry-After", "")
    return timedelta(seconds=int(seconds)) if re.fullmatch("[0-9]{1,5}", seconds) else None
