// ACPI's tables: found, and each checked before anybody reads it. Section numbers are those of the ACPI specification
// 6.5.
// Invariant: the firmware's memory is read through TableMemory alone, and nothing is taken from a table before its
// signature, length and checksum were found right.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/acpi.hpp"
#include "base/address.hpp"
#include "base/bytes.hpp"
#include "base/list.hpp"
#include "base/result.hpp"

namespace lintel::acpi {

/// Physical memory, as far as it can be read.
class TableMemory {
public:
    /// The `length` bytes at `base`; nothing where some of them cannot be read.
    [[nodiscard]] virtual std::optional<Bytes> bytes(PhysAddr base, std::uint64_t length) const = 0;

protected:
    ~TableMemory() = default;
};

/// A table that another one names, sound or not.
struct Table {
    PhysAddr address;
    Bytes bytes{};                   // its header included; no more than that where it is refused
    std::optional<Error> refusal{};  // why nobody should read it

    /// Four characters, whatever they are; empty where not even a header can be read.
    [[nodiscard]] std::string_view signature() const { return as_text(bytes).substr(0, 4); }
    [[nodiscard]] std::uint8_t revision() const { return read_at<std::uint8_t>(bytes, 8).value_or(0); }
    /// Who made it: six characters.
    [[nodiscard]] std::string_view maker() const { return bytes.empty() ? "" : as_text(bytes).substr(10, 6); }
};

class Tables {
public:
    Tables() = default;

    /// All tables that the RSDP leads to, the root and the DSDT among them, in `room`. Fails where the RSDP or the root
    /// is not sound; a table behind them that is not is refused by itself.
    static Result<Tables> find(const TableMemory& memory, PhysAddr rsdp, std::span<Table> room);

    [[nodiscard]] std::span<const Table> all() const { return tables_.view(); }

    /// The first sound table with a signature such as "APIC", its header included. Fails where there is none, with the
    /// reason where one was refused.
    [[nodiscard]] Result<Bytes> table(std::string_view signature) const;

private:
    Tables(const TableMemory& memory, std::span<Table> room) : memory_(&memory), tables_(room) {}

    /// Reads and judges the table at `address`, without noting it.
    [[nodiscard]] Table look_at(PhysAddr address) const;
    Status add(PhysAddr address);
    Status add_all_of(Bytes root);

    const TableMemory* memory_ = nullptr;
    List<Table> tables_{};
};

}  // namespace lintel::acpi
