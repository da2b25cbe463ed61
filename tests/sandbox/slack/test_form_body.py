"""What a parcel looks like as Slack posts it."""

from bot.sandbox.slack.delivery import Parcel, form_body


def test_half_a_character_travels_in_a_form_as_bytes_that_are_no_utf8() -> None:
    content_type, body = form_body(Parcel("slash_commands", {"text": "a\ud800b"}))

    assert content_type == "application/x-www-form-urlencoded"
    assert body == b"text=a%ED%A0%80b"
