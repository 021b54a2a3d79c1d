"""参考页 reference: docs/reference, written from the catalogue, the packs, the settings and the commands.

What a page says is read from the code that does it, so that the page cannot be wrong for long: a test compares.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.forms import CharField, DateField, Field, IntegerField

from kechuang.core.catalogue.models import Service, all_services
from kechuang.core.market.kinds import ListingKind, listing_kinds
from kechuang.core.parties.models import Post
from kechuang.kit.access import Rule
from kechuang.kit.fields import CodeField, CodesField, RowsField, TagsField, YuanField
from kechuang.kit.workflow import Step
from kechuang.web import reference_files as files
from kechuang.web.browse import FACETS

HEAD = "<!-- 由 make docs 从程序生成，请勿手工修改。 -->\n"
ROLES = {"enterprise": "企业", "institution": "高校院所等单位", "public": "公众", **dict(Post.Role.choices)}
OWNERS = {
    "applicant": "申请单位",
    "officer": "主管部门",
    "city": "市级主管部门",
    "broker": "服务专班",
    "counterpart": "供给单位",
    "host": "承办单位",
}
# What the rules of core/*/access.py are called here; a rule without a word appears under its own name.
WHO = {
    "cases.applicant": "申请单位经办人",
    "cases.officer": "辖区主管部门",
    "cases.need_broker": "技术经纪人",
    "cases.counterpart": "供给单位经办人",
    "cases.team": "专班成员",
}
# The facet of search that a field of the form feeds; every listing also has the kind of its owner.
FACET_OF_FIELD = {
    name: "price" if name == "price_mode" else name for name in (*FACETS, "price_mode") if name != "price"
}


def pages() -> dict[str, str]:
    """All pages by file name."""
    written: dict[str, Callable[[], str]] = {
        "services.md": services,
        "vocabularies.md": files.vocabularies,
        "settings.md": files.settings_page,
        "commands.md": files.commands,
        "access.md": access,
    }
    return {name: HEAD + write().rstrip() + "\n" for name, write in written.items()}


def differing(folder: Path) -> list[str]:
    """The names of pages that are missing in the folder or say something else."""
    return [n for n, text in pages().items() if not (folder / n).exists() or (folder / n).read_text("utf-8") != text]


def write(folder: Path) -> list[str]:
    """Write the pages that differ; returns their names."""
    changed, text = differing(folder), pages()
    folder.mkdir(parents=True, exist_ok=True)
    for name in changed:
        (folder / name).write_text(text[name], "utf-8")
    return changed


def services() -> str:
    """事项: every row of the service list."""
    kinds = {k.service: k for k in listing_kinds()}
    rows = [
        (
            f"[{s.name}](#{s.code})",
            f"`{s.code}`",
            "、".join(str(ROLES[a]) for a in s.audience),
            s.days,
            "、".join(s.rows),
        )
        for s in all_services()
    ]
    parts = [
        "# 事项\n\n每个事项是 `kechuang/services/` 下的一个文件夹，在 `service.py` 中声明。\n",
        files.table(("事项", "代码", "谁可以办", "承诺时限（工作日）", "任务编号"), rows),
    ]
    return "\n".join(parts + [_service(s, kinds.get(s.code)) for s in all_services()])


def _service(service: Service, kind: ListingKind | None) -> str:
    facts = [
        ("英文名称", service.name_en),
        ("设定依据", service.basis),
        ("谁可以办", "、".join(str(ROLES[a]) for a in service.audience)),
        ("材料", "；".join(service.materials) or "无"),
        ("承诺时限", f"{service.days} 个工作日"),
        ("任务编号", "、".join(service.rows)),
    ]
    if kind:
        facts += [("发布后有效期", f"{kind.months_valid} 个月"), ("检索筛选项", "、".join(_facets(kind)))]
    parts = [
        f'\n<a id="{service.code}"></a>\n\n## {service.name}\n\n{service.summary}\n',
        files.table(("项", "内容"), facts),
        f"\n### 流程\n\n```mermaid\n{service.workflow.mermaid()}\n```\n",
        files.table(("状态", "代码", "等谁办", "期限（工作日）"), _states(service)),
        "",
        files.table(("步骤", "从", "到", "谁可以办", "须选的原因", "须写说明"), _steps(service)),
        f"\n### 表单\n\n{_form(service.form)}" if service.form else "",
    ]
    return "\n".join(parts)


def _facets(kind: ListingKind) -> list[str]:
    fed = {FACET_OF_FIELD[n] for n in kind.form.base_fields if n in FACET_OF_FIELD} | {"owner_type"}
    return [label for name, (label, _scheme) in FACETS.items() if name in fed and name != "kind"]


def _states(service: Service) -> Iterable[Sequence[object]]:
    for name, state in service.workflow.states.items():
        owner = OWNERS.get(state.owner, state.owner) if state.owner else "—"
        yield state.label, f"`{name}`", owner, state.days or "—"


def _steps(service: Service) -> Iterable[Sequence[object]]:
    states = service.workflow.states
    for step in service.workflow.steps:
        sources = "、".join(states[s].label for s in step.sources)
        reasons = "；".join(step.reasons.values()) or "—"
        yield step.label, sources, states[step.target].label, who(step), reasons, "是" if step.note_required else "—"


def who(step: Step) -> str:
    """Who may take a step, in words."""
    return "到期自动" if step.automatic else rule_words(step.by)


def rule_words(rule: Any) -> str:
    """A rule in words: its own, or those of the rules that it was put together from."""
    names = {id(r): f"{package}.{name}" for package, name, r in reversed(named_rules())}
    if id(rule) in names:
        return WHO.get(names[id(rule)], f"`{names[id(rule)]}`")
    parts = inspect.getclosurevars(rule.q).nonlocals
    if not {"self", "other"} <= parts.keys():
        return "（见代码）"
    joint = "或" if "__or__" in rule.q.__qualname__ else "且"
    return f"{rule_words(parts['self'])}{joint}{rule_words(parts['other'])}"


def named_rules() -> list[tuple[str, str, Rule]]:
    """Package, name and rule of every rule that a module core/*/access.py defines, in the order of definition."""
    found = []
    for package, module in files.access_modules():
        for name in files.rule_definitions(module):
            found.append((package, name, getattr(module, name)))
    return found


def _form(form: Any) -> str:
    fields: Mapping[str, Field] = form.base_fields
    groups = [(heading, names) for heading, names in getattr(form, "SECTIONS", ())] or [("", tuple(fields))]
    rows = [
        (heading, fields[n].label, f"`{n}`", "是" if fields[n].required else "", values(fields[n]), fields[n].help_text)
        for heading, names in groups
        for n in names
    ]
    return files.table(("分组", "字段", "键", "必填", "填什么", "说明"), rows)


def values(field: Field) -> str:
    """What may be filled into a field."""
    if isinstance(field, RowsField):
        cells = (f"{c.label}{'（必填）' if c.required else ''}{_list(c.choices)}" for c in field.columns)
        return f"明细表，最多 {field.most} 行：{'、'.join(cells)}"
    if isinstance(field, CodesField):
        return f"多选{_list(field.source)}{f'，最多 {field.most} 项' if field.most else ''}"
    if isinstance(field, CodeField):
        return f"单选{_list(field.source)}"
    if isinstance(field, TagsField):
        return f"标签，最多 {field.most} 个"
    if isinstance(field, YuanField):
        return "金额：页面填万元，文件和接口填元"
    if isinstance(field, IntegerField):
        return f"整数，{field.min_value}–{field.max_value}"
    if isinstance(field, DateField):
        return "日期，如 2027-06-30"
    if isinstance(field, CharField) and field.max_length:
        return f"文字，{f'{field.min_length}–' if field.min_length else '至多 '}{field.max_length} 字"
    return "文字"


def _list(choices: Any) -> str:
    """A link to the code list that choices come from."""
    scheme = inspect.getclosurevars(choices).nonlocals.get("scheme", "") if choices else ""
    return f"（[{scheme}](vocabularies.md#{scheme})）" if scheme else ""


def access() -> str:
    """权限: the rules, and who may take which step."""
    why = "为什么这样做，见[权限是怎样判断的](../explanation/access.md)。\n"
    head = f"一条规则同时回答“能不能”和“有哪些”：按钮用 `check`，列表用 `filter`，所以两者不会矛盾。{why}"
    parts = ["# 权限\n", head, "## 谁可以执行哪一步\n"]
    for service in all_services():
        takers: dict[str, list[str]] = {}
        for step in service.workflow.steps:
            takers.setdefault(who(step), []).append(step.label)
        rows = [(taker, "、".join(dict.fromkeys(labels))) for taker, labels in takers.items()]
        parts.append(f"### {service.name}\n\n{files.table(('谁', '步骤'), rows)}\n")
    parts.append("## 规则\n")
    for package, module in files.access_modules():
        found = [(f"`{name}`", f"`{text}`", note) for name, (text, note) in files.rule_definitions(module).items()]
        title = (module.__doc__ or "").split(":")[0]
        if found:
            parts.append(
                f"### {title}（`core/{package}/access.py`）\n\n{files.table(('规则', '定义', '说明'), found)}\n"
            )
    return "\n".join(parts)
