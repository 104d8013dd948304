"""The last act that erased somebody is found without reading the log."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0004_disputes'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('verb', 'erase_person')), fields=['id'], name='acts_that_erased'),
        ),
    ]
