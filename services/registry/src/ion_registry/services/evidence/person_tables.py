"""Every table of the register with rows about a person, and what those rows are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonTable:
    """A table whose rows are about the patients $1 where `of_patient` holds; `order` sorts them as they came about."""

    name: str
    about: str
    order: str
    of_patient: str = "patient_id = any($1)"

    @property
    def query(self) -> str:
        """Returns the statement that reads the rows about one patient, no more than a limit."""
        return f"select * from {self.name} where ({self.of_patient}) order by {self.order} limit $2"  # noqa: S608


PERSON_TABLES = (
    PersonTable("patient", "Who the person is, as the last accepted command stated it", "patient_id"),
    PersonTable("patient_alias", "Numbers under which the person was known before the BSN was", "routing_key"),
    PersonTable("insurance", "Where the person was and is insured", "since"),
    PersonTable("current", "The registration now, or the end of the last one", "patient_id"),
    PersonTable("temporary_timer", "When something is or was due for a temporary registration", "due_on, kind"),
    PersonTable(
        "waiting",
        "Commands that wait for the end of a closed day, as they came",
        'generation, "offset"',
        "patient_id = any($1) or temporary_patient_id = any($1)",
    ),
    PersonTable("ombudsman_case", "Cases of the ombudsman about the person", "opened_on, case_id"),
    PersonTable(
        "case_step",
        "What was said and done in those cases",
        "case_id, n",
        "case_id in (select case_id from ombudsman_case where patient_id = any($1))",
    ),
    PersonTable(
        "journal",
        "What was asked for this person, by whom, and what became of it: the history of the registrations",
        'recorded_at, partition, generation, "offset", n',
    ),
    PersonTable(
        "access_log", "Who looked at this person, or asked for them and was refused", "looked_at, stripe, link, n"
    ),
)
"""The names are ours, never input: they stand in the text of a statement."""
