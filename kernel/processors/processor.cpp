#include "kernel/processors/processor.hpp"

#include <array>

#include "arch/arch.hpp"
#include "base/result.hpp"
#include "kernel/sync/spin_lock.hpp"

namespace lintel {
namespace {

constinit Processor boot_processor{};
constinit std::array<Processor*, most_processors> processors{&boot_processor};
constinit std::atomic<unsigned> count = 1;

}  // namespace

void open_processors() {
    boot_processor.self = &boot_processor;
    arch::set_processor_local(&boot_processor);
    SpinLock::suit_machine();
}

Processor& this_processor() {
    // Safety: set by open_processors(), or as each further processor starts.
    return *static_cast<Processor*>(arch::processor_local());
}

unsigned processor_count() { return count.load(std::memory_order_acquire); }

void add_processor(Processor& processor) {
    const unsigned number = processor_count();
    ensure(processor.number == number && number < most_processors, "a processor is added out of turn");
    processors[number] = &processor;
    count.store(number + 1, std::memory_order_release);
}

Processor& processor(unsigned number) {
    ensure(number < processor_count(), "there is no processor of that number");
    return *processors[number];
}

}  // namespace lintel
