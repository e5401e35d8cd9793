// The base revision tag, the markers and the requests: what the loader will see of them, and what it will not.
// Invariant: what counts is decided by the loader's own window; only the search for what it passes over is ours.
#include "loader/core/requests.hpp"

#include <cstring>
#include <map>

#include "base/error_text.hpp"
#include "runner/check/parts.hpp"

namespace lintel::runner {

namespace {

using FeatureKey = std::pair<std::uint64_t, std::uint64_t>;

/// Offsets in the image at which the file has put `words`, of any alignment.
template <std::size_t count>
std::vector<std::uint64_t> places_of(const LoadedKernel& loaded, const std::uint64_t (&words)[count]) {
    std::vector<std::uint64_t> places;
    for (const loader::Segment& segment : loaded.executable.segments()) {
        const std::uint64_t start = segment.virt - loaded.executable.base();
        const Bytes bytes = loaded.image.subspan(start, segment.file_size);
        for (std::uint64_t at = 0; at < bytes.size();) {
            const void* found = ::memmem(bytes.data() + at, bytes.size() - at, words, sizeof words);
            if (found == nullptr) break;
            at = static_cast<std::uint64_t>(static_cast<const std::byte*>(found) - bytes.data());
            places.push_back(start + at++);
        }
    }
    return places;
}

constexpr std::uint64_t request_words[2] = {limine::common_magic.first, limine::common_magic.second};
constexpr std::uint64_t tag_words[2] = {limine::base_revision_magic.first, limine::base_revision_magic.second};

std::string feature_name(limine::FeatureId id) {
    auto name = loader::name_of(id);
    return name ? std::string(*name) : fmt::format("unknown feature 0x{:016x} 0x{:016x}", id.first, id.second);
}

class RequestCheck {
public:
    RequestCheck(const CheckedKernel& kernel, const LoadedKernel& loaded, KernelReport& report)
        : kernel_(kernel), loaded_(loaded), report_(report) {}

    void run() {
        check_markers();
        if (!window_) return;
        check_tags(places_of(loaded_, tag_words));
        check_requests(places_of(loaded_, request_words));
        const std::size_t before = errors();
        auto scanned = loader::Requests::scan(loaded_.executable, loaded_.image);
        if (!scanned) {
            // What was found above says the same, and where.
            if (before != 0) return;
            TextBuffer<512> sentence;
            print_error(sentence, scanned.error());
            add(Severity::error, "loader-refuses", fmt::format("the loader refuses it: {}", sentence.text()));
            return;
        }
        check_entry(*scanned);
    }

private:
    void add(Severity severity, std::string name, std::string text, const std::vector<std::uint64_t>& places = {},
             std::string advice = {}) {
        Remark remark{severity, std::move(name), std::move(text), {}, std::move(advice)};
        for (std::uint64_t place : places) remark.spots.push_back(spot(place));
        report_.remarks.push_back(std::move(remark));
    }

    [[nodiscard]] Spot spot(std::uint64_t offset) const { return kernel_.data_spot(loaded_.address(offset)); }

    [[nodiscard]] std::size_t errors() const {
        return static_cast<std::size_t>(std::ranges::count(report_.remarks, Severity::error, &Remark::severity));
    }

    [[nodiscard]] bool counts(std::uint64_t offset) const {
        return is_aligned(offset + loaded_.address(0), 8) && offset >= window_->begin && offset < window_->end;
    }

    void check_markers() {
        const auto starts = places_of(loaded_, limine::start_marker_words);
        const auto ends = places_of(loaded_, limine::end_marker_words);
        auto window = loader::find_request_window(loaded_.executable, loaded_.image);
        if (!window) {
            auto both = starts;
            both.insert(both.end(), ends.begin(), ends.end());
            add(Severity::error, "markers-reversed", std::string(window.error().text), both,
                "in the linker script: .limine_requests_start, .limine_requests, .limine_requests_end, each in KEEP()");
            return;
        }
        window_ = *window;
        if (starts.empty() != ends.empty())
            add(Severity::warning, "marker-missing",
                fmt::format("there is {} marker for requests and no {} marker", starts.empty() ? "an end" : "a start",
                            starts.empty() ? "start" : "end"),
                starts.empty() ? ends : starts, "the linker script keeps both, or neither: KEEP() and gnu::used");
        if (starts.size() > 1 || ends.size() > 1)
            add(Severity::warning, "marker-repeated",
                "a marker for requests stands there more than once: the last start and the first end count",
                starts.size() > 1 ? starts : ends);
        for (const auto* places : {&starts, &ends})
            for (std::uint64_t place : *places)
                if (!is_aligned(place + loaded_.address(0), 8))
                    add(Severity::warning, "marker-unaligned",
                        "a marker is not aligned to 8 bytes: loaders do not see it", {place}, "alignas(8)");
    }

    void check_tags(const std::vector<std::uint64_t>& all) {
        std::vector<std::uint64_t> seen;
        for (std::uint64_t place : all) {
            if (counts(place))
                seen.push_back(place);
            else
                add(Severity::warning, "tag-not-seen",
                    "a base revision tag stands where loaders do not look: it is not aligned to 8 bytes, or outside "
                    "the "
                    "markers",
                    {place});
        }
        if (seen.size() > 1)
            add(Severity::error, "duplicate-base-revision", "there is more than one base revision tag", seen);
        if (seen.empty()) {
            add(Severity::warning, "no-base-revision",
                "there is no base revision tag, so loaders take it for base revision 0, which is deprecated: a loader "
                "that has dropped it refuses this kernel",
                {}, "LIMINE_BASE_REVISION, or limine::base_revision<6>.supported(), and KEEP(*(.limine_requests))");
            return;
        }
        const std::uint64_t revision = read_at<std::uint64_t>(loaded_.image, seen[0] + 16).value_or(0);
        report_.base_revision = revision;
        if (revision > loader::newest_base_revision)
            add(Severity::error, "base-revision-too-new",
                fmt::format("it asks for base revision {}; the newest that the loader knows is {}", revision,
                            loader::newest_base_revision),
                seen);
        else if (revision < oldest_unambiguous)
            add(Severity::warning, "base-revision-old",
                fmt::format("it asks for base revision {}, which is deprecated; below {} a kernel cannot learn which "
                            "one it got",
                            revision, oldest_unambiguous),
                seen, "ask for 6");
        else if (revision < loader::newest_base_revision)
            add(Severity::note, "base-revision-deprecated",
                fmt::format("base revision {} is deprecated; {} is current", revision, loader::newest_base_revision));
    }

    void check_requests(const std::vector<std::uint64_t>& all) {
        std::map<FeatureKey, std::vector<std::uint64_t>> seen;
        for (std::uint64_t place : all) {
            auto header = read_at<limine::RequestHeader>(loaded_.image, place);
            if (!header) {
                add(Severity::error, "request-cut-off", "a request reaches beyond the end of the image", {place});
                continue;
            }
            const limine::FeatureId id{header->id[2], header->id[3]};
            if (counts(place))
                list(seen, id, header->revision, place);
            else
                report_not_seen(id, place);
        }
        for (const auto& [key, places] : seen)
            if (places.size() > 1)
                add(Severity::error, "duplicate-request",
                    fmt::format("the request for {} stands there {} times; loaders refuse more than one",
                                feature_name({key.first, key.second}), places.size()),
                    places, "define it in one file, and use it from the others");
        if (all.empty()) check_why_there_are_none();
    }

    void list(std::map<FeatureKey, std::vector<std::uint64_t>>& seen, limine::FeatureId id, std::uint64_t revision,
              std::uint64_t place) {
        auto& places = seen[{id.first, id.second}];
        places.push_back(place);
        if (places.size() > 1) return;
        report_.requests.push_back({feature_name(id), revision, spot(place)});
        if (!loader::name_of(id))
            add(Severity::note, "unknown-request",
                "a request asks for a feature that this loader does not know; it stays without an answer", {place});
    }

    void report_not_seen(limine::FeatureId id, std::uint64_t place) {
        const std::string feature = feature_name(id);
        if (!is_aligned(place + loaded_.address(0), 8))
            add(Severity::warning, "request-unaligned",
                fmt::format("the request for {} is not aligned to 8 bytes: loaders do not see it", feature), {place},
                "alignas(8), and no packed structure around it");
        else
            add(Severity::warning, "request-outside-markers",
                fmt::format("the request for {} stands outside the markers: loaders do not see it", feature), {place},
                "put it into the section .limine_requests");
    }

    void check_why_there_are_none() {
        const ElfSection* section = kernel_.sections.find(".limine_requests");
        const std::string_view what = section == nullptr   ? "and no section .limine_requests"
                                      : section->size == 0 ? "and the section .limine_requests is empty"
                                                           : "although there is a section .limine_requests";
        // With a tag it may well be on purpose.
        add(report_.base_revision ? Severity::note : Severity::warning, "no-requests",
            fmt::format("there is no request in it, {}: the loader will tell it nothing", what), {},
            "mark requests gnu::used and gnu::retain, and wrap their sections in KEEP() in the linker script");
    }

    void check_entry(const loader::Requests& requests) {
        if (!requests.asks_for(loader::entry_point_id)) return;
        auto wanted = requests.parameters<limine::EntryPointParameters>(loader::entry_point_id);
        if (wanted && loaded_.executable.is_code(VirtAddr(wanted->entry))) return;
        Remark remark{Severity::error, "entry-not-code",
                      "the entry point that it requests lies outside its executable segments"};
        if (wanted) remark.spots.push_back(kernel_.data_spot(wanted->entry));
        report_.remarks.push_back(std::move(remark));
    }

    /// From this base revision on, a loader says which one it used ("Base Revisions").
    static constexpr std::uint64_t oldest_unambiguous = 3;

    const CheckedKernel& kernel_;
    const LoadedKernel& loaded_;
    KernelReport& report_;
    std::optional<loader::RequestWindow> window_{};
};

}  // namespace

void check_requests(const CheckedKernel& kernel, const LoadedKernel& loaded, KernelReport& report) {
    RequestCheck(kernel, loaded, report).run();
}

}  // namespace lintel::runner
