"""Stroke letters: A–Z, 0–9 and the hyphen as polylines on a grid 4 wide and 6 high.

Each letter is a string of polylines parted by blanks; each point is two digits, x from the
left and y from the baseline.  Round letters are octagons with short corners: at the size of
a seal's ring text a round pen makes them look drawn.
"""

from __future__ import annotations

__all__ = ["GRID_HEIGHT", "GRID_WIDTH", "Point", "known_letters", "letter_strokes"]

Point = tuple[float, float]

GRID_WIDTH = 4
GRID_HEIGHT = 6

_LETTERS = {
    "A": "002640 1232",
    "B": "003041423303 33444536" "0600",
    "C": "4130100105163645",
    "D": "00063645413000",
    "E": "40000646 0333",
    "F": "000646 0333",
    "G": "4536160501103041 4323 4341",
    "H": "0006 4046 0343",
    "I": "2026 1030 1636",
    "J": "46413010" "01",
    "K": "0006 4602 1340",
    "L": "060040",
    "M": "0006234640",
    "N": "00064046",
    "O": "100105163645413010",
    "P": "00063645443303",
    "Q": "100105163645413010 2240",
    "R": "00063645443303 2340",
    "S": "4536160504133342413010" "01",
    "T": "2026 0646",
    "U": "06011030" "4146",
    "V": "062046",
    "W": "0610233046",
    "X": "0046 0640",
    "Y": "062346 2320",
    "Z": "06460040",
    "0": "100105163645413010 1135",
    "1": "052620 1030",
    "2": "051636454400" "40",
    "3": "05163645443342413010" "01 1333",
    "4": "30360242",
    "5": "460603334241" "301001",
    "6": "453616050110304142" "3303",
    "7": "064610",
    "8": "130405163645443313020110304142" "33",
    "9": "01103041453616050413" "43",
    "-": "0343",
    " ": "",
}


def known_letters() -> frozenset[str]:
    """The characters that can be drawn; letters are capitals."""
    return frozenset(_LETTERS)


def letter_strokes(letter: str) -> tuple[tuple[Point, ...], ...]:
    """The polylines of ``letter``, points in grid units; ``KeyError`` for an unknown one."""
    return tuple(
        tuple((float(run[i]), float(run[i + 1])) for i in range(0, len(run), 2))
        for run in _LETTERS[letter].split()
    )
