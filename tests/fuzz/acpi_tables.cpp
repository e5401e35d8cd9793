// ACPI as the kernel reads it: the walk from the RSDP, and what each table says.
// The input: a physical memory from its second page on, with the RSDP at its start. The checksums of the RSDP and of
// the tables are made right, or no change would get any further.
#include "kernel/acpi/contents.hpp"
#include "kernel/acpi/tables.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lintel::fuzz {
namespace {

using namespace lintel::acpi;

constexpr PhysAddr memory_begin(page_size);

/// Makes the `length` bytes at `offset` add up to zero by changing the one at `checksum`.
void correct(MutableBytes memory, std::uint64_t offset, std::uint64_t length, std::uint64_t checksum) {
    if (!slice(memory, offset, length) || checksum >= length) return;
    unsigned sum = 0;
    for (std::byte byte : memory.subspan(offset, length)) sum += std::to_integer<unsigned>(byte);
    std::byte& target = memory[offset + checksum];
    target = static_cast<std::byte>(std::to_integer<unsigned>(target) - sum);
}

/// The input as memory. A table is made sound as it is asked for whole, unless its last byte is odd.
class Memory final : public TableMemory {
public:
    explicit Memory(std::vector<std::byte>& content) : content_(content) {}

    [[nodiscard]] std::optional<Bytes> bytes(PhysAddr base, std::uint64_t length) const override {
        if (base < memory_begin) return std::nullopt;
        const std::uint64_t offset = base - memory_begin;
        const auto found = slice(content_, offset, length);
        constexpr std::uint64_t checksum = 9;
        if (found && offset != 0 && length > header_size && (std::to_integer<unsigned>(found->back()) & 1) == 0)
            correct(content_, offset, length, checksum);
        return found;
    }

private:
    std::vector<std::byte>& content_;
};

template <class T>
void check(const Result<T>& result) {
    if (!result) check_error(result.error());
}

void read_contents(Bytes table) {
    check(fixed_hardware(table));
    check(event_timers(table));
    check(serial_console(table));
    if (const auto off = soft_off(table)) ensure(off->a < 8 && off->b < 8, "a sleep type has three bits");
    (void)has_legacy_pics(table);
    (void)line_of_isa(table, 0);
    std::size_t segments = 0;
    for_each_pci_segment(table, [&](PciSegment segment) {
        ensure(segment.first_bus <= segment.last_bus, "buses are in order");
        ++segments;
    });
    ensure(segments * 16 <= table.size(), "each segment has its entry");
}

}  // namespace

void try_input(Bytes input) {
    auto content = copy_of(input);
    correct(content, 0, rsdp_size_before_2, 8);
    correct(content, 0, rsdp_size_from_2, 32);
    const Memory memory(content);
    std::array<Table, 16> room{};
    const auto tables = Tables::find(memory, memory_begin, room);
    if (!tables) return check_error(tables.error());
    for (const Table& table : tables->all()) {
        if (table.refusal)
            check_error(*table.refusal);
        else
            read_contents(copy_of(table.bytes));
    }
}

}  // namespace lintel::fuzz
