// Takes back what PixelProducts.h and EachVector.h have defined for one generation.
#undef LANES
#undef ROWS
#undef COLUMNS
#undef SLIDING
#undef NAMED
#undef Lanes
#undef Integers
#undef PART
#undef WHOLE
#undef LOAD
#undef STORE
#undef PIECES
#undef EVEN_PIECES
