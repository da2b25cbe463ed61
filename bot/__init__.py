"""The back office of mcsync: rules, use cases and the outside worlds. What people see lives in `commands`."""
