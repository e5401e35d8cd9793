#include "loader/direct/pci.hpp"

#include "arch/x86_64/ports.hpp"

namespace lintel::loader::direct {
namespace {

constexpr std::uint16_t address_port = 0xcf8;
constexpr std::uint16_t data_port = 0xcfc;
constexpr std::uint32_t enable = 1U << 31;

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

}  // namespace lintel::loader::direct
