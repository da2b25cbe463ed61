"""The stand-ins are tested over their own sockets, as their clients meet them."""
