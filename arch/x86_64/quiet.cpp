#include "arch/quiet.hpp"

#include <initializer_list>

#include "arch/x86_64/device.hpp"
#include "arch/x86_64/ports.hpp"

namespace lintel::arch {

void quiet_legacy_pics() {
    out8(0x21, 0xff);
    out8(0xa1, 0xff);
}

void quiet_io_apic(PhysAddr registers, Silence silence, DirectMap memory) {
    // Intel 82093AA, 3.1: an index register and a window onto the register that it names.
    auto read = [&](std::uint32_t number) {
        write32(registers, number, memory);
        return read32(registers + 0x10, memory);
    };
    std::uint32_t last = read(1) >> 16 & 0xff;
    for (std::uint32_t line = 0; line <= last; ++line) {
        std::uint32_t entry = read(0x10 + 2 * line);
        if (silence == Silence::fixed ? is_fixed(entry) : may_mask(entry))
            write32(registers + 0x10, entry | masked, memory);
    }
}

void disable_vtd(PhysAddr registers, DirectMap memory) {
    // Intel VT-d 4.1, 11.4.4: a command is the status without its one-shot bits, and one change at a time.
    constexpr std::uint64_t command = 0x18, status = 0x1c;
    constexpr std::uint32_t lasting = 0x96ffffff;
    constexpr std::uint32_t translation = 1U << 31, interrupt_remapping = 1U << 25;
    for (std::uint32_t feature : {translation, interrupt_remapping}) {
        std::uint32_t now = read32(registers + status, memory);
        if ((now & feature) == 0) continue;
        write32(registers + command, now & lasting & ~feature, memory);
        // Hardware answers within microseconds; a unit that never does is left to itself.
        for (int i = 0; i < 1'000'000 && (read32(registers + status, memory) & feature) != 0; ++i) {
        }
    }
}

void disable_amd_vi(PhysAddr registers, DirectMap memory) {
    // AMD I/O Virtualization Technology 3.08, 3.4.1: bit 0 of the control register enables the whole unit.
    constexpr std::uint64_t control = 0x18;
    write32(registers + control, read32(registers + control, memory) & ~1U, memory);
}

}  // namespace lintel::arch
