/// Keeps the process alive when a mapped file becomes shorter while it is read.
///
/// Reading a mapped page that the file no longer has raises SIGBUS. For the ranges registered here a handler puts zeros in the
/// place of such pages, marks the range and lets the reader go on; the reader asks for the mark afterwards. No stack is
/// unwound. A SIGBUS elsewhere goes to the handler that was there before.
#pragma once

#include <stdbool.h>
#include <stddef.h>

/// Registers a mapped range; gives its number, or -1 if there are too many, which are then not protected.
int mapped_file_protect(const void *start, size_t size);

/// Forgets a range, before it is unmapped.
void mapped_file_release(int number);

/// Whether a page of the range was missing when it was read.
bool mapped_file_has_holes(int number);
