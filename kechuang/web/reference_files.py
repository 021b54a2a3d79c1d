"""参考页素材 reference files: what docs/reference takes from source files: settings, commands, code lists, rules."""

import ast
import importlib
import inspect
import re
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.utils.translation import gettext_noop

from kechuang.kit.access import Rule

STATUS = {
    "seed": gettext_noop("来源文件中写明"),
    "published": gettext_noop("读自公开发布的文本"),
    "general": gettext_noop("通行说法，正式使用前须对照原文核对"),
    "ours": gettext_noop("本平台自定，不是规定"),
}
TERM_KEYS = ("code", "label", "label_en", "source", "text_status")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; bars and line breaks inside cells are made harmless."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(c) for c in line)} |" for line in lines)


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|").replace("<", "&lt;")


@dataclass(frozen=True)
class Variable:
    """环境变量: one that the program reads, with type and default as written in the code."""

    name: str
    type: str
    default: str


def _root() -> Path:
    return Path(settings.BASE_DIR)


def variables() -> list[Variable]:
    """Every environment variable that the program itself reads, in the order of the code, each once."""
    found: dict[str, Variable] = {}
    paths = [_root() / "kechuang/settings.py", *sorted((_root() / "kechuang").rglob("*.py")), _root() / "manage.py"]
    for path in paths:
        if "tests" not in path.parts and "migrations" not in path.parts:
            for variable in _read_by(ast.parse(path.read_text("utf-8"))):
                found.setdefault(variable.name, variable)
    return list(found.values())


def _read_by(tree: ast.Module) -> Iterator[Variable]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        owner, first = ast.unparse(node.func.value), node.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            default = ast.unparse(node.args[1]) if len(node.args) > 1 else ""
            if owner == "env":
                yield Variable(first.value, node.func.attr, default)
            elif owner == "os.environ" and node.func.attr == "get":
                yield Variable(first.value, "str", default)


def words_of_settings() -> dict[str, dict[str, str]]:
    """Section -> variable -> what it is for, as written by hand in docs/settings.toml."""
    found: dict[str, dict[str, str]] = tomllib.loads((_root() / "docs/settings.toml").read_text("utf-8"))
    return found


def settings_page() -> str:
    """设置: every variable with type, default and what it is for."""
    known = {v.name: v for v in variables()}
    sample = "生产环境样例：[deploy/kechuang.env.example](../../deploy/kechuang.env.example)。\n"
    head = f"全部设置来自环境变量，由 `kechuang/settings.py` 读取；不设则用默认值，默认值是安全的。{sample}"
    parts = ["# 设置\n", head]
    for section, words in words_of_settings().items():
        rows = [(f"`{n}`", known[n].type, f"`{known[n].default}`" if known[n].default else "—", w)
                for n, w in words.items() if n in known]  # fmt: skip
        parts.append(f"## {section}\n\n{table(('变量', '类型', '默认', '作用'), rows)}\n")
    missing = known.keys() - {n for words in words_of_settings().values() for n in words}
    if missing:
        parts.append(f"## 尚未说明\n\n{'、'.join(sorted(missing))}\n")
    return "\n".join(parts)


class _Recorder(ArgumentParser):
    """Notes what a command declares; the layout of argparse's own help differs between Python versions."""

    def __init__(self) -> None:
        super().__init__(add_help=False)
        self.rows: list[tuple[str, str, str]] = []

    def add_argument(self, *names: Any, **given: Any) -> Any:
        default = given.get("default")
        plain = default if isinstance(default, int | str) and not isinstance(default, bool) else ""
        chosen = "、".join(map(str, given.get("choices") or ()))
        self.rows.append((f"`{' '.join(names)}`", str(plain), str(given.get("help") or chosen)))
        return super().add_argument(*names, **given)


def command_names() -> list[str]:
    """The management commands of this program."""
    return sorted(name for name, app in get_commands().items() if str(app).startswith("kechuang."))


def targets() -> list[tuple[str, str]]:
    """The targets of the Makefile with their explanation."""
    text = (_root() / "Makefile").read_text("utf-8")
    return re.findall(r"^([a-z]+):.*?## +(.+)$", text, re.MULTILINE)


def commands() -> str:
    """命令: targets of make, and management commands with their arguments."""
    parts = [
        "# 命令\n\n## make\n",
        table(("目标", "作用"), [(f"`make {name}`", words) for name, words in targets()]),
        "\n## manage.py\n\n用法：`.venv/bin/python manage.py 命令 [参数]`。未设 `DATABASE_URL` 时启动内嵌数据库。\n",
    ]
    for name in command_names():
        command = load_command_class(get_commands()[name], name)
        recorder = _Recorder()
        command.add_arguments(recorder)  # type: ignore[arg-type]
        parts.append(f"### {name}\n\n{command.help}\n")
        if recorder.rows:
            parts.append(table(("参数", "默认", "说明"), recorder.rows) + "\n")
    return "\n".join(parts)


_NAMED = re.compile(r"^\[(\w+)\]\s*# *([^,:;\n]+)", re.MULTILINE)  # [field]  # 技术领域, one of …


def vocabularies() -> str:
    """代码表: every list with its source and how far to trust it."""
    head = "数据在 `kechuang/packs/*/terms.toml`，用 `manage.py loadpack` 载入。英文代码除国家标准自带的以外均为自定。"
    trust = "“可信程度”说明这张表能信到什么地步：\n"
    parts = ["# 代码表\n", head + trust, table(("text_status", "含义"), STATUS.items()), ""]
    for path in sorted(Path(settings.PACKS_DIR).glob("*/terms.toml")):
        text = path.read_text("utf-8")
        names = dict(_NAMED.findall(text))
        parts.append(f"## 数据包 {path.parent.name}\n")
        parts += [_scheme(code, names.get(code, ""), content) for code, content in tomllib.loads(text).items()]
    return "\n".join(parts)


def _scheme(code: str, name: str, content: dict[str, Any]) -> str:
    terms = content["terms"]
    further = list(dict.fromkeys(k for t in terms for k in t if k not in TERM_KEYS))
    rows = [
        (f"`{t['code']}`", t["label"], t.get("label_en", ""), "；".join(_extra(t, further)), t.get("source", ""))
        for t in terms
    ]
    status = content.get("text_status", "")
    source = f"来源：{content['source']}。可信程度：{status}（{STATUS.get(status, '')}）。"
    body = table(("代码", "名称", "英文", "附加", "另有来源"), rows)
    return f'<a id="{code}"></a>\n\n### {f"{name} `{code}`".strip()}\n\n{source}\n\n{body}\n'


def _extra(term: dict[str, Any], keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        value = term.get(key)
        if value not in (None, "", []):
            yield f"{key}={'、'.join(map(str, value)) if isinstance(value, list) else value}"


def access_modules() -> list[tuple[str, ModuleType]]:
    """Package and module of every core/*/access.py."""
    folder = _root() / "kechuang/core"
    return [(p.parent.name, importlib.import_module(f"kechuang.core.{p.parent.name}.access"))
            for p in sorted(folder.glob("*/access.py"))]  # fmt: skip


def rule_definitions(module: ModuleType) -> dict[str, tuple[str, str]]:
    """Name -> (definition, comment above it) of the rules that a module defines."""
    source = inspect.getsource(module)
    lines = source.splitlines()
    found = {}
    for node in ast.parse(source).body:
        if not isinstance(node, ast.Assign):
            continue
        name, above = ast.unparse(node.targets[0]), lines[node.lineno - 2].strip()
        if isinstance(getattr(module, name, None), Rule):
            found[name] = (ast.unparse(node.value), above.removeprefix("# ") if above.startswith("# ") else "")
    return found
