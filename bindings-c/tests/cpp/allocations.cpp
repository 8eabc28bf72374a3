// Counts what C++ allocates, thread by thread.
#include "allocations.hpp"

#include <cstdlib>
#include <new>

namespace {
thread_local std::size_t made = 0;
}

std::size_t allocations() { return made; }

void* operator new(std::size_t size) {
    ++made;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
