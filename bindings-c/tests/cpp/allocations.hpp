// How often this thread has called operator new.
#pragma once

#include <cstddef>

std::size_t allocations();
