"""What does each district produce? GVA by industry, one ONS workbook per region."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources import account, uk_areas, volumes, workbook
from helpers.sources.markers import PROVISIONAL, PUBLISHED, SUPPRESSED

TITLE = "Table {}: Regional gross value added (balanced) by industry: local authorities by ITL1 region"
CURRENT = (3, "current prices, pounds million")
VOLUME = (2, "chained volume measures in 2022 money value, pounds million")
KEYS = ("ITL1 region", "LA code", "LA name", "SIC07", "SIC07 description")
REFERENCE = 2022

# Industry as the workbook codes it (SIC 2007) -> ours. Finer groups are not published by district.
INDUSTRIES = {
    "Total": "all",
    "AB (1-9)": "agriculture_mining",
    "C (10-33)": "manufacturing",
    "CA-CB (10-15)": "food_textiles",
    "CC (16-18)": "wood_paper_printing",
    "CD-CG (19-23)": "petroleum_chemicals_minerals",
    "CH (24-25)": "metals",
    "CI-CL (26-30)": "machinery_vehicles",
    "CM (31-33)": "other_manufacturing",
    "DE (35-39)": "energy_water_waste",
    "F (41-43)": "construction",
    "G (45-47)": "trade",
    "H (49-53)": "transport_storage",
    "49-51": "transport",
    "52-53": "warehousing_post",
    "I (55-56)": "accommodation_food",
    "J (58-63)": "information_communication",
    "58-60": "publishing_broadcasting",
    "61-63": "telecoms_it",
    "K (64-66)": "finance",
    "L (68)": "real_estate",
    "68IMP": "imputed_rent",
    "68": "real_estate_activities",
    "M (69-75)": "professional",
    "N (77-82)": "administrative",
    "O (84)": "public_administration",
    "P (85)": "education",
    "Q (86-88)": "health",
    "R (90-93)": "arts",
    "S (94-96)": "other_services",
    "T (97-98)": "households",
}
# Groups inside those above, or across them, that no notebook uses.
OTHERS = {
    "A-E", "G-T", "41", "42", "43", "45", "46", "47", "69", "70", "71", "72-75", "77", "78-80", "81",
    "82", "94-95", "96",
}  # fmt: skip
# Of these the volume is taken as well.
VOLUMES = ("all", "imputed_rent")


def read(path: Path) -> pd.DataFrame:
    """GVA by industry of one region's districts.

    Parameters
    ----------
    path : Path
        ``regionalgrossvalueaddedbalancedbyindustrylocalauthorities<region>``, April 2025.

    Returns
    -------
    DataFrame
        ``indicator, area_code, area_name, year, value, lower, upper, status``; ``gva_<industry>``
        in GBP million at current prices; ``gva_volume_all`` and ``gva_volume_imputed_rent`` in GBP
        million of 2022 as published; ``gva_volume_without_imputed_rent`` chained here from these
        (`helpers.sources.volumes`). The last year is provisional.

    Raises
    ------
    SourceError
        A table is not as expected, or a district lacks an industry or has an unknown one.
    """
    current, volume = _table(path, *CURRENT), _table(path, *VOLUME)
    odd = set(current["area_code"]) ^ set(volume["area_code"])
    if odd:
        raise SourceError(
            f"{path.name}: expected the same districts in both tables, found in one {sorted(odd)}."
        )
    used = current[current["industry"].isin(INDUSTRIES)]
    real = volume[volume["industry"].map(INDUSTRIES).isin(VOLUMES)]
    rows = pd.concat(
        [
            used.assign(indicator="gva_" + used["industry"].map(INDUSTRIES)),
            real.assign(indicator="gva_volume_" + real["industry"].map(INDUSTRIES)),
        ]
    )
    rows = pd.concat([rows, _without_rent(rows)], ignore_index=True)
    latest = (rows["year"] == rows["year"].max()) & (rows["status"] == PUBLISHED)
    rows["status"] = rows["status"].mask(latest, PROVISIONAL)
    lines = {name: workbook.lines(rows) for name, rows in (("used", used), ("real", real))}
    left = {
        "industries that no notebook uses": workbook.lines(current) - lines["used"],
        "volumes of single industries": workbook.lines(volume) - lines["real"],
    }
    count = workbook.lines(current) + workbook.lines(volume)
    return account.tidy(rows[[*account.TIDY[:5], "status"]], path, count, sum(lines.values()), left)


def _table(path: Path, number: int, measure: str) -> pd.DataFrame:
    """One table in tidy form, after a look at its measure and its industries."""
    title = TITLE.format(number)
    found = str(workbook.titled_rows(path, title)[0][0])
    if measure not in found:
        raise SourceError(f"{path.name}, table {number}: expected {measure!r} in its title, found {found!r}.")
    rows = workbook.years_table(path, title, KEYS, unit="")
    uk_areas.refuse_unknown(rows["LA code"], path.name, uk_areas.DISTRICT)
    # A code such as 41 stands in the sheet as a number.
    rows["industry"] = rows["SIC07"].str.removesuffix(".0")
    known = {*INDUSTRIES, *OTHERS}
    per_area = rows.drop_duplicates(["LA code", "industry"]).groupby("LA code")["industry"].agg(set)
    for code, industries in per_area.items():
        if industries != known:
            raise SourceError(
                f"{path.name}, table {number}: expected {len(known)} industries for {code}, found "
                f"also or not {sorted(industries ^ known)}."
            )
    if rows.duplicated(["LA code", "industry", "year"]).any():
        raise SourceError(
            f"{path.name}, table {number}: expected each industry once, found one that stands twice."
        )
    return rows.rename(columns={"LA code": "area_code", "LA name": "area_name"})


def _without_rent(rows: pd.DataFrame) -> pd.DataFrame:
    """Volume of all industries without imputed rent, to a tenth of a million."""
    panels = {
        name: rows[rows["indicator"] == f"gva_{name}"].pivot(
            index="area_code", columns="year", values="value"
        )
        for name in ("all", "imputed_rent", "volume_all", "volume_imputed_rent")
    }
    panel = volumes.chained(
        [
            (panels["all"], panels["volume_all"]),
            (panels["imputed_rent"], panels["volume_imputed_rent"]),
        ],
        signs=(1, -1),
        reference=REFERENCE,
    ).round(1)
    made = panel.stack(future_stack=True).rename("value").reset_index()
    names = rows.drop_duplicates("area_code").set_index("area_code")["area_name"]
    return made.assign(
        indicator="gva_volume_without_imputed_rent",
        area_name=made["area_code"].map(names),
        status=made["value"].isna().map({True: SUPPRESSED, False: PUBLISHED}),
    )
