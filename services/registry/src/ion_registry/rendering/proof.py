"""Renders a proof of registration in Dutch as PDF: tagged for screen readers (UA-1), fit for archives (A-2a)."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

import typst

from ion_platform.clock import amsterdam_day
from ion_platform.documents import long_date, showable
from ion_registry.domain.proof import Proof


def render_proof(proof: Proof, jws: str) -> bytes:
    """Returns the proof as PDF with its signed form in it.

    No font or file of the machine is used. Names are data, never markup.
    """
    return typst.compile(
        _template(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["a-2a", "ua-1"],
        sys_inputs={"proof": json.dumps(shown_texts(proof, jws))},
        timestamp=proof.issued_at,
    )


def shown_texts(proof: Proof, jws: str) -> dict[str, object]:
    """Returns what the template shows, in Dutch."""
    issued_on = amsterdam_day(proof.issued_at)
    return {
        "id": str(proof.proof_id),
        "issued": [issued_on.year, issued_on.month, issued_on.day],
        "issuedOn": long_date(issued_on),
        "bsn": proof.bsn,
        "initials": showable(proof.initials) or "onbekend",
        "birthDate": long_date(proof.birth_date) if proof.birth_date else "onbekend",
        "agbCode": proof.agb_code,
        "gpName": showable(proof.gp_name or "") or "onbekend",
        "onDate": long_date(proof.on_date),
        "since": long_date(proof.since),
        "uzovi": proof.uzovi,
        "jws": jws,
    }


@cache
def _template() -> bytes:
    return files(__package__).joinpath("proof.typ").read_bytes()
