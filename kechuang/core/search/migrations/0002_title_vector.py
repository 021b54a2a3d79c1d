import pgvector.django.halfvec
import pgvector.django.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.RemoveIndex("meaning", "search_meaning_near"),
        migrations.RenameField("meaning", "embedding", "body"),
        migrations.AlterField("meaning", "body", pgvector.django.halfvec.HalfVectorField(dimensions=384, verbose_name="全文向量")),
        migrations.AddField(
            "meaning", "title", pgvector.django.halfvec.HalfVectorField(dimensions=384, null=True, verbose_name="标题向量")
        ),
        migrations.AddIndex(
            "meaning",
            pgvector.django.indexes.HnswIndex(
                ef_construction=64, fields=["body"], m=16, name="search_meaning_body", opclasses=("halfvec_ip_ops",)
            ),
        ),
        migrations.AddIndex(
            "meaning",
            pgvector.django.indexes.HnswIndex(
                ef_construction=64, fields=["title"], m=16, name="search_meaning_title", opclasses=("halfvec_ip_ops",)
            ),
        ),
    ]
