"""Invented practices, each with a certificate that the gateway will know."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Practice:
    """One practice of the local stack."""

    agb_code: str
    name: str
    street: str
    house_number: str
    postcode: str
    city: str
    mailbox: str
    chamber_of_commerce_number: str

    @property
    def certificate_hash(self) -> str:
        """SHA-256 of a certificate that does not exist yet; TLS comes with Envoy."""
        return hashlib.sha256(f"local certificate of {self.agb_code}".encode()).hexdigest()

    @property
    def certificate_header(self) -> str:
        """The value of `x-forwarded-client-cert`, as Envoy will write it."""
        return f'Hash={self.certificate_hash};Subject="CN={self.name}";URI=urn:nl:agb:{self.agb_code}'

    @property
    def address(self) -> str:
        return f"mutaties@{self.mailbox}.example"

    def provider_line(self) -> dict[str, Any]:
        """Returns it as a line of the care provider file."""
        return {
            "agbCode": self.agb_code,
            "kind": "practice",
            "name": self.name,
            "street": self.street,
            "houseNumber": self.house_number,
            "postcode": self.postcode,
            "city": self.city,
            "changeMessageAddress": self.address,
            "invoiceAddress": f"administratie@{self.mailbox}.example",
            "chamberOfCommerceNumber": self.chamber_of_commerce_number,
        }

    def access_line(self) -> dict[str, Any]:
        """Returns it as a line of the gateway's access file."""
        return {"certificateHash": self.certificate_hash, "party": self.name, "agbCodes": [self.agb_code]}


PRACTICES = (
    Practice("01010001", "Huisartsenpraktijk De Linde", "Lindelaan", "12", "3511 AB", "Utrecht", "delinde", "90000001"),
    Practice("01010002", "Huisartsenpraktijk Het Anker", "Havenkade", "3", "8011 CD", "Zwolle", "hetanker", "90000002"),
    Practice(
        "01010003", "Gezondheidscentrum Zuiderpark", "Zuiderweg", "88", "2512 EF", "Den Haag", "zuiderpark", "90000003"
    ),
    Practice("01010004", "Huisartsenpraktijk De Molen", "Molenpad", "7", "6811 GH", "Arnhem", "demolen", "90000004"),
    Practice(
        "01010005", "Praktijk Oosterpoort", "Oosterstraat", "41", "9711 JK", "Groningen", "oosterpoort", "90000005"
    ),
    Practice(
        "01010006", "Huisartsen aan de Maas", "Maasboulevard", "19", "6211 LM", "Maastricht", "aandemaas", "90000006"
    ),
    Practice(
        "01010007", "Huisartsenpraktijk Duinzicht", "Duinweg", "5", "4381 NP", "Vlissingen", "duinzicht", "90000007"
    ),
    Practice("01010008", "Praktijk Nieuwland", "Nieuwlandplein", "2", "3821 RS", "Amersfoort", "nieuwland", "90000008"),
)
