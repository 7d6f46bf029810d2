/* The faces of a polytope above its edges, by the supports of its vertices.
 *
 * What is computed, and why it is right, stands in ../faces.py; closure.py does the same
 * with Python's integers. Here a support is a row of 64-bit words, lowest first. Nothing is
 * added or multiplied but counts of what is in memory.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *at;
    size_t n, room; /* in bytes */
} Store;

/* Return where `size` bytes more begin; NULL where there is no memory. */
static void *more(Store *s, size_t size)
{
    if (s->at == NULL || size > s->room - s->n) {
        size_t room = 2 * s->room + size + 1024;
        char *at = room > s->room ? realloc(s->at, room) : NULL;
        if (at == NULL)
            return NULL;
        s->at = at;
        s->room = room;
    }
    s->n += size;
    return s->at + s->n - size;
}

static int added(Store *s, size_t value)
{
    int64_t *place = more(s, sizeof *place);
    if (place != NULL)
        *place = (int64_t)value;
    return place != NULL;
}

/* The faces of one dimension: mask, and the range of `covers` below that are its siblings. */
typedef struct {
    Store mask, from, to;
    size_t n;
} Level;

static void freed(Level *L)
{
    free(L->mask.at);
    free(L->from.at);
    free(L->to.at);
    memset(L, 0, sizeof *L);
}

static int count(const uint64_t *S, size_t words)
{
    int found = 0;
    for (size_t w = 0; w < words; w++)
        found += __builtin_popcountll(S[w]);
    return found;
}

static int below(const uint64_t *S, const uint64_t *T, size_t words)
{
    for (size_t w = words; w-- > 0;)
        if (S[w] != T[w])
            return S[w] < T[w];
    return 0;
}

/* Sort numbers of masks by size, if sizes are given, and by value: Shell's sort. */
static void sort(size_t *at, size_t n, const uint64_t *mask, const int *size, size_t words)
{
    size_t gap = 1;
    while (gap < n / 3)
        gap = 3 * gap + 1;
    for (; gap; gap /= 3)
        for (size_t i = gap; i < n; i++) {
            size_t own = at[i], j = i;
            for (; j >= gap; j -= gap) {
                size_t other = at[j - gap];
                int before = size && size[own] != size[other]
                                 ? size[own] < size[other]
                                 : below(mask + own * words, mask + other * words, words);
                if (!before)
                    break;
                at[j] = other;
            }
            at[j] = own;
        }
}

/* Supports met, by hashing: `slot` holds numbers of faces of L, from 1 on. */
typedef struct {
    size_t *slot, size;
} Table;

static size_t *place(const Table *t, const Level *L, const uint64_t *S, size_t words)
{
    uint64_t h = 0;
    for (size_t w = 0; w < words; w++) {
        h = (h ^ S[w]) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 29;
    }
    const uint64_t *mask = (const uint64_t *)L->mask.at;
    size_t at = (size_t)h & (t->size - 1);
    while (t->slot[at] &&
           memcmp(mask + (t->slot[at] - 1) * words, S, words * sizeof *S))
        at = (at + 1) & (t->size - 1);
    return t->slot + at;
}

/* Return the number of the face of support S in L, one more if it is new; -1: no memory. */
static int64_t face_of(Level *L, Table *t, const uint64_t *S, size_t words)
{
    if (2 * L->n >= t->size) {
        Table wider = {NULL, t->size ? 2 * t->size : 1024};
        wider.slot = calloc(wider.size, sizeof *wider.slot);
        if (wider.slot == NULL)
            return -1;
        for (size_t g = 0; g < L->n; g++)
            *place(&wider, L, (const uint64_t *)L->mask.at + g * words, words) = g + 1;
        free(t->slot);
        *t = wider;
    }
    size_t *slot = place(t, L, S, words);
    if (*slot == 0) {
        uint64_t *own = more(&L->mask, words * sizeof *own);
        if (own == NULL)
            return -1;
        memcpy(own, S, words * sizeof *own);
        *slot = ++L->n;
    }
    return (int64_t)*slot - 1;
}

/* What the covers of one face are found in: `room` unions, their sizes and order. */
typedef struct {
    uint64_t *mask;
    int *size;
    size_t *at, room;
} Work;

static int widened(Work *W, size_t room, size_t words)
{
    if (room <= W->room)
        return 1;
    uint64_t *mask = realloc(W->mask, room * words * sizeof *mask);
    W->mask = mask ? mask : W->mask;
    int *size = realloc(W->size, room * sizeof *size);
    W->size = size ? size : W->size;
    size_t *at = realloc(W->at, room * sizeof *at);
    W->at = at ? at : W->at;
    if (!mask || !size || !at)
        return 0;
    W->room = room;
    return 1;
}

/* Order the inclusion-minimal among n unions by value, each once; their number. */
static size_t minimal(Work *W, size_t n, size_t words)
{
    size_t kept = 0;
    for (size_t u = 0; u < n; u++) {
        W->size[u] = count(W->mask + u * words, words);
        W->at[u] = u;
    }
    sort(W->at, n, W->mask, W->size, words);
    size_t smaller = 0; /* how many of those kept are smaller than U */
    for (size_t u = 0; u < n; u++) {
        const uint64_t *U = W->mask + W->at[u] * words;
        if (kept && W->size[W->at[kept - 1]] < W->size[W->at[u]])
            smaller = kept;
        if (kept > smaller && !memcmp(W->mask + W->at[kept - 1] * words, U, words * sizeof *U))
            continue;
        size_t k = 0;
        for (; k < smaller; k++) {
            const uint64_t *K = W->mask + W->at[k] * words;
            size_t w = 0;
            while (w < words && !(K[w] & ~U[w]))
                w++;
            if (w == words)
                break;
        }
        if (k == smaller)
            W->at[kept++] = W->at[u];
    }
    sort(W->at, kept, W->mask, NULL, words);
    return kept;
}

/* Put the faces of L in the order of their supports; `covers` are renumbered. */
static int ordered(Level *L, int64_t *covers, size_t n_covers, size_t words)
{
    Level sorted = {{0}, {0}, {0}, L->n};
    size_t *at = malloc((2 * L->n + 1) * sizeof *at), *rank = at + L->n;
    uint64_t *mask = more(&sorted.mask, L->n * words * sizeof *mask);
    int64_t *from = more(&sorted.from, L->n * sizeof *from);
    int64_t *to = more(&sorted.to, L->n * sizeof *to);
    if (!at || !mask || !from || !to) {
        free(at);
        freed(&sorted);
        return 0;
    }
    for (size_t g = 0; g < L->n; g++)
        at[g] = g;
    sort(at, L->n, (const uint64_t *)L->mask.at, NULL, words);
    for (size_t g = 0; g < L->n; g++) {
        rank[at[g]] = g;
        memcpy(mask + g * words, (uint64_t *)L->mask.at + at[g] * words,
               words * sizeof *mask);
        from[g] = ((int64_t *)L->from.at)[at[g]];
        to[g] = ((int64_t *)L->to.at)[at[g]];
    }
    for (size_t c = 0; c < n_covers; c++)
        covers[c] = (int64_t)rank[covers[c]];
    free(at);
    freed(L);
    *L = sorted;
    return 1;
}

enum outcome { FINE, TOO_MANY, NO_MEMORY, RAISED };

/* What one call reads and makes. */
typedef struct {
    size_t words;
    Py_ssize_t most; /* faces, -1: any number */
    const uint64_t *edges;
    const int64_t *ends; /* of the edges of each vertex */
    PyObject *tick;
    Store masks, counts, above, degrees; /* all faces; for each the numbers of its covers */
    size_t faces;
    Work W;
} Job;

/* The covers of all faces of L; `siblings` are numbers of faces of L, NULL for vertices. */
static enum outcome climbed(Job *J, const Level *L, const int64_t *siblings, Level *next,
                            Store *covers)
{
    size_t words = J->words;
    const uint64_t *mask = (const uint64_t *)L->mask.at;
    Table t = {0};
    enum outcome done = FINE;
    for (size_t f = 0; done == FINE && f < L->n; f++) {
        const uint64_t *F = mask + f * words;
        size_t from = (size_t)((int64_t *)L->from.at)[f], to = (size_t)((int64_t *)L->to.at)[f];
        size_t n = 0, start = covers->n / sizeof(int64_t);
        if (!(f & 4095)) {
            PyObject *told = PyObject_CallFunction(J->tick, "nn", (Py_ssize_t)f,
                                                   (Py_ssize_t)L->n);
            if (told == NULL || PyErr_CheckSignals())
                done = RAISED;
            Py_XDECREF(told);
        }
        if (done == FINE && !widened(&J->W, to - from, words))
            done = NO_MEMORY;
        for (size_t s = from; done == FINE && s < to; s++) {
            if (siblings && (size_t)siblings[s] == f)
                continue;
            const uint64_t *S = siblings ? mask + (size_t)siblings[s] * words
                                         : J->edges + s * words;
            for (size_t w = 0; w < words; w++)
                J->W.mask[n * words + w] = S[w] | F[w];
            n++;
        }
        n = done == FINE ? minimal(&J->W, n, words) : 0;
        for (size_t c = 0; done == FINE && c < n; c++) {
            size_t known = next->n;
            int64_t g = face_of(next, &t, J->W.mask + J->W.at[c] * words, words);
            if (g < 0 || !added(covers, (size_t)g) ||
                (next->n > known && (!added(&next->from, start) ||
                                     !added(&next->to, start + n))))
                done = NO_MEMORY;
            else if (J->most >= 0 && J->faces + next->n > (size_t)J->most)
                done = TOO_MANY;
        }
        if (done == FINE && !added(&J->degrees, n))
            done = NO_MEMORY;
    }
    free(t.slot);
    if (done == FINE && !ordered(next, (int64_t *)covers->at, covers->n / sizeof(int64_t), words))
        done = NO_MEMORY;
    return done;
}

/* List all faces, from the vertices on. */
static enum outcome closed(Job *J, Level *L)
{
    Store siblings = {0};
    enum outcome done = FINE;
    while (done == FINE && L->n) {
        Level next = {0};
        Store covers = {0};
        J->faces += L->n;
        void *masks = more(&J->masks, L->mask.n);
        if (masks == NULL || !added(&J->counts, L->n))
            done = NO_MEMORY;
        else if (J->most >= 0 && J->faces > (size_t)J->most)
            done = TOO_MANY;
        else {
            memcpy(masks, L->mask.at, L->mask.n);
            done = climbed(J, L, (const int64_t *)siblings.at, &next, &covers);
        }
        size_t n = done == FINE ? covers.n / sizeof(int64_t) : 0;
        for (size_t c = 0; done == FINE && c < n; c++)
            if (!added(&J->above, J->faces + (size_t)((int64_t *)covers.at)[c]))
                done = NO_MEMORY;
        free(siblings.at);
        siblings = covers;
        freed(L);
        *L = next;
    }
    free(siblings.at);
    return done;
}

PyDoc_STRVAR(faces_doc,
"faces(words, vertices, ends, edges, most, tick)\n--\n\n"
"Return (masks, counts, degrees, above): the supports of all nonempty faces by dimension,\n"
"how many there are of each, how many covers each face has, and their numbers, the empty\n"
"face being 0. Vertices and edges are words, `ends` where those of each vertex end. False\n"
"where there are more faces than `most` (-1: no limit).");

static PyObject *faces(PyObject *self, PyObject *args)
{
    Py_buffer vertices, ends, edges;
    Py_ssize_t words;
    Job J = {0};
    Level L = {0};
    (void)self;
    if (!PyArg_ParseTuple(args, "ny*y*y*nO", &words, &vertices, &ends, &edges, &J.most, &J.tick))
        return NULL;
    PyObject *found = NULL;
    enum outcome done = FINE;
    const Py_ssize_t size = words > 0 && words < 1 << 20 ? 8 * words : 0;
    size_t n = size ? (size_t)(vertices.len / size) : 0;
    int sound = size && vertices.len % size == 0 && edges.len % size == 0 &&
                (size_t)ends.len == 8 * n;
    J.words = (size_t)words;
    J.edges = edges.buf;
    J.ends = ends.buf;
    for (size_t f = 0; sound && f < n; f++) {
        sound = J.ends[f] >= (f ? J.ends[f - 1] : 0) && J.ends[f] <= edges.len / size;
        if (!added(&L.from, f ? (size_t)J.ends[f - 1] : 0) || !added(&L.to, (size_t)J.ends[f]))
            done = NO_MEMORY;
    }
    if (!sound) {
        PyErr_SetString(PyExc_ValueError, "vertices and edges are rows of words of one length");
        done = RAISED;
    }
    void *masks = done == FINE ? more(&L.mask, (size_t)vertices.len) : NULL;
    if (masks && more(&J.masks, 0) && more(&J.counts, 0) && more(&J.degrees, 0) &&
        more(&J.above, 0)) {
        memcpy(masks, vertices.buf, (size_t)vertices.len);
        L.n = n;
        J.faces = 1;
        done = closed(&J, &L);
    } else if (done == FINE)
        done = NO_MEMORY;
    if (done == NO_MEMORY)
        PyErr_NoMemory();
    else if (done == TOO_MANY)
        found = Py_NewRef(Py_False);
    else if (done == FINE)
        found = Py_BuildValue("(y#y#y#y#)", J.masks.at, (Py_ssize_t)J.masks.n, J.counts.at,
                              (Py_ssize_t)J.counts.n, J.degrees.at, (Py_ssize_t)J.degrees.n,
                              J.above.at, (Py_ssize_t)J.above.n);
    freed(&L);
    free(J.masks.at);
    free(J.counts.at);
    free(J.above.at);
    free(J.degrees.at);
    free(J.W.mask);
    free(J.W.size);
    free(J.W.at);
    PyBuffer_Release(&vertices);
    PyBuffer_Release(&ends);
    PyBuffer_Release(&edges);
    return found;
}

static PyMethodDef methods[] = {{"faces", faces, METH_VARARGS, faces_doc}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "_closure", .m_size = 0, .m_methods = methods};

PyMODINIT_FUNC PyInit__closure(void)
{
    return PyModuleDef_Init(&module);
}
