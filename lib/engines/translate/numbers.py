"""Numbers: division, rounding and logarithms to the last digit as DuckDB has them."""

from sqlglot import exp

from lib.engines.translate.parts import (
    call,
    cast,
    double,
    given,
    is_decimal,
    is_float,
    is_kind,
    is_whole,
    missing,
    number,
    when,
)

_LN_ROOT_TWO_PI = "0.9189385332046728"
_STIRLING = ((1, "12"), (3, "-360"), (5, "1260"), (7, "-1680"), (9, "1188"))
_SHIFT = 10


def _zero() -> exp.Expr:
    return double("0")


def _never_zero(node: exp.Expr) -> bool:
    bare = node.unnest()
    while isinstance(bare, exp.Cast):
        bare = bare.this.unnest()
    return isinstance(bare, exp.Nullif) or (isinstance(bare, exp.Literal) and float(bare.name) != 0)


def divided(node: exp.Div) -> exp.Expr:
    """DuckDB divides as doubles, whatever it divides, and by zero as IEEE says: infinite, or no number. Spark keeps
    decimals of a fixed scale, and stops at a zero."""
    upper, lower = cast(node.this, "double"), cast(node.expression, "double")
    if _never_zero(node.expression):
        return exp.Paren(this=exp.Div(this=upper, expression=lower))

    def by_zero(pair: exp.Expr) -> exp.Expr:
        above, below = (exp.Dot(this=pair.copy(), expression=exp.to_identifier(name)) for name in ("a", "b"))
        endless = call("double", exp.Literal.string("Infinity"))
        return when(
            (exp.Is(this=below.copy(), expression=exp.Null()), exp.Null()),
            (exp.NEQ(this=below.copy(), expression=_zero()), exp.Div(this=above.copy(), expression=below.copy())),
            (exp.Is(this=above.copy(), expression=exp.Null()), exp.Null()),
            (call("isnan", above.copy()), call("double", exp.Literal.string("NaN"))),
            (exp.EQ(this=above.copy(), expression=_zero()), call("double", exp.Literal.string("NaN"))),
            (exp.GT(this=above.copy(), expression=_zero()), endless),
            (exp.LT(this=above.copy(), expression=_zero()), exp.Neg(this=endless.copy())),
        )

    both = call("named_struct", exp.Literal.string("a"), upper, exp.Literal.string("b"), lower)
    return given(both, "pair", by_zero)


def whole_division(node: exp.IntDiv) -> exp.Expr:
    """The operator as Spark writes it, within brackets: it binds otherwise."""
    return exp.Paren(this=node.copy())


def rounded(node: exp.Round) -> exp.Expr:
    """Spark rounds a double by its shortest decimal text, DuckDB the product with the power of ten."""
    places = node.args.get("decimals")
    if is_decimal(node.this) or is_whole(node.this):
        return call("round", node.this, *([places] if places else []))
    if places is None or places.name == "0":
        return call("round", node.this, number(0))
    power = double(f"1e{abs(int(places.name))}")
    up = not isinstance(places, exp.Neg)
    first, second = (exp.Mul, exp.Div) if up else (exp.Div, exp.Mul)
    product = call("round", first(this=exp.Paren(this=node.this), expression=power), number(0))
    return exp.Paren(this=second(this=product, expression=power.copy()))


def whole(node: exp.Cast) -> exp.Expr:
    """Spark cuts off what DuckDB rounds: doubles to the even neighbour, decimals away from zero."""
    if not exp.DataType.is_type(node.to, *exp.DataType.INTEGER_TYPES, exp.DType.INT128):
        return node
    if is_float(node.this):
        return exp.Cast(this=call("rint", node.this), to=node.to)
    if is_decimal(node.this):
        return exp.Cast(this=call("round", node.this, number(0)), to=node.to)
    return node


def exact(node: exp.Cast) -> exp.Expr:
    """A double as a decimal: DuckDB rounds the product with the power of ten, Spark its shortest decimal text. Of a
    number without end Spark makes NULL, where DuckDB stops."""
    if not (exp.DataType.is_type(node.to, exp.DType.DECIMAL) and is_float(node.this)):
        return node
    scale = int(node.to.expressions[1].name)
    if scale == 0:
        found = exp.Cast(this=call("round", node.this, number(0)), to=node.to)
    else:
        product = exp.Mul(this=exp.Paren(this=node.this), expression=double(f"1e{scale}"))
        whole = cast(call("round", product, number(0)), f"decimal({38 - scale}, 0)")
        shift = cast(exp.Literal.string(f"{1 / 10**scale:.{scale}f}"), f"decimal({scale}, {scale})")
        found = exp.Cast(this=exp.Paren(this=exp.Mul(this=whole, expression=shift)), to=node.to)
    stop = exp.Cast(this=call("raise_error", exp.Literal.string("无穷或 NaN 不能变成 decimal")), to=node.to.copy())
    return call("coalesce", found, when((exp.Not(this=missing(node.this)), stop)))


def total(node: exp.Sum) -> exp.Expr:
    """DuckDB adds whole numbers up beyond bigint, Spark stops."""
    if is_kind(node.this, {exp.DType.BIGINT, exp.DType.INT128}):
        return call("sum", cast(node.this, "decimal(28, 0)"))
    return node


def huge(node: exp.DataType) -> exp.Expr:
    """Spark's widest whole number outside bigint is a decimal."""
    return exp.DataType.build("decimal(38, 0)") if node.this in (exp.DType.INT128, exp.DType.UINT128) else node


def ln(node: exp.Ln) -> exp.Expr:
    """Of zero DuckDB says minus infinity, of less no number; Spark says NULL to both."""

    def of(value: exp.Expr) -> exp.Expr:
        return when(
            (exp.GT(this=value.copy(), expression=_zero()), call("ln", value.copy())),
            (exp.EQ(this=value.copy(), expression=_zero()), call("double", exp.Literal.string("-Infinity"))),
            (exp.LT(this=value.copy(), expression=_zero()), call("double", exp.Literal.string("NaN"))),
        )

    return given(cast(node.this, "double"), "value", of)


def lgamma(node: exp.Anonymous) -> exp.Expr:
    """Unknown to Spark. Stirling's series at ten more, taken back by the product of the ten, right to 12 places; below
    one half by reflection, and without end at zero and the negative whole numbers."""

    def of(value: exp.Expr) -> exp.Expr:
        def plus(count: int) -> exp.Expr:
            return exp.Paren(this=exp.Add(this=value.copy(), expression=double(str(count))))

        series: exp.Expr = double(_LN_ROOT_TWO_PI)
        for power, divisor in _STIRLING:
            below = exp.Mul(this=double(divisor), expression=call("power", plus(_SHIFT), number(power)))
            series = exp.Add(this=series, expression=exp.Div(this=double("1"), expression=exp.Paren(this=below)))
        half = exp.Paren(this=exp.Sub(this=plus(_SHIFT), expression=double("0.5")))
        main = exp.Sub(this=exp.Mul(this=half, expression=call("ln", plus(_SHIFT))), expression=plus(_SHIFT))
        product = plus(0)
        for count in range(1, _SHIFT):
            product = exp.Mul(this=product, expression=plus(count))
        return exp.Sub(this=exp.Add(this=main, expression=exp.Paren(this=series)), expression=call("ln", product))

    def whole(value: exp.Expr) -> exp.Expr:
        turned = exp.Mul(this=double("3.141592653589793"), expression=value.copy())
        sine = call("ln", call("abs", call("sin", turned)))
        flipped = given(exp.Paren(this=exp.Sub(this=double("1"), expression=value.copy())), "flipped", of)
        below = exp.Sub(this=exp.Sub(this=double("1.1447298858494002"), expression=sine), expression=flipped)
        pole = exp.and_(
            exp.LTE(this=value.copy(), expression=_zero()),
            exp.EQ(this=value.copy(), expression=call("floor", value.copy())),
        )
        return when(
            (pole, call("double", exp.Literal.string("Infinity"))),
            (exp.LT(this=value.copy(), expression=double("0.5")), below),
            otherwise=of(value),
        )

    return given(cast(node.expressions[0], "double"), "value", whole)


def mean(node: exp.Avg) -> exp.Expr:
    """Spark's mean of decimals is a decimal."""
    return call("avg", cast(node.this, "double"))


def deviation(node: exp.StddevSamp | exp.Stddev) -> exp.Expr:
    return call("stddev_samp", cast(node.this, "double"))


def sign(node: exp.Sign) -> exp.Expr:
    """Spark gives a double."""
    return cast(call("sign", node.this), "tinyint")


def best_of(node: exp.Greatest | exp.Least) -> exp.Expr:
    """The greatest or least of one value alone is that value; Spark wants two."""
    return node if node.expressions else node.this
