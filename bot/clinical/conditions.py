"""The small typed form in which rules and questions say when they hold, such as `flag.fever and bp >= 1`.

A condition is parsed once and may use: names of a fixed vocabulary, calls with plain arguments (`days30(nsaid)`),
numbers, `+ - *`, comparisons, `and`, `or`, `not`. Nothing is ever evaluated as code. What is not known keeps its
reason, so that a rule can tell "the profile does not say" from "the question was skipped".
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")

TOLERANCE = 1e-9
"""Two means closer than this are equal: 0.7 x 6 must not be smaller than 4.2."""


class Truth(Enum):
    """How far a condition holds. The three in the middle say why it is not known."""

    NO = 0
    NO_DATA = 1
    """Too few entries, or the question is still to come."""
    PROFILE_UNKNOWN = 2
    """It would hold for some who left this part of their profile empty."""
    SKIPPED = 3
    """It would hold for some who skipped the question."""
    YES = 4

    def __init__(self, rank: int) -> None:
        self.rank = rank
        """The value once more, as a plain attribute: a check-in compares thousands."""


NO, YES = Truth.NO, Truth.YES
"""Looked up once: conditions are judged on every tap."""

Number: TypeAlias = float | Truth
Value: TypeAlias = float | bool | str | None


class ConditionError(ValueError):
    """A condition that is not written in the small form."""


class UnknownFactError(ConditionError):
    """A name that the vocabulary does not have."""


@dataclass(frozen=True, slots=True)
class Term(Generic[T]):
    """A named thing a condition can stand on: a number or a yes or no, never both."""

    number: Callable[[T], Number] | None = None
    truth: Callable[[T], Truth] | None = None

    def value(self, subject: T) -> Value:
        """Give what the term says of `subject` in a form that can be stored; `None` where it is not known."""
        if self.number is not None:
            number = self.number(subject)
            return None if isinstance(number, Truth) else number
        truth = self.truth(subject) if self.truth is not None else Truth.NO_DATA
        return {Truth.YES: True, Truth.NO: False}.get(truth)


Vocabulary: TypeAlias = Callable[[str, tuple[str | int, ...]], Term[T]]
"""Gives the term of a name and its arguments, or raises `UnknownFactError`."""


@dataclass(frozen=True, slots=True)
class Condition(Generic[T]):
    """A parsed condition: how far it holds of a subject, and the terms it stands on, by their names."""

    text: str
    holds: Callable[[T], Truth]
    terms: Mapping[str, Term[T]]

    def facts(self, subject: T) -> dict[str, Value]:
        """Give the value of each term, for the record."""
        return {name: term.value(subject) for name, term in self.terms.items()}


def parse(text: str, vocabulary: Vocabulary[T]) -> Condition[T]:
    """Read a condition; raises `ConditionError`, for an unknown name `UnknownFactError`."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise ConditionError(f"cannot read the condition {text!r}: {error.msg}") from error
    reader = _Reader(text, vocabulary)
    return Condition(text=text, holds=reader.truth(tree.body), terms=reader.terms)


_COMPARISONS: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.GtE: lambda left, right: left > right - TOLERANCE,
    ast.Gt: lambda left, right: left > right + TOLERANCE,
    ast.LtE: lambda left, right: left < right + TOLERANCE,
    ast.Lt: lambda left, right: left < right - TOLERANCE,
    ast.Eq: lambda left, right: abs(left - right) <= TOLERANCE,
}

_ARITHMETIC: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


class _Reader(Generic[T]):
    """Turns the syntax tree of one condition into closures, and collects the terms on the way."""

    def __init__(self, text: str, vocabulary: Vocabulary[T]) -> None:
        self._text = text
        self._vocabulary = vocabulary
        self.terms: dict[str, Term[T]] = {}

    def truth(self, node: ast.expr) -> Callable[[T], Truth]:
        if isinstance(node, ast.BoolOp):
            parts = tuple(self.truth(part) for part in node.values)
            return _all(parts) if isinstance(node.op, ast.And) else _any(parts)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return _not(self.truth(node.operand))
        if isinstance(node, ast.Compare):
            return self._comparison(node)
        term = self._term(node)
        if term.truth is None:
            raise ConditionError(f"{ast.unparse(node)!r} is a number, not a yes or no, in {self._text!r}")
        return term.truth

    def number(self, node: ast.expr) -> Callable[[T], Number]:
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            constant = float(node.value)  # type: ignore[arg-type]  # the line above tells what mypy cannot see
            return lambda _subject: constant
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            return _arithmetic(_ARITHMETIC[type(node.op)], self.number(node.left), self.number(node.right))
        term = self._term(node)
        if term.number is None:
            raise ConditionError(f"{ast.unparse(node)!r} is a yes or no, not a number, in {self._text!r}")
        return term.number

    def _comparison(self, node: ast.Compare) -> Callable[[T], Truth]:
        operands = [self.number(part) for part in (node.left, *node.comparators)]
        pairs: list[Callable[[T], Truth]] = []
        for position, sign in enumerate(node.ops):
            if type(sign) not in _COMPARISONS:
                raise ConditionError(f"a comparison that is not known in {self._text!r}")
            pairs.append(_compare(_COMPARISONS[type(sign)], operands[position], operands[position + 1]))
        return pairs[0] if len(pairs) == 1 else _all(tuple(pairs))

    def _term(self, node: ast.expr) -> Term[T]:
        arguments: tuple[str | int, ...] = ()
        if isinstance(node, ast.Call) and not node.keywords:
            arguments = tuple(self._argument(argument) for argument in node.args)
            name = self._dotted(node.func)
        else:
            name = self._dotted(node)
        term = self._vocabulary(name, arguments)
        self.terms[ast.unparse(node)] = term
        return term

    def _argument(self, node: ast.expr) -> str | int:
        if isinstance(node, ast.Constant) and type(node.value) is int:
            return int(node.value)
        return self._dotted(node)

    def _dotted(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            return node.id
        if isinstance(node, ast.Attribute):
            return f"{self._dotted(node.value)}.{node.attr}"
        raise ConditionError(f"{ast.unparse(node)!r} has no place in a condition: {self._text!r}")


def _all(parts: tuple[Callable[[T], Truth], ...]) -> Callable[[T], Truth]:
    def holds(subject: T) -> Truth:
        lowest = YES
        for part in parts:
            found = part(subject)
            if found is NO:
                return found
            if found is not YES and found.rank < lowest.rank:
                lowest = found
        return lowest

    return holds


def _any(parts: tuple[Callable[[T], Truth], ...]) -> Callable[[T], Truth]:
    def holds(subject: T) -> Truth:
        highest = NO
        for part in parts:
            found = part(subject)
            if found is YES:
                return found
            if found is not NO and found.rank > highest.rank:
                highest = found
        return highest

    return holds


def _not(part: Callable[[T], Truth]) -> Callable[[T], Truth]:
    def holds(subject: T) -> Truth:
        found = part(subject)
        if found is YES:
            return NO
        return YES if found is NO else found

    return holds


def _compare(
    sign: Callable[[float, float], bool], left: Callable[[T], Number], right: Callable[[T], Number]
) -> Callable[[T], Truth]:
    def holds(subject: T) -> Truth:
        one, other = left(subject), right(subject)
        if isinstance(one, Truth):
            return one if not isinstance(other, Truth) or one.rank < other.rank else other
        if isinstance(other, Truth):
            return other
        return YES if sign(one, other) else NO

    return holds


def _arithmetic(
    sign: Callable[[float, float], float], left: Callable[[T], Number], right: Callable[[T], Number]
) -> Callable[[T], Number]:
    def number(subject: T) -> Number:
        one, other = left(subject), right(subject)
        if isinstance(one, Truth):
            return one if not isinstance(other, Truth) or one.rank < other.rank else other
        return other if isinstance(other, Truth) else sign(one, other)

    return number
