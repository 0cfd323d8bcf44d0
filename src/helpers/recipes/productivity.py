"""Tables of output per hour and per job, of hours and jobs, and of regional accounts."""

from __future__ import annotations

from helpers import paths
from helpers.recipes.part import AUTHORITY, DISTRICT, REGION, Part
from helpers.sources import ons_productivity, ons_regional_gdp

# Releases of GVA per hour by district: every card of this name, so that a further one needs no code.
HOURLY = "gva-per-hour-lad-"
# Level of authorities that were formed after the look-up of authorities.
LATER_AUTHORITY = "later_authority"

TABLES: dict[str, list[Part]] = {
    "productivity": [
        *(
            Part(
                card.stem,
                ons_productivity.read_release,
                ("gva_per_hour",),
                f"{DISTRICT}|{REGION}|{AUTHORITY}",
                level=LATER_AUTHORITY,
            )
            for card in sorted(paths.CATALOGUE.glob(f"{HOURLY}*.yml"))
        ),
        Part(
            "productivity-lad-workbook-2024",
            ons_productivity.read_lad_workbook,
            ("gva_per_job",),
            f"{DISTRICT}|UKX",
        ),
        Part(
            "productivity-itl-workbook-2024",
            ons_productivity.read_itl_workbook,
            ("gva_per_job",),
            r"TL[C-N]",
        ),
        Part(
            "els-gross-value-added",
            ons_productivity.read_release,
            ("gva_per_job",),
            f"{DISTRICT}|{REGION}|{AUTHORITY}",
        ),
    ],
    "hours_jobs": [
        Part(
            f"productivity-lad-workbook-{release}",
            ons_productivity.read_lad_workbook,
            ("hours_per_week", "jobs"),
            f"{DISTRICT}|UKX",
        )
        for release in (2024, 2025)
    ],
    "city_regions": [
        Part(
            "productivity-ca-workbook-2025",
            ons_productivity.read_authority_workbook,
            ("gva_per_hour",),
            r".+",
            level="city_region",
        )
    ],
    "regions": [
        *(
            Part(
                f"productivity-itl-workbook-{release}",
                ons_productivity.read_itl_workbook,
                ("gva_per_hour_unsmoothed", "gva_per_hour_volume"),
                REGION,
            )
            for release in (2023, 2024)
        ),
        Part(
            "regional-gdp-2025",
            ons_regional_gdp.read,
            ("gva_current", "gdp_deflator", "gdp_volume"),
            REGION,
        ),
    ],
}
