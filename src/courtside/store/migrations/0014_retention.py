"""Legal holds, and erasures that take two; what is held can be neither blanked nor deleted."""

from django.db import migrations, models

from courtside.store.append_only import forbid_changes
from courtside.store.holding import refuse_while_held

_WHY = "what was asked for is approved or withdrawn, never altered"
_OF_PERSON = "h.person_id = OLD.person_id"
_OF_PLAN = "h.person_id = p.person_id AND (h.case_id = '' OR h.case_id IN (p.id, p.proposal))"
_OF_DOCUMENT = (
    "h.person_id = d.person_id AND (h.case_id = '' OR h.case_id = d.plan_id "
    "OR h.case_id IN (SELECT p.proposal FROM store_plan p WHERE p.id = d.plan_id))"
)


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0013_documents'),
    ]

    operations = [
        migrations.CreateModel(
            name='ErasureRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opaque', models.CharField(max_length=16, unique=True)),
                ('kind', models.CharField(max_length=16)),
                ('person_id', models.CharField(blank=True, max_length=255)),
                ('before', models.DateTimeField(null=True)),
                ('listed', models.TextField()),
                ('listed_sha256', models.CharField(max_length=64)),
                ('reason', models.TextField()),
                ('requested_by', models.CharField(max_length=128)),
                ('requested_id', models.CharField(blank=True, max_length=255)),
                ('requested_at', models.DateTimeField()),
                ('approved_by', models.CharField(blank=True, max_length=128)),
                ('approved_id', models.CharField(blank=True, max_length=255)),
                ('approved_at', models.DateTimeField(null=True)),
                ('approval_reason', models.TextField(blank=True)),
                ('method', models.CharField(blank=True, max_length=32)),
                ('age_s', models.PositiveIntegerField(null=True)),
                ('state', models.CharField(default='asked', max_length=16)),
                ('ended_by', models.CharField(blank=True, max_length=128)),
                ('ended_at', models.DateTimeField(null=True)),
                ('token', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('asked', 'approved'))), fields=('kind', 'person_id'), name='one_erasure_at_a_time'), models.CheckConstraint(condition=models.Q(('kind__in', ('person', 'proposals', 'log'))), name='erasure_is_of_a_known_kind'), models.CheckConstraint(condition=models.Q(('state__in', ('asked', 'approved', 'done', 'withdrawn'))), name='erasure_has_a_known_state'), models.CheckConstraint(condition=models.Q(models.Q(('before__isnull', True), ('kind', 'person'), models.Q(('person_id', ''), _negated=True)), models.Q(models.Q(('kind', 'person'), _negated=True), ('before__isnull', False), ('person_id', '')), _connector='OR'), name='erasure_is_of_somebody_or_by_age'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('approved', 'done')), _negated=True), models.Q(models.Q(('approved_by', ''), _negated=True), ('approved_at__isnull', False), models.Q(('approved_by', models.F('requested_by')), _negated=True), models.Q(('method', ''), _negated=True), ('age_s__isnull', False)), _connector='OR'), name='erasure_is_approved_by_another'), models.CheckConstraint(condition=models.Q(('person_id', ''), models.Q(models.Q(('requested_id', models.F('person_id')), _negated=True), models.Q(('approved_id', models.F('person_id')), _negated=True)), _connector='OR'), name='nobody_erases_themself'), models.CheckConstraint(condition=models.Q(('approved_id', ''), models.Q(('approved_id', models.F('requested_id')), _negated=True), _connector='OR'), name='erasure_takes_two_people')],
            },
        ),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.CharField(max_length=255)),
                ('case_id', models.CharField(blank=True, max_length=32)),
                ('reason', models.TextField()),
                ('placed_by', models.CharField(max_length=128)),
                ('placed_at', models.DateTimeField()),
                ('release_asked_by', models.CharField(blank=True, max_length=128)),
                ('release_asked_id', models.CharField(blank=True, max_length=255)),
                ('release_asked_at', models.DateTimeField(null=True)),
                ('release_reason', models.TextField(blank=True)),
                ('released_by', models.CharField(blank=True, max_length=128)),
                ('released_id', models.CharField(blank=True, max_length=255)),
                ('released_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('released_at__isnull', True)), fields=('person_id', 'case_id'), name='one_hold_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('person_id', ''), _negated=True), models.Q(('placed_by', ''), _negated=True)), name='hold_is_placed_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('release_asked_at__isnull', True), ('release_asked_by', '')), models.Q(models.Q(('release_asked_by', ''), _negated=True), ('release_asked_at__isnull', False)), _connector='OR'), name='release_is_asked_for_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('released_at__isnull', True), ('released_by', '')), models.Q(models.Q(('released_by', ''), _negated=True), ('released_at__isnull', False), models.Q(('release_asked_by', ''), _negated=True), models.Q(('released_by', models.F('release_asked_by')), _negated=True)), _connector='OR'), name='hold_is_released_by_two'), models.CheckConstraint(condition=models.Q(models.Q(('release_asked_id', models.F('person_id')), _negated=True), models.Q(('released_id', models.F('person_id')), _negated=True)), name='nobody_releases_a_hold_on_themself')],
            },
        ),
        forbid_changes('store_legalhold', 'a hold is released, never altered', ('id', 'case_id', 'placed_at')),
        forbid_changes('store_erasurerequest', _WHY, ('id', 'opaque', 'kind', 'before', 'listed_sha256', 'requested_at')),
        refuse_while_held('store_legalhold', 'h.id = OLD.id', ('person_id', 'reason')),
        refuse_while_held('store_erasurerequest', _OF_PERSON, ('state',), "NEW.state = 'done'"),
        refuse_while_held(
            'store_proposal',
            f"{_OF_PERSON} AND (h.case_id = '' OR h.case_id IN (OLD.opaque, OLD.plan_id))",
            ('person_id', 'evidence', 'rows'),
        ),
        refuse_while_held(
            'store_plan', f"{_OF_PERSON} AND (h.case_id = '' OR h.case_id IN (OLD.id, OLD.proposal))", ('person_id',)
        ),
        refuse_while_held(
            'store_planevent', f"EXISTS (SELECT 1 FROM store_plan p WHERE p.id = OLD.plan AND {_OF_PLAN})", ('body', 'salt')
        ),
        refuse_while_held('store_document', _OF_DOCUMENT.replace('d.', 'OLD.'), ('person_id', 'data')),
        refuse_while_held(
            'store_documentfile',
            f"EXISTS (SELECT 1 FROM store_document d WHERE d.id = OLD.document_id AND {_OF_DOCUMENT})",
            ('content',),
        ),
    ]
