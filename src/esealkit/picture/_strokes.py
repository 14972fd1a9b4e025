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
    "B": "003041423303 334445360600",
    "C": "4130100105163645",
    "D": "00063645413000",
    "E": "40000646 0333",
    "F": "000646 0333",
    "G": "4536160501103041 4323 4341",
    "H": "0006 4046 0343",
    "I": "2026 1030 1636",
    "J": "4641301001",
    "K": "0006 4602 1340",
    "L": "060040",
    "M": "0006234640",
    "N": "00064046",
    "O": "100105163645413010",
    "P": "00063645443303",
    "Q": "100105163645413010 2240",
    "R": "00063645443303 2340",
    "S": "453616050413334241301001",
    "T": "2026 0646",
    "U": "060110304146",
    "V": "062046",
    "W": "0610233046",
    "X": "0046 0640",
    "Y": "062346 2320",
    "Z": "06460040",
    "0": "100105163645413010 1135",
    "1": "052620 1030",
    "2": "05163645440040",
    "3": "0516364544334241301001 1333",
    "4": "30360242",
    "5": "460603334241301001",
    "6": "4536160501103041423303",
    "7": "064610",
    "8": "13040516364544331302011030414233",
    "9": "0110304145361605041343",
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
