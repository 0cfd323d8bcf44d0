"""Names in a row: where one name ends and the next begins, also when a name holds commas."""

from __future__ import annotations

import pytest

from helpers import devolution, geography, study
from helpers.enumeration import joined_names, listed, listed_names
from helpers.prose import devolution as prose

ARMAGH, POOLE = "Armagh City, Banbridge and Craigavon", "Bournemouth, Christchurch and Poole"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["Solihull"], "Solihull"),
        (["Solihull", "Telford and Wrekin"], "Solihull and Telford and Wrekin"),
        (["Solihull", "Telford and Wrekin", "Warwick"], "Solihull, Telford and Wrekin and Warwick"),
        ([POOLE], POOLE),
        ([POOLE, "Dorset"], f"{POOLE}; and Dorset"),
        (["Belfast", ARMAGH, "Ards and North Down"], f"Belfast; {ARMAGH}; and Ards and North Down"),
    ],
)
def test_names_in_a_sentence(names, told):
    assert listed_names(names) == listed_names(iter(names)) == told


def test_names_in_a_table_and_other_things():
    assert joined_names(["Solihull", "Warwick"]) == "Solihull, Warwick"
    assert joined_names(iter([POOLE, "Dorset"])) == f"{POOLE}; Dorset"
    assert joined_names([]) == ""
    assert listed(["£57,123 (a, b)", "1, by hand", "2"]) == "£57,123 (a, b), 1, by hand and 2"


def test_the_name_of_an_area_of_several_districts():
    assert geography.resolve([POOLE, "Dorset"]).name == f"{POOLE}; and Dorset"
    assert geography.resolve(["Solihull", "Warwick"]).name == "Solihull and Warwick"


def test_districts_that_lag_keep_their_names_whole():
    """Two districts of Northern Ireland have commas in their names; one at least is among five that lag."""
    asked = study.choose(area="Northern Ireland", group_size=5)
    names = list(devolution.membership(asked).query("lagging")["name"])
    assert any(", " in name for name in names)
    assert f"{'; '.join(names[:-1])}; and {names[-1]} in " in prose.where_they_lag(asked)
