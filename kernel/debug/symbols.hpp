// Names for addresses in the kernel, from the symbol table of its own ELF file.
// Invariant: the file is read with bounds checked at each step; a broken one has no names, and does no harm.
#pragma once

#include <optional>
#include <string_view>

#include "base/address.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"

namespace lintel {

struct SymbolPlace {
    std::string_view name;  // as the linker knows it
    std::uint64_t offset;   // bytes from the symbol's start
};

class SymbolTable {
public:
    /// The symbols of an ELF64 file, which must outlive it. `slide` is how far the executable lies from where it was
    /// linked. Nothing where the file has no symbol table.
    static std::optional<SymbolTable> find(Bytes file, std::uint64_t slide = 0);

    /// The function that `address` lies in.
    [[nodiscard]] std::optional<SymbolPlace> function_at(VirtAddr address) const;

private:
    SymbolTable(Bytes symbols, Bytes names, std::uint64_t slide) : symbols_(symbols), names_(names), slide_(slide) {}

    Bytes symbols_;
    Bytes names_;
    std::uint64_t slide_;
};

/// "lintel::hlt_loop" for "_ZN6lintel8hlt_loopEv": the qualified name without parameters. Names that need more of the
/// grammar (Itanium C++ ABI, 5.1) than plain scopes come out as they are.
TextBuffer<160> readable_name(std::string_view name);

}  // namespace lintel
