"""The commands of ``celib-classroom``, one module each: ``add_to`` a parser, and ``run``."""
