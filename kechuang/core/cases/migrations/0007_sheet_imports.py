"""导入清单: imports of lists beside those of listings."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0006_material_tier'),
        ('parties', '0003_absence'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='importrow',
            options={'ordering': ('part', 'number'), 'verbose_name': '导入行', 'verbose_name_plural': '导入行'},
        ),
        migrations.RemoveConstraint(
            model_name='importrow',
            name='cases_importrow_once',
        ),
        migrations.RemoveIndex(
            model_name='importrow',
            name='cases_importrow_outcome',
        ),
        migrations.AddField(
            model_name='import',
            name='language',
            field=models.CharField(blank=True, max_length=10, verbose_name='语言'),
        ),
        migrations.AddField(
            model_name='import',
            name='sheet',
            field=models.CharField(blank=True, max_length=40, verbose_name='清单表'),
        ),
        migrations.AddField(
            model_name='importrow',
            name='link',
            field=models.CharField(blank=True, max_length=200, verbose_name='链接'),
        ),
        migrations.AddField(
            model_name='importrow',
            name='part',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='分表'),
        ),
        migrations.AlterField(
            model_name='import',
            name='service',
            field=models.CharField(blank=True, max_length=40, verbose_name='事项'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(fields=['batch', 'outcome', 'part', 'number'], name='cases_importrow_outcome'),
        ),
        migrations.AddConstraint(
            model_name='import',
            constraint=models.CheckConstraint(condition=models.Q(('service', ''), ('sheet', ''), _connector='XOR'), name='cases_import_service_or_sheet'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('batch', 'part', 'number'), name='cases_importrow_once'),
        ),
    ]
