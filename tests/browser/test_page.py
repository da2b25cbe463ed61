"""The page itself: typing, looking, for everybody and on every screen."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from commands.grammar import COMMANDS
from tests.browser.every_block import BLOCKS, MODAL
from tests.browser.stage import OpenPage, Visitor
from tests.browser.test_views import web_api


def test_a_line_is_completed_by_the_keyboard_alone(onlooker: Visitor) -> None:
    field, keyboard = onlooker.page.get_by_label("Message", exact=True), onlooker.page.keyboard
    options = onlooker.page.get_by_label("Completions").get_by_role("option")
    field.focus()
    keyboard.type("/")
    expect(options).to_have_count(len(COMMANDS))
    assert [words.split()[1] for words in options.all_inner_texts()] == list(COMMANDS)

    keyboard.type("mcsync fo")
    expect(options).to_have_count(1)
    keyboard.press("Tab")
    expect(field).to_have_value("/mcsync forecast ")
    keyboard.press("ArrowDown")
    expect(onlooker.page.get_by_label("Completions").get_by_role("option", selected=True)).to_contain_text(
        "mcSynch_mcExec1"
    )
    keyboard.press("Enter")
    expect(field).to_have_value("/mcsync forecast mcSynch_mcExec1 ")
    keyboard.press("Escape")
    expect(onlooker.page.get_by_role("listbox", name="Completions")).not_to_be_visible()
    keyboard.press("Enter")

    expect(onlooker.whisper()).to_contain_text(re.compile(r"The next \d+ days"))
    keyboard.press("ArrowUp")
    expect(field).to_have_value("/mcsync forecast mcSynch_mcExec1")


def test_messages_mentions_threads_and_what_only_one_sees(onlooker: Visitor) -> None:
    onlooker.type("good morning @ada <b>not bold</b> & #random")
    message = onlooker.card()
    expect(message).to_contain_text("good morning @Ada Admin <b>not bold</b> & #random")
    message.hover()
    message.get_by_label("Reply in thread").click()
    thread = onlooker.page.get_by_label("Thread", exact=True)
    thread.get_by_label("Reply", exact=True).fill("and to you")
    onlooker.page.keyboard.press("Enter")
    expect(thread.locator(".message").last).to_contain_text("and to you")
    thread.get_by_label("Close thread").click()
    expect(message.get_by_role("button", name="1 reply")).to_be_focused()

    onlooker.type("/mcsync status")
    expect(onlooker.whisper()).to_contain_text("waits for its next run")
    onlooker.whisper().hover()
    onlooker.page.get_by_label("Dismiss this message").click()
    expect(onlooker.page.locator(".message.ephemeral")).to_have_count(0)


def test_where_a_person_is_not_they_see_nothing(onlooker: Visitor) -> None:
    places = onlooker.page.get_by_label("Conversations")
    expect(places.get_by_role("button", name="campaign-admins")).to_have_count(0)

    onlooker.become("Ada")
    places.get_by_role("button", name="campaign-admins").click()
    expect(onlooker.page.get_by_role("heading", name="campaign-admins")).to_be_visible()
    onlooker.become("Stella")

    expect(onlooker.page.get_by_role("heading", name="campaign-ops")).to_be_visible()
    expect(places.get_by_role("button", name="random")).to_have_count(0)


def test_every_block_is_drawn_and_nothing_untrusted_becomes_markup(onlooker: Visitor) -> None:
    client = web_api(onlooker)
    for blocks in BLOCKS:
        client.chat_postMessage(channel="C0OPS", text="all blocks", blocks=blocks)
    client.chat_postMessage(
        channel="C0OPS", text="<script>document.title='x'</script> <javascript:alert(1)|a>"
    )

    messages = onlooker.page.locator("#messages")
    expect(messages.locator(".message")).to_have_count(len(BLOCKS) + 1)
    expect(messages.locator(".unknown")).to_have_count(0)
    drawn = {
        kind
        for names in messages.locator(".block").evaluate_all("nodes => nodes.map(one => [...one.classList])")
        for kind in names
    }
    assert {f"block-{block['type'].replace('_', '-')}" for blocks in BLOCKS for block in blocks} <= drawn
    expect(messages.locator("img, script, a[href^=javascript]")).to_have_count(0)
    expect(messages).to_contain_text('<img src=x onerror="document.title=1">')
    expect(onlooker.page).to_have_title("mcsync sandbox")


def test_a_data_table_is_sorted_and_turned_by_its_buttons(onlooker: Visitor) -> None:
    web_api(onlooker).chat_postMessage(channel="C0OPS", text="table", blocks=BLOCKS[1])
    table = onlooker.page.get_by_role("table", name="Runs by hour")
    first = table.get_by_role("row").nth(1)

    table.get_by_role("button", name="runs").click()
    expect(first).to_contain_text("0")
    table.get_by_role("button", name="runs").click()
    expect(first).to_contain_text("4")
    expect(table.get_by_role("columnheader", name="runs")).to_have_attribute("aria-sort", "descending")
    onlooker.page.get_by_label("Next page").click()
    expect(onlooker.page.get_by_text("2 of 3")).to_be_visible()


def test_every_input_is_drawn_and_told_to_the_app(onlooker: Visitor) -> None:
    onlooker.type("/mcsync diagnose paste")
    expect(onlooker.page.get_by_role("dialog", name="Diagnose a journal")).to_be_visible()
    [view] = onlooker.sandbox.slack("views?user=U0SAM")["modals"]
    web_api(onlooker).views_update(view_id=view["id"], view=MODAL)
    modal = onlooker.page.get_by_role("dialog", name="All inputs")
    expect(modal.locator(".unknown")).to_have_count(0)
    modal.get_by_label("plain_text_input").fill("some words")
    modal.get_by_label("number_input").fill("42")
    modal.get_by_label(re.compile("^static_select")).select_option("Two")
    modal.get_by_label("Friday").check()
    modal.get_by_label("often").check()
    modal.get_by_label(re.compile("^datepicker")).fill("2026-11-24")
    modal.get_by_label(re.compile("^timepicker")).fill("06:05")
    modal.get_by_label("multi_users_select").select_option(["U0ADA", "U0GRACE"])
    modal.get_by_role("button", name="Go").click()
    expect(onlooker.page.locator("#modal-trouble")).to_contain_text("trouble connecting")

    [view] = onlooker.sandbox.slack("views?user=U0SAM")["modals"]
    told: dict[str, Any] = {
        block: next(iter(values.values())) for block, values in view["state"]["values"].items()
    }
    assert told["plain_text_input"]["value"] == "some words"
    assert told["number_input"]["value"] == "42"
    assert told["static_select"]["selected_option"]["value"] == "2"
    assert [one["value"] for one in told["checkboxes"]["selected_options"]] == ["fri"]
    assert told["radio_buttons"]["selected_option"]["value"] == "often"
    assert (told["datepicker"]["selected_date"], told["timepicker"]["selected_time"]) == (
        "2026-11-24",
        "06:05",
    )
    assert told["multi_users_select"]["selected_users"] == ["U0ADA", "U0GRACE"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(look_in: OpenPage, scheme: str) -> None:
    visitor = look_in(color_scheme=scheme, bypass_csp=True)
    for blocks in BLOCKS:
        web_api(visitor).chat_postMessage(channel="C0OPS", text="all blocks", blocks=blocks)
    visitor.type("/mcsync status")
    expect(visitor.whisper()).to_contain_text("waits for its next run")
    visitor.page.get_by_label("Message", exact=True).fill("/")
    expect(visitor.page.get_by_role("listbox", name="Completions")).to_be_visible()

    channel = Axe().run(visitor.page)
    visitor.type("/mcsync diagnose paste")
    visitor.page.get_by_role("button", name="Diagnose", exact=True).click()
    expect(visitor.page.get_by_text("Please complete this required field.")).to_be_visible()
    modal = Axe().run(visitor.page)

    assert channel.violations_count == 0, channel.generate_report()
    assert modal.violations_count == 0, modal.generate_report()


def test_it_fits_a_phone(open_page: OpenPage) -> None:
    visitor = open_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    visitor.page.get_by_role("button", name="Skip to next run").tap()
    expect(visitor.card()).to_contain_text("restart collision")
    expect(visitor.page.locator("#panel")).not_to_be_visible()
    web_api(visitor).chat_postMessage(channel="C0OPS", text="all blocks", blocks=BLOCKS[0])
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not visitor.page.evaluate(wide)
    assert not visitor.page.evaluate(
        "[...document.querySelectorAll('#messages')].some(one => one.scrollWidth > one.clientWidth)"
    )

    visitor.page.get_by_role("button", name="Campaign", exact=True).tap()
    expect(visitor.panel("mcSynch_mcExec1")).to_contain_text("failed, paused")
    expect(visitor.page.locator("#messages")).not_to_be_visible()
    assert not visitor.page.evaluate(wide)


@pytest.mark.parametrize("scenario", ["two-rts"])
def test_two_rts_have_two_workflows_and_two_strips(visitor: Visitor) -> None:
    expect(visitor.page.locator("#panel .workflow").nth(1)).to_contain_text("mcSynch_mcExec2")
    expect(visitor.page.locator("#panel .band")).to_have_count(4)

    visitor.skip("next run")

    expect(visitor.card()).to_contain_text(re.compile("2 workflows on .*prod.*: restart collision"))
    visitor.card().get_by_role("button", name=re.compile("replies$")).click()
    expect(visitor.page.get_by_label("Thread", exact=True)).to_be_visible()
    # Both stand in the thread, but for a first one that was in the channel before there was a second.
    expect(visitor.page.locator(".message", has_text="met RT's daily restart")).to_have_count(2)
    expect(visitor.panel("What others do").get_by_role("button", name="Restart mcExec2 now")).to_be_visible()


def test_the_strip_tells_in_words_what_it_draws(visitor: Visitor) -> None:
    day = visitor.page.get_by_role("img", name="mcSynch_mcExec1, the whole day")
    expect(day).to_have_accessible_name(
        "mcSynch_mcExec1, the whole day: 24 runs; RT is away 06:00 to 06:03; planned into it: 06:00"
    )

    visitor.collide()

    expect(day).to_have_accessible_name(
        "mcSynch_mcExec1, the whole day: 24 runs; RT is away 06:00 to 06:03; planned into it: 06:00; "
        "failed: 06:00"
    )
