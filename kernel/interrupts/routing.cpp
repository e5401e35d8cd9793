#include "kernel/interrupts/routing.hpp"

#include <array>

#include "base/list.hpp"
#include "kernel/acpi/acpi.hpp"
#include "kernel/interrupts/interrupts.hpp"
#include "kernel/log.hpp"
#include "kernel/memory/devices.hpp"
#include "kernel/sync/spin_lock.hpp"

namespace lintel {
namespace {

struct Block {
    std::uint32_t first;  // line
    std::uint32_t count;
    arch::IoApic registers;
};

constinit SpinLock lock("I/O APICs");
constinit std::array<Block, 32> room{};
constinit List<Block> blocks{};

/// What the 8259s may still say has vectors of its own, below those of devices.
constexpr unsigned legacy_vectors = 0x20;
static_assert(legacy_vectors + 16 <= first_device_vector);

/// The memory of an I/O APIC that is not there reads as all ones.
constexpr unsigned most_lines = 240;

Status take_over(const acpi::IoApic& described) {
    const VirtAddr registers = TRY(map_device(described.address, page_size));
    Block block{described.first_interrupt, 0, arch::IoApic(registers)};
    block.count = block.registers.lines();
    if (block.count > most_lines)
        return fail_at(ErrorCode::device, "no I/O APIC answers where the MADT has one", described.address.value());
    for (unsigned line = 0; line < block.count; ++line) block.registers.mask(line);
    if (!blocks.push(block)) return fail(ErrorCode::unsupported, "there are more I/O APICs than there is room for");
    log("I/O APIC: lines {} to {}", block.first, block.first + block.count - 1);
    return {};
}

/// With the lock held.
Block* block_of(std::uint32_t line) {
    for (Block& block : blocks)
        if (line >= block.first && line - block.first < block.count) return &block;
    return nullptr;
}

}  // namespace

void open_routing() {
    blocks = List<Block>(room);
    const auto madt = acpi_tables().table(acpi::madt_signature);
    if (!madt) return log_warning("I/O APIC: {}: {}", madt.error().text, madt.error().subject);
    if (acpi::has_legacy_pics(*madt)) arch::silence_legacy_pics(legacy_vectors);
    acpi::for_each_io_apic(*madt, [](const acpi::IoApic& described) {
        if (const Status taken = take_over(described); !taken) log_warning("I/O APIC: {}", taken.error().text);
    });
}

acpi::InterruptLine isa_line(std::uint8_t interrupt) {
    return acpi::line_of_isa(acpi_tables().table(acpi::madt_signature).value_or(Bytes()), interrupt);
}

Status route_interrupt(const acpi::InterruptLine& line, unsigned vector, std::uint32_t apic_id) {
    constexpr std::uint32_t all_processors = 0xff;
    if (apic_id >= all_processors)
        return fail(ErrorCode::unsupported, "an I/O APIC cannot name this processor", {}, apic_id);
    const Locked locked(lock);
    Block* block = block_of(line.number);
    if (block == nullptr) return fail(ErrorCode::not_found, "no I/O APIC has this line", {}, line.number);
    block->registers.set_route(line.number - block->first, {.vector = vector,
                                                            .apic_id = static_cast<std::uint8_t>(apic_id),
                                                            .polarity = line.polarity,
                                                            .trigger = line.trigger});
    return {};
}

void mask_interrupt(std::uint32_t line) {
    const Locked locked(lock);
    if (Block* block = block_of(line)) block->registers.mask(line - block->first);
}

Result<arch::Route> route_of(std::uint32_t line) {
    const Locked locked(lock);
    const Block* block = block_of(line);
    if (block == nullptr) return fail(ErrorCode::not_found, "no I/O APIC has this line", {}, line);
    return block->registers.route(line - block->first);
}

}  // namespace lintel
