"""What must be settled about the terminal before Textual is imported. Imports nothing of ours and no Textual."""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping

# Terminals whose sequences Textual's output suits; a TERM from the network is any string the client likes.
_TERMS = """
    xterm xterm-color xterm-16color xterm-88color xterm-256color xterm-direct xterm-new xterm-kitty xterm-ghostty
    linux linux-16color putty putty-256color vt100 vt102 vt220 ansi cygwin konsole konsole-256color gnome gnome-256color
    vte vte-256color rxvt rxvt-16color rxvt-256color rxvt-unicode rxvt-unicode-256color screen screen-16color
    screen-256color screen.xterm-256color tmux tmux-256color alacritty foot foot-extra kitty wezterm ms-terminal
    iterm2 mintty st st-256color
"""
KNOWN_TERMS = frozenset(_TERMS.split())
NO_TTY_MESSAGE = "这里不是终端，值班台无法打开。请在终端窗口里运行；用 ssh 时请加 -t。"


def clean_environment(environ: MutableMapping[str, str] = os.environ) -> None:
    """Delete every TEXTUAL_* variable: they can import modules, log every key and let Ctrl+Backslash kill the desk."""
    for name in [name for name in environ if name.startswith("TEXTUAL_")]:
        del environ[name]


def allowed_term(term: str | None) -> bool:
    """Whether the desk draws on a terminal that calls itself `term`."""
    return term in KNOWN_TERMS


def came_from() -> str:
    """The address at the other end of an SSH line, or nothing."""
    return os.environ.get("SSH_CONNECTION", "").split(" ")[0]


def has_tty() -> bool:
    """Whether standard input and error, which Textual reads and writes, are a terminal."""
    streams = (sys.__stdin__, sys.__stderr__)
    return all(stream is not None and not stream.closed and stream.isatty() for stream in streams)


def refuse_without_tty() -> str | None:
    """The reason why the desk cannot open here, in Chinese, or None. Textual without a tty spins for ever."""
    if not has_tty():
        return NO_TTY_MESSAGE
    term = os.environ.get("TERM")
    if not allowed_term(term):
        shown = "".join(c for c in (term or "")[:30] if c.isascii() and c.isprintable())
        return f"不认识的终端类型“{shown}”。请把 TERM 设为 xterm-256color 再试。"
    return None
