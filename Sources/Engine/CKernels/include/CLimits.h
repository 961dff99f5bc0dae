/// What a processor can do at most, as far as loops can show it.
#pragma once

/// Multiplies and adds float32 in vectors as wide as this processor's, all in registers.
///
/// - Returns: how many multiplications and additions were done; `result` takes what came out.
long limit_multiply_adds(long rounds, float *result);

/// The instructions that it does that with.
const char *limit_instructions(void);
