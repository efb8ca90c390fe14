"""dutydesk: the terminal desk of an area chief's duty staff."""

__version__ = "0.1.0"
