// What linkers leave in an ELF file for debuggers: sections and symbols. Loaders read neither.
// Invariant: a section that the file does not hold whole is not there; a broken table only knows less.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace lintel::runner {

struct ElfSection {
    std::string_view name;
    std::uint32_t type;
    std::uint64_t address;  // 0 where it is not loaded
    Bytes bytes;            // none for one without bytes in the file
    std::uint64_t size;
    std::uint32_t link;  // of another section
};

struct ElfSymbol {
    std::uint64_t address;
    std::uint64_t size;
    std::string_view name;  // as the linker spells it
    bool function;
};

class Sections {
public:
    /// Views into `file`, which must outlive them.
    static Sections read(Bytes file);

    [[nodiscard]] const ElfSection* find(std::string_view name) const;
    /// Those with an address and a name, sorted by address.
    [[nodiscard]] const std::vector<ElfSymbol>& symbols() const { return symbols_; }
    /// The symbol that covers `address`; null where none does.
    [[nodiscard]] const ElfSymbol* symbol_at(std::uint64_t address) const;
    /// What a dynamic relocation calls its symbol number `index`; empty where that is not known.
    [[nodiscard]] std::string_view dynamic_symbol(std::uint32_t index) const;

private:
    [[nodiscard]] const ElfSection* linked(const ElfSection& section) const;
    void read_symbols(const ElfSection& table);

    std::vector<ElfSection> sections_{};
    std::vector<ElfSymbol> symbols_{};
};

}  // namespace lintel::runner
