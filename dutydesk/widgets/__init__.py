"""What screens share: the windowed list, the picker, the form, menus and the frame."""
