"""From a table of the configuration to what the rules know of an instance: no addresses, no secrets. Pure."""

from datetime import timedelta

from bot.domain.instance import Execution, Instance
from bot.domain.restart import RestartWindow
from bot.settings_file import CampaignTable, ExecutionTable


def instance_of(table: CampaignTable) -> Instance:
    """Make the rules' view of one `[[campaign]]`."""
    windows = (RestartWindow(at, table.zone, timedelta(), table.takes, timedelta()) for at in table.restart)
    return Instance(
        name=table.name,
        zone=table.zone,
        database_zone=table.database_zone or table.zone,
        mode=table.mode,
        operator=table.operator or table.login,
        label=table.label,
        colour=table.colour,
        emoji=table.emoji,
        poll=table.poll,
        windows=tuple(windows),
        executions=tuple(_execution(execution) for execution in table.execution),
    )


def _execution(table: ExecutionTable) -> Execution:
    return Execution(
        account=table.account,
        workflow=table.workflow or f"mcSynch_{table.account}",
        windows=tuple(
            RestartWindow(at, table.zone, table.before, table.takes, table.margin) for at in table.restart
        ),
        tracking=table.tracking,
        probe=table.probe,
    )
