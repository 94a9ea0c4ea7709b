"""The people of the Telegram stand-in: they write, tap, share and block, and each act becomes an update to us."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.standins.base import Check, StandIn
from bot.standins.pictures import PICTURE
from bot.standins.telegram_chats import Chat, Group, Person, buttons, commands_in
from bot.standins.telegram_webhook import Update, Webhook


class TelegramPeople(StandIn):
    """One bot and those who may talk to it, made known with `join`; chats are theirs, by their id."""

    def __init__(
        self,
        token: str,
        clock: Callable[[], datetime],
        ids: Callable[[], int],
        *,
        check: Check | None = None,
        reach: Callable[[str], str] = str,
    ) -> None:
        super().__init__(clock, ids, check=check, reach=reach)
        self.me: dict[str, Any] = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Social Direct",
            "username": "social_direct_bot",
        }
        self.webhook = Webhook(self.post, clock)
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, dict[str, Any]] = {}
        self.contents: dict[str, bytes] = {}  # of files, by their path
        self.queries: dict[str, int] = {}  # taps that may be answered, and whose they are

    def join(self, person: Person) -> Chat:
        """Make an account known. It can be written to once it has written."""
        return self.chats.setdefault(person.id, Chat(person))

    async def start_chat(self, who: int, payload: str = "") -> Update:
        """Press Start, or open a link `t.me/<bot>?start=<payload>`."""
        return await self.say(who, f"/start {payload}".rstrip())

    async def say(self, who: int, text: str) -> Update:
        self.chats[who].keyboard_used()
        return await self._write(who, text=text, **commands_in(text))

    async def reply(self, who: int, message_id: int, text: str) -> Update:
        """A text that quotes a message of the chat."""
        quoted = {
            key: value for key, value in self.chats[who].messages[message_id].items() if key != "reply_to_message"
        }
        self.chats[who].keyboard_used()
        return await self._write(who, text=text, reply_to_message=quoted)

    async def edit(self, who: int, message_id: int, text: str) -> Update:
        """Change a text of their own, after it was sent."""
        chat, now = self.chats[who], self.clock()
        message = {**chat.messages[message_id], "text": text, "edit_date": int(now.timestamp())}
        chat.messages[message_id] = message
        return await self._update("edited_message", f"chat:{who}", message, message_id)

    async def tap(self, who: int, label: str) -> Update:
        """Tap what shows this label: the newest inline button, else a key under the text field."""
        chat = self.chats[who]
        for number, message in sorted(chat.messages.items(), reverse=True):
            for button in buttons(message.get("reply_markup", {})):
                if button.label == label and button.kind == "callback":
                    return await self.press(who, number, button.value)
        key = next(key for key in chat.keyboard if key.label == label)
        return await (self.share_contact(who) if key.kind == "contact" else self.say(who, key.value))

    async def press(self, who: int, message_id: int, data: str) -> Update:
        """A callback query, also one that no button holds any more: old screens and forged clients send them."""
        chat = self.chats[who]
        gone = {"chat": chat.person.chat(), "message_id": message_id, "date": 0}
        query = str(10**18 + self.ids())
        self.queries[query] = who
        tapped = {
            "id": query,
            "from": chat.person.user(),
            "message": chat.messages.get(message_id, gone),
            "chat_instance": str(-(10**18) - who),
            "data": data,
        }
        return await self._update("callback_query", f"user:{who}", tapped, message_id)

    async def share_contact(self, who: int, *, card: Mapping[str, Any] | None = None) -> Update:
        """Their own number, as the contact button sends it; or any other card out of their address book."""
        person = self.chats[who].person
        own = {"phone_number": person.phone.lstrip("+"), "first_name": person.first_name, "user_id": who}
        self.chats[who].keyboard_used()
        return await self._write(who, contact=dict(card or own))

    async def send_photo(self, who: int, caption: str = "", content: bytes = PICTURE, album: str = "") -> Update:
        """`album`: what several that are sent at once share; each comes by itself."""
        sizes = [(90, 67, 1140), (320, 240, 15432), (1280, 960, 81234)]
        photo = [
            {**self._stored("photos", size, content), "width": width, "height": height} for width, height, size in sizes
        ]
        more = {"caption": caption, "media_group_id": album}
        return await self._write(who, photo=photo, **{name: value for name, value in more.items() if value})

    async def send_voice(self, who: int) -> Update:
        return await self._write(who, voice={**self._stored("voice", 24512), "duration": 7, "mime_type": "audio/ogg"})

    async def send_document(self, who: int, name: str, content: bytes, size: int | None = None) -> Update:
        stored = self._stored("documents", len(content) if size is None else size, content)
        return await self._write(who, document={**stored, "file_name": name, "mime_type": "application/pdf"})

    async def block(self, who: int) -> Update:
        self.chats[who].blocked = True
        return await self._member(who, "member", "kicked")

    async def unblock(self, who: int) -> Update:
        self.chats[who].blocked = False
        return await self._member(who, "kicked", "member")

    async def add_to_group(self, who: int, group: int) -> Update:
        """Somebody adds the bot to a group of theirs."""
        self.chats[group] = chat = Group(self.chats[who].person, started=True, id=group)
        return await self._member_of(chat, "left", "member", f"member:{group}")

    async def say_in_group(self, who: int, group: int, text: str) -> Update:
        """As the bot sees it with privacy mode off, or when it is named."""
        chat = self.chats.setdefault(group, Group(self.chats[who].person, started=True, id=group))
        message = chat.message(self.ids(), chat.person.user(), self.clock(), text=text)
        return await self._update("message", f"chat:{group}", message, message["message_id"])

    async def _member(self, who: int, old: str, new: str) -> Update:
        return await self._member_of(self.chats[who], old, new, f"member:{who}")

    async def _member_of(self, chat: Chat, old: str, new: str, queue: str) -> Update:
        change = {
            "chat": chat.shown(),
            "from": chat.person.user(),
            "date": int(self.clock().timestamp()),
            "old_chat_member": self._membership(old),
            "new_chat_member": self._membership(new),
        }
        return await self._update("my_chat_member", queue, change)

    def _membership(self, status: str) -> dict[str, Any]:
        return {"user": self.me, "status": status, **({"until_date": 0} if status == "kicked" else {})}

    async def _write(self, who: int, **content: Any) -> Update:
        chat = self.chats[who]
        chat.started = True
        message = chat.message(self.ids(), chat.person.user(), self.clock(), **content)
        return await self._update("message", f"chat:{who}", message, message["message_id"])

    async def _update(self, kind: str, queue: str, content: Mapping[str, Any], message_id: int = 0) -> Update:
        number = self.ids()
        update = Update(number, kind, queue, {"update_id": number, kind: content}, self.clock(), message_id)
        await self.webhook.send(update)
        return update

    def _stored(self, folder: str, size: int, content: bytes = b"") -> dict[str, Any]:
        number = self.ids()
        file: dict[str, Any] = {
            "file_id": f"File{number:012d}",
            "file_unique_id": f"Unique{number:08d}",
            "file_size": size,
        }
        path = f"{folder}/file_{number}"
        self.files[file["file_id"]] = {**file, "file_path": path}
        self.contents[path] = content
        return file
