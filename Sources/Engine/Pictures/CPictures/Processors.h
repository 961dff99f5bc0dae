#pragma once

#include "CProcessor.h"

// Arithmetic is what the source says, in its order: no fused multiply-add, whatever the processor has.
#pragma STDC FP_CONTRACT OFF
