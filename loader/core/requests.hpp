// Finds what an executable asks for: the base revision tag and the requests in its loaded image.
// Invariant: every request that is found stands whole inside the image, between the markers where there are any or in
// the executable's list of them, and none is found twice.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "loader/core/executable.hpp"
#include "protocol/wire.hpp"

namespace lintel::loader {

/// This loader complies with all base revisions up to this one.
inline constexpr std::uint64_t newest_base_revision = limine::latest_base_revision;

/// The identifiers of the features whose types carry parameters.
inline constexpr limine::FeatureId stack_size_id = limine::StackSize<0>::id;
inline constexpr limine::FeatureId paging_mode_id = limine::PagingMode<limine::PagingLevels::four>::id;
inline constexpr limine::FeatureId entry_point_id = limine::EntryPoint<nullptr>::id;
inline constexpr limine::FeatureId entropy_id = limine::Entropy<0>::id;

/// A request in a loaded image.
struct FoundRequest {
    limine::FeatureId feature;
    std::uint64_t revision;
    std::uint64_t offset;  // in the image
};

/// Offsets in an image: where requests count.
struct RequestWindow {
    std::uint64_t begin;
    std::uint64_t end;
};

/// From the last start marker to the first end marker, or the image's own ends ("Requests Delimiters").
Result<RequestWindow> find_request_window(const Executable& executable, Bytes image);

/// What the specification calls the feature; nothing where this loader does not know it.
std::optional<std::string_view> name_of(limine::FeatureId feature);

class Requests {
public:
    /// Looks through `image`, the loaded image of `executable`, and confirms the base revision in its tag.
    static Result<Requests> scan(const Executable& executable, MutableBytes image);

    [[nodiscard]] std::uint64_t base_revision() const { return base_revision_; }
    /// All of them, in the order in which they were found.
    [[nodiscard]] std::span<const FoundRequest> found() const { return std::span(found_).first(found_count_); }
    [[nodiscard]] bool asks_for(limine::FeatureId feature) const { return find(feature) != nullptr; }
    /// The revision of the request; nothing where there is no such request.
    [[nodiscard]] std::optional<std::uint64_t> revision(limine::FeatureId feature) const;

    /// The parameters behind the header of a request that is there.
    template <class Parameters>
    [[nodiscard]] Result<Parameters> parameters(limine::FeatureId feature) const {
        auto value = read_at<Parameters>(image_, find(feature)->offset + sizeof(limine::RequestHeader));
        if (!value) return fail(ErrorCode::malformed, "a request reaches beyond the end of the executable's image");
        return *value;
    }

    /// Writes `response`, an address as the executable sees it, into the request if there is one.
    void answer(limine::FeatureId feature, VirtAddr response) const;

private:
    explicit Requests(MutableBytes image) : image_(image) {}
    [[nodiscard]] const FoundRequest* find(limine::FeatureId feature) const;
    Status read_list(AddressedTable list, VirtAddr base);
    Status note_request(std::uint64_t offset);
    Status note_base_revision(std::uint64_t offset);
    Status confirm_base_revision();

    MutableBytes image_;
    std::array<FoundRequest, 128> found_{};
    std::size_t found_count_ = 0;
    std::optional<std::uint64_t> tag_{};  // offset in the image
    std::uint64_t base_revision_ = 0;     // what an executable without a tag asks for
};

}  // namespace lintel::loader
