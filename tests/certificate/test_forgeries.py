"""Targeted lies about golden certificates: each is refuted, and for its own reason."""

import json
from fractions import Fraction as Q
from functools import partial

import pytest

from polytope_nn.certificate import check
from polytope_nn.certificate.check import Limits, Refuted, Unreadable
from polytope_nn.certificate.enclosures import instance_of
from polytope_nn.checker.claims.boxes import functions as box_functions
from polytope_nn.checker.claims.dual import patterns
from polytope_nn.checker.claims.system.equations import System, dual_basis
from polytope_nn.checker.claims.system.grouping import Bases, system_of
from polytope_nn.checker.claims.system.identities import Exact, Seen
from polytope_nn.checker.kernel.intervals import Interval, solution
from polytope_nn.checker.kernel.numbers import Field
from polytope_nn.checker.kernel.reading import Clock
from polytope_nn.checker.kernel.roots import root_sign
from polytope_nn.checker.lift import Lift
from polytope_nn.checker.rows import SHAPE, claims_of

from .forgeries import FORGERIES
from .forging import NAMES, canonical, claim, golden, sealed


@pytest.mark.parametrize("name", NAMES)
def test_golden_certificates_are_accepted(name):
    assert check.check(golden(name)) is None


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_refuted_for_its_own_reason(name):
    original, change, where, why = FORGERIES[name]
    certificate = golden(original)
    change(certificate)
    with pytest.raises(Refuted) as refusal:
        check.check(sealed(certificate), Limits(digits=400))
    assert refusal.value.where == where, refusal.value
    assert why in refusal.value.why, refusal.value


TEXTS = {
    "a second key": ('{"a": 1, "a": 1}', "file", "twice"),
    "a float": ('{"a": 1.0}', "file", "float"),
    "an exponent": ('{"a": 1e3}', "file", "float"),
    "not a number": ('{"a": NaN}', "file", "float"),
    "minus zero": ('{"a": -0}', "file", "is -0"),
    "too many digits": (f'{{"a": {"9" * 401}}}', "file", "digits"),
    "too many lists": ("[" * 600_000, "file", "more lists and objects"),
    "too large": (" " * 2_000_001, "file", "larger"),
    "other keys": ('{"format": 0}', "certificate", "keys"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_are_refused(name):
    text, where, why = TEXTS[name]
    with pytest.raises(Refuted, match=why) as refusal:
        check.check(text, Limits(size=2_000_000, digits=400))
    assert refusal.value.where == where
    assert not isinstance(refusal.value, Unreadable)


@pytest.mark.parametrize("text", ["", "{", "certificate", '{"a": 01}', "\x00"])
def test_what_is_no_json_is_unreadable(text):
    with pytest.raises(Unreadable, match="not JSON"):
        check.check(text)


@pytest.mark.parametrize("text", ["[]", "{}", "7", '{"kind": "path"}', "[" * 100_000])
def test_what_is_no_certificate_is_unreadable(text):
    with pytest.raises(Unreadable, match=r"no certificate|too deep") as refusal:
        check.check(text)
    assert refusal.value.where == "file"


@pytest.mark.parametrize("value", [{1, 2}, {"a": {1}}, object()])
def test_what_is_no_json_value_is_refused(value):
    with pytest.raises(Refuted, match="no JSON value"):
        check.check(value)


def test_a_value_that_contains_itself_is_refused():
    value = {}
    value["a"] = value
    with pytest.raises(Refuted):
        check.check(value)


def test_hashes_bind_data_claims_and_witness():
    for part in ("data", "claims", "witness"):
        certificate = golden("octahedron")
        certificate["sha256"][part] = "0" * 64
        with pytest.raises(Refuted, match="hash") as refusal:
            check.check(certificate)
        assert refusal.value.where == f"sha256.{part}"


def test_nesting_that_can_be_read_but_not_written_is_refused():
    for depth in range(900, 1000, 5):
        nested = "[" * depth + "]" * depth
        text = json.dumps(golden("square")).replace(
            '"format":', f'"format": {nested}, "x":'
        )
        with pytest.raises(Refuted):
            check.check(text)
        certificate = json.dumps(golden("square") | {"data": 0})
        with pytest.raises(Refuted):
            check.check(certificate.replace('"data": 0', f'"data": {nested}'))


def test_more_digits_than_the_interpreter_reads_are_a_refusal():
    with pytest.raises(Refuted, match="fewer digits"):
        check.check(golden("square"), Limits(digits=10**6))


def test_denominators_that_multiply_up_are_refused_early():
    certificate = golden("octahedron")
    odd = [str(3 ** (2 * k + 7000) + 2) for k in range(60)]
    certificate["data"]["X"] = [[f"1/{q}" for q in odd]] * 6
    with pytest.raises(Refuted, match="common denominators"):
        check.check(sealed(certificate))


def test_the_time_limit_is_kept():
    with pytest.raises(Refuted, match="exceeds the limit"):
        check.check(golden("octahedron"), Limits(seconds=0))


def test_a_sum_of_roots_must_be_decided_within_the_limit():
    with pytest.raises(Refuted, match="too near 0"):
        root_sign([(Q(1), Q(2)), (Q(-1), Q(3))], Clock(Limits(digits=10)))
    one = Clock(Limits())
    assert root_sign([(Q(1), Q(2)), (Q(-1), Q(3))], one) == -1
    assert root_sign([(Q(2), Q(2)), (Q(-1), Q(8))], one) == 0
    assert root_sign([(Q(1), Q(1, 2)), (Q(-1), Q(2, 9))], one) == 1


def test_interval_arithmetic_rounds_outwards():
    third = Interval.around(Q(1, 3), Q(1, 3), 8)
    assert (third.low, third.high) == (85, 86)
    assert ((third * third).low, (third * third).high) == (28, 29)
    assert ((third * -3).low, (third * -3).high) == (-258, -255)
    assert ((1 - third).low, (1 - third).high) == (170, 171)
    inverse = third.inverse("here")
    assert inverse.low <= 3 * 256 <= inverse.high
    with pytest.raises(Refuted, match="division by 0"):
        Interval(-1, 1, 8).inverse("here")


def test_a_constant_of_no_proved_sign_is_refused():
    ends = [
        Interval(1, 2, 8),
        Interval(-2, -1, 8),
        Interval(0, 0, 8),
        Q(-1, 3),
    ]
    assert list(map(box_functions.sign, ends)) == [1, -1, 0, -1]
    with pytest.raises(Refuted, match="sign of a constant"):
        box_functions.sign(Interval(-1, 1, 8))


def test_a_certificate_its_value_and_its_text_are_one():
    text = canonical(golden("square"))
    for form in (text, json.loads(text), json.dumps(json.loads(text), indent=1)):
        assert check.check(form) is None


def test_a_descent_of_monstrous_width_costs_nothing():
    for width in (10**50, 3 * 10**8):
        certificate = golden("descent_square")
        claim(certificate, "descent")["width"] = width
        with pytest.raises(Refuted):
            check.check(sealed(certificate))


def test_a_field_whose_powers_grow_is_refused_early():
    huge = 10**400
    poly = [*(-(huge + 7 + i) for i in range(20)), huge - 3]
    clock = Clock(Limits())
    clock.room >>= 8
    with pytest.raises(Refuted, match="powers of alpha"):
        Field({"poly": poly, "root": ["0", "10"]}, clock)


def solved_point():
    """Return the system of a golden certificate of level interval, its solution, its parts."""
    certificate = golden("interval_point")
    D = instance_of(certificate["data"])
    claims = claims_of(certificate["claims"], SHAPE, 1, free=False)
    of = partial(System, bits=256, hints=Lift(D.clock))
    S = system_of(D, claims["atoms"], certificate["witness"], of)
    x = solution(S, certificate["witness"])[0]
    return S, x, claims, certificate["witness"]


def test_a_negative_multiplier_in_intervals_is_refused():
    S, x, claims, witness = solved_point()
    D, read, n = S.D, witness, S.D.n
    (charted,) = patterns(D, claims["patterns"], [read["patterns"]], [read["dual"]])
    order = [(tope, s) for tope in charted.topes for s in (1, -1)]
    bases = Bases(S, charted.chart)
    relu = [0] * n, [1] * n
    right, wrong = (Seen(Exact(S, [s * t for t in x[:n]]), bases, relu, 1) for s in (1, -1))
    refused = 0
    for (tope, s), entry in zip(order, read["dual"], strict=True):
        if len(entry) == 2 and entry[1]:
            right.tight(tope, s, entry)
            with pytest.raises(Refuted, match="not proved to be >= 0"):
                wrong.tight(tope, s, entry)
            refused += 1
    assert refused


def test_a_dual_basis_is_multiplied_out():
    D = instance_of(golden("point")["data"])
    one, two, lift = [1, 0], [2, 0], Lift(D.clock)
    assert dual_basis(D, [[2, 1]], lift.basis([[2, 1]]), "here") == [[Q(2, 5), Q(1, 5)]]
    assert dual_basis(D, [], [], "here") == []
    with pytest.raises(Refuted, match="independent"):
        dual_basis(D, [one, two], lift.basis([one, two]), "here")
    with pytest.raises(Refuted, match="independent"):
        dual_basis(D, [one], [[[1], 2]], "here")
