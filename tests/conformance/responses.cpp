// The answers that are a number or two.
// Invariant: a response is read only where it is mapped.
#include "base/address.hpp"
#include "tests/conformance/arch-x86_64/paging_levels.hpp"
#include "tests/conformance/expectations.hpp"
#include "tests/conformance/image.hpp"
#include "tests/conformance/kernel.hpp"
#include "tests/conformance/memory.hpp"
#include "tests/conformance/requests.hpp"

namespace lintel::conformance {
namespace {

using enum limine::MemoryType;

/// The response, judged as far as all responses are alike; null where there is none to read.
template <class Feature>
const typename Feature::Response* judged(Report& report, std::uint64_t newest_revision = 0) {
    const auto* response = limine::request<Feature>.response();
    if (!report.promise("the request is answered", response != nullptr)) return nullptr;
    bool there = report.promise("the response lies in bootloader-reclaimable memory",
                                points_into(response, sizeof *response, bootloader_reclaimable));
    if (!there) return nullptr;
    report.promise("the response's revision is one that the specification has", response->revision <= newest_revision,
                   "it is {}", response->revision);
    return response;
}

void judge_text(Report& report, std::string_view words, const char* text) {
    auto found = text_at(text);
    report.promise(words, found && !found->empty() && points_into(text, found->size() + 1, bootloader_reclaimable));
}

void judge_loader(Report& report) {
    report.section("Bootloader Info Feature");
    if (const auto* loader = judged<limine::BootloaderInfo>(report)) {
        judge_text(report, "the name is 0-terminated ASCII, in bootloader-reclaimable memory", loader->name);
        judge_text(report, "the version is 0-terminated ASCII, in bootloader-reclaimable memory", loader->version);
    }
    report.section("Firmware Type Feature");
    if (const auto* firmware = judged<FirmwareType>(report))
        report.promise("the type is x86 BIOS or 64-bit EFI on this machine",
                       firmware->type == limine::Firmware::x86_bios || firmware->type == limine::Firmware::efi64,
                       "it is {}", firmware->type);
}

void judge_addresses(Report& report) {
    report.section("HHDM (Higher Half Direct Map) Feature");
    if (const auto* hhdm = judged<limine::Hhdm>(report)) {
        report.promise("the offset is in the higher half, at a page",
                       hhdm->offset >= higher_half() && is_aligned(hhdm->offset, page_size), "it is {:x}",
                       hhdm->offset);
        auto own = translate(image().base);
        const auto* same = DirectMap(hhdm->offset).pointer<const std::uint64_t>(PhysAddr(own ? own->phys : 0));
        // Safety: the executable's first page, whose physical address the page tables have just told.
        report.promise(
            "the executable can be read through the direct map",
            own && is_mapped(same, 8) && *same == *DirectMap().pointer<const std::uint64_t>(PhysAddr(image().base)));
    }
    report.section("Executable Address Feature");
    if (const auto* address = judged<limine::ExecutableAddress>(report)) {
        report.promise("the virtual base is where the executable starts", address->virtual_base == image().base,
                       "it is {:x}", address->virtual_base);
        auto own = translate(image().base);
        std::uint64_t into = own ? image().base - own->virt : 0;
        report.promise("the physical base is what the page tables have there",
                       own && address->physical_base == own->phys + into, "it is {:x}", address->physical_base);
        report.promise("the bases are aligned to pages",
                       is_aligned(address->physical_base | address->virtual_base, page_size));
    }
}

void judge_date(Report& report) {
    report.section("Date at Boot Feature");
    if (const auto* date = judged<limine::DateAtBoot>(report))
        report.promise("the timestamp is the time at which the machine was started",
                       date->timestamp >= start_time && date->timestamp < start_time + 300, "it is {}",
                       date->timestamp);
}

}  // namespace

void judge_responses(Report& report) {
    judge_loader(report);
    judge_addresses(report);
    judge_date(report);
}

}  // namespace lintel::conformance
