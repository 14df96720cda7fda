"""Starts a whole Freshet site with real processes and talks to it as clients do. README.md has the tour."""
from .client import Api, Articles
from .part import Part
from .site import ADMIN, ORIGIN, ROOT, Site, free_port
from .sse import Event, EventStream
from .together import together
from .wait import eventually

ADMIN_NAME, ADMIN_PASSWORD = ADMIN

__all__ = ["ADMIN_NAME", "ADMIN_PASSWORD", "Api", "Articles", "Event", "EventStream", "ORIGIN", "Part", "ROOT", "Site", "eventually", "free_port", "together"]
