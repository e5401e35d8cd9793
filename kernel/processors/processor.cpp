#include "kernel/processors/processor.hpp"

#include <array>

#include "arch/arch.hpp"
#include "base/result.hpp"

namespace lintel {
namespace {

constinit Processor boot_processor{};
constinit std::array<Processor*, most_processors> processors{&boot_processor};
constinit unsigned count = 1;

}  // namespace

void open_processors() {
    boot_processor.self = &boot_processor;
    arch::set_processor_local(&boot_processor);
}

Processor& this_processor() {
    // Safety: set by open_processors(), or as each further processor starts.
    return *static_cast<Processor*>(arch::processor_local());
}

unsigned processor_count() { return count; }

Processor& processor(unsigned number) {
    ensure(number < count, "there is no processor of that number");
    return *processors[number];
}

}  // namespace lintel
