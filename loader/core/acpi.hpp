// As much of ACPI as a boot loader needs: where its tables lie. What they say is in base/acpi.hpp.
// Section numbers are those of the ACPI specification 6.5.
// Invariant: the firmware's tables are read within their own lengths, each of which is checked; what does not make
// sense is passed over.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/acpi.hpp"
#include "base/address.hpp"
#include "base/bytes.hpp"
#include "base/physical_memory.hpp"
#include "base/result.hpp"
#include "loader/core/firmware.hpp"

namespace lintel::loader {

class AcpiTables {
public:
    /// The tables that the RSDP leads to; none where `rsdp` is not one. Fails where there are too many to remember.
    static Result<AcpiTables> find(PhysicalMemory memory, PhysAddr rsdp);

    /// Where the tables lie, the RSDP, RSDT, XSDT, FACS and DSDT among them.
    [[nodiscard]] std::span<const Range> ranges() const { return std::span(ranges_).first(count_); }
    [[nodiscard]] bool empty() const { return count_ == 0; }

    /// The table with a signature such as "APIC", its header included.
    [[nodiscard]] std::optional<Bytes> table(std::string_view signature) const;

private:
    explicit AcpiTables(PhysicalMemory memory) : memory_(memory) {}

    Status add_root(PhysAddr root, std::uint64_t entry_size);
    Result<Bytes> add_table(PhysAddr address);
    Status add_tables_of_fadt(Bytes fadt);
    Status add(Range range);

    PhysicalMemory memory_;
    std::array<Range, 256> ranges_{};
    std::size_t count_ = 0;
};

}  // namespace lintel::loader
