"""Files of cddlib, lrs, polymake and Normaliz as these programs mean them, and JSON."""

import json

import networkx as nx
import pytest
from hypothesis import given

from polytope_nn.errors import InstanceError
from polytope_nn.exact.rational import matrix
from polytope_nn.geometry.polyhedra.documents import fields, read_polyhedron
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron
from tests.geometry.strategies import from_h, h_forms, v_forms
from tests.oracles.polytopes import cube

SIMPLEX = Polyhedron.from_inequalities([[-1, 0], [0, -1], [1, 1]], [0, 0, 1])
FIELD = "amb_space 1\nnumber_field min_poly ({}) embedding [{} +/- 0.1]\n"
BODY = "begin\n3 3 integer\n0 1 0\n0 0 1\n1 -1 -1\nend\n"
SEGMENT = Polyhedron.from_generators([[0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("text", "P"),
    [
        ("H-representation\n" + BODY, SIMPLEX),
        ("some name\n" + BODY, SIMPLEX),  # the kind left out
        ("hull of three points\nH-representation\n" + BODY, SIMPLEX),  # a title
        ("linearity is none here\n" + BODY, SIMPLEX),
        ("H-representation\nlinearity 1 3\n" + BODY, SEGMENT),
        ("H-representation\nequality 1 3\n" + BODY, SEGMENT),
        ("H-representation\npartial_enum 1 3\n" + BODY, SEGMENT),
        ("H-representation\n" + BODY + "linearity 1 3\n", SEGMENT),
        ("H-representation\nlinearity 1 1\nlinearity 1 3\n" + BODY, SEGMENT),  # the last
        ("H-representation\nnonnegative\nbegin\n1 3 integer\n1 -1 -1\nend", SIMPLEX),
        ("H-representation\n" + BODY.replace("1 -1", "1\n-1"), SIMPLEX),
        ("H-representation\n" + BODY.replace("3 3 int", "***** 3 int"), SIMPLEX),
        ("H-representation\r\n" + BODY.replace("\n", "\r\n").replace(" ", "\t"), SIMPLEX),
        ("* x\nH-representation\ndigits 30\n" + BODY + "maximize\n0 1 1\nlexmin", SIMPLEX),
        ("H-representation\n" + BODY + "minimize 0 1 1\n", SIMPLEX),
        (BODY.replace("integer", "real").replace("0 1 0", ".0 1e0 0."), SIMPLEX),
        (BODY.replace("integer", "rational").replace("0 1 0", "0.0 1/2 0"), SIMPLEX),
        (BODY.replace("0 1 0", "0 1 0\n* between\n# rows"), SIMPLEX),
    ],
)
def test_h_representations(text, P):
    assert read_polyhedron(text, "x.ine") == P == Polyhedron.from_ine(text)


def test_the_output_of_lrs():
    text = (
        "*lrs:v.7\nname\nV-representation\nbegin\n***** 3 rational\n 1 0 1\n 1 1 0\nend\n"
    )
    assert read_polyhedron(text + "*Totals: vertices=2 rays=0\n") == SEGMENT


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "H-representation\nvoronoi\n" + BODY,
            'line 2: "voronoi" is an option that is not',
        ),
        ("H-representation\nproject 1 2\n" + BODY, '"project"'),
        ("truncate\n" + BODY, '"truncate"'),
        ("H-representation\nlinerity 1 1\n" + BODY, '"linerity"'),
        ("H-representation\n" + BODY + "strict_inequality 1 1", '"strict_inequality"'),
        ("H-representation\n" + BODY + "frobnicate", '"frobnicate"'),
        ("H-representation\nV-representation\n" + BODY, "after the kind was told"),
        ("H-representation\n" + BODY + BODY, "one polyhedron a file"),
        (BODY.replace("integer", "complex"), 'numbers of type "complex"'),
        (BODY.replace("3 3", "-1 3"), 'is no "rows columns type"'),
        (BODY.replace("1 -1 -1", "1 -1"), "line 5: 2 numbers, not 3: the rows are uneven"),
        (BODY.replace("1 -1 -1", "1 -1 x"), "line 5: 'x' is no fraction"),
        (BODY.replace("3 3", "4 3"), "rows announced: 4, found: 3"),
        ("V-representation\nnonnegative\nbegin\n1 2 integer\n1 0\nend", '"nonnegative"'),
        ("  ", "is empty"),
        ("<?xml version='1.0'?>", "is XML"),
        ('{"vertices": [[0.5]]}', '0.5 is a float: write "1/2"'),
        ('{"vertices": [1]}', "vertices: a list of rows is wanted"),
        ('{"X": [[1]]}', "the keys are 'X': write A and b"),
        ('{"vertices": [[1]], "A": [[1]], "b": [0]}', "has vertices and A: two polyhedra"),
        ('{"A": [[1]], "b": [0], "A": [[2]]}', "the key 'A' comes twice: take one out"),
        ('{"A": [[1]], "b": [1, 2]}', "1 row and 2 right-hand sides"),
        ('{"vertices": [[1]], "ambient_dim": "2"}', "ambient_dim is '2'"),
        ('{"vertices": [[1]', "line 1, column"),
        ("{" + '"A": ' + "[" * 99999, "lists are nested too deeply: write lists of rows"),
        ('{"A": [[' + "7" * 4001 + ']], "b": [1]}', "more than 4000 digits"),
    ],
)
def test_what_is_not_understood_is_named(text, message):
    with pytest.raises(InstanceError) as caught:
        read_polyhedron(text, "the/file")
    assert message in str(caught.value)
    assert str(caught.value).startswith("the/file: ")


def test_an_ext_file_without_its_line_is_refused():
    with pytest.raises(InstanceError, match='no line "V-representation"'):
        read_polyhedron(BODY, "x.ext")


@given(h_forms())
def test_round_trips(form):
    P = from_h(form)
    for text in (P.to_ine(), P.to_ext(), P.to_normaliz(), P.to_polymake()):
        assert read_polyhedron(text) == P
    read = read_polyhedron(json.dumps(fields(P)))
    assert read == P
    assert fields(read) == fields(P)


@given(v_forms())
def test_round_trips_of_generators(P):
    if not P.is_empty:
        assert read_polyhedron(P.to_normaliz()) == P
        return
    with pytest.raises(InstanceError, match="write its inequalities"):
        P.to_normaliz()


def test_normaliz():
    text = (
        "amb_space 2 /* a comment */\ninequalities 1\n1 0\ninhom_inequalities 2\n"
        "0 1 0\n-1 -1 1\n"
    )
    assert read_polyhedron(text) == SIMPLEX
    assert read_polyhedron("amb_space 3\npolytope 2\n0 1\n1 0\n") == SEGMENT
    assert read_polyhedron("amb_space 2\nvertices 2\n0 3 3\n2 0 2\n") == SEGMENT
    cone = read_polyhedron("amb_space 2\ncone 1\n1 2\nsubspace 1\n0 1\n")
    assert cone.rays == matrix([[1, 0]])
    equations = "amb_space 2\nequations 1\n1 -1\ninhom_equations 1\n1 1 -1\n"
    assert read_polyhedron(equations).vertices == matrix([["1/2", "1/2"]])
    P = read_polyhedron(
        FIELD.format("a^2-2", 1.4) + "vertices 2\n(a - 1/2) 1\n(-2*a+1) 2\n"
    )
    assert (P.volume + 1) ** 2 == 8  # from 1/2 - a to a - 1/2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("amb_space x", '"amb_space" needs a number of rows'),
        ("amb_space 1\nHilbertBasis", '"HilbertBasis" of Normaliz is not understood'),
        ("amb_space 1\nvertices 1\n1 0", "denominator: it must be > 0"),
        ("amb_space 1\nvertices 1\n1", "\"vertices\": '' is no fraction"),
        ("amb_space 1\ncone 1\n1\nequations 1\n1", "give one of the two"),
        ("amb_space 1", "neither generators nor constraints"),
        ("amb_space 2\npolytope 1\n1\ncone 1\n1 2", '"polytope" stands alone'),
        ("amb_space 1\nnumber_field min_poly (a^2-2)\nvertices 0", "a number field is"),
        (FIELD.format("a^2-2", 1.4) + "cone 1\n(b)", "no polynomial in a"),
        (FIELD.format("1/2*a^2-1", 1.4), "multiply them away"),
        (FIELD.format("a^2-1", 1), "reducible"),
    ],
)
def test_normaliz_refused(text, message):
    with pytest.raises(InstanceError) as caught:
        read_polyhedron(text, "x.in")
    assert message in str(caught.value)


def polymake(**fields):
    return json.dumps({"_type": "polytope::Polytope<Rational>", **fields})


def test_polymake():
    assert read_polyhedron(polymake(POINTS=[["1", "0", "1"], [2, 2, 0]])) == SEGMENT
    rows = [[0, 1, 0], [0, 0, 1], ["1", "-1", "-1"]]
    assert read_polyhedron(polymake(INEQUALITIES=rows)) == SIMPLEX
    sparse = [{"1": 1}, {"2": "1"}, {"0": 1, "1": -1, "2": -1}, {"cols": 3}]
    assert read_polyhedron(polymake(FACETS=sparse, VERTICES=[[1, 5, 5]])) == SIMPLEX
    segment = polymake(INEQUALITIES=rows[:2], EQUATIONS=rows[2:])
    assert read_polyhedron(segment) == SEGMENT
    line = polymake(VERTICES=[[1, 0, 0]], LINEALITY_SPACE=[[0, 1, 1]])
    assert read_polyhedron(line).lines == matrix([[1, 1]])
    root = read_polyhedron(polymake(POINTS=[["1", "1-1/2r2"], ["1", "0+1r4"]]))
    assert root.vertices[1] == (2,)
    assert 2 * (root.vertices[0][0] - 1) ** 2 == 1
    empty = Polyhedron.from_generators([], ambient_dim=2)
    assert read_polyhedron(empty.to_polymake()) == empty


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (polymake(GRAPH=[]), "none of FACETS, INEQUALITIES"),
        (polymake(POINTS=[[1], [1, 2]]), "rows of lengths [1, 2]"),
        (polymake(POINTS=[[-1, 2]]), "a row must start with 1"),
        (polymake(POINTS=["1 2"]), "is no row"),
        (polymake(POINTS={"1": 2}), "a list of rows"),
        (polymake(POINTS=[[1, "x"]]), "POINTS: 'x' is no fraction"),
        ('{"_type": "fan::Fan"}', '"_type" is "fan::Fan"'),
        ('{"_type": "polytope::Polytope<Float>"}', "floats are no exact polytope"),
        ('{"_type": "polytope::Cone<Rational>", "POINTS": []}', "is a cone"),
    ],
)
def test_polymake_refused(text, message):
    with pytest.raises(InstanceError) as caught:
        read_polyhedron(text)
    assert message in str(caught.value)


def test_graphml():
    P = Polyhedron.from_generators(cube(3)[0])
    text = P.to_graphml()
    assert text == Polyhedron.from_inequalities(*P.facets).to_graphml()
    G = nx.parse_graphml(text)
    assert nx.is_isomorphic(G, nx.hypercube_graph(3))
    for node, attributes in G.nodes(data=True):
        v = P.vertices[int(node[1:])]
        assert attributes["coordinates"] == " ".join(map(str, v))
        assert attributes["kind"] == "vertex"
        on = [int(i) for i in attributes["facets"].split()]
        assert len(on) == 3
        assert all(node[1:] in map(str, P.incidence.vertices[i]) for i in on)
    wedge = Polyhedron.from_generators([[0, 0]], rays=[[1, 0], [0, 1]])
    assert sorted(nx.parse_graphml(wedge.to_graphml()).nodes) == ["r0", "r1", "v0"]
