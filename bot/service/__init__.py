"""The use cases: the only place that decides the order of effects."""
