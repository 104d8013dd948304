"""Forms sent back once, and consents to signing here: both can only be added to."""

from django.db import migrations, models

from courtside.store.append_only import forbid_changes


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0014_retention'),
    ]

    operations = [
        migrations.CreateModel(
            name='SpentNonce',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_sha256', models.CharField(max_length=64, unique=True)),
                ('document_id', models.CharField(max_length=12)),
                ('spent_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='SigningConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user_id', models.PositiveBigIntegerField()),
                ('version', models.PositiveIntegerField()),
                ('text_sha256', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ('id',),
                'constraints': [models.UniqueConstraint(fields=('user_id', 'version'), name='one_consent_a_user_and_version')],
            },
        ),
        forbid_changes('store_spentnonce', 'a form is sent back once', may_delete=True),
        forbid_changes('store_signingconsent', 'a consent is never altered', may_delete=True),
    ]
