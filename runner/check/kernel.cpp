// The steps of a kernel's check, in the order in which the loader takes them.
// Invariant: what the loader cannot get past ends the passes that need it, and never those that do not.
#include "runner/check/kernel.hpp"

#include <cstdlib>

#include "base/error_text.hpp"
#include "loader/core/relocation.hpp"
#include "runner/check/parts.hpp"
#include "runner/debug_info/names.hpp"

namespace lintel::runner {

namespace {

/// Memory that costs nothing where it is not written: a kernel's image is zero for the most part.
class ZeroedMemory {
public:
    explicit ZeroedMemory(std::size_t size)
        : memory_(static_cast<std::byte*>(std::calloc(size, 1)), std::free), size_(size) {
        ensure(memory_ != nullptr, "there is memory for a kernel's image");
    }
    [[nodiscard]] MutableBytes bytes() const { return {memory_.get(), size_}; }

private:
    std::unique_ptr<std::byte, void (*)(void*)> memory_;
    std::size_t size_;
};

std::string sentence_of(const Error& error) {
    TextBuffer<512> sentence;
    sentence.write(error.text);
    if (!error.subject.empty()) print(sentence, ": {}", error.subject);
    if (error.notation != Notation::none) print(sentence, " (0x{:x})", error.number);
    return std::string(sentence.text());
}

/// What helps against the commonest of the loader's refusals.
std::string advice_on(std::string_view sentence) {
    if (sentence.contains("cannot be moved"))
        return "link it at 0xffffffff80000000 or above (in the linker script), with -mcmodel=kernel; or as a "
               "static-pie, which the loader moves";
    if (sentence.contains("64-bit")) return "compile for x86_64-elf or x86_64-unknown-none";
    if (sentence.contains("neither an executable"))
        return "this looks like an object file; link it, with a linker script";
    if (sentence.contains("share a page")) return "align each segment with . = ALIGN(CONSTANT(MAXPAGESIZE))";
    if (sentence.contains("shared library")) return "link with -nostdlib -static";
    if (sentence.contains("entry point")) return "name a function of the kernel in ENTRY(), and keep it in .text";
    if (sentence.contains("ends before")) return "the file is cut off; link or copy it again";
    return {};
}

Remark refused(const Error& error) {
    std::string sentence = sentence_of(error);
    return {Severity::error, "loader-refuses", "the loader refuses it: " + sentence, {}, advice_on(sentence)};
}

void check_debug_information(const CheckedKernel& kernel, Remarks& remarks) {
    if (kernel.sections.symbols().empty())
        remarks.push_back({Severity::note,
                           "no-symbols",
                           "it has no symbols: nothing can be said about single functions, here or after a crash",
                           {},
                           "do not strip what you check and debug; what boots may be stripped"});
    else if (kernel.sections.find(".debug_info") == nullptr)
        remarks.push_back({Severity::note,
                           "no-debug-information",
                           "it has no DWARF: places are named without source lines",
                           {},
                           "compile with -g"});
}

void check_loaded(const CheckedKernel& kernel, const loader::Executable& executable, KernelReport& report) {
    loader::Executable moved = executable;
    if (auto slide = loader::choose_slide(moved, nullptr); !slide) report.remarks.push_back(refused(slide.error()));

    // At its linked addresses, so that they are those that other tools show.
    const ZeroedMemory memory(executable.image_size());
    const MutableBytes image = memory.bytes();
    executable.load(kernel.file, image);
    const LoadedKernel loaded{executable, image};
    const std::size_t before = report.remarks.size();
    check_relocations(kernel, loaded, report.remarks);
    auto relocated = loader::relocate(executable, image);
    if (!relocated && report.remarks.size() == before) report.remarks.push_back(refused(relocated.error()));
    check_requests(kernel, loaded, report);
    check_dropped_requests(kernel, loaded, report.remarks);
}

}  // namespace

std::string place_of(const SourceLine& source) {
    return source.line == 0 ? std::string() : fmt::format("{}:{}", source.file.string(), source.line);
}

Spot CheckedKernel::data_spot(std::uint64_t address) const {
    Spot spot{.address = address};
    if (const ElfSymbol* symbol = sections.symbol_at(address))
        spot.symbol = readable_name(std::string(symbol->name).c_str());
    auto variable = std::ranges::find(variables, address, &Variable::address);
    if (variable != variables.end()) spot.source = place_of(debug->source_of(*variable));
    return spot;
}

Spot CheckedKernel::code_spot(std::uint64_t address) const {
    Spot spot{.address = address};
    if (const ElfSymbol* symbol = sections.symbol_at(address))
        spot.symbol = readable_name(std::string(symbol->name).c_str());
    if (debug != nullptr) spot.source = place_of(debug->place(address).source());
    return spot;
}

bool is_elf(std::string_view bytes) {
    return bytes.starts_with(
        "\x7f"
        "ELF");
}

KernelReport check_kernel(std::string_view bytes, const fs::path& file) {
    KernelReport report;
    auto executable = loader::Executable::parse(as_bytes(bytes));
    if (!executable) {
        report.remarks.push_back(refused(executable.error()));
        return report;
    }
    std::optional<DebugInfo> debug;
    if (!file.empty())
        if (auto opened = DebugInfo::open(file)) debug = std::move(*opened);
    CheckedKernel kernel{as_bytes(bytes), Sections::read(as_bytes(bytes)), debug ? &*debug : nullptr};
    if (debug) kernel.variables = debug->variables();
    check_segments(kernel, *executable, report.remarks);
    check_loaded(kernel, *executable, report);
    check_code(kernel, *executable, report.remarks);
    check_debug_information(kernel, report.remarks);
    report.remarks = worst_first(std::move(report.remarks));
    return report;
}

Outcome<KernelReport> check_kernel_file(const fs::path& file) {
    const std::string bytes = TRY(read_file(file, "the kernel"));
    if (!is_elf(bytes)) return refuse("{} is not an ELF file", file.string());
    return check_kernel(bytes, file);
}

}  // namespace lintel::runner
