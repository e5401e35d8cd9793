// The DWARF half, read with libdw. Clang writes no .debug_aranges, so the units' ranges are collected here.
// Invariant: every walk is bounded in depth and number, whatever the file says.
#include <algorithm>
#include <functional>

#include "runner/debug_info/entries.hpp"
#include "runner/debug_info/names.hpp"

namespace lintel::runner {

namespace {

constexpr std::size_t most_ranges = 100'000;  // of one unit
constexpr std::size_t most_children = 1'000'000;

std::string name_of(Dwarf_Die die) {
    Dwarf_Attribute attribute;
    for (unsigned kind : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name, DW_AT_name}) {
        if (::dwarf_attr_integrate(&die, kind, &attribute) == nullptr) continue;
        const char* name = ::dwarf_formstring(&attribute);
        // Rust's newer scheme is no Itanium name; the plain one reads better than that.
        if (name != nullptr && !std::string_view(name).starts_with("_R")) return readable_name(name);
    }
    return "?";
}

SourceLine line_at(Dwarf_Die unit, Dwarf_Addr address) {
    Dwarf_Line* found = ::dwarf_getsrc_die(&unit, address);
    int line = 0;
    if (found == nullptr || ::dwarf_lineno(found, &line) != 0) return {};
    return in_folder_of(unit, ::dwarf_linesrc(found, nullptr, nullptr), line);
}

/// Where the function of an inlined instance was called: DW_AT_call_file and DW_AT_call_line.
SourceLine call_of(Dwarf_Die unit, Dwarf_Die inlined) {
    Dwarf_Attribute attribute;
    Dwarf_Word file = 0, line = 0;
    Dwarf_Files* files = nullptr;
    std::size_t count = 0;
    if (::dwarf_formudata(::dwarf_attr(&inlined, DW_AT_call_file, &attribute), &file) != 0 ||
        ::dwarf_formudata(::dwarf_attr(&inlined, DW_AT_call_line, &attribute), &line) != 0 ||
        ::dwarf_getsrcfiles(&unit, &files, &count) != 0 || file >= count || line > INT32_MAX)
        return {};
    return in_folder_of(unit, ::dwarf_filesrc(files, file, nullptr, nullptr), static_cast<int>(line));
}

/// Calls `take` for each child until it returns true; whether one did.
bool any_child(Dwarf_Die die, const std::function<bool(Dwarf_Die)>& take) {
    Dwarf_Die child;
    if (::dwarf_child(&die, &child) != 0) return false;
    for (std::size_t count = 0; count < most_children; ++count) {
        if (take(child)) return true;
        if (::dwarf_siblingof(&child, &child) != 0) return false;
    }
    return false;
}

/// Entries that hold functions or variables without having addresses themselves.
bool is_scope(int tag) {
    return tag == DW_TAG_namespace || tag == DW_TAG_class_type || tag == DW_TAG_structure_type || tag == DW_TAG_module;
}

/// The functions around an address, the outermost first: the function itself, then what was inlined into it.
bool find_functions(Dwarf_Die die, Dwarf_Addr address, std::vector<Dwarf_Die>& found, int depth = 0) {
    if (depth > deepest) return false;
    return any_child(die, [&](Dwarf_Die child) {
        const int tag = ::dwarf_tag(&child);
        if (is_scope(tag)) return find_functions(child, address, found, depth + 1);
        const bool function = tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine;
        if (!function && tag != DW_TAG_lexical_block) return false;
        if (::dwarf_haspc(&child, address) <= 0) return false;
        if (function) found.push_back(child);
        find_functions(child, address, found, depth + 1);
        return true;
    });
}

bool find_variable(Dwarf_Die die, std::uint64_t address, Dwarf_Die& found, int depth = 0) {
    if (depth > deepest) return false;
    return any_child(die, [&](Dwarf_Die child) {
        const int tag = ::dwarf_tag(&child);
        if (is_scope(tag) || tag == DW_TAG_subprogram) return find_variable(child, address, found, depth + 1);
        if (tag != DW_TAG_variable || address_of(child) != address) return false;
        found = child;
        return true;
    });
}

}  // namespace

void DebugInfo::read_units() {
    Dwarf_CU* unit = nullptr;
    Dwarf_Die die;
    for (std::size_t count = 0; count < most_units; ++count) {
        if (::dwarf_get_units(dwarf_.get(), unit, &unit, nullptr, nullptr, &die, nullptr) != 0) break;
        Dwarf_Addr base = 0, begin = 0, end = 0;
        std::ptrdiff_t at = 0;
        for (std::size_t ranges = 0; ranges < most_ranges; ++ranges) {
            at = ::dwarf_ranges(&die, at, &base, &begin, &end);
            if (at <= 0) break;
            if (begin < end) units_.push_back({begin, end, ::dwarf_dieoffset(&die)});
        }
    }
    std::ranges::sort(units_, {}, &UnitRange::begin);
}

std::vector<Frame> DebugInfo::frames(std::uint64_t linked) const {
    auto behind = std::ranges::upper_bound(units_, linked, {}, &UnitRange::begin);
    if (behind == units_.begin() || linked >= std::prev(behind)->end) return {};
    Dwarf_Die unit;
    if (::dwarf_offdie(dwarf_.get(), std::prev(behind)->offset, &unit) == nullptr) return {};
    std::vector<Dwarf_Die> found;
    find_functions(unit, linked, found);
    std::vector<Frame> result;
    SourceLine source = line_at(unit, linked);
    // Assembly has lines and no functions: the symbol stands for one.
    if (found.empty() && source.line != 0) result.push_back({"", source});
    for (auto function = found.rbegin(); function != found.rend(); ++function) {
        result.push_back({name_of(*function), source});
        source = call_of(unit, *function);
    }
    return result;
}

std::optional<SourceLine> DebugInfo::variable(std::uint64_t address) const {
    if (!dwarf_) return std::nullopt;
    Dwarf_CU* unit = nullptr;
    Dwarf_Die die;
    for (std::size_t count = 0; count < most_units; ++count) {
        if (::dwarf_get_units(dwarf_.get(), unit, &unit, nullptr, nullptr, &die, nullptr) != 0) break;
        Dwarf_Die found;
        if (!find_variable(die, address - slide_, found)) continue;
        SourceLine source = declaration_of(die, found);
        return source.line == 0 ? std::nullopt : std::optional(std::move(source));
    }
    return std::nullopt;
}

}  // namespace lintel::runner
