"""Stand-ins for the providers: small servers that answer our calls as the real ones do, and post to our webhooks.

The demo runs them behind the real channel code, so that its phones need no account; the tests run them as the provider
that misbehaves on demand. They keep no time and draw no lots: the clock, the ids and what goes wrong are passed in.
Ids must not begin anew over a database that is kept: an id that was seen before is a repeat, and rightly ignored.

- `twilio.py`: messages (create, list, fetch, redact, delete), status callbacks, texts and taps of people on SMS and
  WhatsApp, opt-outs, the 24-hour window. `twilio_messages.py`: what is accepted, and what it looks like.
  `twilio_list.py`: the log. `twilio_content.py`: templates. `twilio_forms.py`: what is posted. `twilio_opt_out.py`.
  `twilio_numbers.py`, `twilio_senders.py`: where each sender brings what people write.
- `telegram.py`: the methods of the Bot API that we call. `telegram_people.py`: what people do. `telegram_chats.py`:
  chats. `telegram_webhook.py`: how updates reach us. `telegram_text.py`: markup.
- `base.py`: what both share. `faults.py`: what may go wrong. `ledger.py`: what happened, and what the phones show.
"""
