"""The use cases, with a real store and time turned by hand."""
