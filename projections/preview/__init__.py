"""What a change of the rules does: judged under the new beside the old, who gains, who loses, and how much money.

Nothing is changed by asking. Only patients whom the change can reach are judged again.
"""

from projections.preview.comparing import Comparison, Side, compare
from projections.preview.sums import Line, Moved, Preview, preview
from projections.preview.telling import Change

__all__ = ["Change", "Comparison", "Line", "Moved", "Preview", "Side", "compare", "preview"]
