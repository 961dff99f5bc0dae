// Includes a file once for each generation of processors: BODY, for blocks of 16 channels where vectors hold so many, else
// of 8. It finds the functions of PixelProducts.h.

#define UNROLLED _Pragma("clang loop unroll(full)")

// Functions that take vectors are all compiled into their callers.
#pragma clang diagnostic ignored "-Wpsabi"

#define CASES_2 CASE(1) CASE(2)
#define CASES_6 CASES_2 CASE(3) CASE(4) CASE(5) CASE(6)
#define CASES_10 CASES_6 CASE(7) CASE(8) CASE(9) CASE(10)
#define CASES_14 CASES_10 CASE(11) CASE(12) CASE(13) CASE(14)

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#define LANES 16
#define ROWS 14
#define SLIDING 14
#define NAMED(NAME) NAME##_v4
#include "PixelProducts.h"
#include BODY
#include "PixelProductsEnd.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define LANES 8
#define ROWS 6
#define SLIDING 10
#define NAMED(NAME) NAME##_v3
#include "PixelProducts.h"
#include BODY
#include "PixelProductsEnd.h"
#pragma clang attribute pop
#endif

#define LANES 8
#define ROWS 2
#define SLIDING 2
#define NAMED(NAME) NAME##_v1
#include "PixelProducts.h"
#include BODY
#include "PixelProductsEnd.h"

// The function NAME of the generation that this processor and blocks of so many channels want, or NULL.
#if defined(__x86_64__)
#define VARIANT(NAME, BLOCK) \
    ((BLOCK) == 16 ? (processor_generation() >= 4 ? NAME##_v4 : NULL) \
     : (BLOCK) != 8 ? NULL : processor_generation() >= 3 ? NAME##_v3 : NAME##_v1)
#else
#define VARIANT(NAME, BLOCK) ((BLOCK) == 8 ? NAME##_v1 : NULL)
#endif
