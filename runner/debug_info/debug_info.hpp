// What a kernel's ELF file tells about its addresses: symbols, segments, and with DWARF the functions and source lines.
// Invariant: a broken file yields less, never a wrong place, a crash or an endless loop. Addresses are those of the
// running kernel: the slide that the loader added to the linked ones is added here as well.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/host/files.hpp"

struct Dwarf;  // elfutils' own
struct Dwarf_CFI_s;
struct Elf;

namespace lintel::runner {

struct SourceLine {
    fs::path file{};  // as the compiler was told; absolute where it said from where
    unsigned line = 0;
    bool operator==(const SourceLine&) const = default;
};

/// A function that an address belongs to. One that the compiler has inlined has its own.
struct Frame {
    std::string function{};  // demangled, without parameters: "lintel::panic"
    SourceLine source{};     // line 0 where it is not known
};

struct Place {
    std::string symbol{};  // likewise demangled; empty where no symbol is near
    std::uint64_t offset = 0;
    std::vector<Frame> frames{};  // the innermost first: each was inlined into the next
    bool in_code = false;         // an executable segment has it

    [[nodiscard]] bool known() const { return !frames.empty() || !symbol.empty(); }
    /// The innermost function; the symbol where there is no DWARF.
    [[nodiscard]] const std::string& function() const { return frames.empty() ? symbol : frames.front().function; }
    [[nodiscard]] SourceLine source() const { return frames.empty() ? SourceLine{} : frames.front().source; }
};

/// "main at kernel/main.cpp:12", or "main+0x1c" without line numbers; empty where nothing is known.
std::string describe(const Place& place);

/// A variable that is not a function's own, and where DWARF has it.
struct Variable {
    std::string name{};                      // with its namespaces
    std::string type{};                      // without const, volatile and typedefs; empty where it has no name
    std::optional<std::uint64_t> address{};  // as linked; nothing where the optimizer has dropped it
    std::uint64_t unit = 0;                  // offsets in .debug_info
    std::uint64_t entry = 0;
};

struct Segment {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    bool readable = false, writable = false, executable = false;
    [[nodiscard]] bool contains(std::uint64_t address) const { return address >= begin && address < end; }
};

/// The registers by which a function's caller is found: RIP, RSP, RBP.
struct CallFrame {
    std::uint64_t instruction = 0;
    std::uint64_t stack = 0;
    std::uint64_t frame = 0;
};

class DebugInfo {
public:
    /// Gives 8 bytes of the running kernel's memory.
    using ReadMemory = std::function<std::optional<std::uint64_t>(std::uint64_t)>;

    /// Refuses what cannot be read or is no 64-bit little-endian ELF; without symbols or DWARF it just knows less.
    static Outcome<DebugInfo> open(const fs::path& kernel);

    /// How much higher than linked the kernel runs (KASLR). 0 at first.
    void set_slide(std::uint64_t slide) { slide_ = slide; }
    [[nodiscard]] std::uint64_t slide() const { return slide_; }
    /// Whether a loader may move it at all.
    [[nodiscard]] bool relocatable() const { return relocatable_; }

    /// What an address of the code stands for. A return address belongs to the instruction before it: ask for one less.
    [[nodiscard]] Place place(std::uint64_t address) const;
    /// Where the variable at this address is declared.
    [[nodiscard]] std::optional<SourceLine> variable(std::uint64_t address) const;
    /// All variables outside functions, with their linked addresses: a walk through all of the DWARF.
    [[nodiscard]] std::vector<Variable> variables() const;
    /// Where one of them is declared; line 0 where that is not known.
    [[nodiscard]] SourceLine source_of(const Variable& variable) const;
    /// The address of the symbol with this name, as the linker spells it.
    [[nodiscard]] std::optional<std::uint64_t> find(std::string_view symbol) const;

    /// Whether the instruction before the address is a call, so that it can be a return address.
    [[nodiscard]] bool follows_call(std::uint64_t address) const;
    /// The caller of the function that has the address `within`, by call frame information; nothing where the file has
    /// none for it.
    [[nodiscard]] std::optional<CallFrame> caller(const CallFrame& frame, std::uint64_t within,
                                                  const ReadMemory& read) const;

    [[nodiscard]] bool has_symbols() const { return !symbols_.empty(); }
    [[nodiscard]] bool has_lines() const { return !units_.empty(); }
    [[nodiscard]] std::uint64_t entry() const { return entry_ + slide_; }
    /// The PT_LOAD segments, in the file's order.
    [[nodiscard]] std::vector<Segment> segments() const;
    /// The section at an address (".rodata"); empty where there is none.
    [[nodiscard]] std::string_view section(std::uint64_t address) const;
    /// Up to `size` bytes that the file has for an address.
    [[nodiscard]] std::string_view bytes(std::uint64_t address, std::size_t size) const;

private:
    struct Symbol {
        std::uint64_t address;
        std::uint64_t size;
        const char* name;
        bool function;
    };
    struct Section {
        std::uint64_t begin, end;
        const char* name;
    };
    struct LoadedPart {
        Segment linked;
        std::string_view bytes;
    };
    struct UnitRange {
        std::uint64_t begin, end;
        std::uint64_t offset;  // of the unit's entry in .debug_info
    };

    DebugInfo() : elf_(nullptr, nullptr), dwarf_(nullptr, nullptr), handling_(nullptr, nullptr) {}
    Outcome<void> read_headers(const fs::path& kernel);
    void read_sections();
    void read_symbols(std::uint32_t type);
    void read_units();
    [[nodiscard]] const Symbol* nearest(std::uint64_t linked) const;
    [[nodiscard]] std::vector<Frame> frames(std::uint64_t linked) const;

    // In this order: what libdw reads goes last.
    std::unique_ptr<std::string> file_{};
    std::unique_ptr<Elf, void (*)(Elf*)> elf_;
    std::unique_ptr<Dwarf, void (*)(Dwarf*)> dwarf_;
    std::unique_ptr<Dwarf_CFI_s, void (*)(Dwarf_CFI_s*)> handling_;  // .eh_frame's
    std::uint64_t slide_ = 0;
    std::uint64_t entry_ = 0;
    bool relocatable_ = false;
    std::vector<LoadedPart> parts_{};
    std::vector<Section> sections_{};
    std::vector<Symbol> symbols_{};   // by address
    std::vector<UnitRange> units_{};  // by address
};

/// The line itself, without the blanks around it; nothing where the source is not at hand.
std::optional<std::string> text_of(const SourceLine& source);

}  // namespace lintel::runner
