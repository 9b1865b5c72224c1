/* Short frames cut and code units counted in C: cutting.py and units.py, only quicker.
 *
 *   [ consumed │ 24#{"pattern":"p","data":1} │ 31#{"patt… ]   ShortFrames._buffer
 *              └ _position                                ┘
 *                window: what is looked at, between two bounds that are checked once
 *
 * Those modules say what is meant; for any bytes this returns what they return, and
 * what it cannot do in a few steps it leaves to them. The stable ABI of Python 3.11, no
 * global state, and no memory but for what is returned, which is never longer than
 * what came in.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#include "_interface.h"
#include "_short_frames.h"

/* What a decoder holds of one direction; ShortFrames in cutting.py says what each is. */
typedef struct {
    PyObject_HEAD
    PyObject *buffer;
    PyObject *frame;
    Py_ssize_t base;
    Py_ssize_t position;
    Py_ssize_t surplus;
    char direct;
    char utf16;
} ShortFrames;

/* Bytes. */

/* Look at bytes from a place on; false with TypeError where they are something else. */
static int
open_bytes(PyObject *bytes, window *seen)
{
    char *start;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(bytes, &start, &size) < 0) {
        return 0;
    }
    seen->at = (const uint8_t *)start;
    seen->end = seen->at + size;
    return 1;
}

static PyObject *
bytes_between(const uint8_t *at, const uint8_t *end)
{
    return PyBytes_FromStringAndSize((const char *)at, end - at);
}

/* The state. */

/* Look at what is buffered; false where that is not short frames one after another.
 *
 * The one place where the bounds of the buffer are checked: Python sets the position.
 */
static int
open_buffer(const ShortFrames *self, window *seen)
{
    if (!self->direct || self->buffer == NULL || !PyBytes_CheckExact(self->buffer)) {
        return 0;
    }
    Py_ssize_t size = PyBytes_Size(self->buffer);
    if (self->position < 0 || self->position > size) {
        return 0;
    }
    const uint8_t *start = (const uint8_t *)PyBytes_AsString(self->buffer);
    seen->at = start + self->position;
    seen->end = start + size;
    return 1;
}

/* Find the short frame with which a window begins; false where there is none. */
static int
find_frame(const ShortFrames *self, window seen, short_frame *found)
{
    if (!read_header(seen, found)) {
        return 0;
    }
    if (!self->utf16) {
        return end_of_ascii(seen, found);
    }
    /* Without surplus every byte is a unit of its own, valid or not. */
    return self->surplus ? end_by_units(seen, found) : end_by_bytes(seen, found);
}

/* Consume a frame: so many bytes with its header, and more than its code units. */
static void
consume(ShortFrames *self, Py_ssize_t size, Py_ssize_t surplus)
{
    self->position += size;
    self->surplus -= surplus;
}

/* Return a Frame of a body, `size` bytes with its header, where the position is. */
static PyObject *
make_frame(const ShortFrames *self, PyObject *body, Py_ssize_t size)
{
    PyObject *frame = NULL;
    PyObject *make = self->frame; /* held, since the call may set another */
    Py_XINCREF(make);
    PyObject *place = PyLong_FromSsize_t(self->base + self->position);
    PyObject *length = PyLong_FromSsize_t(size);
    if (place != NULL && length != NULL) {
        frame = PyObject_CallFunctionObjArgs(make, body, place, length, NULL);
    }
    Py_XDECREF(make);
    Py_XDECREF(place);
    Py_XDECREF(length);
    return frame;
}

/* Return the next frame where it is short; NULL where it is not, or with an error. */
static PyObject *
take_frame(ShortFrames *self)
{
    window seen;
    short_frame found;
    if (!open_buffer(self, &seen) || !find_frame(self, seen, &found)) {
        return NULL;
    }
    PyObject *body = bytes_between(found.body, found.end);
    if (body == NULL) {
        return NULL;
    }
    /* From here on anything may happen to the buffer: a frame is a call of Python. */
    Py_ssize_t size = found.end - seen.at;
    Py_ssize_t surplus = surplus_of(found);
    PyObject *frame = make_frame(self, body, size);
    Py_DECREF(body);
    if (frame != NULL) {
        consume(self, size, surplus);
    }
    return frame;
}

/* Append the body of a frame to a list; false with an error. */
static int
append_body(PyObject *bodies, short_frame found)
{
    PyObject *body = bytes_between(found.body, found.end);
    if (body == NULL) {
        return 0;
    }
    int failed = PyList_Append(bodies, body);
    Py_DECREF(body);
    return !failed;
}

/* Append the bodies of the next short frames to a list; false with an error. */
static int
take_bodies(ShortFrames *self, PyObject *bodies, Py_ssize_t limit)
{
    window seen;
    short_frame found;
    if (!self->utf16 || !open_buffer(self, &seen)) {
        return 1;
    }
    while (limit-- > 0 && find_frame(self, seen, &found)) {
        if (!append_body(bodies, found)) {
            return 0;
        }
        consume(self, found.end - seen.at, surplus_of(found));
        seen.at = found.end;
    }
    return 1;
}

/* The methods. */

PyDoc_STRVAR(next_frame_doc,
"next_frame($self, /)\n--\n\n"
"Return the next whole frame, or None when it has not all arrived.\n"
"\n"
"Raises:\n"
"    CorruptedLengthError: There is no number before the delimiter.\n"
"    SplitCharacterError: The length ends inside a character.\n"
"    BufferLimitError: More than ``max_units`` are buffered.\n"
"    FrameTooLongError: The length is above ``max_length``.\n"
"    TruncatedFrameError: The stream ended inside a frame.\n"
"\n"
"After an error every call raises the same, until it is reset.");

static PyObject *
next_frame(PyObject *self, PyObject *Py_UNUSED(arguments))
{
    PyObject *frame = take_frame((ShortFrames *)self);
    if (frame == NULL && !PyErr_Occurred()) {
        return PyObject_CallMethod(self, "_next_frame", NULL);
    }
    return frame;
}

PyDoc_STRVAR(next_bodies_doc,
"next_bodies($self, /, limit=256)\n--\n\n"
"Return the bodies of the next whole frames that can be cut quickly.\n"
"\n"
"Those are short frames, as most are. Where a longer one comes next, and where\n"
"all have been read, nothing is returned: then ask :meth:`next_frame`.\n"
"\n"
"Args:\n"
"    limit: How many at most; it may be fewer.");

static PyObject *
next_bodies(PyObject *op, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"limit", NULL};
    ShortFrames *self = (ShortFrames *)op;
    Py_ssize_t limit = 256;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|n", names, &limit)) {
        return NULL;
    }
    /* First the list: to make it may run a finalizer, which may change the buffer. */
    PyObject *bodies = PyList_New(0);
    if (bodies == NULL) {
        return NULL;
    }
    Py_ssize_t position = self->position;
    Py_ssize_t surplus = self->surplus;
    if (!take_bodies(self, bodies, limit)) {
        self->position = position;
        self->surplus = surplus;
        Py_DECREF(bodies);
        return NULL;
    }
    return bodies;
}

/* The type. */

static int
traverse(PyObject *op, visitproc visit, void *arg)
{
    ShortFrames *self = (ShortFrames *)op;
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(self->buffer);
    Py_VISIT(self->frame);
    return 0;
}

static int
clear(PyObject *op)
{
    ShortFrames *self = (ShortFrames *)op;
    Py_CLEAR(self->buffer);
    Py_CLEAR(self->frame);
    return 0;
}

static void
deallocate(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    PyObject_GC_UnTrack(op);
    clear(op);
    release(op);
    Py_DECREF(type);
}

static PyMemberDef members[] = {
    {"_buffer", T_OBJECT_EX, offsetof(ShortFrames, buffer), 0, NULL},
    {"_frame", T_OBJECT_EX, offsetof(ShortFrames, frame), 0, NULL},
    {"_base", T_PYSSIZET, offsetof(ShortFrames, base), 0, NULL},
    {"_position", T_PYSSIZET, offsetof(ShortFrames, position), 0, NULL},
    {"_surplus", T_PYSSIZET, offsetof(ShortFrames, surplus), 0, NULL},
    {"_direct", T_BOOL, offsetof(ShortFrames, direct), 0, NULL},
    {"_utf16", T_BOOL, offsetof(ShortFrames, utf16), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyMethodDef methods[] = {
    {"next_frame", next_frame, METH_NOARGS, next_frame_doc},
    {"next_bodies", (PyCFunction)(void (*)(void))next_bodies,
     METH_VARARGS | METH_KEYWORDS, next_bodies_doc},
    {NULL, NULL, 0, NULL},
};

PyDoc_STRVAR(type_doc,
"What is buffered of one direction, and the short frames at its beginning.");

static PyType_Slot type_slots[] = {
    {Py_tp_doc, (void *)type_doc},
    {Py_tp_traverse, traverse},
    {Py_tp_clear, clear},
    {Py_tp_dealloc, deallocate},
    {Py_tp_members, members},
    {Py_tp_methods, methods},
    {0, NULL},
};

static PyType_Spec type_spec = {
    .name = "protocol._cut.ShortFrames",
    .basicsize = sizeof(ShortFrames),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = type_slots,
};

/* The functions. */

PyDoc_STRVAR(whole_body_doc,
"whole_body(data, /)\n--\n\n"
"Return the body of bytes that are exactly one frame, short and ASCII.\n"
"\n"
"Most frames travel in a segment of their own. None for anything else.");

static PyObject *
whole_body(PyObject *Py_UNUSED(module), PyObject *data)
{
    window seen;
    short_frame found;
    if (!open_bytes(data, &seen)) {
        return NULL;
    }
    if (read_header(seen, &found) && end_of_ascii(seen, &found)
        && found.end == seen.end) {
        return bytes_between(found.body, found.end);
    }
    Py_RETURN_NONE;
}

PyDoc_STRVAR(count_units_doc,
"count_units(utf8, /)\n--\n\n"
"Return the UTF-16 code units of bytes, or -1 where they are not UTF-8.");

static PyObject *
count_units(PyObject *Py_UNUSED(module), PyObject *utf8)
{
    window seen;
    if (!open_bytes(utf8, &seen)) {
        return NULL;
    }
    return PyLong_FromSsize_t(units_count(seen.at, seen.end));
}

PyDoc_STRVAR(size_of_units_doc,
"size_of_units(utf8, units, /)\n--\n\n"
"Return how many bytes hold the first code units of bytes, or -1 where these are\n"
"not UTF-8, have fewer units, or the units end inside a character.");

static PyObject *
size_of_units(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    PyObject *utf8;
    Py_ssize_t units;
    window seen;
    if (!PyArg_ParseTuple(arguments, "On", &utf8, &units) || !open_bytes(utf8, &seen)) {
        return NULL;
    }
    units_walk walk = units_walk_over(seen.at, seen.end, units);
    Py_ssize_t size = walk.outcome == UNITS_WALKED ? walk.place - seen.at : -1;
    return PyLong_FromSsize_t(size);
}

/* The module. */

static int
execute(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &type_spec, NULL);
    if (type == NULL) {
        return -1;
    }
    int failed = PyModule_AddType(module, (PyTypeObject *)type);
    Py_DECREF(type);
    return failed;
}

/* Say which Python this is for, see _interface.h. */
static int
add_interface(PyObject *module)
{
    return PyModule_AddIntConstant(module, "INTERFACE", PROTOCOL_INTERFACE);
}

static PyMethodDef functions[] = {
    {"whole_body", whole_body, METH_O, whole_body_doc},
    {"count_units", count_units, METH_O, count_units_doc},
    {"size_of_units", size_of_units, METH_VARARGS, size_of_units_doc},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, execute},
    {Py_mod_exec, add_interface},
#ifdef Py_mod_multiple_interpreters /* hidden from a build for the ABI of 3.11 */
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "protocol._cut",
    .m_doc = "Short frames cut and code units counted in C.",
    .m_methods = functions,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__cut(void)
{
    return PyModuleDef_Init(&definition);
}
