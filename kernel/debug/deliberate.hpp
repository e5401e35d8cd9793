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
};

/// All that can be asked for, in the order in which help shows them.
extern const std::array<Failing, 12> failings;

/// Those of locks and of several processors.
extern const std::span<const Failing> processor_failings;

/// Fails in the way of that name; false where there is none. A breakpoint returns. `kind@2` fails on processor 2.
bool fail_deliberately(std::string_view kind);

}  // namespace lintel
