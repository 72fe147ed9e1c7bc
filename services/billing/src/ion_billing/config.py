"""The settings of billing."""

from __future__ import annotations

from pydantic import Field

from ion_platform.settings import Settings


class BillingSettings(Settings):
    """From the environment, prefix ION_."""

    registry_url: str = Field(title="Registry", description="Whose own count every run is reconciled against")
    event_partitions: int = Field(
        12, title="Partitions of the events topic", description="A run waits until every one has closed its day", ge=1
    )
    payment_term_days: int = Field(
        30, title="Payment term", description="As the law gives when nothing is agreed", ge=1
    )
    run_interval_s: float = Field(2.0, title="Interval of runs", description="So often due years are looked for", gt=0)
    supplier_name: str = Field("Stichting ION", title="Name of the supplier", description="On every invoice")
    supplier_street: str = Field("Registerplein 1", title="Street of the supplier", description="On every invoice")
    supplier_postcode: str = Field("3500 AA", title="Postcode of the supplier", description="On every invoice")
    supplier_city: str = Field("Utrecht", title="City of the supplier", description="On every invoice")
    supplier_kvk_number: str = Field("90001234", title="KvK number", description="Obligatory on a Dutch invoice")
    supplier_vat_id: str = Field("NL000000000B00", title="VAT id", description="Obligatory on a Dutch invoice")
    supplier_iban: str = Field("NL00BANK0123456789", title="IBAN", description="Where to pay to")
    supplier_email: str = Field("facturen@ion.example", title="Mail address", description="For questions")
