// The kernel that asks for the other processors: the response, and each processor as it arrives when it is released.
// The build says in which mode it wants the local APICs and how many page-table levels.
// Invariant: processors are released one after the other, and judged once they have written down everything.
#include <algorithm>
#include <array>
#include <atomic>

#include "arch/arch.hpp"
#include "arch/x86_64/registers.hpp"
#include "protocol/limine.hpp"
#include "tests/conformance/acpi.hpp"
#include "tests/conformance/arch-x86_64/entry_state.hpp"
#include "tests/conformance/base_revision.hpp"
#include "tests/conformance/kernel.hpp"
#include "tests/conformance/memory.hpp"
#include "tests/conformance/paging_mode.hpp"

extern "C" void released_entry(limine::Processor*);  // released_entry.S
extern "C" [[noreturn]] void conformance_main();
extern "C" [[noreturn]] void released_main(limine::Processor* processor, lintel::conformance::EntryState* state);

namespace lintel::conformance {
namespace {

using enum limine::MemoryType;

constexpr std::uint64_t revision = LINTEL_CONFORMANCE_REVISION;
constexpr std::uint64_t stack_size = 96 << 10;      // bytes; 64 of them fit into 64 MiB beside firmware
constexpr std::uint64_t patience = 20'000'000'000;  // ticks: some seconds
constexpr std::size_t most_processors = 512;

using WantedMp = limine::Mp<limine::LocalApicMode::LINTEL_CONFORMANCE_APIC>;

[[gnu::used, gnu::retain, gnu::section(".limine_requests")]] alignas(8) constinit volatile std::uint64_t tag[3] = {
    limine::base_revision_magic.first, limine::base_revision_magic.second, revision};

/// Model-specific registers that are the same on all processors.
constexpr std::array<std::uint32_t, 3> same_registers = {arch::msr_efer, arch::msr_pat, arch::msr_mtrr_default_type};
constexpr std::array<std::uint32_t, 6> apic_registers = {0xf0, 0x80, 0x320, 0x350, 0x360, 0x370};

/// What a processor knows of itself.
struct Seen {
    EntryState state;
    std::array<std::uint64_t, same_registers.size()> registers;
    std::array<std::uint64_t, 16> variable_ranges;
    std::array<std::uint64_t, 2> segment_bases;  // FS, GS
    std::uint64_t apic_base;
    std::uint32_t apic_id;
    std::array<std::uint32_t, apic_registers.size()> apic;
    std::atomic<bool> complete;
};
constinit std::array<Seen, most_processors> seen{};
constinit Seen own{};
volatile std::uint32_t* apic_page = nullptr;

bool is_x2apic(const Seen& processor) { return (processor.apic_base & 1 << 10) != 0; }

std::uint32_t read_apic(const Seen& processor, std::uint32_t offset) {
    if (is_x2apic(processor)) return static_cast<std::uint32_t>(arch::read_msr(arch::msr_x2apic_first + offset / 16));
    return apic_page[offset / 4];
}

/// What C++ can still find out.
void look(Seen& processor) {
    for (std::size_t i = 0; i < same_registers.size(); ++i) processor.registers[i] = arch::read_msr(same_registers[i]);
    std::size_t ranges = 2 * (arch::read_msr(arch::msr_mtrr_capability) & 0xff);
    for (std::uint32_t i = 0; i < std::min(ranges, processor.variable_ranges.size()); ++i)
        processor.variable_ranges[i] = arch::read_msr(arch::msr_mtrr_variable_first + i);
    processor.segment_bases = {arch::read_msr(0xc0000100), arch::read_msr(0xc0000101)};
    processor.apic_base = arch::read_msr(arch::msr_apic_base);
    std::uint32_t id = read_apic(processor, 0x20);
    processor.apic_id = is_x2apic(processor) ? id : id >> 24;
    for (std::size_t i = 0; i < apic_registers.size(); ++i) processor.apic[i] = read_apic(processor, apic_registers[i]);
}

/// A promise about each processor: `keeps(processor, seen)` for all, or the first that does not is named.
class ForEach {
public:
    ForEach(Report& report, const limine::MpResponse& response) : report_(report), response_(response) {}

    template <class Keeps, class Shows>
    void promise(std::string_view words, Keeps keeps, Shows shows) const {
        for (std::size_t i = 0; i < response_.cpu_count; ++i) {
            const limine::Processor& processor = *response_.cpus[i];
            if (processor.lapic_id == response_.bsp_lapic_id || keeps(processor, seen[i])) continue;
            report_.promise(words, false, "of the processor with APIC ID {} it is {:x}", processor.lapic_id,
                            std::uint64_t{shows(processor, seen[i])});
            return;
        }
        report_.promise(words, true);
    }
    /// That what `value` takes from what was seen is what it is for the bootstrap processor.
    template <class Value>
    void same(std::string_view words, Value value) const {
        promise(
            words, [&](const auto&, const Seen& one) { return value(one) == value(own); },
            [&](const auto&, const Seen& one) { return value(one); });
    }

private:
    Report& report_;
    const limine::MpResponse& response_;
};

void judge_response(Report& report, const limine::MpResponse& response) {
    report.promise("the response's revision is 0", response.revision == 0, "it is {}", response.revision);
    report.promise("bsp_lapic_id is the local APIC ID of the bootstrap processor", response.bsp_lapic_id == own.apic_id,
                   "it is {}, and {} by the APIC", response.bsp_lapic_id, own.apic_id);
    report.promise("the x2APIC flag tells whether x2APIC is enabled",
                   (response.mode == limine::LocalApicMode::x2apic) == is_x2apic(own));
    report.promise("x2APIC is enabled only where it was asked for",
                   !is_x2apic(own) || LINTEL_CONFORMANCE_ASKS_FOR_X2APIC);
    auto cpus = response.view();
    report.promise("the structures lie in bootloader-reclaimable memory",
                   points_into(response.cpus, cpus.size_bytes(), bootloader_reclaimable) &&
                       std::ranges::all_of(cpus, [](const limine::Processor* processor) {
                           return points_into(processor, sizeof *processor, bootloader_reclaimable);
                       }));
    auto count = std::ranges::count(cpus, response.bsp_lapic_id, &limine::Processor::lapic_id);
    report.promise("the bootstrap processor is listed once", count == 1, "it is there {} times", count);
    bool distinct = std::ranges::all_of(cpus, [&](const limine::Processor* processor) {
        return std::ranges::count(cpus, processor->lapic_id, &limine::Processor::lapic_id) == 1;
    });
    report.promise("each processor is listed once", distinct);
    bool null = std::ranges::all_of(
        cpus, [](const limine::Processor* processor) { return processor->goto_address == nullptr; });
    report.promise("goto_address is null for all processors", null);
}

/// The processors that the MADT calls enabled (ACPI 6.5, 5.2.12.2).
void judge_identity(Report& report, const limine::MpResponse& response, Bytes madt) {
    constexpr std::string_view all = "all processors that the MADT calls enabled are listed";
    constexpr std::string_view uid = "processor_id is the ACPI processor UID that goes with lapic_id in the MADT";
    std::uint64_t enabled = 0, missing = 0, wrong = 0;
    for (std::uint64_t at = 44; at + 2 <= madt.size();) {
        auto length = *read_at<std::uint8_t>(madt, at + 1);
        if (length < 2) break;
        if (*read_at<std::uint8_t>(madt, at) == 0 && (read_at<std::uint32_t>(madt, at + 4).value_or(0) & 1) != 0) {
            ++enabled;
            std::uint32_t id = read_at<std::uint8_t>(madt, at + 3).value_or(0);
            auto place = std::ranges::find(response.view(), id, &limine::Processor::lapic_id);
            if (place == response.view().end())
                ++missing;
            else if ((*place)->acpi_id != read_at<std::uint8_t>(madt, at + 2).value_or(0))
                ++wrong;
        }
        at += length;
    }
    if (enabled == 0) {
        report.skip(all, "the MADT has none");
        report.skip(uid, "the MADT has none");
        return;
    }
    report.promise(all, missing == 0, "{} of {} are not", missing, enabled);
    report.promise(uid, wrong == 0, "it is another for {}", wrong);
}

/// Releases all but this processor, and says whether they came.
bool release_all(Report& report, const limine::MpResponse& response) {
    std::uint64_t lost = 0, last = 0;
    for (std::size_t i = 0; i < response.cpu_count; ++i) {
        limine::Processor& processor = *response.cpus[i];
        if (processor.lapic_id == response.bsp_lapic_id) continue;
        processor.release(released_entry, reinterpret_cast<std::uint64_t>(&seen[i].state));
        for (std::uint64_t since = arch::timestamp(); !seen[i].complete && arch::timestamp() - since < patience;)
            arch::relax();
        if (seen[i].complete) continue;
        ++lost;
        last = processor.lapic_id;
    }
    return report.promise("each processor goes to goto_address once that is written", lost == 0,
                          "{} did not, the last with APIC ID {}", lost, last);
}

void judge_entry(const ForEach& each) {
    each.promise(
        "rdi of each processor is the address of its structure",
        [](const limine::Processor& processor, const Seen& one) {
            return one.state.registers[5] == reinterpret_cast<std::uint64_t>(&processor);
        },
        [](const auto&, const Seen& one) { return one.state.registers[5]; });
    each.promise(
        "all general purpose registers but rdi and rsp of each processor are 0",
        [](const auto&, const Seen& one) {
            for (std::size_t i = 0; i < one.state.registers.size(); ++i)
                if (i != 5 && one.state.registers[i] != 0) return false;
            return true;
        },
        [](const auto&, const Seen& one) { return one.state.registers[0]; });
    each.promise(
        "the stack of each processor has the size asked for, in bootloader-reclaimable memory",
        [](const auto&, const Seen& one) {
            // Safety: only the address counts.
            const auto* bottom = reinterpret_cast<const std::byte*>(one.state.stack_pointer + 8 - stack_size);
            return points_into(bottom, stack_size, bootloader_reclaimable);
        },
        [](const auto&, const Seen& one) { return one.state.stack_pointer; });
    each.promise(
        "the stack of each processor is its own",
        [](const auto&, const Seen& one) {
            auto overlaps = [&](const Seen& other) {
                std::uint64_t distance = other.state.stack_pointer - one.state.stack_pointer;
                return &other != &one && std::min(distance, -distance) < stack_size;
            };
            return std::ranges::none_of(seen, overlaps) && !overlaps(own);
        },
        [](const auto&, const Seen& one) { return one.state.stack_pointer; });
    each.same("the return address on the stack of each processor is 0",
              [](const Seen& one) { return one.state.return_address; });
    each.same("the stack of each processor is aligned like the bootstrap processor's",
              [](const Seen& one) { return one.state.stack_pointer % 16; });
}

void judge_state(const ForEach& each) {
    each.same("cr0 of each processor is the bootstrap processor's", [](const Seen& one) { return one.state.cr0; });
    each.same("cr3 of each processor is the bootstrap processor's", [](const Seen& one) { return one.state.cr3; });
    each.same("cr4 of each processor is the bootstrap processor's", [](const Seen& one) { return one.state.cr4; });
    each.same("EFER of each processor is the bootstrap processor's", [](const Seen& one) { return one.registers[0]; });
    each.same("the PAT of each processor is the bootstrap processor's",
              [](const Seen& one) { return one.registers[1]; });
    each.same("RFLAGS of each processor is the bootstrap processor's", [](const Seen& one) { return one.state.flags; });
    each.same("CS of each processor is the bootstrap processor's",
              [](const Seen& one) { return one.state.segments[0]; });
    each.promise(
        "DS, ES, SS, FS and GS of each processor are the bootstrap processor's",
        [](const auto&, const Seen& one) { return one.state.segments == own.state.segments; },
        [](const auto&, const Seen& one) { return one.state.segments[1]; });
    each.promise(
        "the bases of FS and GS of each processor are 0",
        [](const auto&, const Seen& one) { return one.segment_bases == decltype(one.segment_bases){}; },
        [](const auto&, const Seen& one) { return one.segment_bases[0] | one.segment_bases[1]; });
    each.same("the GDT of each processor is the bootstrap processor's",
              [](const Seen& one) { return std::uint64_t{one.state.global_table.base}; });
    each.same("the limit of each processor's GDT is the bootstrap processor's",
              [](const Seen& one) { return std::uint64_t{one.state.global_table.limit}; });
    each.same("the task register of each processor is the bootstrap processor's",
              [](const Seen& one) { return std::uint64_t{one.state.task_register}; });
    each.same("the LDTR of each processor is the bootstrap processor's",
              [](const Seen& one) { return std::uint64_t{one.state.local_table}; });
    each.same("the base of each processor's IDT is the bootstrap processor's",
              [](const Seen& one) { return std::uint64_t{one.state.interrupt_table.base}; });
    each.same("the limit of each processor's IDT is the bootstrap processor's",
              [](const Seen& one) { return std::uint64_t{one.state.interrupt_table.limit}; });
    each.promise(
        "the MTRRs of each processor are the bootstrap processor's",
        [](const auto&, const Seen& one) {
            return one.registers[2] == own.registers[2] && one.variable_ranges == own.variable_ranges;
        },
        [](const auto&, const Seen& one) { return one.registers[2]; });
}

void judge_local_apics(const ForEach& each) {
    constexpr std::array<std::string_view, apic_registers.size()> words = {
        "the spurious interrupt vector register of each processor is 0x1ff",
        "the task priority register of each processor is 0",
        "the timer's local vector of each processor is masked",
        "the local vector of LINT0 of each processor is masked",
        "the local vector of LINT1 of each processor is masked",
        "the error's local vector of each processor is masked",
    };
    each.promise(
        "lapic_id is the local APIC ID of each processor",
        [](const limine::Processor& processor, const Seen& one) { return one.apic_id == processor.lapic_id; },
        [](const auto&, const Seen& one) { return one.apic_id; });
    each.promise(
        "the local APIC of each processor is enabled, in the mode of the bootstrap processor's",
        [](const auto&, const Seen& one) { return (one.apic_base & 1 << 11) != 0 && is_x2apic(one) == is_x2apic(own); },
        [](const auto&, const Seen& one) { return one.apic_base; });
    for (std::size_t i = 0; i < words.size(); ++i) {
        each.promise(
            words[i],
            [i](const auto&, const Seen& one) {
                if (i < 2) return one.apic[i] == (i == 0 ? 0x1ffU : 0U);
                return (one.apic[i] & 1 << 16) != 0;
            },
            [i](const auto&, const Seen& one) { return one.apic[i]; });
    }
}

void judge_processors(Report& report) {
    report.section("MP (Multiprocessor) Feature");
    const auto* response = limine::request<WantedMp>.response();
    if (!report.promise("the request is answered, even on a single processor", response != nullptr)) return;
    Bytes madt = find_acpi_table("APIC");
    apic_page = device_register(arch::read_msr(arch::msr_apic_base) & 0x000ffffffffff000);
    own.state = entry_state;
    look(own);
    judge_response(report, *response);
    judge_identity(report, *response, madt);
    if (response->cpu_count > most_processors || !release_all(report, *response)) return;
    ForEach each(report, *response);
    judge_entry(each);
    judge_state(each);
    if (asked_revision >= 5) judge_local_apics(each);
}

}  // namespace

extern const std::uint64_t asked_revision = revision;

BaseRevisionWords base_revision_words() { return {tag[1], tag[2]}; }

}  // namespace lintel::conformance

void released_main(limine::Processor*, lintel::conformance::EntryState* state) {
    using namespace lintel::conformance;
    // Safety: the state is the first member of a Seen, which has standard layout.
    auto& one = *reinterpret_cast<Seen*>(state);
    look(one);
    one.complete = true;
    stop();
}

void conformance_main() {
    using namespace lintel::conformance;
    Report report = Report::open();
    judge_base_revision(report);
    limine::request<limine::StackSize<stack_size>>.ask();
    judge_page_tables(report);
    judge_processor(report, {.entry_point = false, .stack_size = stack_size});
    judge_paging_mode<limine::PagingLevels::LINTEL_CONFORMANCE_LEVELS>(report);
    judge_processors(report);
    judge_iommus(report);
    report.finish();
}
