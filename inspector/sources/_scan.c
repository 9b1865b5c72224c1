/* Records of a capture file to ordinary packets, block by block.
 *
 *     block ─► record ─► Ethernet, IPv4, TCP ─► payload ─► one plain frame?
 *                │ anything unusual                             │ no: the bytes
 *                └────► the place of its bytes: Python reads it the ordinary way
 *
 * Nothing is remembered from one packet to the next: no stream, no connection. What a
 * packet means is decided in Python, which knows all of that; here only what it says is
 * taken apart. So there is no state to hand over, and every packet may be read either
 * way. scan_in_python in scanning.py is the oracle.
 *
 * Every entry is a tuple of the same length, so that a loop can unpack all:
 *
 *     (number, time_ns, flow, seq, ack, rest, size, kind, content)   an ordinary packet
 *     (number, time_ns, None, begin, end, length, 0, 0, None)        another record
 *
 * rest     window, IP identification and TCP flags: 16, 16 and 8 bits
 * size     bytes of the payload
 * kind     of these bits: 1 it has a payload, 2 that is one plain frame, 4 not all of
 *          its body is ASCII, 8 its body may have one of the words that are looked for
 * content  the body of a plain frame, else the payload; None without one
 * begin, end, length   where the bytes of the record are in the block, and how many
 *          they were on the wire
 */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "_interface.h"
#include "_units.h"

enum {
    LARGEST_RECORD = 262144, /* more is damage: MAXIMUM_SNAPLEN of libpcap */
    ENHANCED = 6,            /* the type of a block of pcapng with a packet */
    ENHANCED_HEAD = 28,      /* bytes before that */
    IPV4_SIZE = 20,          /* without options */
    TCP_SIZE = 20,           /* at least */
    IPV4_AND_VERSION = 0x45,
    ETHERTYPE_IPV4 = 0x0800,
    FRAGMENT = 0x3FFF, /* more fragments, or an offset */
    TCP = 6,
    FIN_SYN_RST_ACK = 0x17,
    ACK = 0x10,
    FLOW_SIZE = 12,
    MOST_DIGITS = 5, /* of a length: a TCP payload has below 65,536 bytes */
    MOST_WORDS = 16,
    FLOWS = 256, /* a power of two */
};

enum { HAS_PAYLOAD = 1, IS_FRAME = 2, NOT_ASCII = 4, HAS_WORD = 8 };

/* Bytes of somebody else. */
typedef struct {
    const uint8_t *bytes;
    size_t size;
} Span;

/* A word to look for, in small letters; it is not empty. */
typedef struct {
    Span text;
    size_t rare; /* place of the letter that is looked for first */
} Word;

/* What the file says of all its records, and what is looked for in them. */
typedef struct {
    bool pcapng;         /* records are enhanced packet blocks of interface 0 */
    bool big_endian;     /* the record headers */
    uint64_t unit_ns;    /* nanoseconds of a fraction; pcapng: of a tick */
    int64_t offset_ns;   /* pcapng: what is added to the time */
    size_t header_size;  /* bytes of a record header */
    size_t link_size;    /* bytes before the IP header */
    size_t ethertype_at; /* place of the EtherType in those */
    size_t words;        /* how many are looked for */
    Word word[MOST_WORDS];
} Format;

/* One record of the block. */
typedef struct {
    unsigned long long number;
    uint64_t time_ns;
    size_t begin, end; /* of its bytes in the block */
    size_t next;       /* place of what follows it */
    uint32_t length;   /* of its bytes on the wire */
} Record;

/* One ordinary packet. */
typedef struct {
    const uint8_t *flow; /* addresses and ports, FLOW_SIZE bytes */
    uint32_t seq, ack;
    uint16_t window, identification;
    uint8_t flags;
    Span payload;
} Packet;

/* The flows of the packets before, as objects: most packets are of a flow that was seen
 * lately, and its object knows its hash. */
typedef struct {
    PyObject *flow[FLOWS]; /* each at the place that its bytes give; NULL for none */
} Flows;

/* ── Numbers ─────────────────────────────────────────────────────────────────── */

static uint16_t
big16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t
big32(const uint8_t *at)
{
    return (uint32_t)big16(at) << 16 | big16(at + 2);
}

static uint32_t
little32(const uint8_t *at)
{
    return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* ── Words ───────────────────────────────────────────────────────────────────── */

static uint8_t
small_letter(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte | 0x20) : byte;
}

/* Whether a word stands where its rarest letter was found. */
static bool
stands_at(Span text, size_t found, const Word *word)
{
    if (found < word->rare || text.size - (found - word->rare) < word->text.size) {
        return false;
    }
    const uint8_t *begin = text.bytes + (found - word->rare);
    for (size_t i = 0; i < word->text.size; i++) {
        if (small_letter(begin[i]) != word->text.bytes[i]) {
            return false;
        }
    }
    return true;
}

/* Whether a text has a word whose rarest letter is written as given there. */
static bool
has_word(Span text, const Word *word, int letter)
{
    size_t from = 0;
    while (from < text.size) {
        const uint8_t *found = memchr(text.bytes + from, letter, text.size - from);
        if (found == NULL) {
            return false;
        }
        from = (size_t)(found - text.bytes);
        if (stands_at(text, from, word)) {
            return true;
        }
        from++;
    }
    return false;
}

/* Whether a text has one of the words, in letters of whatever size. */
static bool
has_any_word(const Format *format, Span text)
{
    for (size_t i = 0; i < format->words; i++) {
        const Word *word = &format->word[i];
        uint8_t letter = word->text.bytes[word->rare];
        if (has_word(text, word, letter) || has_word(text, word, letter & ~0x20)) {
            return true;
        }
    }
    return false;
}

/* Return where the letter of a word is that is rarest in English, and in JSON. */
static size_t
rarest_in(Span word)
{
    static const char common_first[] = "etaoinsrhldcumfpgwybvkxjqz";
    size_t best = 0, rarity = 0;
    for (size_t i = 0; i < word.size; i++) {
        const char *place = memchr(common_first, word.bytes[i], sizeof common_first - 1);
        if (place != NULL && (size_t)(place - common_first) > rarity) {
            rarity = (size_t)(place - common_first);
            best = i;
        }
    }
    return best;
}

/* ── Frames ──────────────────────────────────────────────────────────────────── */

/* Read the header of a frame, "123#", as JSON.stringify(…).length writes it; return its
 * size, or 0 for anything else. Of one digit there is no packet. */
static size_t
read_header(Span payload, size_t *length)
{
    size_t at = 0, value = 0;
    while (at < payload.size && at < MOST_DIGITS && payload.bytes[at] >= '0' &&
           payload.bytes[at] <= '9') {
        value = value * 10 + (size_t)(payload.bytes[at] - '0');
        at++;
    }
    if (at < 2 || payload.bytes[0] == '0' || at == payload.size ||
        payload.bytes[at] != '#') {
        return 0;
    }
    *length = value;
    return at + 1;
}

/* Find the body, if a payload is exactly one frame; return what it is, 0 for none. */
static int
cut_frame(Span payload, Span *body)
{
    size_t length = 0, header = read_header(payload, &length);
    if (header == 0) {
        return 0;
    }
    body->bytes = payload.bytes + header;
    body->size = payload.size - header;
    ptrdiff_t units = units_count(body->bytes, body->bytes + body->size);
    if (units < 0 || (size_t)units != length) {
        return 0;
    }
    return length == body->size ? IS_FRAME : IS_FRAME | NOT_ASCII;
}

/* ── Packets ─────────────────────────────────────────────────────────────────── */

/* Read the headers of a packet; return whether it is an ordinary one: a whole IPv4
 * packet without options, with a TCP segment that has ACK and begins and ends nothing,
 * of a side that has room for more. */
static bool
read_packet(const Format *format, Span data, Packet *packet)
{
    size_t tcp = format->link_size + IPV4_SIZE;
    if (data.size < tcp + TCP_SIZE) { /* all that is read below */
        return false;
    }
    const uint8_t *ip = data.bytes + format->link_size, *segment = data.bytes + tcp;
    size_t end = format->link_size + big16(ip + 2);
    size_t begin = tcp + (size_t)(segment[12] >> 4) * 4;
    packet->flow = ip + 12;
    packet->seq = big32(segment + 4);
    packet->ack = big32(segment + 8);
    packet->window = big16(segment + 14);
    packet->identification = big16(ip + 4);
    packet->flags = segment[13];
    if (big16(data.bytes + format->ethertype_at) != ETHERTYPE_IPV4 ||
        ip[0] != IPV4_AND_VERSION || (big16(ip + 6) & FRAGMENT) != 0 || ip[9] != TCP ||
        end == format->link_size || begin < tcp + TCP_SIZE || end > data.size) {
        return false;
    }
    packet->payload.bytes = data.bytes + (begin < end ? begin : end);
    packet->payload.size = begin < end ? end - begin : 0;
    return (packet->flags & FIN_SYN_RST_ACK) == ACK && packet->window != 0;
}

/* ── Entries ─────────────────────────────────────────────────────────────────── */

/* Put an object into a tuple, which owns it then; return whether there is one. */
static bool
put(PyObject *tuple, Py_ssize_t place, PyObject *value)
{
    return value != NULL && PyTuple_SetItem(tuple, place, value) == 0;
}

static bool
put_number(PyObject *tuple, Py_ssize_t place, unsigned long long value)
{
    return put(tuple, place, PyLong_FromUnsignedLongLong(value));
}

static bool
put_bytes(PyObject *tuple, Py_ssize_t place, Span span)
{
    const char *bytes = (const char *)span.bytes;
    return put(tuple, place, PyBytes_FromStringAndSize(bytes, (Py_ssize_t)span.size));
}

static bool
put_none(PyObject *tuple, Py_ssize_t place)
{
    return put(tuple, place, Py_NewRef(Py_None));
}

/* ── Flows ───────────────────────────────────────────────────────────────────── */

/* Return the place of a flow among those that are remembered: ports and the last bytes
 * of the addresses distinguish most. */
static size_t
place_of(const uint8_t *flow)
{
    uint32_t ports = big32(flow + 8);
    return (ports ^ ports >> 16 ^ ports >> 8 ^ flow[3] ^ flow[7]) % FLOWS;
}

/* Return a flow as an object, the same as before if it is remembered; NULL without
 * memory. The reference is the caller's. */
static PyObject *
flow_object(Flows *flows, const uint8_t *flow)
{
    PyObject **known = &flows->flow[place_of(flow)];
    if (*known != NULL && memcmp(PyBytes_AsString(*known), flow, FLOW_SIZE) == 0) {
        return Py_NewRef(*known);
    }
    PyObject *fresh = PyBytes_FromStringAndSize((const char *)flow, FLOW_SIZE);
    if (fresh != NULL) {
        Py_XDECREF(*known);
        *known = Py_NewRef(fresh);
    }
    return fresh;
}

static void
forget_flows(Flows *flows)
{
    for (size_t i = 0; i < FLOWS; i++) {
        Py_CLEAR(flows->flow[i]);
    }
}

/* Put what a packet carries: its size, what it is, and the bytes. */
static bool
put_content(PyObject *entry, const Format *format, Span payload)
{
    if (payload.size == 0) {
        return put_number(entry, 6, 0) && put_number(entry, 7, 0) && put_none(entry, 8);
    }
    Span content = payload;
    int kind = cut_frame(payload, &content);
    if (kind == 0) {
        content = payload;
    } else if (has_any_word(format, content)) {
        kind |= HAS_WORD;
    }
    return put_number(entry, 6, payload.size) &&
           put_number(entry, 7, (unsigned)(kind | HAS_PAYLOAD)) &&
           put_bytes(entry, 8, content);
}

static bool
put_packet(PyObject *entry, const Format *format, Flows *flows, const Packet *packet)
{
    uint64_t rest = (uint64_t)packet->window << 24 |
                    (uint64_t)packet->identification << 8 | packet->flags;
    return put(entry, 2, flow_object(flows, packet->flow)) &&
           put_number(entry, 3, packet->seq) && put_number(entry, 4, packet->ack) && put_number(entry, 5, rest) &&
           put_content(entry, format, packet->payload);
}

static bool
put_record(PyObject *entry, const Record *record)
{
    return put_none(entry, 2) && put_number(entry, 3, record->begin) &&
           put_number(entry, 4, record->end) && put_number(entry, 5, record->length) &&
           put_number(entry, 6, 0) && put_number(entry, 7, 0) && put_none(entry, 8);
}

/* Return the entry of a record; NULL without memory. */
static PyObject *
make_entry(const Format *format, Flows *flows, Span block, const Record *record)
{
    PyObject *entry = PyTuple_New(9);
    if (entry == NULL) {
        return NULL;
    }
    Span data = {block.bytes + record->begin, record->end - record->begin};
    Packet packet;
    bool done = put_number(entry, 0, record->number) &&
                put_number(entry, 1, record->time_ns) &&
                (read_packet(format, data, &packet)
                     ? put_packet(entry, format, flows, &packet)
                     : put_record(entry, record));
    if (!done) {
        Py_CLEAR(entry);
    }
    return entry;
}

/* ── Blocks ──────────────────────────────────────────────────────────────────── */

static uint32_t
read32(const Format *format, const uint8_t *at)
{
    return format->big_endian ? big32(at) : little32(at);
}

/* Read a record of a pcap file; return whether all of it is in the block. One without
 * bytes, or with more than any capture has, is left to Python. */
static bool
read_pcap(const Format *format, Span block, size_t at, Record *record)
{
    if (block.size - at < format->header_size) {
        return false;
    }
    const uint8_t *header = block.bytes + at;
    size_t captured = read32(format, header + 8);
    record->time_ns = read32(format, header) * UINT64_C(1000000000) +
                      read32(format, header + 4) * format->unit_ns;
    record->length = read32(format, header + 12);
    record->begin = at + format->header_size;
    record->end = record->next = record->begin + captured;
    return captured != 0 && captured <= LARGEST_RECORD && record->end <= block.size;
}

/* Turn ticks into nanoseconds since 1970; return whether that is a time. */
static bool
time_of(const Format *format, uint64_t ticks, uint64_t *time_ns)
{
    if (ticks > INT64_MAX / format->unit_ns) {
        return false;
    }
    int64_t since_ns = (int64_t)(ticks * format->unit_ns), offset_ns = format->offset_ns;
    if (offset_ns > INT64_MAX - since_ns || offset_ns < -since_ns) {
        return false;
    }
    *time_ns = (uint64_t)(since_ns + offset_ns);
    return true;
}

/* Read an enhanced packet block of interface 0; return whether the block is one, and all
 * of it is there. Whatever else follows is left to Python. */
static bool
read_pcapng(const Format *format, Span block, size_t at, Record *record)
{
    if (block.size - at < ENHANCED_HEAD) {
        return false;
    }
    const uint8_t *head = block.bytes + at;
    size_t size = read32(format, head + 4), captured = read32(format, head + 20);
    uint64_t ticks = (uint64_t)read32(format, head + 12) << 32 | read32(format, head + 16);
    record->length = read32(format, head + 24);
    record->begin = at + ENHANCED_HEAD;
    record->end = record->begin + captured;
    record->next = at + size;
    return read32(format, head) == ENHANCED && read32(format, head + 8) == 0 &&
           size % 4 == 0 && captured + ENHANCED_HEAD + 4 <= size &&
           record->next <= block.size && time_of(format, ticks, &record->time_ns);
}

static bool
read_record(const Format *format, Span block, size_t at, Record *record)
{
    return format->pcapng ? read_pcapng(format, block, at, record)
                          : read_pcap(format, block, at, record);
}

/* Append the entries of all whole records from a place on, and move it after them;
 * return false without memory. */
static bool
scan_block(const Format *format, Flows *flows, Span block, size_t *at,
           unsigned long long number, PyObject *entries)
{
    Record record;
    while (read_record(format, block, *at, &record)) {
        record.number = ++number;
        PyObject *entry = make_entry(format, flows, block, &record);
        if (entry == NULL || PyList_Append(entries, entry) < 0) {
            Py_XDECREF(entry);
            return false;
        }
        Py_DECREF(entry);
        *at = record.next;
    }
    return true;
}

/* ── Python ──────────────────────────────────────────────────────────────────── */

/* Take over the words that are looked for; return false with an error set. */
static bool
take_words(PyObject *words, Format *format)
{
    Py_ssize_t count = PyTuple_Size(words);
    if (count > MOST_WORDS) {
        PyErr_SetString(PyExc_ValueError, "too many words");
        return false;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        char *bytes;
        Py_ssize_t size;
        if (PyBytes_AsStringAndSize(PyTuple_GetItem(words, i), &bytes, &size) < 0) {
            return false;
        }
        if (size == 0) {
            PyErr_SetString(PyExc_ValueError, "a word is empty");
            return false;
        }
        Span text = {(const uint8_t *)bytes, (size_t)size};
        format->word[i] = (Word){text, rarest_in(text)};
    }
    format->words = (size_t)count;
    return true;
}

PyDoc_STRVAR(scan_doc,
"scan(block, position, number, layout, link_size, ethertype_at, words, /)\n"
"--\n\n"
"Return the entries of the whole records of a block, and the place after them.\n\n"
"Args:\n"
"    block: Bytes of a capture file.\n"
"    position: Where a record begins in them.\n"
"    number: Of the record before.\n"
"    layout: How records are laid out, see Layout in scanning.py.\n"
"    link_size: Bytes before the IP header.\n"
"    ethertype_at: Where the EtherType is in those.\n"
"    words: Up to 16 words in small letters, as bytes, to look for in bodies.\n\n"
"Raises:\n"
"    ValueError: A place or a size is out of its range.");

static PyObject *
scan(PyObject *module, PyObject *args)
{
    (void)module;
    Format format = {0};
    const char *bytes;
    Py_ssize_t size, position, header_size, link_size, ethertype_at;
    unsigned long long number, unit_ns;
    long long offset_ns;
    int pcapng, big_endian;
    PyObject *layout, *words;
    if (!PyArg_ParseTuple(args, "y#nKO!nnO!:scan", &bytes, &size, &position, &number,
                          &PyTuple_Type, &layout, &link_size, &ethertype_at,
                          &PyTuple_Type, &words) ||
        !PyArg_ParseTuple(layout, "ppKLn", &pcapng, &big_endian, &unit_ns, &offset_ns,
                          &header_size) ||
        !take_words(words, &format)) {
        return NULL;
    }
    if (position < 0 || position > size || unit_ns == 0 || header_size < 16 ||
        link_size < 2 || link_size > 64 || ethertype_at < 0 ||
        ethertype_at > link_size - 2) {
        PyErr_SetString(PyExc_ValueError, "out of range");
        return NULL;
    }
    format.pcapng = pcapng;
    format.big_endian = big_endian;
    format.unit_ns = unit_ns;
    format.offset_ns = offset_ns;
    format.header_size = (size_t)header_size;
    format.link_size = (size_t)link_size;
    format.ethertype_at = (size_t)ethertype_at;
    Span block = {(const uint8_t *)bytes, (size_t)size};
    size_t at = (size_t)position;
    PyObject *entries = PyList_New(0);
    Flows flows = {{NULL}};
    bool done =
        entries != NULL && scan_block(&format, &flows, block, &at, number, entries);
    forget_flows(&flows);
    if (!done) {
        Py_XDECREF(entries);
        return NULL;
    }
    return Py_BuildValue("(Nn)", entries, (Py_ssize_t)at);
}

static PyMethodDef methods[] = {
    {"scan", scan, METH_VARARGS, scan_doc},
    {NULL, NULL, 0, NULL},
};

/* Say which Python this is for, see _interface.h. */
static int
add_interface(PyObject *module)
{
    return PyModule_AddIntConstant(module, "INTERFACE", PROTOCOL_INTERFACE);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, add_interface},
#ifdef Py_mod_multiple_interpreters
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "inspector.sources._scan",
    .m_doc = "Records of a pcap file to ordinary packets, block by block.",
    .m_size = 0,
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__scan(void)
{
    return PyModuleDef_Init(&module);
}
