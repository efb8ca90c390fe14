"""The demo district: 1,200 made-up people, half a year of made-up issues, and the walks that found them."""

from dutydesk.demo.filling import fill

__all__ = ["fill"]
