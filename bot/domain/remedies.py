"""What a person does about each cause, in sentences to follow, and where it is written.

The words only; which cause it is, `bot/domain/diagnosis.py` decides.
"""

from collections.abc import Mapping

from bot.domain.sentence import say
from bot.domain.verdict import Cause, Remedy

SOURCES: Mapping[Cause, str] = {
    Cause.RESTART_COLLISION: "KA-05406",
    Cause.RT_UNAVAILABLE: say("KA-05406, step 2"),
    Cause.MARKETING_RESTART: say("Campaign Classic: automatic process restart"),
    Cause.LATE_START: say("Campaign Classic: scheduler"),
    Cause.ACCOUNT_LOCKED: "KA-16410",
    Cause.JOURNAL_MISSING: "KA-24179",
}
"""Where a cause is described that no single row of the table of symptoms names."""

AGAIN = say(
    "A restart can cause this as well: if it comes back at this time of day, move the schedule by hand."
)
"""What a failure deserves whose words are not those of a collision, but whose time is."""

STEPS: Mapping[Remedy, tuple[str, ...]] = {
    Remedy.SHIFT: (
        say("Move the workflow's minute to 5 or 10 minutes after the restart; the frequency stays as it is."),
        say("Restart the workflow, so that the change counts and archiving goes on."),
        say("Check that RT's tracking workflow still fits: its clicks wait for the next run (KA-22897)."),
    ),
    Remedy.RESUME: (
        say("Check that RT answers now."),
        say(
            "Start the paused workflow: it repeats the failed activity and goes on, and archiving catches up."
        ),
    ),
    Remedy.WAIT: (
        say("Wait until the server has restarted; this takes a few minutes."),
        say("If the workflow is paused then, start it. Do not change its schedule for this."),
    ),
    Remedy.CHECK_RESTART_TIME: (
        say(
            "Ask whoever runs RT for its processRestartTime (serverConf.xml, element web) and its time zone."
        ),
        say("Correct the configuration and diagnose again. Do not change the schedule before that."),
    ),
    Remedy.FIX_CREDENTIALS: (
        say("Do not try again: three refused log-ons lock the account (KA-16410)."),
        say("Check the login and the password in RT's external account on the marketing instance."),
        say(
            "Check on RT that this operator is not locked, expired or disabled; a lock lasts 5 "
            "minutes or more."
        ),
        say("Press Test connection once, then start the paused workflow."),
    ),
    Remedy.CHANGE_OPERATOR: (
        say(
            "Look for the operator in the workflow's XML source: <process login=...> may name "
            "somebody who left."
        ),
        say("Let an active administrator stop and start the workflow, so that it runs as that person."),
    ),
    Remedy.ALLOW_IP: (
        say(
            "Note the address in the message: RT sees the marketing server, or its proxy, under this address."
        ),
        say(
            "Add it to the allowed addresses of RT: the security zone in serverConf.xml, or the "
            "Control Panel."
        ),
        say("Start the paused workflow."),
    ),
    Remedy.ALLOW_URL: (
        say(
            "Add RT's address to the URL permissions (urlPermission in serverConf.xml, or the Control Panel)."
        ),
        say("Start the paused workflow."),
    ),
    Remedy.UPDATE_CERTIFICATES: (
        say("Check the certificate of RT's address: its dates, its name and the chain up to the authority."),
        say("Update the certificate authorities on the marketing server; on a hosted one ask Adobe."),
        say("Start the paused workflow."),
    ),
    Remedy.GRANT_RIGHTS: (
        say(
            "Check the rights of the operator in RT's external account, and the proxy or firewall before RT."
        ),
        say("Start the paused workflow."),
    ),
    Remedy.CHECK_NETWORK: (
        say("From the marketing server, open RT's /r/test: it needs no log-on."),
        say(
            "If that fails too, check the name resolution, the proxy and the firewall between the two "
            "servers."
        ),
        say("Start the paused workflow."),
    ),
    Remedy.INSTALL_PACKAGE: (
        say("Compare the packages of both instances: marketing reads a field that RT does not have."),
        say("Ask Adobe to install the missing package (Mobile App channel) on RT, then start the workflow."),
    ),
    Remedy.LOWER_INSTANCE_ID: (
        say(
            "Look at the execution instance's id in RT's external account: it is too large for keys "
            "made of it."
        ),
        say("Give it a smaller id with Adobe's help, then start the workflow."),
    ),
    Remedy.SPREAD: (
        say("Start the paused workflow: builds from 9026 on try again by themselves (KA-14033)."),
        say("Give every mcSynch workflow of the instance another minute, so that no two run together."),
    ),
    Remedy.ALIGN_TRACKING: (
        say("Let the archiving run as often as RT's tracking workflow, a few minutes after it."),
        say("Move the pointer MC_LastTlRtSynch_... back to before the gap to fetch what is missing."),
    ),
    Remedy.READ_SERVER_LOG: (
        say(
            "Read runwf.log on the marketing server at this time: the line could not be written to "
            "the journal."
        ),
        say("Check the space and the sequence of the journal's table, then start the workflow."),
    ),
    Remedy.UPGRADE: (
        say("Compare the build of both instances with the release notes of the named bug."),
        say("Ask Adobe for the upgrade; until then start the paused workflow by hand."),
    ),
    Remedy.RESTART_WORKFLOW: (say("Restart the workflow named in the line on RT, then check the reports."),),
    Remedy.CONTACT_ADOBE: (
        say("Do not reschedule: this is no restart collision."),
        say("Open RT's /r/test and /nl/jsp/logon.jsp: an error or a blank page means that RT is still away."),
        say("If it is, or if this comes back, ask Adobe or whoever runs RT what happened at this time."),
        say("Once RT answers, start the paused workflow."),
    ),
    Remedy.INVESTIGATE: (
        say("Read the lines before this one in the journal, and web.log of RT at this time."),
        say("Start the paused workflow once the cause is clear. Do not reschedule on a guess."),
    ),
}
"""The steps of each remedy."""
