"""A seeded campaign against the real program: its own process, both stand-ins as other processes."""
