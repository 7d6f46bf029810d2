/* The double description of a rational cone, in integers of 64 bits.
 *
 * What is computed, and why it is right, stands in ../double_description.py and
 * ../adjacency.py; this is the same with fixed integers. Values are kept below 2^63 in
 * size; a crossing is a sum of two products of such values, so below 2^127, and is computed
 * in 128 bits without overflow; longer sums are watched. A primitive vector that does not fit
 * into 63 bits ends the work: None is returned, and the caller starts again with Python's
 * integers.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef __int128 wide;
typedef unsigned __int128 uwide;

enum outcome { FINE, TOO_LONG, TOO_MANY, RAISED };

typedef struct {
    size_t n, room;
    uint64_t *support; /* words per ray */
    int64_t *value;    /* columns per ray */
} Rays;

typedef struct {
    Py_ssize_t words, columns;
    Py_ssize_t most; /* rays at a time, -1: any number */
} Shape;

static int grown(Rays *R, const Shape *s)
{
    if (R->n < R->room)
        return 1;
    size_t room = R->room ? 2 * R->room : 64;
    if (room > SIZE_MAX / sizeof(int64_t) / (size_t)(s->columns + 1))
        return 0;
    uint64_t *support = realloc(R->support, room * (size_t)s->words * sizeof *support);
    if (support == NULL)
        return 0;
    R->support = support;
    int64_t *value = realloc(R->value, room * (size_t)s->columns * sizeof *value);
    if (value == NULL)
        return 0;
    R->value = value;
    R->room = room;
    return 1;
}

static void freed(Rays *R)
{
    free(R->support);
    free(R->value);
    memset(R, 0, sizeof *R);
}

static uint64_t gcd64(uint64_t a, uint64_t b)
{
    if (a == 0 || b == 0)
        return a | b;
    int shift = __builtin_ctzll(a | b);
    a >>= __builtin_ctzll(a);
    while (b) {
        b >>= __builtin_ctzll(b);
        if (a > b) {
            uint64_t t = a;
            a = b;
            b = t;
        }
        b -= a;
    }
    return a << shift;
}

static uwide gcd128(uwide a, uwide b)
{
    while (b) {
        if (!(a >> 64) && !(b >> 64))
            return gcd64((uint64_t)a, (uint64_t)b);
        uwide t = a % b;
        a = b;
        b = t;
    }
    return a;
}

/* Set `value` to the primitive vector on the ray of `work`. */
static enum outcome primitive(const wide *work, Py_ssize_t columns, int64_t *value)
{
    uwide common = 0;
    for (Py_ssize_t j = 0; j < columns && common != 1; j++)
        if (work[j])
            common = gcd128(common, (uwide)(work[j] < 0 ? -work[j] : work[j]));
    for (Py_ssize_t j = 0; j < columns; j++) {
        wide t = common > 1 ? work[j] / (wide)common : work[j];
        if (t > INT64_MAX || t < -INT64_MAX)
            return TOO_LONG;
        value[j] = (int64_t)t;
    }
    return FINE;
}

/* Append the ray of the cone of p and q on which column i is 0, of support U. */
static enum outcome cross(Rays *to, const Shape *s, const int64_t *p, const int64_t *q,
                          Py_ssize_t i, const uint64_t *U, wide *work)
{
    if (s->most >= 0 && to->n >= (size_t)s->most)
        return TOO_MANY;
    if (!grown(to, s)) {
        PyErr_NoMemory();
        return RAISED;
    }
    uint64_t divisor = gcd64((uint64_t)p[i], (uint64_t)-q[i]);
    int64_t a = -q[i] / (int64_t)divisor, b = p[i] / (int64_t)divisor;
    for (Py_ssize_t j = 0; j < s->columns; j++)
        work[j] = (wide)a * p[j] + (wide)b * q[j];
    if (primitive(work, s->columns, to->value + to->n * (size_t)s->columns) != FINE)
        return TOO_LONG;
    memcpy(to->support + to->n * (size_t)s->words, U, (size_t)s->words * sizeof *U);
    to->n++;
    return FINE;
}

static int count(const uint64_t *S, Py_ssize_t words)
{
    int found = 0;
    for (Py_ssize_t w = 0; w < words; w++)
        found += __builtin_popcountll(S[w]);
    return found;
}

static int within(const uint64_t *S, const uint64_t *U, Py_ssize_t words)
{
    for (Py_ssize_t w = 0; w < words; w++)
        if (S[w] & ~U[w])
            return 0;
    return 1;
}

/* The rays of one step: their numbers, simple ones (support of size k + 1) first. */
typedef struct {
    size_t *at;
    size_t simple, n;
} Part;

/* Whether no third thick ray has its support in U; the last that had is asked first. */
static int alone(const Rays *R, const Shape *s, const size_t *thick, size_t n, size_t *last,
                 const uint64_t *U, size_t p, size_t q)
{
    for (size_t m = 0; m < n + 1; m++) {
        size_t t = m ? thick[m - 1] : *last;
        if (t != p && t != q && within(R->support + t * (size_t)s->words, U, s->words)) {
            *last = t;
            return 0;
        }
    }
    return 1;
}

static uint64_t hashed(const uint64_t *S, Py_ssize_t words, Py_ssize_t bit)
{
    uint64_t h = 0;
    for (Py_ssize_t w = 0; w < words; w++) {
        uint64_t x = S[w];
        if (w == bit >> 6)
            x ^= UINT64_C(1) << (bit & 63);
        h = (h ^ x) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 29;
    }
    return h;
}

/* Whether S without bit e is R without bit f. */
static int exchanged(const uint64_t *S, Py_ssize_t e, const uint64_t *R, Py_ssize_t f,
                     Py_ssize_t words)
{
    for (Py_ssize_t w = 0; w < words; w++) {
        uint64_t x = S[w] ^ R[w];
        if (w == e >> 6)
            x ^= UINT64_C(1) << (e & 63);
        if (w == f >> 6)
            x ^= UINT64_C(1) << (f & 63);
        if (x)
            return 0;
    }
    return 1;
}

typedef struct {
    size_t ray, next;
    Py_ssize_t bit;
} Entry;

/* Cross the edges between simple rays: supports that differ by one exchange. */
static enum outcome simple_pairs(Rays *to, const Rays *R, const Shape *s, const Part *P,
                                 const Part *Q, Py_ssize_t i, Py_ssize_t k, wide *work,
                                 uint64_t *U)
{
    size_t words = (size_t)s->words, size = 16, entries = P->simple * (size_t)(k + 1);
    while (size < 2 * entries)
        size *= 2;
    size_t *head = calloc(size, sizeof *head);
    Entry *entry = malloc((entries + 1) * sizeof *entry);
    enum outcome done = FINE;
    if (head == NULL || entry == NULL) {
        PyErr_NoMemory();
        done = RAISED;
    }
    size_t made = 0;
    for (size_t m = 0; done == FINE && m < P->simple; m++) {
        const uint64_t *S = R->support + P->at[m] * words;
        for (Py_ssize_t w = 0; w < s->words; w++)
            for (uint64_t left = S[w]; left; left &= left - 1) {
                Py_ssize_t bit = 64 * w + __builtin_ctzll(left);
                size_t at = hashed(S, s->words, bit) & (size - 1);
                entry[++made - 1] = (Entry){P->at[m], head[at], bit};
                head[at] = made;
            }
    }
    for (size_t m = 0; done == FINE && m < Q->simple; m++) {
        const uint64_t *S = R->support + Q->at[m] * words;
        if (!(m & 1023) && PyErr_CheckSignals())
            done = RAISED;
        for (Py_ssize_t w = 0; w < s->words; w++)
            for (uint64_t left = S[w]; done == FINE && left; left &= left - 1) {
                Py_ssize_t bit = 64 * w + __builtin_ctzll(left);
                size_t at = head[hashed(S, s->words, bit) & (size - 1)];
                for (; done == FINE && at; at = entry[at - 1].next) {
                    const Entry *e = entry + at - 1;
                    const uint64_t *T = R->support + e->ray * words;
                    if (!exchanged(T, e->bit, S, bit, s->words))
                        continue;
                    for (size_t v = 0; v < words; v++)
                        U[v] = S[v] | T[v];
                    done = cross(to, s, R->value + e->ray * (size_t)s->columns,
                                 R->value + Q->at[m] * (size_t)s->columns, i, U, work);
                }
            }
    }
    free(head);
    free(entry);
    return done;
}

/* Cross the edges between the given ranges of positive and negative rays. */
static enum outcome pairs(Rays *to, const Rays *R, const Shape *s, const Part *P,
                          size_t p_from, size_t p_to, const Part *Q, size_t q_from,
                          size_t q_to, Py_ssize_t i, Py_ssize_t k, const size_t *thick,
                          size_t n_thick, wide *work, uint64_t *U)
{
    size_t words = (size_t)s->words, last = n_thick ? thick[0] : 0;
    int tested = p_from >= P->simple && q_from >= Q->simple;
    for (size_t m = p_from; m < p_to; m++) {
        const uint64_t *S = R->support + P->at[m] * words;
        if (!(m & 63) && PyErr_CheckSignals())
            return RAISED;
        for (size_t l = q_from; l < q_to; l++) {
            const uint64_t *T = R->support + Q->at[l] * words;
            for (size_t w = 0; w < words; w++)
                U[w] = S[w] | T[w];
            int size = count(U, s->words);
            if (tested ? size > k + 2 : size != k + 2)
                continue;
            if (tested && !alone(R, s, thick, n_thick, &last, U, P->at[m], Q->at[l]))
                continue;
            enum outcome done =
                cross(to, s, R->value + P->at[m] * (size_t)s->columns,
                      R->value + Q->at[l] * (size_t)s->columns, i, U, work);
            if (done != FINE)
                return done;
        }
    }
    return FINE;
}

/* Require column i to be >= 0: the rays of the smaller cone, k columns required before. */
static enum outcome required(Rays *R, const Shape *s, Py_ssize_t i, Py_ssize_t k)
{
    size_t words = (size_t)s->words, columns = (size_t)s->columns, n = R->n;
    Rays to = {0};
    Part part[3] = {{0}, {0}, {0}}; /* positive, zero, negative */
    size_t *numbers = malloc((4 * n + 1) * sizeof *numbers), *thick = numbers + 3 * n;
    wide *work = malloc((columns + 1) * sizeof *work);
    uint64_t *U = malloc((words + 1) * sizeof *U);
    size_t n_thick = 0;
    enum outcome done = FINE;
    if (numbers == NULL || work == NULL || U == NULL) {
        PyErr_NoMemory();
        done = RAISED;
        goto out;
    }
    for (int c = 0; c < 3; c++)
        part[c].at = numbers + (size_t)c * n;
    for (int round = 0; round < 2; round++) /* simple rays, then thick ones */
        for (size_t r = 0; r < n; r++) {
            int simple = count(R->support + r * words, s->words) == k + 1;
            if (simple == round)
                continue;
            int64_t x = R->value[r * columns + (size_t)i];
            Part *own = part + (x > 0 ? 0 : x == 0 ? 1 : 2);
            own->at[own->n++] = r;
            if (simple)
                own->simple = own->n;
            else
                thick[n_thick++] = r;
        }
    for (int c = 0; c < 2; c++)
        for (size_t m = 0; m < part[c].n; m++) {
            if (!grown(&to, s)) {
                PyErr_NoMemory();
                done = RAISED;
                goto out;
            }
            size_t r = part[c].at[m];
            uint64_t *S = to.support + to.n * words;
            memcpy(S, R->support + r * words, words * sizeof *S);
            if (c == 0)
                S[i >> 6] |= UINT64_C(1) << (i & 63);
            memcpy(to.value + to.n * columns, R->value + r * columns,
                   columns * sizeof *R->value);
            to.n++;
        }
    const Part *P = part, *Q = part + 2;
    Shape free_of_zeros = *s; /* the limit does not count the rays on the wall */
    if (s->most >= 0)
        free_of_zeros.most = s->most + (Py_ssize_t)part[1].n;
    s = &free_of_zeros;
    int few = P->simple * Q->simple < 8 * (P->simple + Q->simple) * (size_t)(k + 1);
    if (few)
        done = pairs(&to, R, s, P, 0, P->simple, Q, 0, Q->simple, i, k, thick, n_thick,
                     work, U);
    else
        done = simple_pairs(&to, R, s, P, Q, i, k, work, U);
    if (done == FINE)
        done = pairs(&to, R, s, P, 0, P->simple, Q, Q->simple, Q->n, i, k, thick, n_thick,
                     work, U);
    if (done == FINE)
        done = pairs(&to, R, s, P, P->simple, P->n, Q, 0, Q->simple, i, k, thick, n_thick,
                     work, U);
    if (done == FINE)
        done = pairs(&to, R, s, P, P->simple, P->n, Q, Q->simple, Q->n, i, k, thick,
                     n_thick, work, U);
out:
    free(numbers);
    free(work);
    free(U);
    if (done == FINE) {
        freed(R);
        *R = to;
    } else
        freed(&to);
    return done;
}

/* Return the column left that separates fewest pairs of rays, the first such. */
static Py_ssize_t next(const Rays *R, const Shape *s, const Py_ssize_t *left, Py_ssize_t n)
{
    Py_ssize_t best = 0;
    double least = -1;
    for (Py_ssize_t c = 0; c < n; c++) {
        int64_t above = 0, below = 0;
        for (size_t r = 0; r < R->n; r++) {
            int64_t x = R->value[r * (size_t)s->columns + (size_t)left[c]];
            above += x > 0;
            below += x < 0;
        }
        double product = (double)above * (double)below; /* it orders, it decides nothing */
        if (least < 0 || product < least) {
            least = product;
            best = c;
        }
    }
    return best;
}

/* Read a tuple of integers. */
static enum outcome read_row(PyObject *row, Py_ssize_t columns, int64_t *value)
{
    if (!PyTuple_Check(row) || PyTuple_GET_SIZE(row) != columns) {
        PyErr_SetString(PyExc_ValueError, "rows are tuples of one length");
        return RAISED;
    }
    for (Py_ssize_t j = 0; j < columns; j++) {
        int overflow = 0;
        long long x = PyLong_AsLongLongAndOverflow(PyTuple_GET_ITEM(row, j), &overflow);
        if (overflow || x < -INT64_MAX)
            return TOO_LONG;
        if (x == -1 && PyErr_Occurred())
            return RAISED;
        value[j] = x;
    }
    return FINE;
}

/* Read the rows of the simplicial cone; row r has the support {free_r}. */
static enum outcome read_rows(Rays *R, const Shape *s, PyObject *rows, PyObject *free_at)
{
    for (Py_ssize_t r = 0; r < PyList_GET_SIZE(rows); r++) {
        Py_ssize_t bit = PyLong_AsSsize_t(PyList_GET_ITEM(free_at, r));
        if (PyErr_Occurred())
            return RAISED;
        if (bit < 0 || bit >= s->columns) {
            PyErr_SetString(PyExc_ValueError, "a free column that is none");
            return RAISED;
        }
        if (!grown(R, s)) {
            PyErr_NoMemory();
            return RAISED;
        }
        uint64_t *S = R->support + R->n * (size_t)s->words;
        memset(S, 0, (size_t)s->words * sizeof *S);
        S[bit >> 6] |= UINT64_C(1) << (bit & 63);
        int64_t *value = R->value + R->n * (size_t)s->columns;
        enum outcome done = read_row(PyList_GET_ITEM(rows, r), s->columns, value);
        if (done != FINE)
            return done;
        R->n++;
    }
    return FINE;
}

static PyObject *support_of(const uint64_t *S, Py_ssize_t words)
{
    PyObject *found = PyLong_FromUnsignedLongLong(S[words - 1]);
    PyObject *shift = PyLong_FromLong(64);
    for (Py_ssize_t w = words - 2; found != NULL && shift != NULL && w >= 0; w--) {
        PyObject *higher = PyNumber_Lshift(found, shift);
        PyObject *lower = PyLong_FromUnsignedLongLong(S[w]);
        Py_DECREF(found);
        found = higher && lower ? PyNumber_Or(higher, lower) : NULL;
        Py_XDECREF(higher);
        Py_XDECREF(lower);
    }
    if (shift == NULL)
        Py_CLEAR(found);
    Py_XDECREF(shift);
    return found;
}

/* Put the rays through `back`, a list of rows, one for each free column, if it is a list. */
static enum outcome mapped(Rays *R, Shape *s, PyObject *free_at, PyObject *back)
{
    if (!PyList_Check(back))
        return FINE;
    Py_ssize_t r = PyList_GET_SIZE(back), width = s->columns;
    if (r != PyList_GET_SIZE(free_at) || r == 0 || !PyTuple_Check(PyList_GET_ITEM(back, 0))) {
        PyErr_SetString(PyExc_ValueError, "as many rows back as free columns, at least one");
        return RAISED;
    }
    width = PyTuple_GET_SIZE(PyList_GET_ITEM(back, 0));
    int64_t *matrix = calloc((size_t)r * (size_t)width + 1, sizeof *matrix);
    int64_t *image = calloc(R->n * (size_t)width + 1, sizeof *image);
    wide *work = calloc((size_t)width + 1, sizeof *work);
    enum outcome done = FINE;
    if (matrix == NULL || image == NULL || work == NULL) {
        PyErr_NoMemory();
        done = RAISED;
    }
    for (Py_ssize_t f = 0; done == FINE && f < r; f++)
        done = read_row(PyList_GET_ITEM(back, f), width, matrix + f * width);
    for (size_t m = 0; done == FINE && m < R->n; m++) {
        memset(work, 0, (size_t)width * sizeof *work);
        for (Py_ssize_t f = 0; f < r; f++) {
            Py_ssize_t at = PyLong_AsSsize_t(PyList_GET_ITEM(free_at, f));
            int64_t x = R->value[m * (size_t)s->columns + (size_t)at];
            for (Py_ssize_t j = 0; x && j < width; j++)
                if (__builtin_add_overflow(work[j], (wide)x * matrix[f * width + j],
                                           work + j))
                    done = TOO_LONG;
        }
        if (done == FINE)
            done = primitive(work, width, image + m * (size_t)width);
    }
    free(matrix);
    free(work);
    if (done != FINE) {
        free(image);
        return done;
    }
    free(R->value);
    R->value = image;
    s->columns = width;
    return FINE;
}

static PyObject *listed(const Rays *R, const Shape *s)
{
    PyObject *found = PyList_New((Py_ssize_t)R->n);
    for (size_t r = 0; found != NULL && r < R->n; r++) {
        PyObject *S = support_of(R->support + r * (size_t)s->words, s->words);
        PyObject *row = PyTuple_New(s->columns);
        for (Py_ssize_t j = 0; row != NULL && j < s->columns; j++) {
            PyObject *x = PyLong_FromLongLong(R->value[r * (size_t)s->columns + (size_t)j]);
            if (x == NULL)
                Py_CLEAR(row);
            else
                PyTuple_SET_ITEM(row, j, x);
        }
        PyObject *pair = S && row ? PyTuple_Pack(2, S, row) : NULL;
        Py_XDECREF(S);
        Py_XDECREF(row);
        if (pair == NULL)
            Py_CLEAR(found);
        else
            PyList_SET_ITEM(found, (Py_ssize_t)r, pair);
    }
    return found;
}

PyDoc_STRVAR(cone_doc,
"cone(rows, free, bound, most, tick, back)\n--\n\n"
"Return [(support, ray), ...] of the cone with all columns >= 0; None where 63 bits do not\n"
"hold a number, False where there are more than `most` rays on the way (-1: no limit).\n"
"With a list `back` of rows, one for each free column, a ray is the primitive vector on\n"
"their sum, each times the ray's value on its column.");

static PyObject *cone(PyObject *self, PyObject *args)
{
    PyObject *rows, *free_at, *bound, *tick, *back;
    Shape s = {0};
    (void)self;
    if (!PyArg_ParseTuple(args, "O!O!O!nOO", &PyList_Type, &rows, &PyList_Type, &free_at,
                          &PyList_Type, &bound, &s.most, &tick, &back))
        return NULL;
    if (PyList_GET_SIZE(rows) == 0 || PyList_GET_SIZE(free_at) != PyList_GET_SIZE(rows) ||
        !PyTuple_Check(PyList_GET_ITEM(rows, 0))) {
        PyErr_SetString(PyExc_ValueError, "as many free columns as rows, at least one");
        return NULL;
    }
    s.columns = PyTuple_GET_SIZE(PyList_GET_ITEM(rows, 0));
    s.words = (s.columns + 63) / 64;
    Py_ssize_t left = PyList_GET_SIZE(bound);
    Py_ssize_t *at = malloc(((size_t)left + 1) * sizeof *at);
    Rays R = {0};
    enum outcome done = at == NULL || s.words == 0 ? RAISED : read_rows(&R, &s, rows, free_at);
    if (at == NULL)
        PyErr_NoMemory();
    else if (s.words == 0)
        PyErr_SetString(PyExc_ValueError, "rows without columns");
    for (Py_ssize_t c = 0; done == FINE && c < left; c++) {
        at[c] = PyLong_AsSsize_t(PyList_GET_ITEM(bound, c));
        if (at[c] < 0 || at[c] >= s.columns) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "a bound column that is none");
            done = RAISED;
        }
    }
    for (Py_ssize_t k = 0; done == FINE && left; k++) {
        Py_ssize_t c = next(&R, &s, at, left), i = at[c];
        memmove(at + c, at + c + 1, (size_t)(--left - c) * sizeof *at);
        done = required(&R, &s, i, k);
        PyObject *told = done == FINE ? PyObject_CallFunction(tick, "n", k + 1) : NULL;
        if (done == FINE && told == NULL)
            done = RAISED;
        Py_XDECREF(told);
    }
    if (done == FINE)
        done = mapped(&R, &s, free_at, back);
    PyObject *found = NULL;
    if (done == FINE)
        found = listed(&R, &s);
    else if (done != RAISED)
        found = Py_NewRef(done == TOO_LONG ? Py_None : Py_False);
    freed(&R);
    free(at);
    return found;
}

static PyMethodDef methods[] = {{"cone", cone, METH_VARARGS, cone_doc}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "_compiled", .m_size = 0, .m_methods = methods};

PyMODINIT_FUNC PyInit__compiled(void)
{
    return PyModuleDef_Init(&module);
}
