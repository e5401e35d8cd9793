#include "loader/core/relocation.hpp"

#include <bit>
#include <cstring>
#include <optional>

#include "base/elf.hpp"

namespace lintel::loader {
namespace {

using enum ErrorCode;

/// What an executable's addresses stay below, so that none of its pointers is near the end of the address space.
constexpr std::uint64_t highest_end = 0 - large_page_size;

/// The image by the addresses that the executable was linked at.
class Relocator {
public:
    Relocator(const Executable& executable, MutableBytes image)
        : image_(image),
          linked_base_(executable.base().value() - executable.slide()),
          slide_(executable.slide()),
          tables_(executable.dynamic_tables()) {}

    /// Those without addends come first: where a table with addends names a word as well, it alone decides.
    Status run() {
        TRY(apply_relative(tables_.relr));
        TRY(apply(tables_.rela));
        return apply(tables_.procedure_linkage);
    }

private:
    [[nodiscard]] Result<Bytes> bytes(AddressedTable table) const {
        if (table.size == 0) return Bytes();
        auto found = slice(image_, table.address - linked_base_, table.size);
        if (!found) return fail_at(malformed, "a relocation table lies outside the executable's image", table.address);
        return *found;
    }

    [[nodiscard]] Result<MutableBytes> target(std::uint64_t address) const {
        std::uint64_t offset = address - linked_base_;
        if (!slice(image_, offset, sizeof(std::uint64_t)))
            return fail_at(malformed, "a relocation changes something outside the executable's image", address);
        return image_.subspan(offset, sizeof(std::uint64_t));
    }

    Status put(std::uint64_t address, std::uint64_t value) const {
        std::memcpy(TRY(target(address)).data(), &value, sizeof value);
        return {};
    }

    Status add_slide(std::uint64_t address) const {
        auto value = *read_at<std::uint64_t>(TRY(target(address)), 0);
        return put(address, value + slide_);
    }

    /// The compact table of relative relocations (gABI, "Relative Relocation AddressedTable"): an even entry is an
    /// address, an odd one a map of which of the next 63 words follow it.
    Status apply_relative(AddressedTable table) const {
        Bytes entries = TRY(bytes(table));
        std::uint64_t next = 0;
        for (std::uint64_t at = 0; at + sizeof(std::uint64_t) <= entries.size(); at += sizeof(std::uint64_t)) {
            auto entry = *read_at<std::uint64_t>(entries, at);
            if ((entry & 1) == 0) {
                TRY(add_slide(entry));
                next = entry + sizeof(std::uint64_t);
                continue;
            }
            for (std::uint64_t map = entry >> 1; map != 0; map &= map - 1)
                TRY(add_slide(next + static_cast<unsigned>(std::countr_zero(map)) * sizeof(std::uint64_t)));
            next += 63 * sizeof(std::uint64_t);
        }
        return {};
    }

    Status apply(AddressedTable table) const {
        Bytes entries = TRY(bytes(table));
        for (std::uint64_t at = 0; at + sizeof(elf::Relocation) <= entries.size(); at += sizeof(elf::Relocation))
            TRY(apply(*read_at<elf::Relocation>(entries, at)));
        return {};
    }

    Status apply(const elf::Relocation& relocation) const {
        switch (relocation.type) {
            case elf::relocation_relative:
                return put(relocation.address, slide_ + relocation.addend);
            case elf::relocation_64:
                return put(relocation.address, TRY(symbol(relocation.symbol)) + relocation.addend);
            case elf::relocation_global_data:
            case elf::relocation_jump_slot:
                return put(relocation.address, TRY(symbol(relocation.symbol)));
            default:
                if (is_known_relocation(relocation.type)) return {};
                return fail(unsupported, "the executable has a relocation of a type that this loader does not know", {},
                            relocation.type);
        }
    }

    /// The address that a symbol stands for.
    [[nodiscard]] Result<std::uint64_t> symbol(std::uint32_t index) const {
        std::uint64_t offset = tables_.symbols - linked_base_ + index * sizeof(elf::Symbol);
        auto found = tables_.symbols == 0 ? std::nullopt : read_at<elf::Symbol>(image_, offset);
        if (!found) return fail(malformed, "a relocation names a symbol outside the executable's image", {}, index);
        if (found->type() == elf::symbol_indirect_function)
            return fail(unsupported, "a relocation names a function that is chosen at run time", {}, index);
        if (found->section == elf::section_absolute) return found->value;
        if (found->section != elf::section_undefined) return found->value + slide_;
        if (found->binding() == elf::symbol_weak) return 0;
        return fail(malformed, "the executable uses a symbol that it does not define", {}, index);
    }

    MutableBytes image_;
    std::uint64_t linked_base_;
    std::uint64_t slide_;
    const DynamicTables& tables_;
};

}  // namespace

Result<std::uint64_t> choose_slide(const Executable& executable, Random* random) {
    if (!executable.is_relocatable()) return 0;
    std::uint64_t base = executable.base().value();
    if (random == nullptr && base >= lowest_executable_address && base <= highest_end) return 0;

    // Whatever the executable aligned itself to, it stays aligned to.
    std::uint64_t step = executable.alignment();
    std::uint64_t lowest = lowest_executable_address + (base & (step - 1));
    if (executable.image_size() > highest_end - lowest)
        return fail(unsupported, "the executable does not fit the top 2 GiB with the alignment that it wants", {},
                    step);
    if (random == nullptr) return lowest - base;
    std::uint64_t choices = (highest_end - lowest - executable.image_size()) / step + 1;
    return lowest + random->below(choices) * step - base;
}

bool is_known_relocation(std::uint32_t type) {
    switch (type) {
        case elf::relocation_none:
        case elf::relocation_relative:
        case elf::relocation_64:
        case elf::relocation_global_data:
        case elf::relocation_jump_slot:
            return true;
        default:
            return false;
    }
}

Status relocate(const Executable& executable, MutableBytes image) { return Relocator(executable, image).run(); }

}  // namespace lintel::loader
