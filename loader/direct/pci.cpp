#include "loader/direct/pci.hpp"

#include "arch/x86_64/ports.hpp"
#include "loader/direct/pci_resources.hpp"

namespace lintel::loader::direct {
namespace {

constexpr std::uint16_t address_port = 0xcf8;
constexpr std::uint16_t data_port = 0xcfc;
constexpr std::uint32_t enable = 1U << 31;

constexpr std::uint32_t slots = 32, functions = 8;
constexpr std::uint32_t nothing_there = ~0U;
constexpr std::uint32_t display_adapter = 0x1111'1234;

// Above the display adapter's registers and below the I/O APIC; above the ports that QEMU's machines use themselves.
constexpr PciWindow memory_window{0xf1000000, 0xfec00000};
constexpr PciWindow io_window{0xc000, 0x10000};

}  // namespace

std::optional<PciFunction> PciFunction::find(std::uint16_t vendor, std::uint16_t device) {
    for (std::uint32_t slot = 0; slot < 32; ++slot) {
        PciFunction function(enable | slot << 11);
        if (function.read(0) == (std::uint32_t{device} << 16 | vendor)) return function;
    }
    return std::nullopt;
}

std::uint32_t PciFunction::read(unsigned offset) const {
    arch::out32(address_port, address_ | (offset & 0xfc));
    return arch::in32(data_port);
}

void PciFunction::write(unsigned offset, std::uint32_t value) const {
    arch::out32(address_port, address_ | (offset & 0xfc));
    arch::out32(data_port, value);
}

void place_pci_windows() {
    auto for_each = [](auto&& visit) {
        for (std::uint32_t slot = 0; slot < slots; ++slot) {
            const bool has_more = (PciFunction(enable | slot << 11).read(0x0c) >> 16 & 0x80) != 0;
            for (std::uint32_t number = 0; number < (has_more ? functions : 1); ++number) {
                PciFunction function(enable | slot << 11 | number << 8);
                if (function.read(0) != nothing_there) visit(function);
            }
        }
    };
    bool placed_by_firmware = false;
    for_each([&](const PciFunction& function) { placed_by_firmware = placed_by_firmware || has_window(function); });
    if (placed_by_firmware) return;
    PciWindow memory = memory_window, io = io_window;
    for_each([&](PciFunction& function) {
        if (function.read(0) != display_adapter) place_windows(function, memory, io);
    });
}

}  // namespace lintel::loader::direct
