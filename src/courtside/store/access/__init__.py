"""The one door to people's figures, cases and rows: who may do what, to whom, on which day.

Everything is denied that is not allowed here. Each rule exists twice, once as a question about one subject
(`may`, `may_case`) and once as the set of all subjects (`whom`, `cases`); property tests hold the two to each other.
"""

from courtside.store.access.case import CaseAction as CaseAction
from courtside.store.access.case import CaseFacts as CaseFacts
from courtside.store.access.case import CaseKind as CaseKind
from courtside.store.access.case import Stage as Stage
from courtside.store.access.case_rules import may_case as may_case
from courtside.store.access.case_sets import cases as cases
from courtside.store.access.errands import Errand as Errand
from courtside.store.access.errands import may_run as may_run
from courtside.store.access.figures import SMALLEST_GROUP as SMALLEST_GROUP
from courtside.store.access.figures import Action as Action
from courtside.store.access.figures import may as may
from courtside.store.access.figures import whom as whom
from courtside.store.access.glass import by_glass as by_glass
from courtside.store.access.viewer import ALLOWED as ALLOWED
from courtside.store.access.viewer import DENIED as DENIED
from courtside.store.access.viewer import LOGGED as LOGGED
from courtside.store.access.viewer import ActingFor as ActingFor
from courtside.store.access.viewer import Decision as Decision
from courtside.store.access.viewer import Opened as Opened
from courtside.store.access.viewer import Role as Role
from courtside.store.access.viewer import Viewer as Viewer
from courtside.store.access.viewer import relation_of as relation_of
