"""Which personal data the register keeps, from which source, who may change them, and for how long.

`docs/personal-data.md` is generated from this table (`make contracts`); a test holds it against the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EVERYTHING_ELSE = "*"
"""Stands for the columns of a table that no other row names; never for one that says who somebody is."""

UNTIL_REMOVED = "Until the person is removed from the register; nothing goes by itself"
FIVE_YEARS = "At least five years (NEN 7513); nothing goes by itself"
GP_SYSTEM = "The GP system, in a command to register"
ACCEPTED_COMMAND = "The GP who holds the registration, by a newer command that is accepted"
CARE_PROVIDER_REGISTER = "The care provider register (rule 32)"
IMPORT = "The office, by a newer import"
NOBODY = "Nobody"


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Columns of one table that are kept for one reason."""

    table: str
    columns: tuple[str, ...]
    what: str
    source: str
    changed_by: str
    kept: str


PERSONAL_DATA = (
    PersonalData(
        "patient",
        ("patient_id",),
        "Random number that stands for the person everywhere else",
        "The register, when it first hears of the person",
        NOBODY,
        "As the person; in the journal and the access log at least five years",
    ),
    PersonalData(
        "patient",
        ("bsn",),
        "Citizen number",
        "The GP system, in a command to register that was checked with the insurers",
        "Nobody: another number is another person",
        UNTIL_REMOVED,
    ),
    PersonalData(
        "patient",
        ("routing_key",),
        "Keyed hash of the citizen number, to find the person by",
        "The gateway, computed",
        "The office, when the key of the hash is replaced",
        UNTIL_REMOVED,
    ),
    PersonalData(
        "patient",
        ("initials", "prefix", "family_name", "birth_date", "sex"),
        "Name, birth date and sex",
        GP_SYSTEM,
        ACCEPTED_COMMAND,
        UNTIL_REMOVED,
    ),
    PersonalData(
        "patient",
        ("list_name",),
        "Name without capitals and accents, which lists are ordered and searched by",
        "The register, from the name",
        NOBODY,
        UNTIL_REMOVED,
    ),
    PersonalData(
        "patient",
        ("updated_at", "merged_into", "removed_at"),
        "When the data last changed; under whom a temporary patient goes on; when the person was removed",
        "The register",
        NOBODY,
        "As the number that stands for the person",
    ),
    PersonalData(
        "patient_alias",
        (EVERYTHING_ELSE,),
        "Under which random key a temporary patient was known before the citizen number was",
        "The gateway",
        NOBODY,
        UNTIL_REMOVED,
    ),
    PersonalData(
        "insurance",
        (EVERYTHING_ELSE,),
        "With which insurer the person is insured, from when until when",
        "Coverage checks, and the insurers",
        "The insurer, by a newer statement",
        UNTIL_REMOVED,
    ),
    PersonalData(
        "temporary_timer",
        (EVERYTHING_ELSE,),
        "When something is or was due for a temporary registration",
        "The register",
        NOBODY,
        UNTIL_REMOVED,
    ),
    PersonalData(
        "current",
        (EVERYTHING_ELSE,),
        "With which GP the person is registered, since when, on which terms, and whether the person is blocked",
        "The register, by decisions that the journal holds",
        "Whoever may register or deregister the person, by a command",
        "The dates at least five years, as the journal; they say nothing of a person who was removed",
    ),
    PersonalData(
        "current",
        ("list_name",),
        "Name without capitals and accents, repeated from `patient`",
        "The register, from the name",
        NOBODY,
        UNTIL_REMOVED,
    ),
    PersonalData(
        "waiting",
        (EVERYTHING_ELSE,),
        "A command that waits for the end of a closed day, with the person's data as they came",
        GP_SYSTEM,
        NOBODY,
        "Until it is processed: some days (rule 6)",
    ),
    PersonalData(
        "ombudsman_case",
        (EVERYTHING_ELSE,),
        "Which GPs claim the person for which day, and how far the case is",
        "The GP who asks the ombudsman",
        "The office, by a step in the case",
        "As the ruling; the register forgets nothing of it by itself",
    ),
    PersonalData(
        "case_step",
        (EVERYTHING_ELSE,),
        "What was said and done in a case: requester, descriptions, statements, ruling, text for publication",
        "The GP who asks, both parties, the ombudsman",
        "Nobody: it is append-only; only its texts can be emptied, when the person is removed",
        UNTIL_REMOVED,
    ),
    PersonalData(
        "journal",
        (EVERYTHING_ELSE,),
        "What was asked for the person, by which party, when, and what became of it; no name, no citizen number",
        "Commands, and the decisions of the register about them",
        "Nobody: it is append-only and chained",
        FIVE_YEARS,
    ),
    PersonalData(
        "access_log",
        (EVERYTHING_ELSE,),
        "Who looked at the person or was refused, when, and for whom; no name and no citizen number of the person",
        "The register, with each question",
        "Nobody: it is append-only and chained",
        FIVE_YEARS,
    ),
    PersonalData(
        "access_log",
        ("user_id",),
        "Which employee of the party asked",
        "The party that asks",
        "Nobody: it is append-only and chained",
        FIVE_YEARS,
    ),
    PersonalData(
        "provider",
        (
            "agb_code",
            "kind",
            "name",
            "street",
            "house_number",
            "postcode",
            "city",
            "chamber_of_commerce_number",
            "active_from",
            "active_until",
            "successor",
        ),
        "GPs and practices with their addresses",
        CARE_PROVIDER_REGISTER,
        IMPORT,
        "As long as the care provider register names them, and after that for the registrations of the past",
    ),
    PersonalData(
        "provider",
        ("change_message_address", "invoice_address"),
        "E-mail addresses of a practice",
        CARE_PROVIDER_REGISTER,
        IMPORT,
        "As long as the care provider register names them",
    ),
    PersonalData(
        "provider",
        ("recorded_at", "version"),
        "When and by which import this last changed",
        "The register",
        NOBODY,
        "With the provider",
    ),
    PersonalData(
        "outbox",
        (EVERYTHING_ELSE,),
        "Messages that are about to leave; one that could not be read holds the sender's bytes",
        "The register",
        NOBODY,
        "Until it is published: seconds",
    ),
)


def sources_of(table: str) -> Mapping[str, str]:
    """Returns where the data in a table come from, by column; `*` for the columns that are not named."""
    return {column: data.source for data in PERSONAL_DATA if data.table == table for column in data.columns}


def page() -> str:
    """Returns the text of `docs/personal-data.md`."""
    lines = [
        "# The personal data that the register keeps",
        "",
        "Generated from `services/registry/src/ion_registry/domain/personal_data.py` by `make contracts`; a test fails",
        "when a column of these tables is missing from it. `*` stands for all columns that no other row names.",
        "`ion-registry export-person` gives everything about one person, with who looked (see `evidence.md`).",
        "",
        "| where | what | from which source | who may change it | how long |",
        "|---|---|---|---|---|",
    ]
    for data in PERSONAL_DATA:
        columns = ", ".join(f"`{data.table}.{column}`" for column in data.columns)
        lines.append(f"| {columns} | {data.what} | {data.source} | {data.changed_by} | {data.kept} |")
    lines += [
        "",
        "Removing a person empties `patient` (only the number is left), the name in `current` and the texts of cases,",
        "and removes the rows in `insurance`, `patient_alias` and `temporary_timer`. It is a command by the office,",
        "refused while a registration is active or something waits. The journal and the access log keep what was done,",
        "under a number that then stands for nobody; their chains stay whole.",
        "",
    ]
    return "\n".join(lines)
