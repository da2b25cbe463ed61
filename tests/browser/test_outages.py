"""What a person sees when the bot, Slack or Campaign is not well."""

from playwright.sync_api import expect

from tests.browser.stage import PATIENCE_MS, Visitor


def test_a_bot_that_stands_still_shows_operation_timeout_and_goes_on_afterwards(visitor: Visitor) -> None:
    visitor.collide()
    bot = visitor.panel("The bot")
    bot.get_by_role("button", name="Freeze").click()
    expect(bot).to_contain_text("mcsync stands still")
    visitor.sandbox.slack("app", patience=3)

    visitor.press("mcsync_shift_5")
    visitor.type("/mcsync status")
    expect(visitor.page.get_by_text("Waiting for mcsync…")).to_be_visible()
    expect(visitor.whisper()).to_contain_text('/mcsync failed with the error "operation_timeout"')
    expect(visitor.card().get_by_role("alert")).to_contain_text("operation_timeout")

    visitor.sandbox.slack("app", patience=PATIENCE_MS / 1000)
    bot.get_by_role("button", name="Let it go on").click()
    expect(bot).to_contain_text("mcsync runs")
    expect(visitor.card()).to_contain_text("Waiting for approval")
    expect(visitor.card().get_by_role("alert")).to_have_count(0)


def test_a_bot_that_was_killed_cannot_be_reached_and_finds_its_work_again(visitor: Visitor) -> None:
    visitor.ask()
    bot = visitor.panel("The bot")
    bot.get_by_role("button", name="Kill").click()
    expect(bot).to_contain_text("mcsync is stopped")

    visitor.type("/mcsync status")
    expect(visitor.whisper()).to_contain_text("dispatch_failed")
    visitor.skip("1 min")
    bot.get_by_role("button", name="Start").click()
    expect(bot).to_contain_text("mcsync runs")

    visitor.approve()
    visitor.skip_until("Changed and read back")


def test_campaign_can_be_slow_and_broken_and_mended(visitor: Visitor) -> None:
    visitor.panel("Be slow").get_by_label("Every SOAP call takes").select_option("1 s longer")
    expect(visitor.panel("Be slow").get_by_role("combobox")).to_have_value("1")
    visitor.sandbox.wait_until(
        lambda: visitor.sandbox.campaign("world")["settings"]["slow_seconds"] == 1, "Campaign to be slow"
    )
    visitor.panel("Be slow").get_by_role("combobox").select_option("0")

    box = visitor.panel("Break the next call")
    box.get_by_label("Call").select_option(label="Query (ExecuteQuery)")
    box.get_by_label("with").select_option("fault")
    box.get_by_label("times").fill("2")
    box.get_by_role("button", name="Break it").click()
    expect(box).to_contain_text("xtk:queryDef#ExecuteQuery: fault, 2×")

    visitor.skip("1 min")
    expect(box).not_to_contain_text("2×")
    box = visitor.panel("Break the next call")
    box.get_by_label("Call").select_option(label="Stop")
    box.get_by_role("button", name="Break it").click()
    box.get_by_role("button", name="Withdraw").click()
    expect(box.get_by_label("Faults still to come")).to_have_count(0)
    assert visitor.sandbox.campaign("faults")["faults"] == []


def test_slack_can_be_broken(visitor: Visitor) -> None:
    box = visitor.panel("Break the next call")
    box.get_by_label("Call").select_option(label="chat.postMessage")
    box.get_by_label("with").select_option("ratelimited")
    box.get_by_role("button", name="Break it").click()
    expect(visitor.page.locator(".toast")).to_contain_text("chat.postMessage: ratelimited")

    visitor.collide()


def test_rt_can_be_restarted_and_a_workflow_stopped_and_started(visitor: Visitor) -> None:
    others = visitor.panel("What others do")
    others.get_by_role("button", name="Restart RT now").click()
    expect(others).to_contain_text("mcExec1 is away now.")

    others.get_by_role("button", name="Stop mcSynch_mcExec1").click()
    visitor.skip("1 min")
    expect(visitor.panel("mcSynch_mcExec1").locator(".badge")).to_have_text("stopped")
    others.get_by_role("button", name="Start mcSynch_mcExec1").click()
    visitor.skip("1 min")
    expect(visitor.panel("mcSynch_mcExec1").locator(".badge")).to_have_text("started")
    expect(visitor.panel("mcSynch_mcExec1")).to_contain_text("Start requested by operator 'marc'.")


def test_a_journey_to_nowhere_says_why_and_one_under_way_can_be_stopped(visitor: Visitor) -> None:
    visitor.collide()
    visitor.page.get_by_role("button", name="Skip to next run").click()
    expect(visitor.page.locator(".toast").last).to_contain_text("No archiving workflow waits for a run")

    before = visitor.sandbox.clock.now()
    visitor.page.get_by_role("button", name="Skip to tomorrow 05:58").click()
    expect(visitor.page.get_by_role("progressbar", name="How far")).to_be_visible()
    visitor.page.get_by_role("button", name="Stop here").click()

    expect(visitor.page.get_by_role("button", name="Skip to tomorrow 05:58")).to_be_focused()
    assert 0 <= (visitor.sandbox.clock.now() - before).total_seconds() < 86_400 / 2
