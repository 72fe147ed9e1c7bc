"""The words of each reason for which a GP is told that a patient left; Dutch, as a GP reads them."""

from __future__ import annotations

from dataclasses import dataclass

from ion_notifier.domain.delivery import Reason


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail says for one reason; `subject` goes on with a date."""

    opening: str
    reason: str
    subject: str
    new_gp: str = "De huisarts over deze dagen"


WORDS = {
    Reason.TRANSFERRED: Words(
        "Een patiënt die bij u stond ingeschreven, is bij een andere huisarts ingeschreven. De inschrijving bij u is "
        "daarmee beëindigd.",
        "overschrijving naar een andere huisarts",
        "inschrijving eindigde op",
        "De nieuwe huisarts",
    ),
    Reason.EXPIRED: Words(
        "Een patiënt die tijdelijk bij u stond ingeschreven, is automatisch uitgeschreven: de ontbrekende gegevens "
        "zijn niet op tijd aangevuld, en de inschrijving is niet verlengd.",
        "tijdelijke inschrijving verlopen",
        "inschrijving eindigde op",
    ),
    Reason.CORRECTED: Words(
        "Een patiënt stond op de dagen hieronder bij u ingeschreven. Het register heeft dat gecorrigeerd: op deze "
        "dagen staat de patiënt niet meer bij u ingeschreven. Eerder uitgebrachte nota's veranderen niet.",
        "correctie van het register",
        "inschrijving gewijzigd vanaf",
    ),
    Reason.RULED: Words(
        "Een patiënt stond op de dagen hieronder bij u ingeschreven. Na een uitspraak van de ombudsman is dat "
        "gewijzigd: op deze dagen staat de patiënt niet meer bij u ingeschreven. Eerder uitgebrachte nota's "
        "veranderen niet.",
        "uitspraak van de ombudsman",
        "inschrijving gewijzigd vanaf",
    ),
}
