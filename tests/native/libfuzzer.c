/* libFuzzer, which looks for bytes that lead to new places of _cut.c, with Python's way
 * as the oracle of what must come out.
 *
 *     libFuzzer ─► data ─► tests.native.both.check(data) ─► both ways, compared
 *                              │ protocol._cut is this program's own: with sanitizers,
 *                              └ and with counters that guide the search
 *
 * The environment has PYTHONPATH, and PYTHONHOME if Python would not find itself.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdint.h>

PyMODINIT_FUNC PyInit__cut(void);

static PyObject *check;

/* End as a crash does, so that libFuzzer keeps the bytes. */
static void
give_up(void)
{
    PyErr_Print();
    abort();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    if (PyImport_AppendInittab("protocol._cut", PyInit__cut) < 0) {
        abort();
    }
    Py_InitializeEx(0);
    PyObject *module = PyImport_ImportModule("tests.native.both");
    check = module == NULL ? NULL : PyObject_GetAttrString(module, "check");
    if (check == NULL) {
        give_up();
    }
    Py_DECREF(module);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PyObject *done = PyObject_CallFunction(check, "y#", data, (Py_ssize_t)size);
    if (done == NULL) {
        give_up();
    }
    Py_DECREF(done);
    return 0;
}
