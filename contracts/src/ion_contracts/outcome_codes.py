"""What can become of an operation: ONE table of codes. The gateway's answers and docs/outcomes.md come from it.

A GP reads the Dutch; a developer of a GP system reads the English. Rule numbers are those of the domain notes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class OperationStatus(StrEnum):
    """How far an operation is. `processing` and `deferred` are interim; the other two are final."""

    PROCESSING = "processing"
    DEFERRED = "deferred"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class OutcomeCode:
    """One code. `ours` says that the sources name no such code and we chose it; `rules` that it follows from."""

    code: str
    status: OperationStatus
    rules: tuple[int, ...]
    ours: bool
    title_en: str
    detail_en: str
    title_nl: str
    advice_nl: str


REGISTRY_CODES: tuple[OutcomeCode, ...] = (
    OutcomeCode(
        code="registered",
        status=OperationStatus.ACCEPTED,
        rules=(1,),
        ours=True,
        title_en="Registered",
        detail_en="The patient had no active registration and now has this one.",
        title_nl="Ingeschreven",
        advice_nl="U hoeft niets te doen.",
    ),
    OutcomeCode(
        code="transferred",
        status=OperationStatus.ACCEPTED,
        rules=(2,),
        ours=True,
        title_en="Transferred",
        detail_en="The patient moved from another AGB code; that registration ended the day before this one starts. "
        "The previous GP is told.",
        title_nl="Overgeschreven",
        advice_nl="U hoeft niets te doen. De vorige huisarts krijgt bericht van de uitschrijving.",
    ),
    OutcomeCode(
        code="already-registered",
        status=OperationStatus.ACCEPTED,
        rules=(1,),
        ours=True,
        title_en="Already registered",
        detail_en="This AGB code already holds the patient. Nothing changed: no dates, no event, no message.",
        title_nl="Al ingeschreven",
        advice_nl="U hoeft niets te doen. De patiënt stond al op deze AGB-code ingeschreven.",
    ),
    OutcomeCode(
        code="deferred-closed-day",
        status=OperationStatus.DEFERRED,
        rules=(6,),
        ours=True,
        title_en="Waits for the end of a closed day",
        detail_en="Offered on a closed day at the turn of a quarter while another registration is active. It is "
        "processed and dated on the second day of the quarter; the final outcome follows then. Do not send "
        "it again.",
        title_nl="Wordt later verwerkt",
        advice_nl="U hoeft niets te doen. Rond de kwartaalwisseling wordt een overschrijving verwerkt op de tweede "
        "dag van het kwartaal.",
    ),
    OutcomeCode(
        code="second-registration-same-day",
        status=OperationStatus.REFUSED,
        rules=(3,),
        ours=True,
        title_en="A second registration on the same day",
        detail_en="The active registration at another AGB code started on this day or later; it would end before it "
        "began. Offer it again on a later day.",
        title_nl="Tweede inschrijving op dezelfde dag",
        advice_nl="De patiënt is vandaag al bij een andere praktijk ingeschreven. Overleg met die praktijk, of "
        "schrijf de patiënt morgen opnieuw in.",
    ),
    OutcomeCode(
        code="start-in-past",
        status=OperationStatus.REFUSED,
        rules=(4,),
        ours=True,
        title_en="The start lies in the past",
        detail_en="The patient has an active registration at another AGB code, so this one cannot start before the "
        "day on which it is offered. Leave `startDate` out.",
        title_nl="Ingangsdatum ligt in het verleden",
        advice_nl="De patiënt staat bij een andere praktijk ingeschreven. Schrijf de patiënt in met vandaag als "
        "ingangsdatum.",
    ),
    OutcomeCode(
        code="start-in-future",
        status=OperationStatus.REFUSED,
        rules=(5,),
        ours=True,
        title_en="The start lies in the future",
        detail_en="A registration cannot start after the day on which it is offered. Offer it on the day itself.",
        title_nl="Ingangsdatum ligt in de toekomst",
        advice_nl="Schrijf de patiënt in op de dag waarop de inschrijving ingaat.",
    ),
    OutcomeCode(
        code="overlaps-earlier-registration",
        status=OperationStatus.REFUSED,
        rules=(4,),
        ours=True,
        title_en="Overlaps an earlier registration",
        detail_en="The patient has no active registration, but the start is not after the end of an earlier one. "
        "Choose a later `startDate`.",
        title_nl="Overlapt met een eerdere inschrijving",
        advice_nl="De patiënt stond op deze ingangsdatum nog bij een andere praktijk ingeschreven. Kies een latere "
        "ingangsdatum.",
    ),
    OutcomeCode(
        code="malformed",
        status=OperationStatus.REFUSED,
        rules=(),
        ours=True,
        title_en="The command could not be read",
        detail_en="The register could not read the command, and kept it aside for its operators. Nothing changed. "
        "This is a fault in the software, not in the data that was sent.",
        title_nl="Technische fout",
        advice_nl="De inschrijving is niet verwerkt. Probeer het opnieuw, en meld het aan de beheerder als het weer "
        "gebeurt.",
    ),
)
"""The codes that the register gives."""

GATEWAY_CODES: tuple[OutcomeCode, ...] = (
    OutcomeCode(
        code="processing",
        status=OperationStatus.PROCESSING,
        rules=(),
        ours=True,
        title_en="Being processed",
        detail_en="The request is stored and will not be lost. Ask again, or ask with `Prefer: wait=10`.",
        title_nl="In behandeling",
        advice_nl="U hoeft niets te doen. De uitkomst volgt.",
    ),
    OutcomeCode(
        code="100",
        status=OperationStatus.ACCEPTED,
        rules=(10, 17, 21),
        ours=True,
        title_en="Insured",
        detail_en="One active basic insurance was found. Insurers that did not answer are listed; they change nothing.",
        title_nl="Verzekerd",
        advice_nl="U kunt de patiënt inschrijven.",
    ),
    OutcomeCode(
        code="101",
        status=OperationStatus.REFUSED,
        rules=(10, 17, 21),
        ours=True,
        title_en="Not insured",
        detail_en="No active basic insurance was found, and every insurer answered.",
        title_nl="Niet verzekerd",
        advice_nl="Controleer de gegevens en vraag de patiënt naar de verzekering. Is de verzekering net ingegaan, "
        "probeer het dan later opnieuw.",
    ),
    OutcomeCode(
        code="102",
        status=OperationStatus.REFUSED,
        rules=(19,),
        ours=False,
        title_en="Not found, and not all insurers could be consulted",
        detail_en="No insurance was found, but some insurers did not answer in time; `coverage.notConsulted` names "
        "them and why. Registering is not possible now. Try again later.",
        title_nl="Niet gevonden; niet alle verzekeraars waren bereikbaar",
        advice_nl="Probeer het later opnieuw.",
    ),
    OutcomeCode(
        code="103",
        status=OperationStatus.REFUSED,
        rules=(18, 21),
        ours=True,
        title_en="Several active basic insurances",
        detail_en="More than one insurer has an active basic insurance for this person. The automatic way may not "
        "choose.",
        title_nl="Om technische redenen afgewezen: meer dan één basisverzekering",
        advice_nl="Schrijf de patiënt handmatig in en kies de verzekeraar. Wijs de patiënt op de dubbele verzekering.",
    ),
    OutcomeCode(
        code="bsn-invalid",
        status=OperationStatus.REFUSED,
        rules=(10, 20),
        ours=True,
        title_en="BSN missing or wrong",
        detail_en="There is no BSN, or it fails the elfproef. Compare code 0435 in the recognised return codes of "
        "files.",
        title_nl="BSN ontbreekt of is onjuist",
        advice_nl="Controleer het BSN op een identiteitsbewijs, verbeter het en bied de patiënt opnieuw aan.",
    ),
    OutcomeCode(
        code="unknown-agb-code",
        status=OperationStatus.REFUSED,
        rules=(28, 32),
        ours=True,
        title_en="Unknown AGB code",
        detail_en="The care provider register has no GP or practice with this AGB code.",
        title_nl="AGB-code onbekend",
        advice_nl="Controleer de AGB-code. Klopt die, laat dan uw gegevens bij Vektis nakijken.",
    ),
    OutcomeCode(
        code="deceased",
        status=OperationStatus.REFUSED,
        rules=(12,),
        ours=True,
        title_en="Deceased",
        detail_en="The file marks this person as deceased, so the line is not registered.",
        title_nl="Overleden",
        advice_nl="Controleer of de patiënt is overleden. Zo ja, verwijder de patiënt uit uw actieve bestand; zo nee, "
        "verbeter het gegeven.",
    ),
)
"""The gateway's own codes; they never reach the register."""

OUTCOME_CODES: Mapping[str, OutcomeCode] = MappingProxyType(
    {row.code: row for row in (*REGISTRY_CODES, *GATEWAY_CODES)}
)
