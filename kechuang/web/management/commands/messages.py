"""manage.py messages: brings the catalogues of translations up to date, checks or compiles them."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from kechuang.web.catalogues import compile_catalogue, contradictions, merged, problems, sources, write_catalogue


class Command(BaseCommand):
    """译文: collects what is to be translated; ``--check`` names what is missing, ``--compile`` makes it usable."""

    help = "译文：收集待翻译的中文（默认），--check 检查缺漏，--compile 编译 · update, check or compile translations"
    requires_system_checks = ()  # set-up compiles before anything else is there

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="列出缺少的译文，有缺漏则失败")
        parser.add_argument("--compile", action="store_true", help="编译为程序读取的文件")

    def handle(self, *, check: bool, **options: object) -> None:
        if options["compile"]:
            count = sum(compile_catalogue(source) for source in sources())
            self.stdout.write(f"译文 {count} 条")
            return
        if check:
            found = [problem for source in sources() for problem in problems(source)]
            found += contradictions()
            if found:
                raise CommandError("\n".join(found))
            return
        for source in sources():
            write_catalogue(source, merged(source))
