"""Cells of CSV files that people open in a spreadsheet."""

#: Spreadsheets take a cell that begins so for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: str) -> str:
    """A text as a cell: what would be a formula begins with an apostrophe."""
    return f"'{value}" if value.startswith(_FORMULA) else value
