// Failures on request, so that tests and people can see how the kernel fails.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace lintel {

struct Failing {
    std::string_view name;
    std::string_view what;
    void (*fail)();
    bool only_checked = false;  // without the kernel's checks of itself nothing notices, so it is not done
};

/// All that can be asked for, in the order in which help shows them.
extern const std::array<Failing, 16> failings;

/// Those of the heap.
extern const std::span<const Failing> heap_failings;

/// Those of locks and of several processors.
extern const std::span<const Failing> processor_failings;

/// What C++ gives no meaning.
extern const std::span<const Failing> undefined_failings;

/// Fails in the way of that name; false where there is none. A breakpoint returns. `vector-13` raises the processor's
/// exception of that number, and `kind@2` fails on processor 2.
bool fail_deliberately(std::string_view kind);

}  // namespace lintel
