// PCI configuration space through its two I/O ports (PCI Local Bus 3.0, 3.2.2.3.2).
#pragma once

#include <cstdint>
#include <optional>

namespace lintel::loader::direct {

class PciFunction {
public:
    /// The first function on bus 0 with that vendor and device.
    static std::optional<PciFunction> find(std::uint16_t vendor, std::uint16_t device);

    [[nodiscard]] std::uint32_t read(unsigned offset) const;
    void write(unsigned offset, std::uint32_t value) const;

private:
    friend void place_pci_windows();

    explicit PciFunction(std::uint32_t address) : address_(address) {}
    std::uint32_t address_;
};

/// Gives addresses to the functions on bus 0, as firmware would have; where firmware has, it does nothing. The display
/// adapter has its own place (bochs_display.cpp).
void place_pci_windows();

}  // namespace lintel::loader::direct
