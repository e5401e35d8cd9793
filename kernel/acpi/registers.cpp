#include "kernel/acpi/registers.hpp"

#include "arch/device_io.hpp"
#include "kernel/memory/devices.hpp"

namespace lintel {
namespace {

Result<VirtAddr> map(const acpi::RegisterAddress& place) {
    if (place.space != acpi::AddressSpace::memory)
        return fail(ErrorCode::unsupported, "the firmware's register is in PCI configuration space");
    return map_device(PhysAddr(place.address), sizeof(std::uint32_t));
}

}  // namespace

Result<std::uint32_t> read_register(const acpi::RegisterAddress& from) {
    if (from.space == acpi::AddressSpace::io)
        return arch::read_system_io(static_cast<std::uint16_t>(from.address), from.bits / 8U);
    return arch::read_register(TRY(map(from)), from.bits / 8U);
}

Status write_register(const acpi::RegisterAddress& to, std::uint32_t value) {
    if (to.space == acpi::AddressSpace::io)
        arch::write_system_io(static_cast<std::uint16_t>(to.address), to.bits / 8U, value);
    else
        arch::write_register(TRY(map(to)), to.bits / 8U, value);
    return {};
}

}  // namespace lintel
