"""任命 appoint: the first officer of a city, who then appoints the others on the web."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kechuang.core.parties.actions import appoint
from kechuang.core.parties.queries import user_by_email
from kechuang.web.clock import now


class Command(BaseCommand):
    """任命市级主管人员: the person signs up first."""

    help = "任命一位市级主管人员，其余岗位由其在网页上任免 · make a person officer of the whole city"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="登录邮箱，本人须先注册 · login address of a person who has signed up")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = user_by_email(options["email"])
        if user is None:
            raise CommandError("没有用这个邮箱注册的人，请先请本人注册 · nobody has signed up with this address")
        appoint(user=user, role="officer", by=None, now=now())
        self.stdout.write(f"已任命 · appointed: {user}")
