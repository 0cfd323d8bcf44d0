"""How are notebooks executed, recorded and checked?"""

import sys

# nbformat imports jsonschema, and jsonschema, if it finds this parser of international web
# addresses, spends a second on building its grammar. No notebook schema uses that format.
# None in sys.modules makes the import fail as if the optional package were absent. Here, because
# this file is read before any module beside it can import nbformat.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
