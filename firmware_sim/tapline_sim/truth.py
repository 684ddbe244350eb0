"""The ground truth of a run: what really happened, one JSON object a line, in truth.jsonl.

Lines are written to the store in the transaction of what they tell, and moved to the file from
there. A process that dies in between leaves a tail in the file that the next one cuts off again:
no line is lost, and none stands twice.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from tapline_sim.store import Store, StoreError

FILE_NAME = "truth.jsonl"


def due_fen(charged_fen: int, *, ml: int, asked_ml: int) -> int:
    """What a pour was worth: nothing below 50 ml, all of it from 0.9 of what was asked, else the
    share of it that was metered.
    """
    if ml < 50:
        return 0
    if ml * 10 >= asked_ml * 9:
        return charged_fen
    return charged_fen * ml // asked_ml


class Truth:
    """The story of the world, in a folder, or in a file that ends in `.jsonl`. Without either it
    keeps only the counts of what was injected."""

    def __init__(self, store: Store, folder: Path | None) -> None:
        self._store = store
        self._path = None
        if folder is not None:
            self._path = folder if folder.suffix == ".jsonl" else folder / FILE_NAME
            self._path.parent.mkdir(parents=True, exist_ok=True)

    def card(self, no: str, kind: str, opened_fen: int) -> None:
        """A card was issued with so much on it."""
        self._tell({"t": "card", "card": no, "kind": kind, "opened_fen": opened_fen})

    def pour(
        self,
        device_id: str,
        seq: int | None,
        card: str | None,
        *,
        charged_fen: int,
        due_fen: int,
        ml: int,
    ) -> None:
        """`charged_fen` really left the card, and `due_fen` of it was earned by metered `ml`;
        without `seq` the machine has lost the fact for good, without `card` it was nobody's."""
        where = {"t": "pour", "device": device_id, "seq": seq, "card": card}
        self._tell({**where, "charged_fen": charged_fen, "due_fen": due_fen, "ml": ml})

    def load(self, device_id: str, seq: int, card: str, *, load: str, fen: int) -> None:
        """A voucher was really written to a card."""
        where = {"t": "load", "device": device_id, "seq": seq, "card": card}
        self._tell({**where, "load": load, "fen": fen})

    def shown(self, device_id: str, card: str, text: str) -> None:
        """The machine's screen said this to whoever stood there with a card."""
        self._tell({"t": "shown", "device": device_id, "card": card, "text": text})

    def inject(self, code: str, device_id: str, seq: int | None, card: str | None) -> None:
        """The plan did this on purpose, and it has become true; without what it is not about."""
        self._store.run(
            "INSERT INTO injected (code, times) VALUES (?, 1)"
            " ON CONFLICT (code) DO UPDATE SET times = times + 1",
            code,
        )
        self._tell({"t": "inject", "code": code, "device": device_id, "seq": seq, "card": card})

    def frame(self, trouble: str, device_id: str, topic: str, sha256: str) -> None:
        """This befell a frame on its way up; `sha256` is of the true one."""
        where = {"t": "frame", "trouble": trouble, "device": device_id}
        self._tell({**where, "topic": topic, "sha256": sha256})

    def device(self, event: str, device_id: str) -> None:
        """Something befell a whole device: `power_cut`, `reboot`, `rolled_back`, `cloned`, `full`,
        `claimed`, `rekeyed`; `unread` is a customer whose card it did not see."""
        self._tell({"t": "device", "event": event, "device": device_id})

    def uplink(self, site: str, device_ids: Sequence[str], *, connected: bool) -> None:
        """A site's network has gone, or is back, for all of these."""
        line = {"site": site, "state": "up" if connected else "down", "devices": list(device_ids)}
        with self._store.transaction():
            self._tell({"t": "uplink", **line})

    def part(self, device_id: str, part: str, *, worn: float, failed: bool) -> None:
        """So worn is a part, at the start or when it fails; each part has a limit of its own."""
        where = {"t": "part", "device": device_id, "part": part}
        self._tell({**where, "worn": round(worn, 4), "failed": failed})

    def injected(self) -> dict[str, int]:
        """How often each code was injected since the state folder was new."""
        return dict(self._store.rows("SELECT code, times FROM injected ORDER BY code"))

    def flush(self) -> None:
        """Move what is told to the file. StoreError when somebody has shortened it."""
        if self._path is None:
            return
        rows = self._store.rows("SELECT id, line FROM truth ORDER BY id")
        if not rows:
            return
        certain: int = self._store.value("SELECT bytes FROM truth_file")
        with self._path.open("ab") as file:
            if file.tell() < certain:
                raise StoreError(f"{self._path} is not the file of this state folder; move it away")
            file.truncate(certain)
            file.write(b"".join(line for _, line in rows))
            certain = file.seek(0, 2)
        with self._store.transaction():
            self._store.run("UPDATE truth_file SET bytes = ?", certain)
            self._store.run("DELETE FROM truth WHERE id <= ?", rows[-1][0])

    def _tell(self, line: Mapping[str, object]) -> None:
        if self._path is not None:
            body = msgspec.json.encode(line) + b"\n"
            self._store.run("INSERT INTO truth (line) VALUES (?)", body)
