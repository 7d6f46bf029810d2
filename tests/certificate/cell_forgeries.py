"""Forgeries about cells: rays, slices, which of them are maximal, and the counts."""

from .forging import claim, registry

CELL_FORGERIES = {}
TIGHT, RAYS = "witness.cells", "claims.rays"


forged = registry(CELL_FORGERIES)


def rays(c):
    return claim(c, "rays")["list"]


def cones(c):
    return c["witness"]["cells"]


# rays


@forged("cells_circle", RAYS, "a ray is not of length 1")
def a_longer_ray(c):
    rays(c)[0]["u"] = ["2", "0"]


@forged("cells_circle", RAYS, "kappa'F is not beta |u|: no tight ray")
def a_ray_of_the_other_sign(c):
    rays(c)[0]["sign"] = -1


@forged("cells_circle", RAYS, "not in order, or not distinct")
def two_rays_swapped(c):
    rays(c)[:2] = rays(c)[1::-1]


@forged("cells_smooth", RAYS, "is no sign of its block")
def a_ray_of_no_sign_of_its_block(c):
    rays(c)[0]["sign"] = -1


@forged("cells_smooth", RAYS, "is not in the cone of its block")
def a_smooth_ray_out_of_its_cone(c):
    c["data"]["unit"]["blocks"][0]["cone"] = [["1", "0"], ["1", "-1"]]


# slices


@forged("cells_several_fits", TIGHT, "a ray is not where a row presses")
def a_ray_off_the_row_that_presses(c):
    cone = next(x for x in cones(c) if x["rays"] == [0])
    cone["rays"] = [1]


@forged("cells_circle", TIGHT, "a ray is not in its cone")
def a_ray_between_two_cones(c):
    rays(c).insert(1, {"sign": 1, "u": ["1/2", "1/2"]})
    rays(c).insert(2, {"sign": 1, "u": ["1/2", "-1/2"]})
    cones(c)[0]["rays"] = [0, 2]


@forged("cells_several_fits", TIGHT, "a ray is not where a row presses")
def a_ray_where_p_is_small(c):
    cones(c)[11]["rays"] = [4]


@forged("cells_cube", TIGHT, "a ray is not where p has its norm")
def a_ray_of_another_corner(c):
    cone = next(x for x in cones(c) if x["rays"] == [0, 1])
    cone["rays"] = [0, 3]


# cells


@forged("cells_circle", TIGHT, "is no object")
def a_tight_cone_left_out(c):
    cones(c).pop()


@forged("cells_blocks", TIGHT, "a ray is not of this sign")
def a_ray_of_another_block(c):
    cones(c)[0]["rays"] = [1]


@forged("cells_circle", TIGHT, "there are more cells than cones")
def a_tight_cone_too_many(c):
    cones(c).append(cones(c)[0])


@forged("cells_circle", "claims.cells", "are not the maximal ones")
def a_cell_left_out(c):
    claim(c, "cells")["list"].pop()


@forged("cells_circle", "witness.cover", "a leaf's vertex is not inside")
def a_ray_left_out_of_its_cone(c):
    cones(c)[0]["rays"] = [1]
    cones(c)[0]["tree"] = [
        3 * (t // 3) + 2 if t % 3 == 1 and t != 1 else t for t in cones(c)[0]["tree"]
    ]


@forged("cells_several_fits", "claims.rays", "a ray is in no cell")
def a_ray_inside_of_a_cell(c):
    rays(c).insert(1, {"sign": 1, "u": ["-1/6", "5/6"]})

    def moved(i):
        return i + (i > 0)

    for cone in cones(c):
        cone["rays"] = [moved(i) for i in cone["rays"]]
    listed = claim(c, "cells")
    listed["list"] = [[moved(i) for i in cell] for cell in listed["list"]]


@forged("cells_circle", "witness.dual", "a bound exceeds beta")
def a_price_of_all_cells_that_is_too_low(c):
    del rays(c)[:]
    c["data"]["beta_squared"] = "1/4"


@forged("cells_blocks", "witness.dual", "a bound exceeds beta")
def a_price_of_all_blocks_that_is_too_low(c):
    del rays(c)[:]
    c["data"]["beta_squared"] = "1"


@forged("cells_smooth", "witness.dual", "tight at no listed ray")
def a_smooth_block_left_out(c):
    del rays(c)[0]


# counts


@forged("cells_circle", "claims.slots", "not what follows")
def components_of_cells_merged(c):
    claim(c, "slots")["widths"][0]["components"] = 2


@forged("cells_smooth", "claims.parts", "not what follows")
def parts_of_solutions_merged(c):
    claim(c, "parts")["widths"][0]["polytope_components"] = 1


@forged("cells_circle", "data.loss", "is no loss of this kind")
def cells_called_blocks(c):
    c["kind"] = "lasso_cells"
    c["claims"][-1] = {
        "claim": "parts",
        "m_star": 2,
        "bound": 5,
        "widths": [],
        "modulo": [],
    }


# cells in intervals

ATOMS, DUAL = "claims.atoms", "witness.dual"


@forged("fans_blocks", ATOMS, "its keys must be: block sign zero")
def a_ray_of_no_block(c):
    del rays(c)[0]["sign"]


@forged("fans_blocks", ATOMS, "is no sign of its block")
def a_ray_of_no_sign_in_intervals(c):
    rays(c)[3]["block"] = 2


@forged("fans_cube", ATOMS, "a ray is not of length 1")
def a_longer_ray_in_intervals(c):
    rays(c)[0]["u"] = ["2", "2"]


@forged("fans_cube", ATOMS, "no sample sees a ray")
def a_ray_that_no_sample_sees(c):
    rays(c)[0]["u"] = ["-1", "-1"]


@forged("cells_nothing", "data.unit", "both slopes are 0")
def neurons_that_do_nothing(c):
    c["data"]["unit"]["slopes"] = ["0", "0"]


@forged("fans_cube", TIGHT, "is no object")
def a_piece_left_out(c):
    cones(c).pop()


@forged("fans_cube", TIGHT, "a ray is not of this sign")
def a_ray_of_another_sign_in_intervals(c):
    cones(c)[0]["rays"] = [2]


@forged("fans_cube", TIGHT, "a ray is not proved to be below beta")
def a_tight_ray_called_another(c):
    cones(c)[2]["rays"] = [0]
    cones(c)[2]["others"] = [["0", "1"]]


@forged("fans_cube", DUAL, "a tope and sign has no multiplier")
def a_tope_without_a_bound_in_intervals(c):
    c["witness"]["dual"][0].pop()


@forged("fans_cube", DUAL, "more multipliers than topes")
def a_tope_too_many_in_intervals(c):
    c["witness"]["dual"][0].append([])


@forged("fans_cube", DUAL, "a multiplier is not positive")
def a_multiplier_of_a_tope_negated_in_intervals(c):
    c["witness"]["dual"][0][2][1] = [-1]


@forged("fans_cube", DUAL, "a tope is not proved to be below beta")
def a_tight_tope_called_strict(c):
    c["witness"]["dual"][0][0] = []


@forged("fans_blocks", DUAL, "a block is not proved to be below beta")
def a_tight_block_called_strict(c):
    c["witness"]["dual"][1] = []


@forged("fans_rest", "claims.optimum", "an entry of kappa is not proved to be 0")
def a_power_that_is_at_rest_without_a_reason(c):
    c["witness"]["hints"][1] = None


@forged("fans_idle", "claims.vertices", "a support is no basis")
def a_ray_without_weight_in_use(c):
    claim(c, "vertices")["list"][0]["support"] = [1]


@forged("fans_idle", TIGHT, "a ray of a slice is not of length 1")
def a_tight_ray_made_short(c):
    """Say of half of a tight ray that it is below beta: the claim leaves out the ray."""
    rays(c).pop()
    claim(c, "cells")["list"] = [[0]]
    for cone in cones(c):
        if cone["rays"] == [1]:
            cone["rays"] = []
            cone["others"].insert(0, ["0", "0", "-1/2"])
    witness = c["witness"]
    Y, scale = witness["inverse"]
    corner = Y.pop()  # of the last face
    witness["inverse"] = [
        [
            [t - row[-1] * s // corner[-1] for s, t in zip(corner, row[:-1], strict=False)]
            for row in Y
        ],
        scale,
    ]
    witness["centre"][0].pop()
    witness["faces"], witness["hints"] = [[0]], []
    witness["rank"] = {"basis": [0], "dual": [[[1], 1]], "used": 1}
