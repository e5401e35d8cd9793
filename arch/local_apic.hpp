// The local APIC of the processor that runs: its mode, its silence, interrupts that start other processors, and for a
// kernel the interrupts that it takes and sends.
// Invariant: works in whichever mode the APIC is, except where it is told to change it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/address.hpp"

namespace lintel::arch {

/// How a local APIC is addressed: through memory, with IDs of 8 bits, or through registers, with IDs of 32.
enum class ApicMode : std::uint8_t { xapic, x2apic };

/// What a processor's local APIC is and can be.
struct LocalApicFacts {
    bool present = false;
    std::uint32_t id = 0;
    ApicMode mode = ApicMode::xapic;
    bool has_x2apic = false;
    bool can_leave_x2apic = true;
};

LocalApicFacts local_apic_facts(DirectMap memory);

/// Enables the APIC, in `mode`, which it can have.
void set_apic_mode(ApicMode mode);

std::uint32_t local_apic_id(DirectMap memory);

/// A local interrupt pin of this processor's APIC that is wired to NMI (MADT types 4 and 0x0A).
struct LocalNmi {
    std::uint8_t pin;     // 0: LINT0, 1: LINT1
    std::uint16_t flags;  // MPS INTI flags (ACPI 6.5, table 5.26)
};

/// Masks the local vectors of an enabled APIC, NMI pins as `nmis` say.
void quiet_local_apic(std::span<const LocalNmi> nmis, DirectMap memory);

/// Makes the processor with that APIC ID wait for a startup interrupt.
void send_init(std::uint32_t id, DirectMap memory);

/// Makes a processor that waits for it start at `page`, which lies below 1 MiB.
void send_startup(std::uint32_t id, PhysAddr page, DirectMap memory);

// For a kernel: all processors have the same mode, and their registers at the same place, each its own.

bool has_local_apic();

/// The page of its registers; nothing where they are not in memory (x2APIC mode).
std::optional<PhysAddr> local_apic_registers();

/// Lets this processor take interrupts through its local APIC, and NMIs from the pins that the loader has set up for
/// them. `registers` is where the kernel has mapped local_apic_registers(). The timer and the like stay masked. Gives
/// the APIC's ID.
std::uint32_t enable_local_apic(VirtAddr registers, unsigned spurious_vector);

/// Tells the local APIC that the interrupt in hand is dealt with. Before enable_local_apic() it does nothing.
void end_of_interrupt();

/// Sends an interrupt to the processor whose APIC has the ID `to`, which may be this one.
void send_interrupt(std::uint32_t to, unsigned vector);

/// Sends the interrupt that cannot be masked.
void send_nmi(std::uint32_t to);

}  // namespace lintel::arch
