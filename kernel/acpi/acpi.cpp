#include "kernel/acpi/acpi.hpp"

#include <algorithm>
#include <array>

#include "base/error_text.hpp"
#include "kernel/log.hpp"
#include "kernel/memory/memory.hpp"
#include "protocol/limine.hpp"

namespace lintel {
namespace {

constinit std::array<acpi::Table, 128> room{};
constinit acpi::Tables tables;

/// The direct map, as far as it really maps: the loader leaves out what the firmware says is no memory.
class MappedMemory final : public acpi::TableMemory {
public:
    [[nodiscard]] std::optional<Bytes> bytes(PhysAddr base, std::uint64_t length) const override {
        constexpr PhysAddr end(std::uint64_t{1} << 52);  // no processor has more
        if (base < PhysAddr(page_size) || base >= end || length > end - base) return std::nullopt;
        for (PhysAddr at = base; at < base + length;) {
            const auto found = kernel_tables().translate(direct_map().virt(at));
            if (!found || found->phys != at) return std::nullopt;
            at = PhysAddr(align_down(at.value(), found->page)) + found->page;
        }
        return Bytes(direct_map().pointer<const std::byte>(base), length);
    }
};
constinit const MappedMemory memory;

TextBuffer<256> words_of(const Error& error) {
    TextBuffer<256> words;
    print_error(words, error);
    return words;
}

}  // namespace

void open_acpi() {
    const auto* rsdp = limine::request<limine::Rsdp>.response();
    if (rsdp == nullptr) return log("ACPI: the loader found none");
    const VirtAddr address(reinterpret_cast<std::uint64_t>(rsdp->address));
    const auto found = acpi::Tables::find(memory, direct_map().phys(address), room);
    if (!found) return log_warning("ACPI: not used: {}", words_of(found.error()).text());
    tables = *found;
    TextBuffer<256> names;
    for (const acpi::Table& table : tables.all()) {
        if (table.refusal)
            log_warning("ACPI: refused: {}", words_of(*table.refusal).text());
        else
            print(names, " {}", Printable(table.signature()));
    }
    log("ACPI:{}", names.text());
}

const acpi::TableMemory& firmware_memory() { return memory; }

const acpi::Tables& acpi_tables() { return tables; }

}  // namespace lintel
