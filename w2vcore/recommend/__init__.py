"""Items for sessions, by a model whose words are items, and how good they are.

A table of who took what and when becomes sessions (`read_sessions`), which are split by time (`Sessions.split`). A
model is trained on the earlier ones; a `Recommender` ranks its items for a session; `evaluate` hides items of the later
sessions and counts how often they are among the first, for the recommender and for what it should beat (`Popularity`,
`CoOccurrence`).
"""

from .baselines import CoOccurrence, Popularity
from .evaluation import Evaluation, evaluate
from .recommendations import Recommendations
from .recommender import Recommender, recommend
from .sessions import Sessions, read_sessions

__all__ = [
    "CoOccurrence",
    "Evaluation",
    "Popularity",
    "Recommendations",
    "Recommender",
    "Sessions",
    "evaluate",
    "read_sessions",
    "recommend",
]
