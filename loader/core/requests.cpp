// The scan itself (PROTOCOL.md, "Requests Delimiters", "Base Revisions", "Request").
// Invariant: only what the file holds is looked through: the zeroed rest of a segment cannot start a tag.
#include "loader/core/requests.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace lintel::loader {
namespace {

using enum ErrorCode;

struct FeatureName {
    limine::FeatureId id;
    std::string_view name;
};

/// What the features that this loader knows are called. Requests for others are left alone.
constexpr std::array features = {
    FeatureName{limine::BootloaderInfo::id, "Bootloader Info"},
    FeatureName{limine::ExecutableCommandLine::id, "Executable Command Line"},
    FeatureName{limine::FirmwareType::id, "Firmware Type"},
    FeatureName{stack_size_id, "Stack Size"},
    FeatureName{limine::Hhdm::id, "HHDM"},
    FeatureName{limine::Framebuffers::id, "Framebuffer"},
    FeatureName{paging_mode_id, "Paging Mode"},
    FeatureName{limine::Mp<>::id, "MP"},
    FeatureName{limine::MemoryMap::id, "Memory Map"},
    FeatureName{entry_point_id, "Entry Point"},
    FeatureName{limine::ExecutableFile::id, "Executable File"},
    FeatureName{limine::Modules::id, "Module"},
    FeatureName{limine::Rsdp::id, "RSDP"},
    FeatureName{limine::Smbios::id, "SMBIOS"},
    FeatureName{limine::EfiSystemTable::id, "EFI System Table"},
    FeatureName{limine::EfiMemoryMap::id, "EFI Memory Map"},
    FeatureName{limine::DateAtBoot::id, "Date at Boot"},
    FeatureName{limine::ExecutableAddress::id, "Executable Address"},
    FeatureName{limine::DeviceTree::id, "Device Tree Blob"},
    FeatureName{limine::BootloaderPerformance::id, "Bootloader Performance"},
    FeatureName{limine::KeepIommu::id, "x86-64 Keep IOMMU"},
    FeatureName{limine::TscFrequency::id, "TSC Frequency"},
    FeatureName{limine::TpmEventLog::id, "TPM Event Log"},
    FeatureName{limine::Flanterm::id, "Flanterm FB Init Params"},
    FeatureName{entropy_id, "Entropy"},
};

/// Calls `visit(offset, word)` for each aligned word inside `window` that the file gave the image and that is one of
/// two. A kernel has a hundred thousand words: everything but the comparison is outside.
template <class Visit>
Status for_each_of(std::uint64_t one, std::uint64_t other, const Executable& executable, Bytes image,
                   RequestWindow window, Visit visit) {
    for (const Segment& segment : executable.segments()) {
        std::uint64_t start = segment.virt - executable.base();
        std::uint64_t begin = std::max(align_up(start, 8), window.begin);
        std::uint64_t end = std::min(align_down(start + segment.file_size, 8), window.end);
        for (std::uint64_t at = begin; at < end; at += 8) {
            auto first = copy_at<std::uint64_t>(image, at);
            if (first == one || first == other) [[unlikely]]
                TRY(visit(at, first));
        }
    }
    return {};
}

template <std::size_t count>
bool stands_at(Bytes image, std::uint64_t offset, const std::uint64_t (&words)[count]) {
    auto there = slice(image, offset, sizeof words);
    return there && std::memcmp(there->data(), words, sizeof words) == 0;
}

}  // namespace

std::optional<std::string_view> name_of(limine::FeatureId feature) {
    const auto* known = std::ranges::find(features, feature, &FeatureName::id);
    return known == features.end() ? std::nullopt : std::optional(known->name);
}

Result<RequestWindow> find_request_window(const Executable& executable, Bytes image) {
    std::optional<std::uint64_t> start;
    std::optional<std::uint64_t> end;
    RequestWindow all{0, image.size()};
    TRY(for_each_of(limine::start_marker_words[0], limine::end_marker_words[0], executable, image, all,
                    [&](std::uint64_t at, std::uint64_t) -> Status {
                        if (stands_at(image, at, limine::start_marker_words)) start = at;
                        if (!end && stands_at(image, at, limine::end_marker_words)) end = at;
                        return {};
                    }));
    if (start && end && *end < *start)
        return fail(malformed, "the requests' end marker stands before their start marker");
    return RequestWindow{start.value_or(all.begin), end.value_or(all.end)};
}

Result<Requests> Requests::scan(const Executable& executable, MutableBytes image) {
    Requests requests(image);
    RequestWindow window = TRY(find_request_window(executable, image));
    constexpr std::uint64_t any_request = limine::common_magic.first;
    constexpr std::uint64_t any_tag = limine::base_revision_magic.first;
    auto look_for = [&](std::uint64_t one, std::uint64_t other) {
        return for_each_of(one, other, executable, image, window, [&](std::uint64_t at, std::uint64_t first) {
            return first == any_request ? requests.note_request(at) : requests.note_base_revision(at);
        });
    };
    if (auto list = executable.request_list()) {
        // Whether the list counts is known once the base revision is ("Limine Requests Section").
        TRY(look_for(any_tag, any_tag));
        TRY(requests.base_revision_ == 0 ? requests.read_list(*list, executable.base())
                                         : look_for(any_request, any_request));
    } else {
        TRY(look_for(any_request, any_tag));
    }
    TRY(requests.confirm_base_revision());
    return requests;
}

/// Pointers to requests, up to the first that is null.
Status Requests::read_list(AddressedTable list, VirtAddr base) {
    auto pointers = slice(image_, list.address - base.value(), list.size);
    if (!pointers) return fail(malformed, "the executable's list of requests lies outside its image");
    for (std::uint64_t at = 0; at + sizeof(std::uint64_t) <= pointers->size(); at += sizeof(std::uint64_t)) {
        auto pointer = *read_at<std::uint64_t>(*pointers, at);
        if (pointer == 0) break;
        if (!slice(image_, pointer - base.value(), sizeof(limine::RequestHeader)))
            return fail_at(malformed, "the executable lists a request outside its image", pointer);
        TRY(note_request(pointer - base.value()));
    }
    return {};
}

Status Requests::note_request(std::uint64_t offset) {
    auto header = read_at<limine::RequestHeader>(image_, offset);
    if (!header || header->id[1] != limine::common_magic.second) return {};
    limine::FeatureId id{header->id[2], header->id[3]};
    // "Request": that holds for the features that this loader does not know as well.
    if (find(id) != nullptr) {
        constexpr Literal twice = "the executable has the same request more than once";
        if (auto name = name_of(id)) return fail(malformed, twice, *name);
        return fail(malformed, twice, "unknown", id.first);
    }
    if (found_count_ == found_.size()) return fail(unsupported, "the executable has more than 128 requests");
    found_[found_count_++] = {id, header->revision, offset};
    return {};
}

Status Requests::note_base_revision(std::uint64_t offset) {
    auto second = read_at<std::uint64_t>(image_, offset + 8);
    auto revision = read_at<std::uint64_t>(image_, offset + 16);
    if (!revision || second != limine::base_revision_magic.second) return {};
    if (tag_) return fail(malformed, "the executable has more than one base revision tag");
    tag_ = offset;
    base_revision_ = *revision;
    return {};
}

Status Requests::confirm_base_revision() {
    if (base_revision_ > newest_base_revision)
        return fail(unsupported, "the executable asks for a base revision above 6, the newest that this loader knows",
                    {}, base_revision_);
    static_assert(newest_base_revision == 6, "the sentence above names it");
    if (!tag_) return {};
    const std::array<std::uint64_t, 2> reply = {base_revision_, 0};
    std::memcpy(image_.data() + *tag_ + 8, reply.data(), sizeof reply);
    return {};
}

const FoundRequest* Requests::find(limine::FeatureId feature) const {
    auto place = std::ranges::find(found(), feature, &FoundRequest::feature);
    return place == found().end() ? nullptr : &*place;
}

std::optional<std::uint64_t> Requests::revision(limine::FeatureId feature) const {
    const FoundRequest* request = find(feature);
    if (request == nullptr) return std::nullopt;
    return request->revision;
}

void Requests::answer(limine::FeatureId feature, VirtAddr response) const {
    const FoundRequest* request = find(feature);
    if (request == nullptr) return;
    std::uint64_t address = response.value();
    std::memcpy(image_.data() + request->offset + offsetof(limine::RequestHeader, response), &address, sizeof address);
}

}  // namespace lintel::loader
