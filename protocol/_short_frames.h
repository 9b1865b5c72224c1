/* Short frames, in the sense of cutting.py: found in bytes, without Python. */
#ifndef PROTOCOL_SHORT_FRAMES_H
#define PROTOCOL_SHORT_FRAMES_H

#include "_units.h"

/* cutting.py: SHORTEST and LONGEST_SHORT, in code units, and the digits of those. */
enum { SHORTEST = 10, MOST_DIGITS = 3 };

/* Bytes that may be looked at: [at, end). */
typedef struct {
    const uint8_t *at;
    const uint8_t *end;
} window;

/* A short frame in a window: where its body is, and how many code units that has. */
typedef struct {
    const uint8_t *body;
    const uint8_t *end;
    ptrdiff_t units;
} short_frame;

/* Read a plain header, "10#" to "999#", into the frame; false where there is none. */
static inline int
read_header(window seen, short_frame *found)
{
    const uint8_t *at = seen.at;
    ptrdiff_t units = 0;
    while (at < seen.end && *at >= '0' && *at <= '9' && at - seen.at < MOST_DIGITS) {
        units = 10 * units + (*at - '0');
        at++;
    }
    if (units < SHORTEST || *seen.at == '0' || at == seen.end || *at != '#') {
        return 0;
    }
    found->units = units;
    found->body = at + 1;
    return 1;
}

/* Return the bytes of a frame that are more than its code units; a header has none. */
static inline ptrdiff_t
surplus_of(short_frame found)
{
    return found.end - found.body - found.units;
}

/* Find the end of a body of which each byte is a code unit. */
static inline int
end_by_bytes(window seen, short_frame *found)
{
    if (seen.end - found->body < found->units) {
        return 0;
    }
    found->end = found->body + found->units;
    return 1;
}

/* Find the end of an ASCII body: it has the same length in every unit. */
static inline int
end_of_ascii(window seen, short_frame *found)
{
    return end_by_bytes(seen, found)
        && units_end_of_ascii(found->body, found->end) == found->end;
}

/* Find the end of a body of any characters. */
static inline int
end_by_units(window seen, short_frame *found)
{
    units_walk walk = units_walk_over(found->body, seen.end, found->units);
    found->end = walk.place;
    return walk.outcome == UNITS_WALKED;
}

#endif
