"""The Twilio stand-in's numbers and messaging service: where each brings what people write.

https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource and
https://www.twilio.com/docs/messaging/api/service-resource, as far as `socialdirect channels setup` uses them.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.standins.twilio_messages import API_VERSION, Account, Form

NUMBER_FIELDS: Final = ("sms_url", "sms_method", "sms_fallback_url", "sms_fallback_method")
SERVICE_FIELDS: Final = (
    "inbound_request_url",
    "inbound_method",
    "fallback_url",
    "fallback_method",
    "use_inbound_webhook_on_number",
)


class Numbers:
    """One number and one service, as their owner left them: nothing is set."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.number: dict[str, Any] = dict.fromkeys(NUMBER_FIELDS, "") | {"sms_method": "POST"}
        self.texts = True  # whether the number can
        self.service: dict[str, Any] = dict.fromkeys(SERVICE_FIELDS) | {"use_inbound_webhook_on_number": True}

    @property
    def messages_url(self) -> str | None:
        """Where texts are brought to; None as long as nobody has set it."""
        if self._account.service_sid and not self.service["use_inbound_webhook_on_number"]:
            return self.service["inbound_request_url"] or None
        return self.number["sms_url"] or None

    def listed(self, query: Mapping[str, str]) -> dict[str, Any]:
        ours = [self.number_resource()] if self._account.sms_number.startswith("+") else []
        if self._account.voice_number:
            ours.append(self.voice_resource())
        asked = query.get("PhoneNumber")
        found = [each for each in ours if asked in {None, each["phone_number"]}]
        uri = f"/{API_VERSION}/Accounts/{self._account.sid}/IncomingPhoneNumbers.json"
        return {"incoming_phone_numbers": found, "page": 0, "page_size": 50, "next_page_uri": None, "uri": uri}

    @property
    def number_sid(self) -> str:
        return "PN" + self._account.sid[2:]

    def number_resource(self) -> dict[str, Any]:
        sids = {"sid": self.number_sid, "account_sid": self._account.sid}
        able = {"capabilities": {"sms": self.texts, "mms": False, "voice": False}}
        return {**sids, "phone_number": self._account.sms_number, "friendly_name": "", **able, **self.number}

    def voice_resource(self) -> dict[str, Any]:
        """The number that calls: nothing of it is set up by us."""
        able = {"capabilities": {"sms": False, "mms": False, "voice": True}}
        sid = "PN" + self._account.sid[2:-1] + "f"
        return {"sid": sid, "account_sid": self._account.sid, "phone_number": self._account.voice_number, **able}

    def service_resource(self) -> dict[str, Any]:
        return {"sid": self._account.service_sid, "account_sid": self._account.sid, **self.service}


def update(resource: dict[str, Any], form: Form) -> None:
    """Set what a form names. Its names are the resource's, each word with a capital."""
    for name in resource:
        given = form.get("".join(word.capitalize() for word in name.split("_")))
        if given:
            resource[name] = given[0] == "true" if given[0] in {"true", "false"} else given[0]
