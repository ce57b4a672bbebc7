"""Workbooks and text files as blocks of rows: every cell as text, in bounded memory."""
