// libFuzzer's way into a harness.
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lintel::fuzz::try_input(std::as_bytes(std::span(data, size)));
    return 0;
}
