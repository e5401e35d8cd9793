// I/O APICs: they turn the lines of devices into interrupts of a processor's choice (Intel 82093AA).
// Invariant: whoever calls sees to it that one processor at a time touches an I/O APIC.
#pragma once

#include <cstdint>

#include "base/address.hpp"

namespace lintel::arch {

/// How a line says that its device wants something.
enum class Polarity : std::uint8_t { high, low };
enum class Trigger : std::uint8_t { edge, level };

/// Where a line leads to.
struct Route {
    unsigned vector;
    std::uint8_t apic_id;  // there are no more bits
    Polarity polarity;
    Trigger trigger;
    bool masked = false;
    friend bool operator==(const Route&, const Route&) = default;
};

class IoApic {
public:
    IoApic() = default;
    /// The one whose registers are mapped at `registers`.
    explicit IoApic(VirtAddr registers) : registers_(registers) {}

    [[nodiscard]] unsigned lines() const;
    [[nodiscard]] Route route(unsigned line) const;
    void set_route(unsigned line, const Route& route);
    void mask(unsigned line);

private:
    [[nodiscard]] std::uint32_t read(std::uint32_t number) const;
    void write(std::uint32_t number, std::uint32_t value);

    VirtAddr registers_{};
};

/// Silences the two 8259s that I/O APICs replace. What they still say, which they do when a line falls too early, has
/// vectors from `first_vector` on.
void silence_legacy_pics(unsigned first_vector);

}  // namespace lintel::arch
