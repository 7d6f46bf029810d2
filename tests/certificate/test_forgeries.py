"""Targeted lies about golden certificates: each is refuted, and for its own reason."""

import json

import pytest

from polytope_nn.certificate import (
    boxes,
    check,
    facts,
    free,
    free_boxes,
    functions,
    system,
    walks,
)
from polytope_nn.certificate.check import Limits, Refuted, Unreadable
from polytope_nn.certificate.intervals import Interval, eliminated

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
    "nested too deep": ("[" * 100_000, "file", "deep"),
    "too large": (" " * 2_000_001, "file", "larger"),
    "no object": ("[]", "certificate", "no object"),
    "other keys": ("{}", "certificate", "keys"),
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


def test_kinds_are_checked_by_their_own_file():
    for module, name in (
        (walks, "octahedron"),
        (boxes, "octahedron"),
        (walks, "interval_point"),
    ):
        with pytest.raises(Refuted) as refusal:
            module.check(golden(name))
        assert refusal.value.where == "kind"


def test_a_sum_of_roots_must_be_decided_within_the_limit():
    field = check.Field("Q", Limits(digits=10))
    with pytest.raises(Refuted, match="too near 0"):
        walks.root_sign(field, [(1, 2), (-1, 3)])
    one = check.Field("Q", Limits())
    from fractions import Fraction as Q

    assert walks.root_sign(one, [(Q(1), Q(2)), (Q(-1), Q(3))]) == -1
    assert walks.root_sign(one, [(Q(2), Q(2)), (Q(-1), Q(8))]) == 0
    assert walks.root_sign(one, [(Q(1), Q(1, 2)), (Q(-1), Q(2, 9))]) == 1


def test_interval_arithmetic_rounds_outwards():
    from fractions import Fraction as Q

    third = Interval.around(Q(1, 3), Q(1, 3), 8)
    assert (third.low, third.high) == (85, 86)
    assert ((third * third).low, (third * third).high) == (28, 29)
    assert ((third * -3).low, (third * -3).high) == (-258, -255)
    assert ((1 - third).low, (1 - third).high) == (170, 171)
    inverse = third.inverse("here")
    assert inverse.low <= 3 * 256 <= inverse.high
    with pytest.raises(Refuted, match="division by 0"):
        Interval(-1, 1, 8).inverse("here")


def test_elimination_refuses_what_is_dependent_or_outside():
    from fractions import Fraction as Q

    one, two = [Q(1), Q(0)], [Q(2), Q(0)]
    data = golden("point")["data"]
    D = check.Data(data, check.Field("Q", Limits()))
    assert eliminated(D, [one], [two], "here") == [[2]]
    assert eliminated(D, [], [[Q(0)]], "here") == [[]]
    with pytest.raises(Refuted, match="independent"):
        eliminated(D, [one, two], [], "here")
    with pytest.raises(Refuted, match="not in a span"):
        eliminated(D, [one], [[Q(0), Q(1)]], "here")


def test_a_constant_of_no_proved_sign_is_refused():
    ends = [
        Interval(1, 2, 8),
        Interval(-2, -1, 8),
        Interval(0, 0, 8),
        check.Fraction(-1, 3),
    ]
    assert list(map(free_boxes.sign, ends)) == [1, -1, 0, -1]
    with pytest.raises(Refuted, match="sign of a constant"):
        free_boxes.sign(Interval(-1, 1, 8))


def test_a_mixture_has_no_constant():
    """At weights -b and a of the vertices with constants a > 0 > b; in intervals as well."""
    one, two = 1, 2
    for a, b in ((3, -5), (Interval(30, 31, 8), Interval(-50, -49, 8))):
        ends = [functions.Point({}, [a], []), functions.Point({}, [b], [])]
        values, size = functions.mixed(ends, [[a, one], [b, two]], (0, 1))
        zero, value = values
        if isinstance(zero, Interval):
            assert zero.low <= 0 <= zero.high
            assert size.low > 0
        else:
            assert (zero, value, size) == (0, 5 * one + 3 * two, 8)
    assert functions.mixed(ends, [[a], [b]], (1, 1)) == ([b], 1)


def test_a_negative_multiplier_in_intervals_is_refused():
    certificate = golden("interval_point")
    D = check.Data(certificate["data"], check.Field("Q", Limits()))
    claims = {c["claim"]: c for c in certificate["claims"]}
    witness = certificate["witness"]
    S = system.system_of(D, claims["atoms"], witness, 256)
    x = system.solution(S, witness)
    topes = list(check.patterns(D, claims["patterns"], witness["patterns"]))
    order = [(tope, s) for tope in topes for s in (1, -1)]
    refused, negative = 0, [-1 * t for t in x[: D.n]]
    for (tope, s), read in zip(order, witness["dual"], strict=True):
        if len(read) == 2 and read[1]:
            boxes.tight(
                S, facts.Exact(D, S.faces, S.Z, x[: D.n]), S.charts[None], (s, tope), read
            )
            with pytest.raises(Refuted, match="not proved to be >= 0"):
                boxes.tight(
                    S,
                    facts.Exact(D, S.faces, S.Z, negative),
                    S.charts[None],
                    (s, tope),
                    read,
                )
            refused += 1
    assert refused


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
    huge = 10**1500
    poly = [*(-(huge + 7 + i) for i in range(60)), huge - 3]
    certificate = golden("field_quadratic") | {"field": {"poly": poly, "root": ["0", "10"]}}
    with pytest.raises(Refuted, match="powers of alpha"):
        check.check(certificate)


@pytest.mark.parametrize("checker", [boxes, free, walks])
def test_a_checker_refuses_the_kinds_of_others(checker):
    with pytest.raises(Refuted, match=r"is not|is none of") as refusal:
        checker.check(golden("square"))
    assert refusal.value.where == "kind"
