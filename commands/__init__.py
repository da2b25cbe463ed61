"""The counter: what people type, press and see in Slack."""
