/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rules that every header of the SDK follows, and the few types that all of them share.
 *
 * - C11 (and C++11 or later), needing <stdint.h> and <stddef.h> alone. Fixed-width types; enumerations are
 *   int32_t with named constants; text is a pointer and a length, and is not terminated.
 * - Enumerations grow: take a number that you do not know for "something else". Flags that are not listed, and
 *   `reserved` members, are 0 in what a module hands over.
 * - A struct whose first member is `size` may grow: members are appended, never changed or removed. Ask
 *   RADIUS_HAS before using a member newer than minor version 0. All other structs are frozen.
 *   A struct that the host fills for the module: set `size` to sizeof first; on return it says how much was filled.
 * - Nothing here is a macro or an inline function without a symbol or a table entry behind it.
 * - Every function names its threads in brackets:
 *     [create]      only inside `create`, on the lifecycle thread
 *     [lifecycle]   inside create, start, stop or destroy
 *     [handler]     inside a handler, on the thread it was called on; for a request that was answered later,
 *                   between acquire and complete or release; for a list that a callback is given, inside that callback
 *     [worker]      on the worker or pool thread whose handle is passed; a callback there is on it, too
 *     [any-thread]  anywhere, at any time between create and destroy, concurrently
 * - A pointer that goes into a function is borrowed for the call; what the other side keeps, it copies.
 *   A pointer that comes out is borrowed too, and its comment says for how long. Where a result goes is never NULL,
 *   unless the comment says that it may be.
 * - A function of the host calls the module back before it returns only where its comment says so. It may then call the
 *   same instance: `thread_self` is one thread's, but not one call's.
 * - No exception, panic, longjmp or end of a thread crosses the border, in either direction.
 */
#ifndef RADIUS_ABI_H
#define RADIUS_ABI_H

#include <stddef.h>
#include <stdint.h>

#define RADIUS_PLUGIN_ABI_MAJOR 1
#define RADIUS_PLUGIN_ABI_MINOR 0

/* RADIUS_STATIC_ASSERT and RADIUS_EXPORT may be defined before, as nothing, for tools that read no such C. */
#ifdef __cplusplus
#define RADIUS_BEGIN_DECLARATIONS extern "C" {
#define RADIUS_END_DECLARATIONS }
#else
#define RADIUS_BEGIN_DECLARATIONS
#define RADIUS_END_DECLARATIONS
#endif

#ifndef RADIUS_STATIC_ASSERT
#ifdef __cplusplus
#define RADIUS_STATIC_ASSERT(condition, message) static_assert(condition, message)
#else
#define RADIUS_STATIC_ASSERT(condition, message) _Static_assert(condition, message)
#endif
#endif

#ifndef RADIUS_EXPORT
#if defined(__GNUC__) || defined(__clang__)
#define RADIUS_EXPORT __attribute__((visibility("default")))
#else
#define RADIUS_EXPORT
#endif
#endif

/** Pins the size of a struct, and the offset of a member, on platforms with 64-bit pointers. */
#if UINTPTR_MAX == UINT64_MAX
#define RADIUS_PIN_SIZE(type, octets) RADIUS_STATIC_ASSERT(sizeof(type) == (octets), #type " changed its size")
#define RADIUS_PIN_OFFSET(type, member, octets) \
  RADIUS_STATIC_ASSERT(offsetof(type, member) == (octets), #type "." #member " moved")
#else
#define RADIUS_PIN_SIZE(type, octets) RADIUS_STATIC_ASSERT(sizeof(type) > 0, #type)
#define RADIUS_PIN_OFFSET(type, member, octets) RADIUS_STATIC_ASSERT(sizeof(type) > 0, #type)
#endif

/** Does the struct that `pointer` points to, as its maker knew it, hold `member`? */
#define RADIUS_HAS(pointer, member)                                          \
  ((pointer) != NULL && (size_t)(pointer)->size >=                           \
                            (size_t)((const char *)&(pointer)->member -      \
                                     (const char *)(pointer)) + sizeof((pointer)->member))

RADIUS_BEGIN_DECLARATIONS

/**
 * What a call came to: RADIUS_OK or one of the errors, all of which are negative. What a module returns and is positive
 * is an error, too, but for RADIUS_STARTING (host.h) where it is allowed.
 */
typedef int32_t radius_status_t;
enum {
  RADIUS_OK = 0,
  RADIUS_ERR_INVALID = -1,     /* an argument is NULL, or names nothing this function can use */
  RADIUS_ERR_NOT_FOUND = -2,   /* there is no such attribute, key, value or name; the end of an iteration */
  RADIUS_ERR_UNSUPPORTED = -3, /* this host does not serve that yet; nothing has happened */
  RADIUS_ERR_TYPE = -4,        /* the attribute or key has a data type other than the one asked for */
  RADIUS_ERR_RANGE = -5,       /* the value cannot be encoded in the attribute's data type */
  RADIUS_ERR_LIMIT = -6,       /* a bound is reached: list full, buffer too small, too many conversations */
  RADIUS_ERR_READ_ONLY = -7,   /* the list cannot be written to */
  RADIUS_ERR_HOST_OWNED = -8,  /* the attribute is the host's own business (Message-Authenticator, Proxy-State) */
  RADIUS_ERR_STATE = -9,       /* not at this time or on this thread */
  RADIUS_ERR_GONE = -10,       /* the request, conversation or timer has ended */
  RADIUS_ERR_CONFIG = -11,     /* the configuration is wrong; the reasons were reported */
  RADIUS_ERR_IO = -12,         /* a file, socket or back end failed */
  RADIUS_ERR_MEMORY = -13,     /* memory ran out */
  RADIUS_ERR_EXCEPTION = -14,  /* the module's code threw, and the C++ veneer caught it */
  RADIUS_ERR_TIMEOUT = -15,    /* a deadline passed */
  RADIUS_ERR_INTERNAL = -16    /* a defect: please report it */
};

/**
 * Text: `length` octets at `data`, not terminated; {NULL, 0} is empty. It is UTF-8 as a rule: who relies on that checks
 * it. It may hold NUL. Frozen.
 */
typedef struct radius_text {
  const char *data;
  uint64_t length;
} radius_text_t;
RADIUS_PIN_SIZE(radius_text_t, 16);
RADIUS_PIN_OFFSET(radius_text_t, length, 8);

/** The host's name for an instance of a module. Made before `create`, valid until `destroy` returns. */
typedef struct radius_instance radius_instance_t;

/** The host's name for one thread that calls an instance. Valid from thread_start until thread_stop returns. */
typedef struct radius_thread radius_thread_t;

/** One request on its way through a chain. [handler] */
typedef struct radius_request radius_request_t;

RADIUS_END_DECLARATIONS

#endif
