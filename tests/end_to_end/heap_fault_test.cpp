// What goes wrong with memory of the heap, on request, in the kernel that checks itself: each is reported by its name.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/end_to_end/support.hpp"

namespace lintel::end_to_end {
namespace {

struct HeapFaultCase {
    const char* name;
    const char* words;
};

void PrintTo(const HeapFaultCase& fault, std::ostream* out) { *out << fault.name; }

class HeapFaults : public testing::TestWithParam<HeapFaultCase> {};

TEST_P(HeapFaults, are_named_with_who_is_to_blame) {
    const HeapFaultCase& fault = GetParam();
    auto answer = lintel({"run", LINTEL_BUILD_FOLDER "/kernel/kernel-debug.elf", "--firmware", "direct", "--until-halt",
                          "--timeout", "60", "--cmdline", std::string("fault=") + fault.name});
    EXPECT_EQ(answer.code, 3) << answer.err;
    EXPECT_TRUE(answer.out.contains(std::string("panic: ") + fault.words)) << answer.out;
}

constexpr HeapFaultCase faults[] = {
    {"overrun",
     "buffer overrun: a block of 24 bytes was written to at offset 24, allocated by lintel::(anonymous "
     "namespace)::write_behind_a_block+0x"},
    {"underrun", "buffer underrun: a block of 24 bytes was written to at offset -1, allocated by lintel::"},
    {"use-after-free", "use after free: a block of 24 bytes was written to at offset 8, allocated by lintel::"},
    {"double-free", "double free: a block of 24 bytes, allocated by lintel::"},
    {"bad-free", "free of what the heap never gave"},
    {"no-memory", "out of memory"},
};

INSTANTIATE_TEST_SUITE_P(Kernel, HeapFaults, testing::ValuesIn(faults), [](const auto& info) {
    std::string name = info.param.name;
    std::ranges::replace(name, '-', '_');
    return name;
});

}  // namespace
}  // namespace lintel::end_to_end
