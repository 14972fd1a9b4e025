"""From millimetres on the page as shown to user space (ISO 32000-1 8.3.2.3, 14.11.2).

What readers show is the crop box, turned clockwise by ``/Rotate``; one unit of user space is
``/UserUnit`` points.  Stamps are placed on what is shown, so all three are undone here.
"""

from __future__ import annotations

from dataclasses import dataclass

from esealkit.placement.affine import Matrix, apply

__all__ = ["POINTS", "PageGeometry", "Rectangle", "box_under"]

POINTS = 72 / 25.4
"""Points of a millimetre."""

Rectangle = tuple[float, float, float, float]
"""Left, bottom, right, top in user space."""


def box_under(matrix: Matrix, box: Rectangle) -> Rectangle:
    """The box around ``box`` after a matrix."""
    points = [apply(matrix, x, y) for x in box[::2] for y in box[1::2]]
    across, up = [point[0] for point in points], [point[1] for point in points]
    return min(across), min(up), max(across), max(up)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageGeometry:
    """What decides where a point of the shown page lies in user space."""

    crop: Rectangle
    """Crop box within the media box: left, bottom, right, top in user space units."""
    rotate: int = 0
    """Degrees clockwise: 0, 90, 180 or 270."""
    user_unit: float = 1.0
    """Points of one unit of user space."""

    @property
    def _units(self) -> float:
        """Units of user space in one millimetre."""
        return POINTS / self.user_unit

    @property
    def width(self) -> float:
        """Width of the page as shown, mm."""
        left, bottom, right, top = self.crop
        side = right - left if self.rotate % 180 == 0 else top - bottom
        return side / self._units

    @property
    def height(self) -> float:
        """Height of the page as shown, mm."""
        left, bottom, right, top = self.crop
        side = top - bottom if self.rotate % 180 == 0 else right - left
        return side / self._units

    def point(self, x: float, y: float) -> tuple[float, float]:
        """User space of the point ``x``, ``y`` mm from the shown page's top left."""
        left, bottom, right, top = self.crop
        across, down = x * self._units, y * self._units
        if self.rotate == 90:
            return left + down, bottom + across
        if self.rotate == 180:
            return right - across, bottom + down
        if self.rotate == 270:
            return right - down, top - across
        return left + across, top - down

    def shown(self, x: float, y: float) -> tuple[float, float]:
        """The inverse of :meth:`point`: mm from the shown page's top left."""
        left, bottom, right, top = self.crop
        if self.rotate == 90:
            across, down = y - bottom, x - left
        elif self.rotate == 180:
            across, down = right - x, y - bottom
        elif self.rotate == 270:
            across, down = top - y, right - x
        else:
            across, down = x - left, top - y
        return across / self._units, down / self._units

    def rectangle(self, x: float, y: float, width: float, height: float) -> Rectangle:
        """User space rectangle of a box given in mm from the shown page's top left."""
        one, other = self.point(x, y), self.point(x + width, y + height)
        return (
            min(one[0], other[0]),
            min(one[1], other[1]),
            max(one[0], other[0]),
            max(one[1], other[1]),
        )

    def matrix(self, x: float, y: float, height: float) -> Matrix:
        """Takes a drawing in points, its origin at the bottom left, to a box on the page.

        ``x`` and ``y`` are the box's top left and ``height`` its height, mm; the drawing stands
        upright on the page as shown.
        """
        origin = self.point(x, y + height)
        right = self.point(x + 1 / POINTS, y + height)
        up = self.point(x, y + height - 1 / POINTS)
        return (
            right[0] - origin[0],
            right[1] - origin[1],
            up[0] - origin[0],
            up[1] - origin[1],
            *origin,
        )
