"""The rows of the application database, by what they are about."""

from courtside.store.models.accounts import ApiToken as ApiToken
from courtside.store.models.accounts import Invitation as Invitation
from courtside.store.models.accounts import RoleGrant as RoleGrant
from courtside.store.models.accounts import User as User
from courtside.store.models.disputes import Dispute as Dispute
from courtside.store.models.disputes import DisputeNotice as DisputeNotice
from courtside.store.models.evidence import EvidenceEntry as EvidenceEntry
from courtside.store.models.records import BatchFile as BatchFile
from courtside.store.models.records import Event as Event
from courtside.store.models.records import ImportBatch as ImportBatch
from courtside.store.models.records import Mapping as Mapping
from courtside.store.models.records import MetricVersion as MetricVersion
