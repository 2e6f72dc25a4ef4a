"""Everything that depends on how Textual reads and writes the terminal, and why it is not left to Textual.

Textual 8.2 hangs or ends with its terminal:

- its writer has a queue of 30 entries and dies of the first failed write; then the event loop waits for it forever;
- its reader decodes strictly, so one byte that is not UTF-8 ends the program, and a terminal that is gone is read
  again and again;
- its parser raises on some escape sequences, and waits forever for the end of a paste that was cut off.

`TerminalApp` chooses drivers that do none of this. tests/tui/test_drivers.py fails if Textual changes what they use.
"""
