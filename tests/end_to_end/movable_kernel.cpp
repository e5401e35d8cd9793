// A kernel that a loader may put anywhere, for a debugger to find.
// Invariant: it uses no library: those are built for one place.
#include "protocol/limine.hpp"

namespace {

std::uint64_t value = 1;
std::uint64_t* volatile pointer = &value;  // the loader has to correct it

[[gnu::noinline]] void count_up() { *pointer = *pointer + 1; }

}  // namespace

extern "C" [[noreturn]] void kernel_main() {
    if (limine::base_revision<3>.supported()) limine::request<limine::ExecutableAddress>.ask();
    for (;;) count_up();
}
