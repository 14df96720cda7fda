"""Starts a whole Freshet site with real processes and talks to it as clients do. README.md has the tour."""
from .client import Api, Articles
from .part import Part
from .site import Site, free_port
from .sse import Event, EventStream
from .wait import eventually

__all__ = ["Api", "Articles", "Event", "EventStream", "Part", "Site", "eventually", "free_port"]
