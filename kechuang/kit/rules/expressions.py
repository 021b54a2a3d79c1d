"""公式 expressions: a small, safe subset of Python's expressions, checked before anything is computed. Pure.

Arithmetic, comparison, ``and or not``, ``a if b else c``, ``in``, ``min max years manual``, facts by name, parameters
as ``p.name``, the day as ``on``. Never ``eval``. Kinds are checked: money is not compared with a bare number, codes are
not added, so that a slip of the pen is found when the pack is read.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

MOST_CHARACTERS = 600


class Kind(Enum):
    """种类: what an expression gives. ``ANY`` is a plain zero or ``manual()``: it fits money and numbers alike."""

    NUMBER = "number"
    MONEY = "money"
    BOOL = "bool"
    DATE = "date"
    TERM = "term"
    TERMS = "terms"
    ANY = "any"


WORDS = {
    Kind.NUMBER: "数",
    Kind.MONEY: "金额",
    Kind.BOOL: "是否",
    Kind.DATE: "日期",
    Kind.TERM: "代码",
    Kind.TERMS: "代码表",
    Kind.ANY: "数",
}
NUMERIC = (Kind.NUMBER, Kind.MONEY, Kind.ANY)


class WrongExpression(Exception):  # noqa: N818 - the sentence is the message
    """公式有误: says in words what is wrong with a formula."""


@dataclass(frozen=True)
class Expression:
    """公式: its text, its checked tree, what it gives, and the facts and parameters that it names."""

    text: str
    node: ast.expr
    kind: Kind
    names: frozenset[str]
    parameters: frozenset[str]

    @property
    def divisors(self) -> list[ast.Name]:
        """The names by which something is divided."""
        quotients = [n for n in ast.walk(self.node) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div)]
        return [quotient.right for quotient in quotients if isinstance(quotient.right, ast.Name)]


def parse(text: str, names: Mapping[str, Kind], parameters: Mapping[str, Kind]) -> Expression:
    """The checked expression; raises WrongExpression with a sentence that names the fault."""
    if len(text) > MOST_CHARACTERS:
        raise WrongExpression(f"公式超过 {MOST_CHARACTERS} 个字符，请拆成几个中间量")
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        at = getattr(error, "offset", None)
        raise WrongExpression(f"公式写法有误{f'（第 {at} 个字符附近）' if at else ''}：{text}") from error
    checker = _Checker(names, parameters)
    kind = checker.kind(node)
    return Expression(text.strip(), node, kind, frozenset(checker.used), frozenset(checker.used_parameters))


def same(left: Kind, right: Kind) -> Kind | None:
    """The kind that both are, a plain zero taking the other's; None where they differ."""
    if left is Kind.ANY:
        return right if right in NUMERIC else None
    if right is Kind.ANY:
        return left if left in NUMERIC else None
    return left if left is right else None


class _Checker:
    """Walks the tree once: refuses what is not allowed, finds the kind, notes names and parameters."""

    def __init__(self, names: Mapping[str, Kind], parameters: Mapping[str, Kind]) -> None:
        self.names, self.parameters = names, parameters
        self.used: set[str] = set()
        self.used_parameters: set[str] = set()
        self.known: dict[type[ast.expr], Callable[..., Kind]] = {
            ast.Name: self._name,
            ast.Attribute: self._parameter,
            ast.Constant: self._constant,
            ast.BinOp: self._arithmetic,
            ast.UnaryOp: self._unary,
            ast.BoolOp: self._logic,
            ast.Compare: self._compare,
            ast.IfExp: self._choice,
            ast.Call: self._call,
        }

    def kind(self, node: ast.expr) -> Kind:
        if type(node) not in self.known:
            raise WrongExpression(f"公式里不能用“{ast.unparse(node)}”")
        return self.known[type(node)](node)

    def _name(self, node: ast.Name) -> Kind:
        if node.id == "on":
            return Kind.DATE
        if node.id in ("true", "false"):
            return Kind.BOOL
        if node.id not in self.names:
            raise WrongExpression(f"没有名为“{node.id}”的事实或中间量")
        self.used.add(node.id)
        return self.names[node.id]

    def _parameter(self, node: ast.Attribute) -> Kind:
        if not (isinstance(node.value, ast.Name) and node.value.id == "p"):
            raise WrongExpression(f"公式里不能用“{ast.unparse(node)}”，参数写作 p.名称")
        if node.attr not in self.parameters:
            raise WrongExpression(f"没有名为“{node.attr}”的参数")
        self.used_parameters.add(node.attr)
        return self.parameters[node.attr]

    def _constant(self, node: ast.Constant) -> Kind:
        if isinstance(node.value, bool):
            return Kind.BOOL
        if isinstance(node.value, int | float):
            return Kind.NUMBER if node.value else Kind.ANY
        if isinstance(node.value, str):
            return Kind.TERM
        raise WrongExpression(f"公式里不能用“{ast.unparse(node)}”")

    def _arithmetic(self, node: ast.BinOp) -> Kind:
        left, right = self.kind(node.left), self.kind(node.right)
        found: Kind | None = None
        if isinstance(node.op, ast.Add | ast.Sub):
            found = self._sum(left, right, minus=isinstance(node.op, ast.Sub))
        elif isinstance(node.op, ast.Mult) and left in NUMERIC and right in NUMERIC:
            found = None if left is right is Kind.MONEY else Kind.MONEY if Kind.MONEY in (left, right) else Kind.NUMBER
        elif isinstance(node.op, ast.Div) and left in NUMERIC and right in NUMERIC:
            found = Kind.NUMBER if left is right or right is Kind.MONEY else left
            found = None if right is Kind.MONEY and left is Kind.NUMBER else found
        if found is None:
            raise WrongExpression(f"“{ast.unparse(node)}”：{WORDS[left]}和{WORDS[right]}不能这样计算")
        return found

    @staticmethod
    def _sum(left: Kind, right: Kind, *, minus: bool) -> Kind | None:
        if left is Kind.DATE:
            return Kind.NUMBER if right is Kind.DATE and minus else Kind.DATE if right is Kind.NUMBER else None
        return same(left, right) if left in NUMERIC and right in NUMERIC else None

    def _unary(self, node: ast.UnaryOp) -> Kind:
        kind = self.kind(node.operand)
        if isinstance(node.op, ast.Not) and kind is Kind.BOOL:
            return kind
        if isinstance(node.op, ast.USub) and kind in NUMERIC:
            return kind
        raise WrongExpression(f"“{ast.unparse(node)}”：不能用于{WORDS[kind]}")

    def _logic(self, node: ast.BoolOp) -> Kind:
        for part in node.values:
            if self.kind(part) is not Kind.BOOL:
                raise WrongExpression(f"“{ast.unparse(part)}”不是一个条件，不能用 and、or 连接")
        return Kind.BOOL

    def _compare(self, node: ast.Compare) -> Kind:
        if len(node.ops) != 1:
            raise WrongExpression(f"“{ast.unparse(node)}”：一次只比较两个值，请用 and 连接")
        left, right, op = self.kind(node.left), self.kind(node.comparators[0]), node.ops[0]
        fits = False
        if isinstance(op, ast.In | ast.NotIn):
            fits = left is Kind.TERM and right is Kind.TERMS
        elif isinstance(op, ast.Eq | ast.NotEq):
            fits = same(left, right) not in (None, Kind.BOOL, Kind.TERMS)
        elif isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
            fits = same(left, right) in (*NUMERIC, Kind.DATE)
        if not fits:
            remedy = "；金额请与以元为单位的参数比较" if Kind.MONEY in (left, right) else ""
            raise WrongExpression(f"“{ast.unparse(node)}”：{WORDS[left]}和{WORDS[right]}不能这样比较{remedy}")
        return Kind.BOOL

    def _choice(self, node: ast.IfExp) -> Kind:
        if self.kind(node.test) is not Kind.BOOL:
            raise WrongExpression(f"“{ast.unparse(node.test)}”不是一个条件")
        kind = same(self.kind(node.body), self.kind(node.orelse))
        if kind is None:
            raise WrongExpression(f"“{ast.unparse(node)}”：两种情况给出的不是同一种值")
        return kind

    def _call(self, node: ast.Call) -> Kind:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in ("min", "max", "years", "manual") or node.keywords:
            raise WrongExpression(f"公式里不能用“{ast.unparse(node)}”；可用 min、max、years、manual")
        kinds = [self.kind(argument) for argument in node.args]
        if name == "manual" and not kinds:
            return Kind.ANY
        if name == "years" and kinds == [Kind.DATE, Kind.DATE]:
            return Kind.NUMBER
        if name in ("min", "max") and len(kinds) > 1 and all(k in NUMERIC for k in kinds):
            found: Kind | None = kinds[0]
            for kind in kinds[1:]:
                found = same(found, kind) if found is not None else None
            if found is not None:
                return found
        raise WrongExpression(f"“{ast.unparse(node)}”：参数的个数或种类不对")
