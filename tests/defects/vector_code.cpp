// SSE where nothing saves its registers.
#include "tests/defects/kernel.hpp"

namespace {

using Vector = unsigned __attribute__((vector_size(16)));

Vector counters;

[[gnu::target("sse2"), gnu::noinline]] void add_with_sse(Vector* to) { *to += Vector{1, 2, 3, 4}; }

}  // namespace

void use_defect() { add_with_sse(&counters); }
