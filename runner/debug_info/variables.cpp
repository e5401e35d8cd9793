// The variables of a program that are not a function's, as its DWARF has them.
// Invariant: every walk is bounded in depth and number, whatever the file says.
#include "runner/debug_info/entries.hpp"

namespace lintel::runner {

namespace {

constexpr std::size_t most_entries = 10'000'000;

std::string text_of(const char* text) { return text == nullptr ? std::string() : text; }

/// What the type is called, without const, volatile and typedefs.
std::string type_of(Dwarf_Die variable) {
    Dwarf_Attribute attribute;
    Dwarf_Die type;
    Dwarf_Die peeled;
    if (::dwarf_attr_integrate(&variable, DW_AT_type, &attribute) == nullptr ||
        ::dwarf_formref_die(&attribute, &type) == nullptr || ::dwarf_peel_type(&type, &peeled) != 0)
        return {};
    return text_of(::dwarf_diename(&peeled));
}

bool is_declaration(Dwarf_Die variable) {
    Dwarf_Attribute attribute;
    bool flag = false;
    return ::dwarf_attr(&variable, DW_AT_declaration, &attribute) != nullptr &&
           ::dwarf_formflag(&attribute, &flag) == 0 && flag;
}

class Walk {
public:
    Walk(Dwarf_Die unit, std::vector<Variable>& found) : unit_(unit), found_(found) {}

    void look_in(Dwarf_Die parent, const std::string& scope, int depth = 0) {
        Dwarf_Die child;
        if (depth > deepest || ::dwarf_child(&parent, &child) != 0) return;
        for (std::size_t count = 0; count < most_entries; ++count) {
            const int tag = ::dwarf_tag(&child);
            if (tag == DW_TAG_variable && !is_declaration(child))
                found_.push_back({scope + text_of(::dwarf_diename(&child)), type_of(child), address_of(child),
                                  ::dwarf_dieoffset(&unit_), ::dwarf_dieoffset(&child)});
            if (tag == DW_TAG_namespace || tag == DW_TAG_module) {
                const std::string name = text_of(::dwarf_diename(&child));  // none: unnamed
                look_in(child, name.empty() ? scope : scope + name + "::", depth + 1);
            }
            if (::dwarf_siblingof(&child, &child) != 0) return;
        }
    }

private:
    Dwarf_Die unit_;
    std::vector<Variable>& found_;
};

}  // namespace

SourceLine in_folder_of(Dwarf_Die unit, const char* file, int line) {
    if (file == nullptr || line <= 0) return {};
    fs::path path = file;
    Dwarf_Attribute attribute;
    if (path.is_relative() && ::dwarf_attr(&unit, DW_AT_comp_dir, &attribute) != nullptr)
        if (const char* folder = ::dwarf_formstring(&attribute)) path = folder / path;
    return {path.lexically_normal(), static_cast<unsigned>(line)};
}

SourceLine declaration_of(Dwarf_Die unit, Dwarf_Die variable) {
    Dwarf_Attribute attribute;
    Dwarf_Word file = 0, line = 0;
    Dwarf_Files* files = nullptr;
    std::size_t count = 0;
    if (::dwarf_formudata(::dwarf_attr_integrate(&variable, DW_AT_decl_file, &attribute), &file) != 0 ||
        ::dwarf_formudata(::dwarf_attr_integrate(&variable, DW_AT_decl_line, &attribute), &line) != 0 ||
        ::dwarf_getsrcfiles(&unit, &files, &count) != 0 || file >= count || line > INT32_MAX)
        return {};
    return in_folder_of(unit, ::dwarf_filesrc(files, file, nullptr, nullptr), static_cast<int>(line));
}

std::optional<std::uint64_t> address_of(Dwarf_Die variable) {
    Dwarf_Attribute attribute;
    Dwarf_Op* steps = nullptr;
    std::size_t count = 0;
    if (::dwarf_attr(&variable, DW_AT_location, &attribute) == nullptr ||
        ::dwarf_getlocation(&attribute, &steps, &count) != 0 || count != 1)
        return std::nullopt;
    if (steps[0].atom == DW_OP_addr) return steps[0].number;
    Dwarf_Attribute indexed;
    Dwarf_Addr place = 0;
    if (steps[0].atom == DW_OP_addrx && ::dwarf_getlocation_attr(&attribute, steps, &indexed) == 0 &&
        ::dwarf_formaddr(&indexed, &place) == 0)
        return place;
    return std::nullopt;
}

std::vector<Variable> DebugInfo::variables() const {
    std::vector<Variable> found;
    if (!dwarf_) return found;
    Dwarf_CU* unit = nullptr;
    Dwarf_Die die;
    for (std::size_t count = 0; count < most_units; ++count) {
        if (::dwarf_get_units(dwarf_.get(), unit, &unit, nullptr, nullptr, &die, nullptr) != 0) break;
        Walk(die, found).look_in(die, "");
    }
    return found;
}

SourceLine DebugInfo::source_of(const Variable& variable) const {
    Dwarf_Die unit;
    Dwarf_Die die;
    if (!dwarf_ || ::dwarf_offdie(dwarf_.get(), variable.unit, &unit) == nullptr ||
        ::dwarf_offdie(dwarf_.get(), variable.entry, &die) == nullptr)
        return {};
    return declaration_of(unit, die);
}

}  // namespace lintel::runner
