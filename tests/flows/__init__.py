"""Flows: the whole program against both stand-ins, over real sockets, with time turned by hand."""
