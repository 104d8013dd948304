"""Documents as they were frozen, their files, and who signed them: once written, only what may be erased changes."""

from __future__ import annotations

from django.db import models

from courtside.store.models.guarded import GuardedManager

DRAFT, APPROVED, ISSUED, OPENED, READY, SEALED = "draft", "approved", "issued", "opened", "ready", "sealed"
SUPERSEDED = "superseded"
STATES = (DRAFT, APPROVED, ISSUED, OPENED, READY, SEALED, SUPERSEDED)
ACTS = ("opened", "signed", "signed_with_comment", "declined", "paper", "witnessed")
FILES = ("content", "scan", "sealed")


class Document(models.Model):
    """A document about one person: the data it prints, frozen, with the hashes that people sign."""

    id = models.CharField(max_length=12, primary_key=True)
    plan_id = models.CharField(max_length=32, db_index=True)
    person_id = models.CharField(max_length=255, db_index=True)
    template = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    label = models.CharField(max_length=128)
    data = models.TextField()
    """The frozen text, whose hash is `data_sha256`; empty once it was erased."""
    data_sha256 = models.CharField(max_length=64)
    content_sha256 = models.CharField(max_length=64)
    parties = models.CharField(max_length=64, blank=True)
    """Who is asked to sign, with commas between."""
    wanted = models.PositiveSmallIntegerField()
    """How many those are."""
    needs_second = models.BooleanField(default=False)
    """Whether somebody other than its author has to approve it."""
    state = models.CharField(max_length=16, default=DRAFT)
    signing = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=128)
    approved_by = models.CharField(max_length=128, blank=True)
    sealed_sha256 = models.CharField(max_length=64, blank=True)
    superseded_by = models.CharField(max_length=12, blank=True)

    objects = GuardedManager()

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="document_has_a_known_state"),
            models.CheckConstraint(
                condition=~models.Q(state=SEALED) | ~models.Q(sealed_sha256=""), name="sealed_document_has_its_hash"
            ),
            models.CheckConstraint(
                condition=models.Q(needs_second=False)
                | models.Q(state__in=(DRAFT, SUPERSEDED))
                | (~models.Q(approved_by="") & ~models.Q(approved_by=models.F("created_by"))),
                name="document_is_approved_by_another",
            ),
            models.UniqueConstraint(
                fields=("sealed_sha256",), condition=~models.Q(sealed_sha256=""), name="one_document_a_sealed_file"
            ),
        )

    def __str__(self) -> str:
        return f"document {self.id} ({self.state})"


class DocumentFile(models.Model):
    """The bytes of a document: its pages as they were approved, scans of paper, and the sealed file."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=128)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=FILES), name="document_file_has_a_known_kind"),
            models.UniqueConstraint(
                fields=("document", "kind"),
                condition=models.Q(kind__in=("content", "sealed")),
                name="one_content_and_one_sealed_file_a_document",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} file {self.pk} of a document"


class SignatureEntry(models.Model):
    """One act by one person on one document, bound to its hash. Added to, never altered.

    `party` is what the person is to the document; `attests` the party whose paper or delivery they speak for.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    party = models.CharField(max_length=16)
    attests = models.CharField(max_length=16, blank=True)
    username = models.CharField(max_length=128)
    person_id = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=255, blank=True)
    """The legal name as it was typed, or as the firm has it."""
    act = models.CharField(max_length=24)
    statement = models.TextField(blank=True)
    statement_version = models.PositiveIntegerField(default=0)
    comment = models.TextField(blank=True)
    document_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    method = models.CharField(max_length=64, blank=True)
    method_age_s = models.PositiveIntegerField(null=True)
    ip = models.CharField(max_length=64, blank=True)
    log_seq = models.PositiveBigIntegerField(default=0)
    log_head = models.CharField(max_length=64, blank=True)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(act__in=ACTS), name="signature_entry_has_a_known_act"),
            models.CheckConstraint(
                condition=~models.Q(act__in=("paper", "witnessed")) | ~models.Q(attests=""),
                name="who_attests_says_for_whom",
            ),
            models.CheckConstraint(
                condition=~models.Q(act__in=("signed", "signed_with_comment"))
                | (~models.Q(statement="") & ~models.Q(username="")),
                name="who_signs_signs_a_statement",
            ),
            models.UniqueConstraint(
                fields=("document", "party", "username", "act", "attests"),
                condition=~models.Q(act="opened"),
                name="nobody_does_the_same_twice_to_a_document",
            ),
        )

    def __str__(self) -> str:
        return f"act {self.pk} on a document ({self.act})"
