"""The care provider register: what an import changes is kept and published in one transaction (rule 32)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from ion_contracts.catalogue import PROVIDERS
from ion_contracts.envelope import Envelope
from ion_contracts.messages import CareProvider, ProviderKind
from ion_platform.clock import amsterdam_day
from ion_platform.database import Connection
from ion_platform.outbox import Outgoing, enqueue
from ion_registry.domain.provider_changes import ChangeKind, ProviderChange, compare, disappearance
from ion_registry.domain.provider_checks import Known, ListedProvider, check_together
from ion_registry.domain.provider_faults import InvalidProvidersError
from ion_registry.services.importing.file import ProviderFile
from ion_registry.services.publishing.render import SOURCE
from ion_registry.storage import providers as storage

CHUNK_ROWS = 5_000
"""Of one statement: large enough for the set, small enough for the server's memory and time-outs."""
ENDS_SHARE_MAX = 0.05
"""When more of the register would end, the file is rather incomplete than right (our choice)."""

Item = TypeVar("Item")


class TooManyEndsError(ValueError):
    """More codes would end than is believable. Nothing was imported; look at the file, or allow that many."""

    def __init__(self, ends: int, allowed: int) -> None:
        super().__init__(
            f"{ends} providers of the register are not in the file and would end, at most {allowed} is believed: "
            f"is this the whole register? If so, add --allow-ends {ends}"
        )


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """How to import: `whole` says that the file is the whole register, so that who is not in it has ended.

    `ends_max` is how many may; without it 5 % of the codes in use.
    """

    imported_by: str
    now: datetime
    whole: bool = False
    ends_max: int | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: its number, the changes (who disappeared last), and how many providers it read."""

    version: int
    changes: Sequence[ProviderChange]
    rows: int

    def count(self, kind: ChangeKind) -> int:
        """Returns how many changes are of this kind."""
        return sum(change.kind is kind for change in self.changes)

    @property
    def unchanged(self) -> int:
        return self.rows - len(self.changes) + self.count(ChangeKind.DISAPPEARED)


async def import_providers(connection: Connection, file: ProviderFile, order: ImportOrder) -> ImportReport:
    """Saves what is new or changed, and puts it in the outbox, in the caller's transaction.

    Raises InvalidProvidersError with all faults of the file, TooManyEndsError, or what `lock_for_import` raises.
    """
    await storage.lock_for_import(connection)
    await _refuse_faults(connection, file)
    changes = [change for chunk in _chunks(file.providers) for change in await _compare_with_known(connection, chunk)]
    if order.whole:
        changes += await _disappearances(connection, file, order)
    report = ImportReport(await storage.next_version(connection), changes, len(file.providers))
    await storage.add_import(connection, _import_row(report, file, order))
    await _save(connection, report, order.now)
    return report


async def publish_all_again(connection: Connection, now: datetime) -> int:
    """Puts every provider in the outbox as it is known, in the caller's transaction; returns how many.

    `recorded_at` stays: receivers that have it take it for what it is, a repetition.
    """
    await storage.lock_for_reading_all(connection)
    providers = await storage.read_all(connection)
    await enqueue(connection, [_message(provider, now) for provider in providers])
    return len(providers)


async def _refuse_faults(connection: Connection, file: ProviderFile) -> None:
    codes = {one.provider.agb_code for one in file.providers}
    named = {a.agb_code for one in file.providers for a in one.provider.associations}
    named |= {one.provider.successor for one in file.providers if one.provider.successor is not None}
    persons = [one.provider.agb_code for one in file.providers if one.provider.kind is ProviderKind.PERSON]
    facts = await storage.read_providers(connection, named - codes)
    known = Known(
        kinds={code: provider.kind for code, provider in facts.items()},
        successors=await storage.read_successors(connection),
        persons_of=await storage.read_persons_of(connection, persons),
        unread=file.unread,
    )
    for fault in check_together(file.providers, known):
        file.faults.add(fault)
    if file.faults.total:
        raise InvalidProvidersError(file.faults)


async def _compare_with_known(connection: Connection, chunk: Sequence[ListedProvider]) -> list[ProviderChange]:
    found = await storage.read_full(connection, [one.provider.agb_code for one in chunk])
    known = {provider.agb_code: provider for provider in found}
    changes = (compare(known.get(one.provider.agb_code), one.provider) for one in chunk)
    return [change for change in changes if change is not None]


async def _disappearances(connection: Connection, file: ProviderFile, order: ImportOrder) -> list[ProviderChange]:
    """The last day that a code can have been in use is the day before the import."""
    yesterday = amsterdam_day(order.now) - timedelta(days=1)
    codes = [one.provider.agb_code for one in file.providers]
    missing = await storage.read_missing(connection, codes, yesterday)
    allowed = order.ends_max
    if allowed is None:
        allowed = int(await storage.count_active(connection, yesterday) * ENDS_SHARE_MAX)
    if len(missing) > allowed:
        raise TooManyEndsError(len(missing), allowed)
    return [
        disappearance(provider, yesterday)
        for chunk in _chunks(missing)
        for provider in await storage.read_full(connection, chunk)
    ]


def _import_row(report: ImportReport, file: ProviderFile, order: ImportOrder) -> storage.ImportRow:
    return storage.ImportRow(
        number=report.version,
        imported_at=order.now,
        imported_by=order.imported_by,
        file_sha256=file.sha256,
        whole=order.whole,
        rows=report.rows,
        added=report.count(ChangeKind.NEW),
        changed=report.count(ChangeKind.CHANGED),
        ended=report.count(ChangeKind.ENDED),
        disappeared=report.count(ChangeKind.DISAPPEARED),
        unchanged=report.unchanged,
    )


async def _save(connection: Connection, report: ImportReport, now: datetime) -> None:
    """Table by table: an association may name a practice of a later chunk, or one that becomes a practice there."""
    chunks = list(_chunks(report.changes))
    for chunk in chunks:
        replaced = [change.before for change in chunk if change.before is not None]
        await storage.keep_history(connection, [provider.agb_code for provider in replaced], report.version, now)
        other = [change.provider.agb_code for change in chunk if change.before and change.moves]
        await storage.remove_associations(connection, other)
    for chunk in chunks:
        await storage.save_providers(connection, [change.provider for change in chunk], report.version, now)
    for chunk in chunks:
        await storage.add_associations(connection, [change.provider for change in chunk if change.moves])
        messages = [_message(change.provider.model_copy(update={"recorded_at": now}), now) for change in chunk]
        await enqueue(connection, messages)


def _message(provider: CareProvider, now: datetime) -> Outgoing:
    identifier = str(uuid4())
    envelope = Envelope(id=identifier, source=SOURCE, type=CareProvider.TYPE, time=now, correlation_id=identifier)
    return Outgoing(PROVIDERS.name, provider.agb_code.encode("ascii"), envelope, provider)


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + CHUNK_ROWS] for start in range(0, len(items), CHUNK_ROWS))
