"""A GP proves from the register that a rejection was wrong, and the insurer verifies it without asking (rule 48)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey, KeySet, OKPKey

from ion_platform.database import Pool
from ion_registry.services.questions.proof_signing import ProofKeyError, ProofSigner, load_signer
from tests.integration.registry.asking import OF_A, OFFICE, Ask, insurer, looks, patient_id, provider, questions, record
from tests.integration.registry.made_messages import PRACTICE_A, PRACTICE_B, Partition, person, register

BEGAN, MOVED = date(2027, 1, 10), date(2027, 4, 10)
BSN = person(1).bsn
QUESTION = {"bsn": BSN, "onDate": "2027-04-01"}


def key_file(folder: Path, curve: str = "P-256") -> Path:
    file = folder / f"{curve}.pem"
    file.write_bytes(ECKey.generate_key(curve).as_pem(private=True))
    return file


@pytest.fixture
def signer(tmp_path: Path) -> ProofSigner:
    signer = load_signer(key_file(tmp_path), "2027-a", None)
    assert signer is not None
    return signer


@pytest.fixture
async def moved(pool: Pool) -> None:
    """A patient of A on 1 April, who moved to B since; one whose insurer is not known."""
    partition = Partition()
    await record(pool, partition, [register(1, PRACTICE_A, BEGAN)], BEGAN)
    await record(pool, partition, [register(1, PRACTICE_B, MOVED)], MOVED)


@pytest.mark.usefixtures("moved")
async def test_a_proof_is_verified_by_the_public_keys_alone(pool: Pool, signer: ProofSigner) -> None:
    async with questions(pool, signer=signer) as ask:
        status, answer = await ask("/proofs", QUESTION)
    assert (status, answer["uzovi"]) == (200, "3311")
    token = jwt.decode(answer["jws"], KeySet.import_key_set(dict(signer.key_set())), algorithms=["ES256"])
    registry = jwt.JWTClaimsRegistry(
        now=1813060800,
        iss={"essential": True, "value": "urn:nld:ion:registry"},
        aud={"essential": True, "value": "urn:nld:uzovi:3311"},
    )
    registry.validate(token.claims)
    assert token.header == {"alg": "ES256", "kid": "2027-a", "typ": "ion-proof+jwt"}
    assert token.claims == {
        "iss": "urn:nld:ion:registry",
        "aud": "urn:nld:uzovi:3311",
        "jti": answer["proofId"],
        "iat": 1813060800,
        "sub": f"urn:uuid:{await patient_id(pool, BSN)}",
        "agbCode": PRACTICE_A,
        "gpName": f"Praktijk {PRACTICE_A}",
        "onDate": "2027-04-01",
        "since": "2027-01-10",
        "patient": {
            "bsn": BSN,
            "initials": person(1).initials,
            "birthDate": person(1).birth_date.isoformat(),
        },
    }
    assert await looks(pool) == [("proof", "export", "found", None)]


@pytest.mark.usefixtures("moved")
async def test_a_proof_that_was_changed_or_signed_by_another_key_is_none(pool: Pool, signer: ProofSigner) -> None:
    async with questions(pool, signer=signer) as ask:
        _, answer = await ask("/proofs", QUESTION)
    header, claims, signature = answer["jws"].split(".")
    keys = KeySet.import_key_set(dict(signer.key_set()))
    with pytest.raises(BadSignatureError):
        jwt.decode(f"{header}.{claims[:-4]}AAAA.{signature}", keys, algorithms=["ES256"])
    with pytest.raises(BadSignatureError):
        jwt.decode(answer["jws"], ECKey.generate_key("P-256"), algorithms=["ES256"])


@pytest.mark.usefixtures("moved")
async def test_only_the_gp_of_that_day_and_the_office_get_a_proof(pool: Pool, signer: ProofSigner) -> None:
    async with questions(pool, signer=signer) as ask:
        answers = [await ask("/proofs", QUESTION, one) for one in (OF_A, OFFICE, provider(PRACTICE_B), insurer("3311"))]
        assert [(status, answer.get("code")) for status, answer in answers] == [
            (200, None),
            (200, None),
            (404, "not-found"),
            (403, "not-for-this-role"),
        ]
        assert (await ask("/proofs", {**QUESTION, "onDate": "2027-01-09"}, OFFICE))[0] == 404
        assert (await ask("/proofs", {**QUESTION, "bsn": person(3).bsn}, OFFICE))[0] == 404
        await pool.execute("delete from insurance")
        assert (await ask("/proofs", QUESTION))[1]["code"] == "insurer-not-known"
    assert [look[2] for look in await looks(pool)] == ["found", "found", "not-found", "refused"] + ["not-found"] * 2 + [
        "refused"
    ]


@pytest.mark.usefixtures("moved")
async def test_the_pdf_is_made_of_the_same_proof_whatever_a_name_holds(pool: Pool, signer: ProofSigner) -> None:
    await pool.execute("update provider set name = '#panic() 漢 \\u0627'")
    async with questions(pool, signer=signer) as ask:
        status, answer = await ask("/proofs/_pdf", QUESTION)
    assert (status, answer["pdf"][:5]) == (200, b"%PDF-")


@pytest.mark.usefixtures("moved")
async def test_without_a_key_no_proof_is_made(ask: Ask, pool: Pool) -> None:
    status, answer = await ask("/proofs", QUESTION)
    assert (status, answer["code"]) == (503, "proofs-not-set-up")
    assert await looks(pool) == []


def test_former_keys_stay_among_the_public_ones_and_no_private_part_is_shown(tmp_path: Path) -> None:
    former = tmp_path / "former.json"
    old = ECKey.generate_key("P-256", {"kid": "2026", "use": "sig"})
    former.write_text(KeySet([old]).as_dict(private=False).__repr__().replace("'", '"'))
    signer = load_signer(key_file(tmp_path), "2027", former)
    assert signer is not None
    keys: list[dict[str, Any]] = signer.key_set()["keys"]
    assert [key["kid"] for key in keys] == ["2027", "2026"]
    assert all("d" not in key for key in keys)
    with pytest.raises(ProofKeyError, match="id of its own"):
        load_signer(key_file(tmp_path), "2026", former)


@pytest.mark.parametrize("content", ["", "no key", "public", "other curve", "other kind"])
def test_a_key_that_cannot_sign_is_named_at_the_start(tmp_path: Path, content: str) -> None:
    file = tmp_path / "key.pem"
    pems = {
        "public": lambda: ECKey.generate_key("P-256").as_pem(private=False),
        "other curve": lambda: ECKey.generate_key("P-384").as_pem(private=True),
        "other kind": lambda: OKPKey.generate_key("Ed25519").as_pem(private=True),
    }
    file.write_bytes(pems[content]() if content in pems else content.encode())
    with pytest.raises(ProofKeyError, match=r"key\.pem"):
        load_signer(file, "1", None)
    with pytest.raises(ProofKeyError):
        load_signer(tmp_path / "nothing.pem", "1", None)
    assert load_signer(None, "1", None) is None
