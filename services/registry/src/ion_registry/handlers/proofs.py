"""Proofs of registration, and the keys by which anybody verifies them without asking (rule 48)."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from ion_platform.problems import Problem
from ion_registry.domain.asker import Action
from ion_registry.domain.proof import Proof
from ion_registry.handlers.answering import Answering, Who
from ion_registry.handlers.models import Model, QuestionDay, SubjectQuestion
from ion_registry.rendering.proof import render_proof
from ion_registry.services.questions.patients import Subject
from ion_registry.services.questions.proof_signing import ProofSigner
from ion_registry.services.questions.proofs import make_proof

PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


class ProofQuestion(SubjectQuestion):
    """The patient, and the day on which the GP is proved: usually the first day of a quarter."""

    on_date: QuestionDay


class ProofAnswer(Model):
    """The proof as a compact JWS, for the insurer with this UZOVI code."""

    proof_id: UUID
    uzovi: str
    jws: str


class KeySetAnswer(Model):
    """Public keys (JWKS); former ones stay, so that old proofs can be verified."""

    keys: list[dict[str, Any]]


def add_routes(router: APIRouter, answering: Answering, signer: ProofSigner | None) -> None:
    """Adds proofs; without a signer they are refused."""

    async def prove(question: ProofQuestion, who: Who) -> tuple[Proof, str]:
        signing = _require(signer)
        proof = await answering.answer(
            who,
            "proof",
            Action.EXPORT,
            lambda c: make_proof(
                c,
                who.asker,
                Subject(bsn=question.bsn, patient_id=question.patient_id),
                question.own_codes,
                question.on_date,
                answering.clock.now(),
            ),
        )
        return proof, signing.sign(proof)

    @router.post("/proofs", tags=["proofs"], summary="A signed proof of registration (JWS)")
    async def post_proof(question: ProofQuestion, who: Who) -> ProofAnswer:
        proof, jws = await prove(question, who)
        return ProofAnswer(proof_id=proof.proof_id, uzovi=proof.uzovi, jws=jws)

    @router.post("/proofs/_pdf", tags=["proofs"], summary="The same as PDF", response_class=Response, responses=PDF)
    async def post_pdf(question: ProofQuestion, who: Who) -> Response:
        proof, jws = await prove(question, who)
        pdf = await asyncio.to_thread(render_proof, proof, jws)
        return Response(pdf, media_type="application/pdf")

    @router.get("/keys", tags=["proofs"], summary="The public keys by which proofs are verified (JWKS)")
    async def get_keys() -> KeySetAnswer:
        return KeySetAnswer.model_validate(_require(signer).key_set())


def _require(signer: ProofSigner | None) -> ProofSigner:
    if signer is None:
        raise Problem(503, "proofs-not-set-up", "Proofs are not made here", "The operator has set no key to sign with.")
    return signer
