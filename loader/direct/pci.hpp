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
    explicit PciFunction(std::uint32_t address) : address_(address) {}
    std::uint32_t address_;
};

}  // namespace lintel::loader::direct
