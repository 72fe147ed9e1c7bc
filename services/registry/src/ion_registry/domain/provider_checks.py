"""What must hold of care providers: each on its own, and all of them together with what is known already."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from ion_contracts.messages import Association, CareProvider, ProviderKind
from ion_registry.domain.provider_faults import Fault, FaultCode


class ListedProvider(NamedTuple):
    """A provider and the line of the file on which it begins."""

    line: int
    provider: CareProvider


@dataclass(frozen=True, slots=True)
class Known:
    """What the register knows beside the file.

    `kinds` and `persons_of` (who is or was associated with a practice) are of the codes that the file names;
    `successors` is complete. `unread` are the codes on lines that cannot be taken for another reason.
    """

    kinds: Mapping[str, ProviderKind]
    successors: Mapping[str, str]
    persons_of: Mapping[str, Set[str]]
    unread: Collection[str]


def check_alone(listed: ListedProvider) -> Iterator[Fault]:
    """Yields what is wrong with a provider whatever the others are."""
    line, provider = listed
    if _ends_too_early(provider.active_from, provider.active_until):
        text = "lies before activeFrom: correct one of the two"
        yield Fault(line, "activeUntil", FaultCode.ENDS_BEFORE_IT_BEGAN, text)
    if provider.successor == provider.agb_code:
        text = "nobody is their own successor: leave it out, or name who took over"
        yield Fault(line, "successor", FaultCode.OWN_SUCCESSOR, text)
    elif provider.successor is not None and provider.active_until is None:
        text = "there is a successor but no activeUntil: fill in the last day on which this code was in use"
        yield Fault(line, "successor", FaultCode.SUCCESSOR_WITHOUT_END, text)
    if provider.associations and provider.kind is ProviderKind.PRACTICE:
        text = "a practice has no associations of its own: state them with the persons who work in it"
        yield Fault(line, "associations", FaultCode.ASSOCIATIONS_OF_A_PRACTICE, text)
    for number, association in enumerate(provider.associations, start=1):
        if _ends_too_early(association.since, association.until):
            place = f"associations {number}, until"
            yield Fault(line, place, FaultCode.ENDS_BEFORE_IT_BEGAN, "lies before since: correct one of the two")
    yield from _check_overlaps(line, provider.associations)


def check_together(listed: Sequence[ListedProvider], known: Known) -> Iterator[Fault]:
    """Yields what is wrong with the providers of a file as a whole."""
    in_file = {one.provider.agb_code: one for one in listed}
    kinds = {**known.kinds, **{code: one.provider.kind for code, one in in_file.items()}}
    for one in listed:
        yield from _check_associations(one, kinds, known.unread)
        yield from _check_kind(one, in_file, known)
        successor = one.provider.successor
        if successor is not None and successor not in kinds and successor not in known.unread:
            text = f"{successor} is neither in the file nor in the register: correct it, or add that provider"
            yield Fault(one.line, "successor", FaultCode.SUCCESSOR_UNKNOWN, text)
    yield from _check_cycles(in_file, known.successors)


def _check_associations(
    one: ListedProvider, kinds: Mapping[str, ProviderKind], unread: Collection[str]
) -> Iterator[Fault]:
    for number, association in enumerate(one.provider.associations, start=1):
        code, place = association.agb_code, f"associations {number}, agbCode"
        if code not in kinds:
            if code not in unread:
                text = f"{code} is neither in the file nor in the register: correct it, or add that practice"
                yield Fault(one.line, place, FaultCode.ASSOCIATION_UNKNOWN, text)
        elif kinds[code] is not ProviderKind.PRACTICE:
            text = f"{code} is a person: name the practice that they work in"
            yield Fault(one.line, place, FaultCode.ASSOCIATION_WITH_A_PERSON, text)


def _check_kind(one: ListedProvider, in_file: Mapping[str, ListedProvider], known: Known) -> Iterator[Fault]:
    """Who is in the file names the new kind with their own associations; the others would keep theirs with a person."""
    code = one.provider.agb_code
    if one.provider.kind is ProviderKind.PRACTICE or code not in known.persons_of:
        return
    others = sorted(person for person in known.persons_of[code] if person not in in_file)
    if others:
        text = (
            f"the register knows {code} as a practice of {', '.join(others[:5])}"
            f"{' and others' if len(others) > 5 else ''}: correct the kind, or add those persons without it"
        )
        yield Fault(one.line, "kind", FaultCode.STILL_ASSOCIATED, text)


def _check_overlaps(line: int, associations: Sequence[Association]) -> Iterator[Fault]:
    by_practice = sorted(enumerate(associations, start=1), key=lambda item: (item[1].agb_code, item[1].since))
    for (first, earlier), (second, later) in pairwise(by_practice):
        same_practice = earlier.agb_code == later.agb_code
        if same_practice and (earlier.until is None or earlier.until >= later.since):
            text = (
                f"overlaps with association {first} with the same practice: make one period of them, or end the first"
            )
            yield Fault(line, f"associations {second}", FaultCode.ASSOCIATIONS_OVERLAP, text)


def _check_cycles(in_file: Mapping[str, ListedProvider], known_successors: Mapping[str, str]) -> Iterator[Fault]:
    """Every code of a file that lies on a cycle is told; one on itself is told by check_alone."""
    successors = {code: successor for code, successor in known_successors.items() if code not in in_file}
    successors |= {code: one.provider.successor for code, one in in_file.items() if one.provider.successor is not None}
    done: set[str] = set()
    for start in in_file:
        path: dict[str, int] = {}
        code: str | None = start
        while code is not None and code not in path and code not in done:
            path[code] = len(path)
            code = successors.get(code)
        if code is not None and code in path:
            cycle = list(path)[path[code] :]
            if len(cycle) > 1:
                yield from _cycle_faults(cycle, in_file)
        done.update(path)


def _cycle_faults(cycle: Sequence[str], in_file: Mapping[str, ListedProvider]) -> Iterator[Fault]:
    shown = " -> ".join([*cycle[:5], *(["..."] if len(cycle) > 5 else []), cycle[0]])
    for code in cycle:
        if code in in_file:
            text = f"the successors come back to where they began ({shown}): one of them is wrong"
            yield Fault(in_file[code].line, "successor", FaultCode.SUCCESSOR_CYCLE, text)


def _ends_too_early(since: date | None, until: date | None) -> bool:
    return since is not None and until is not None and until < since
