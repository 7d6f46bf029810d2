/* Vectors of fractions from integers of 64 bits over one denominator.
 *
 * What is computed stands in ../../exact/rational.py (quotients). A quotient met again soon
 * is the object it was. A number that does not fit into 63 bits ends the work: None is
 * returned, and the caller does it in Python.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

enum outcome { FINE, TOO_LONG, RAISED };

enum { PLACES = 1024 };

/* What was made of y / t, the last whose hash is this place; NULL at first. */
typedef struct {
    int64_t y, t;
    PyObject *x;
} Place;

typedef struct {
    Place place[PLACES];
    PyTypeObject *kind;
    PyObject *upper, *lower; /* the names of its two slots */
} Known;

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b) {
        int64_t t = a % b;
        a = b;
        b = t;
    }
    return a < 0 ? -a : a;
}

/* Return the new fraction y / t, t > 0. */
static PyObject *fraction(const Known *K, int64_t y, int64_t t)
{
    int64_t divisor = t == 1 ? 1 : common_divisor(y, t);
    PyObject *x = K->kind->tp_alloc(K->kind, 0);
    PyObject *p = PyLong_FromLongLong(y / divisor), *q = PyLong_FromLongLong(t / divisor);
    if (x == NULL || p == NULL || q == NULL || PyObject_SetAttr(x, K->upper, p) ||
        PyObject_SetAttr(x, K->lower, q))
        Py_CLEAR(x);
    else if (PyType_IS_GC(K->kind) && PyObject_GC_IsTracked(x))
        PyObject_GC_UnTrack(x); /* of two integers: in no circle of references */
    Py_XDECREF(p);
    Py_XDECREF(q);
    return x;
}

/* Return y / t, a new reference. */
static PyObject *quotient(Known *K, int64_t y, int64_t t)
{
    if (y == 0)
        t = 1;
    uint64_t h = ((uint64_t)y ^ (uint64_t)t << 32) * UINT64_C(0x9E3779B97F4A7C15);
    Place *place = K->place + (h >> 54); /* PLACES = 2^10 */
    if (place->x == NULL || place->y != y || place->t != t) {
        PyObject *x = fraction(K, y, t);
        if (x == NULL)
            return NULL;
        Py_XSETREF(place->x, x);
        place->y = y;
        place->t = t;
    }
    return Py_NewRef(place->x);
}

static enum outcome number(PyObject *x, int64_t *value)
{
    int overflow = 0;
    long long y = PyLong_AsLongLongAndOverflow(x, &overflow);
    if (overflow || y < -INT64_MAX)
        return TOO_LONG;
    *value = y;
    return y == -1 && PyErr_Occurred() ? RAISED : FINE;
}

/* Set place k of `found` to the vector of a pair (x, t). */
static enum outcome divided(Known *K, PyObject *pair, PyObject *found, Py_ssize_t k)
{
    if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2 ||
        !PyTuple_Check(PyTuple_GET_ITEM(pair, 0))) {
        PyErr_SetString(PyExc_ValueError, "pairs of a tuple and an integer");
        return RAISED;
    }
    PyObject *x = PyTuple_GET_ITEM(pair, 0);
    int64_t t = 1, y = 0;
    enum outcome done = number(PyTuple_GET_ITEM(pair, 1), &t);
    if (done == FINE && t <= 0) {
        PyErr_SetString(PyExc_ValueError, "a denominator that is not positive");
        done = RAISED;
    }
    PyObject *vector = PyTuple_New(PyTuple_GET_SIZE(x));
    if (vector == NULL)
        return RAISED;
    for (Py_ssize_t j = 0; done == FINE && j < PyTuple_GET_SIZE(x); j++) {
        done = number(PyTuple_GET_ITEM(x, j), &y);
        PyObject *q = done == FINE ? quotient(K, y, t) : NULL;
        if (done == FINE && q == NULL)
            done = RAISED;
        PyTuple_SET_ITEM(vector, j, q);
    }
    PyTuple_SET_ITEM(found, k, vector);
    return done;
}

PyDoc_STRVAR(quotients_doc,
"quotients(pairs, kind)\n--\n\n"
"Return the vectors x / t of a list of pairs (x, t), a tuple of integers and one > 0, as\n"
"tuples of objects of `kind`, which is Fraction; None where 63 bits do not hold one.");

static PyObject *quotients(PyObject *self, PyObject *args)
{
    PyObject *pairs;
    static const Known nothing;
    Known K = nothing;
    (void)self;
    if (!PyArg_ParseTuple(args, "O!O!", &PyList_Type, &pairs, &PyType_Type, &K.kind))
        return NULL;
    PyObject *found = PyTuple_New(PyList_GET_SIZE(pairs));
    K.upper = PyUnicode_InternFromString("_numerator");
    K.lower = PyUnicode_InternFromString("_denominator");
    enum outcome done = found && K.upper && K.lower ? FINE : RAISED;
    int collecting = PyGC_Disable(); /* what is made is in no circle */
    for (Py_ssize_t k = 0; done == FINE && k < PyTuple_GET_SIZE(found); k++)
        done = divided(&K, PyList_GET_ITEM(pairs, k), found, k);
    if (collecting)
        PyGC_Enable();
    for (size_t at = 0; at < PLACES; at++)
        Py_XDECREF(K.place[at].x);
    Py_XDECREF(K.upper);
    Py_XDECREF(K.lower);
    if (done != FINE)
        Py_CLEAR(found);
    return done == TOO_LONG ? Py_NewRef(Py_None) : found;
}

static PyMethodDef methods[] = {{"quotients", quotients, METH_VARARGS, quotients_doc},
                                {NULL, NULL, 0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "_fractions", .m_size = 0, .m_methods = methods};

PyMODINIT_FUNC PyInit__fractions(void)
{
    return PyModuleDef_Init(&module);
}
