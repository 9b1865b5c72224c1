/* An allocator of Python that fails when it is told to, and counts what is not freed.
 *
 *     install()      from now on Python's objects and memory come from here
 *     fail_at(n)     the n-th allocation from now on fails, once; -1: none
 *     waiting()      whether that is still to come
 *     held()         blocks that were allocated and not freed since install()
 *
 * For one thread, and a process of its own; blocks from before install() may be freed
 * and grown here too, so that the count is right only between two calls.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyMemAllocatorEx memory, objects;
static Py_ssize_t until_failure = -1;
static Py_ssize_t blocks;

static int
fails(void)
{
    return until_failure >= 0 && until_failure-- == 0;
}

static void *
failing_malloc(void *context, size_t size)
{
    PyMemAllocatorEx *under = context;
    void *block = fails() ? NULL : under->malloc(under->ctx, size);
    blocks += block != NULL;
    return block;
}

static void *
failing_calloc(void *context, size_t count, size_t size)
{
    PyMemAllocatorEx *under = context;
    void *block = fails() ? NULL : under->calloc(under->ctx, count, size);
    blocks += block != NULL;
    return block;
}

static void *
failing_realloc(void *context, void *before, size_t size)
{
    PyMemAllocatorEx *under = context;
    void *block = fails() ? NULL : under->realloc(under->ctx, before, size);
    blocks += block != NULL && before == NULL;
    return block;
}

static void
counted_free(void *context, void *block)
{
    PyMemAllocatorEx *under = context;
    blocks -= block != NULL;
    under->free(under->ctx, block);
}

static void
install_over(PyMemAllocatorDomain domain, PyMemAllocatorEx *under)
{
    PyMemAllocatorEx failing = {
        under, failing_malloc, failing_calloc, failing_realloc, counted_free,
    };
    PyMem_GetAllocator(domain, under);
    PyMem_SetAllocator(domain, &failing);
}

static PyObject *
install(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(arguments))
{
    install_over(PYMEM_DOMAIN_MEM, &memory);
    install_over(PYMEM_DOMAIN_OBJ, &objects);
    Py_RETURN_NONE;
}

static PyObject *
fail_at(PyObject *Py_UNUSED(module), PyObject *number)
{
    Py_ssize_t wanted = PyLong_AsSsize_t(number);
    if (wanted == -1 && PyErr_Occurred()) {
        return NULL;
    }
    until_failure = wanted;
    Py_RETURN_NONE;
}

static PyObject *
waiting(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(arguments))
{
    return PyBool_FromLong(until_failure >= 0);
}

static PyObject *
held(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(arguments))
{
    return PyLong_FromSsize_t(blocks);
}

static PyMethodDef functions[] = {
    {"install", install, METH_NOARGS, NULL},
    {"fail_at", fail_at, METH_O, NULL},
    {"waiting", waiting, METH_NOARGS, NULL},
    {"held", held, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "failing",
    .m_methods = functions,
    .m_size = -1,
};

PyMODINIT_FUNC
PyInit_failing(void)
{
    return PyModule_Create(&definition);
}
