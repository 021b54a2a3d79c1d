"""建筑规范: the size budget, names and habits that no linter checks."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_MODULE, LONGEST_FUNCTION, MOST_PARTIALS = 300, 40, 20
FORBIDDEN_NAMES = {"utils", "common", "helpers", "services", "managers", "constants", "signals"}


def modules() -> Iterator[Path]:
    for path in sorted((ROOT / "kechuang").rglob("*.py")):
        if "migrations" not in path.parts and "tests" not in path.parts:
            yield path


def test_no_module_is_longer_than_a_sitting() -> None:
    tests = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "kechuang").rglob("tests/*.py")]
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (*modules(), *tests)
        if (lines := len(path.read_text("utf-8").splitlines())) > LONGEST_MODULE
    }
    assert long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                lines = node.end_lineno - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = lines
    assert long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    kechuang = ROOT / "kechuang"
    named = [str(p.relative_to(ROOT)) for p in modules() if p.stem in FORBIDDEN_NAMES]
    folders = [str(p.relative_to(ROOT)) for p in kechuang.glob("*/*") if p.is_dir() and p.name in FORBIDDEN_NAMES]
    assert named + folders == []


def test_every_module_class_and_public_function_says_what_it_is() -> None:
    silent = []
    for path in modules():
        tree = ast.parse(path.read_text("utf-8"))
        where = str(path.relative_to(ROOT))
        if tree.body and ast.get_docstring(tree) is None:
            silent.append(where)
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            if ast.get_docstring(node) is None:
                silent.append(f"{where}:{node.name}")
    assert silent == []


def test_states_move_by_workflow_alone_and_roles_are_asked_of_rules_alone() -> None:
    wrong = []
    for path in modules():
        text = path.read_text("utf-8")
        if "is_staff" in text or "is_superuser" in text:
            wrong.append(f"{path.relative_to(ROOT)}: asks for a flag instead of a rule")
        if "/views/" in str(path) and re.search(r"\.(save|delete|update|create|bulk_create)\(", text):
            wrong.append(f"{path.relative_to(ROOT)}: a view writes")
        if path.parent.name != "cases" and re.search(r"\bcase\.state\s*=[^=]", text):
            wrong.append(f"{path.relative_to(ROOT)}: moves a case without a step")
    assert wrong == []


def test_there_are_few_shared_components() -> None:
    partials = list((ROOT / "kechuang/web/templates/web").glob("_*.html"))
    assert len(partials) <= MOST_PARTIALS


def test_templates_hold_no_script_and_no_style() -> None:
    wrong = []
    for path in (ROOT / "kechuang").rglob("templates/**/*.html"):
        text = path.read_text("utf-8")
        if re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)", text) or re.search(
            r"\son[a-z]+=\"", text
        ):
            wrong.append(str(path.relative_to(ROOT)))
    assert wrong == []


def test_each_benchmark_runs_by_itself() -> None:
    """``make bench`` runs every module of the folder; what several of them share lies in packages below it."""
    modules = [path for path in sorted((ROOT / "bench").glob("*.py")) if path.name != "__init__.py"]
    assert [path.name for path in modules if 'if __name__ == "__main__":' not in path.read_text("utf-8")] == []
