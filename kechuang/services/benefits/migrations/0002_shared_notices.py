"""公示和异议 move to the mechanism that all services share; objections keep their numbers, which events name."""

from typing import Any

from django.core.management.color import no_style
from django.db import migrations

AFTER = ("noticed", "paying", "returned", "renewing", "paid", "reversed")  # the notice ran to its end


def move(apps: Any, schema_editor: Any) -> None:
    """Every benefit that was put on notice, with the objections to it."""
    benefits = apps.get_model("benefits", "Benefit").objects
    notices = apps.get_model("publicity", "PublicNotice")
    objections = apps.get_model("publicity", "Objection")
    for row in benefits.exclude(notice_until=None).select_related("case", "version"):
        over = row.case.state in AFTER
        notice = notices.objects.create(
            case=row.case,
            matter=row.version.title,
            amount=row.amount,
            since=row.notice_from or row.notice_until,
            until=row.notice_until,
            left=None if over else row.notice_left,
            over_on=row.notice_until if over else None,
        )
        for old in row.objections.all():
            kept = ("id", "by_id", "at", "text", "decision", "answer", "decided_by_id", "decided_at")
            objections.objects.create(notice=notice, **{name: getattr(old, name) for name in kept})
    with schema_editor.connection.cursor() as cursor:
        for sql in schema_editor.connection.ops.sequence_reset_sql(no_style(), [objections]):
            cursor.execute(sql)


class Migration(migrations.Migration):
    """Before the columns go."""

    dependencies = [("benefits", "0001_initial"), ("publicity", "0001_initial")]
    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
