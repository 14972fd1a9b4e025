"""What every opened key is: something to be closed, never copied or pickled."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import NoReturn, Self

__all__ = ["Closing"]


class Closing(ABC):
    """A context manager that closes itself, and refuses to be duplicated."""

    __slots__ = ()

    @abstractmethod
    def close(self) -> None:
        """Give back what is held; may be called twice."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("an opened key cannot be pickled; open it anew in the other process")

    def __copy__(self) -> NoReturn:
        raise TypeError("an opened key cannot be copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("an opened key cannot be copied")
