"""How a block is lifted: with the registration that the patient's statement or a ruling names (rule 39)."""

from __future__ import annotations

from dataclasses import replace

from ion_contracts.messages import Status, TransferReason
from ion_registry.domain.command import UnblockCommand
from ion_registry.domain.entry import Code
from ion_registry.domain.outcome import Outcome, refused
from ion_registry.domain.reference import Reference
from ion_registry.domain.registering import Wish, grant
from ion_registry.domain.rewriting import lift_block
from ion_registry.domain.state import PatientState


def unblock(state: PatientState, command: UnblockCommand, reference: Reference) -> Outcome:
    """Registers with the GP of the patient's choice and lifts the block; both, or neither.

    On a closed day both wait (rule 6); a registration that the rules refuse leaves the block as it is.
    """
    version = reference.policy.row_on(command.offered_on).version
    if not command.office:
        return refused(state, command, Code.NOT_AUTHORISED, version)
    if state.blocked_on is None:
        return refused(state, command, Code.NOT_BLOCKED, version)
    free = replace(state, blocked_on=None, moves=())
    wish = Wish(command.agb_code, command.offered_on, reason=TransferReason.STATEMENT)
    granted = grant(free, command, wish, reference)
    if granted.first.status is not Status.ACCEPTED:
        return Outcome(replace(granted.state, blocked_on=state.blocked_on, moves=state.moves), granted.entries)
    details = {**granted.first.details, "reference": command.reference}
    own = replace(granted.first, code=Code.UNBLOCKED, details=details)
    registered = replace(granted.state, blocked_on=state.blocked_on, moves=())
    return Outcome(registered, (own,)).then(lift_block(registered, command, command.ground, version))
