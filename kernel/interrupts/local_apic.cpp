#include "kernel/interrupts/local_apic.hpp"

#include "arch/local_apic.hpp"
#include "kernel/interrupts/interrupts.hpp"
#include "kernel/log.hpp"
#include "kernel/memory/devices.hpp"
#include "kernel/processors/processor.hpp"

namespace lintel {
namespace {

constinit VirtAddr registers;

}  // namespace

Status open_local_apic() {
    if (!arch::has_local_apic()) return fail(ErrorCode::unsupported, "this processor has no local APIC");
    const auto place = arch::local_apic_registers();
    if (place) registers = TRY(map_device(*place, page_size));
    join_local_apic();
    log("local APIC: {} mode", place ? "xAPIC" : "x2APIC");
    return {};
}

void join_local_apic() { this_processor().apic_id = arch::enable_local_apic(registers, spurious_vector); }

}  // namespace lintel
