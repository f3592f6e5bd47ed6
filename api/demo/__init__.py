"""An invented, plainly labelled year of rehabilitation and Chinese-medicine treatment in a district of Shanghai.

Why: to show the ledger, to test it whole and to measure it, without one real person. Nothing in it exists; names say
虚构 (invented). The same seed gives the same journal, byte for byte, everywhere. It knows the facts of the ledger and
no rulebook: which acts are payable it says from its own making (`year_with_mistakes`), so a judge can be held to it.
One of its hospitals signs electronically (虚构区中心医院, H1); everywhere else a signature is a name and a time.
"""

from api.demo.district import DISTRICT_PATIENTS, NO_DIGEST, year, year_with_mistakes
from api.demo.planted import Planted
from api.demo.writing import write_journal

__all__ = ["DISTRICT_PATIENTS", "NO_DIGEST", "Planted", "write_journal", "year", "year_with_mistakes"]
