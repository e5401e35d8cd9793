// Features that a loader answers as well as it can: times, counters, entropy, the TPM's log, its terminal.
// Invariant: the lack of an answer is no fault here; a wrong answer is.
#include <algorithm>
#include <array>

#include "tests/conformance/kernel.hpp"
#include "tests/conformance/memory.hpp"
#include "tests/conformance/requests.hpp"

namespace lintel::conformance {
namespace {

using enum limine::MemoryType;

/// The response, judged as far as all responses are alike; null where there is none.
template <class Feature>
const typename Feature::Response* judged(Report& report, std::string_view section) {
    constexpr std::string_view words = "the response lies in bootloader-reclaimable memory, its revision is 0";
    report.section(section);
    const auto* response = limine::request<Feature>.response();
    if (response == nullptr) {
        report.skip(words, "the loader does not answer");
        return nullptr;
    }
    bool kept = points_into(response, sizeof *response, bootloader_reclaimable) && response->revision == 0;
    return report.promise(words, kept, "it is at {}", static_cast<const void*>(response)) ? response : nullptr;
}

void judge_performance(Report& report) {
    const auto* times = judged<limine::BootloaderPerformance>(report, "Bootloader Performance Feature");
    if (times == nullptr) return;
    report.promise("the loader starts after the machine's reset", times->init_usec >= times->reset_usec, "at {} and {}",
                   times->init_usec, times->reset_usec);
    report.promise("the executable starts after the loader", times->exec_usec > times->init_usec, "at {} and {}",
                   times->exec_usec, times->init_usec);
    report.promise("from reset to the executable it is less than an hour",
                   times->exec_usec - times->reset_usec < std::uint64_t{3600} * 1'000'000, "{} us", times->exec_usec);
}

void judge_counter(Report& report) {
    const auto* counter = judged<limine::TscFrequency>(report, "TSC (Timestamp Counter) Frequency Feature");
    if (counter == nullptr) return;
    // Between an emulator that counts slowly and what no processor reaches.
    report.promise("the frequency is one that a processor can have",
                   counter->frequency >= 10'000'000 && counter->frequency <= 20'000'000'000, "it is {}",
                   counter->frequency);
}

void judge_entropy(Report& report) {
    constexpr std::uint64_t wanted = 64;
    const auto* entropy = judged<limine::Entropy<wanted>>(report, "Entropy Feature");
    if (entropy == nullptr) return;
    bool there = report.promise(
        "there are as many values as were asked for, in bootloader-reclaimable memory",
        entropy->value_count == wanted && points_into(entropy->values, wanted * 8, bootloader_reclaimable), "{} at {}",
        entropy->value_count, static_cast<const void*>(entropy->values));
    if (!there) return;
    std::array<std::uint64_t, wanted> values{};
    std::ranges::copy(entropy->view(), values.begin());
    std::uint64_t ones = 0;
    for (std::uint64_t value : values) ones += static_cast<std::uint64_t>(__builtin_popcountll(value));
    // An order of its own: libc++ has the plain one compiled into a library that is not here.
    std::ranges::sort(values, [](std::uint64_t left, std::uint64_t right) { return left < right; });
    report.promise("no two of 64 values are the same", std::ranges::adjacent_find(values) == values.end());
    // 4096 bits: the expected half, give or take ten standard deviations.
    report.promise("about half of the values' bits are set", ones > 2048 - 320 && ones < 2048 + 320, "{} of 4096",
                   ones);
}

void judge_iommu(Report& report) { judged<limine::KeepIommu>(report, "x86-64 Keep IOMMU Feature"); }

void judge_tpm_log(Report& report) {
    const auto* log = judged<limine::TpmEventLog>(report, "TPM Event Log Feature");
    if (log == nullptr) return;
    report.promise("the format is one that the specification has",
                   log->format == limine::TpmEventLogFormat::tcg_1_2 || log->format == limine::TpmEventLogFormat::tcg_2,
                   "it is {}", log->format);
    report.promise(
        "the log lies in bootloader-reclaimable memory, or there is none",
        log->size == 0 ? log->address == nullptr : points_into(log->address, log->size, bootloader_reclaimable));
    if (log->format != limine::TpmEventLogFormat::tcg_2 || log->size == 0) return;
    // TCG PC Client Platform Firmware Profile 1.05, 10.4.5.1
    auto signature = is_mapped(log->address, log->size) ? slice(log->bytes(), 32, 15) : std::nullopt;
    report.promise("a log of format 2 starts with the event that describes it",
                   signature && as_text(*signature) == "Spec ID Event03");
}

void judge_terminal(Report& report) {
    const auto* terminals = judged<limine::Flanterm>(report, "Flanterm FB Init Params Feature");
    if (terminals == nullptr) return;
    const auto* screens = limine::request<limine::Framebuffers>.response();
    report.promise("there is an entry for each framebuffer",
                   screens != nullptr && terminals->entry_count == screens->framebuffer_count, "there are {}",
                   terminals->entry_count);
}

}  // namespace

void judge_measurements(Report& report) {
    judge_performance(report);
    judge_counter(report);
    judge_entropy(report);
    judge_iommu(report);
    judge_tpm_log(report);
    judge_terminal(report);
}

}  // namespace lintel::conformance
