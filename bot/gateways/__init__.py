"""The outside worlds: Campaign, Slack, the database, the clock, the scheduler. No rules live here."""
