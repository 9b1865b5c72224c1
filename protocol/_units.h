/* UTF-16 code units of UTF-8, the unit in which Nest counts the length of a frame.
 *
 * A character of up to three bytes is one code unit, one of four bytes is two. Text is
 * a range of bytes [at, end); nothing before `at` and nothing from `end` on is read.
 * Functions without state, and without Python: extensions and a fuzzer include this.
 *
 * Source: Unicode 15, table 3-7 (well-formed UTF-8) and section 3.9; units.py has the
 * same in Python, for text of any kind.
 */
#ifndef PROTOCOL_UNITS_H
#define PROTOCOL_UNITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What ends a walk over text. */
typedef enum {
    UNITS_WALKED,  /* all units that were asked for, up to a whole character */
    UNITS_SPLIT,   /* they end inside a character: half of a surrogate pair */
    UNITS_INVALID, /* what follows is not UTF-8, whatever bytes come after it */
    UNITS_SHORT,   /* the bytes end first; with more it may go on */
} units_outcome;

/* How far a walk came: `place` is after the last whole character that counted, and so
 * many units are left to walk over.
 */
typedef struct {
    units_outcome outcome;
    const uint8_t *place;
    ptrdiff_t left;
} units_walk;

/* In place of the size of a character that is none. */
enum { UNITS_NO_CHARACTER = -1, UNITS_PART_OF_CHARACTER = 0 };

/* A byte of ASCII has its highest bit clear; this asks eight at a time. */
#define UNITS_STRIDE ((ptrdiff_t)sizeof(uint64_t))
#define UNITS_HIGH_BITS UINT64_C(0x8080808080808080)

/* Return the end of the ASCII at a place: where another byte follows, or `end`. */
static inline const uint8_t *
units_end_of_ascii(const uint8_t *at, const uint8_t *end)
{
    uint64_t bytes;
    while (end - at >= UNITS_STRIDE) {
        memcpy(&bytes, at, sizeof bytes); /* aligned or not: one instruction */
        if (bytes & UNITS_HIGH_BITS) {
            break;
        }
        at += UNITS_STRIDE;
    }
    while (at < end && *at < 0x80) {
        at++;
    }
    return at;
}

/* Whether a byte may follow a first byte: only some first bytes narrow the range. */
static inline int
units_may_be_second(uint8_t first, uint8_t second)
{
    switch (first) {
    case 0xE0: /* below: too long for what it says */
        return second >= 0xA0 && second <= 0xBF;
    case 0xED: /* above: surrogates */
        return second >= 0x80 && second <= 0x9F;
    case 0xF0: /* below: too long for what it says */
        return second >= 0x90 && second <= 0xBF;
    case 0xF4: /* above: beyond U+10FFFF */
        return second >= 0x80 && second <= 0x8F;
    default:
        return second >= 0x80 && second <= 0xBF;
    }
}

/* Return the bytes of a character by its first: 1 to 4, or UNITS_NO_CHARACTER. */
static inline int
units_announced_size(uint8_t first)
{
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xC2 || first > 0xF4) { /* follows another, or is never used */
        return UNITS_NO_CHARACTER;
    }
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/* Whether a byte continues a character. */
static inline int
units_continues(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Whether a character of `size` bytes, 2 to 4, is at a place, and one for which the
 * first byte narrows nothing. Nearly all are, so that these are looked for first.
 */
static inline int
units_is_plain(const uint8_t *at, const uint8_t *end, int size)
{
    if (end - at < size || !units_continues(at[1])) {
        return 0;
    }
    switch (size) {
    case 2:
        return at[0] >= 0xC2 && at[0] < 0xE0;
    case 3:
        return at[0] > 0xE0 && at[0] < 0xF0 && at[0] != 0xED && units_continues(at[2]);
    default: /* from U+10000 on; emoji begin with F0 9F */
        return at[0] >= 0xF0 && at[0] < 0xF4 && (at[0] != 0xF0 || at[1] >= 0x90)
            && units_continues(at[2]) && units_continues(at[3]);
    }
}

/* Return the bytes of the character at a place before `end`: 1 to 4.
 *
 * UNITS_NO_CHARACTER where the bytes are not UTF-8; UNITS_PART_OF_CHARACTER where they
 * end inside what may still become a character.
 */
static inline int
units_size_of_character(const uint8_t *at, const uint8_t *end)
{
    int size = units_announced_size(at[0]);
    if (size <= 1) {
        return size;
    }
    if (end - at >= 2 && !units_may_be_second(at[0], at[1])) {
        return UNITS_NO_CHARACTER;
    }
    for (int place = 2; place < size && place < end - at; place++) {
        if (!units_continues(at[place])) {
            return UNITS_NO_CHARACTER;
        }
    }
    return end - at < size ? UNITS_PART_OF_CHARACTER : size;
}

/* Return the code units of a character by its size in bytes. */
static inline int
units_of_character(int size)
{
    return size == 4 ? 2 : 1;
}

/* Walk on over the ASCII at a place. */
static inline void
units_walk_ascii(units_walk *walk, const uint8_t *end)
{
    const uint8_t *most = end - walk->place > walk->left ? walk->place + walk->left : end;
    const uint8_t *place = units_end_of_ascii(walk->place, most);
    walk->left -= place - walk->place;
    walk->place = place;
}

/* Walk on over the plain characters of one size at a place. */
static inline void
units_walk_plain(units_walk *walk, const uint8_t *end, int size)
{
    const int units = units_of_character(size);
    while (walk->left >= units && units_is_plain(walk->place, end, size)) {
        walk->left -= units;
        walk->place += size;
    }
}

/* Walk on over the character at a place, whatever it is; false where the walk ends. */
static inline int
units_walk_character(units_walk *walk, const uint8_t *end)
{
    int size = walk->place < end ? units_size_of_character(walk->place, end)
                                 : UNITS_PART_OF_CHARACTER;
    if (size <= 0) {
        walk->outcome = size == UNITS_NO_CHARACTER ? UNITS_INVALID : UNITS_SHORT;
        return 0;
    }
    if (walk->left < units_of_character(size)) {
        walk->outcome = UNITS_SPLIT;
        return 0;
    }
    walk->left -= units_of_character(size);
    walk->place += size;
    return 1;
}

/* Walk over `units` code units of text, 0 or more, and say how that ended. */
static inline units_walk
units_walk_over(const uint8_t *at, const uint8_t *end, ptrdiff_t units)
{
    units_walk walk = {UNITS_WALKED, at, units};
    while (walk.left > 0) {
        units_walk_ascii(&walk, end);
        units_walk_plain(&walk, end, 3);
        units_walk_plain(&walk, end, 4);
        units_walk_plain(&walk, end, 2);
        if (walk.left > 0 && !units_walk_character(&walk, end)) {
            break;
        }
    }
    return walk;
}

/* Return the code units of text, or -1 where it is not whole, well-formed UTF-8. */
static inline ptrdiff_t
units_count(const uint8_t *at, const uint8_t *end)
{
    ptrdiff_t most = end - at; /* a unit takes a byte at least */
    units_walk walk = units_walk_over(at, end, most);
    return walk.place == end ? most - walk.left : -1;
}

#endif
