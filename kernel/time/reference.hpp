// A counter of the board whose speed its maker knows, to hold the processor's timestamps against: the HPET, or ACPI's
// timer.
// Invariant: it only counts; no interrupt comes from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/address.hpp"
#include "kernel/acpi/contents.hpp"
#include "kernel/time/comparison.hpp"

namespace lintel {

class ReferenceCounter {
public:
    /// The better one of those that the machine has; nothing where it has none.
    static std::optional<ReferenceCounter> find();

    /// A look at this counter and the timestamps at once.
    [[nodiscard]] Sample sample() const;

    [[nodiscard]] const CounterFacts& facts() const { return facts_; }
    [[nodiscard]] std::string_view name() const { return name_; }

private:
    ReferenceCounter(std::string_view name, CounterFacts facts, acpi::RegisterAddress place)
        : name_(name), facts_(facts), place_(place) {}

    static std::optional<ReferenceCounter> hpet();
    static std::optional<ReferenceCounter> acpi_timer();

    std::string_view name_;
    CounterFacts facts_;
    acpi::RegisterAddress place_;
};

}  // namespace lintel
