"""The workers, compiled for search: who is able, who speaks, when they are there.

One object per version, never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from booking.calendar import IsHoliday
from booking.holidays import is_holiday as public_holiday
from booking.model import Mode, Motive, Worker, WorkerId
from booking.timetable import Timetable


class Directory:
    """Bit n of each mask is worker n in the order of ref (see `booking.calendar`).

    `before`: the version that this one follows, whose work is taken over where nothing changed.
    """

    def __init__(
        self,
        workers: Iterable[Worker],
        version: int = 0,
        is_holiday: IsHoliday = public_holiday,
        before: Directory | None = None,
    ) -> None:
        self.version = version
        self.workers = tuple(sorted(workers, key=lambda w: w.ref))
        self.timetable: Timetable = Timetable(self.workers, is_holiday, before.timetable if before else None)
        self._by_id = {w.id: n for n, w in enumerate(self.workers)}
        self._by_ref = {w.ref: w for w in self.workers}
        self._motives: dict[Motive, int] = {}
        self._modes: dict[Mode, int] = {}
        self._languages: dict[str, int] = {}
        self._active = 0
        for n, worker in enumerate(self.workers):
            self._active |= 0 if worker.suspended else 1 << n
            for motive in worker.motives:
                self._motives[motive] = self._motives.get(motive, 0) | 1 << n
            for mode in worker.modes:
                self._modes[mode] = self._modes.get(mode, 0) | 1 << n
            for language in worker.languages:
                self._languages[language] = self._languages.get(language, 0) | 1 << n

    def worker(self, id: WorkerId) -> Worker | None:
        number = self._by_id.get(id)
        return None if number is None else self.workers[number]

    def named(self, ref: str) -> Worker | None:
        return self._by_ref.get(ref)

    def able(self, motive: Motive | None, mode: Mode | None) -> Sequence[Worker]:
        """Who helps with this, in this mode; not suspended; in order of ref."""
        return tuple(self.chosen(self.able_mask(motive, mode)))

    def able_mask(self, motive: Motive | None, mode: Mode | None) -> int:
        mask = self._active
        if motive is not None:
            mask &= self._motives.get(motive, 0)
        if mode is not None:
            mask &= self._modes.get(mode, 0)
        return mask

    def speaking_mask(self, language: str) -> int:
        return self._languages.get(language, 0)

    def bit(self, id: WorkerId) -> int:
        """0 for a worker who is not (any more) in the directory."""
        number = self._by_id.get(id)
        return 0 if number is None else 1 << number

    def chosen(self, mask: int) -> Iterator[Worker]:
        """The workers of a mask, in order of ref."""
        while mask:
            lowest = mask & -mask
            yield self.workers[lowest.bit_length() - 1]
            mask ^= lowest
