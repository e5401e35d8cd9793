// Requests that a well-meaning kernel would not make: unknown ones, such as this loader cannot answer, such as stand
// outside the markers. Each starts with a number in place of its response, so that touching it shows.
#pragma once

#include "protocol/limine.hpp"

namespace lintel::conformance {

/// What no loader would write as an address.
inline constexpr std::uint64_t untouched = 0x756e746f75636864;

/// A request by its words alone.
struct RawRequest {
    std::uint64_t id[4];
    std::uint64_t revision;
    std::uint64_t response;
};

constexpr RawRequest raw_request(limine::FeatureId feature, std::uint64_t revision = 0) {
    return {.id = {limine::common_magic.first, limine::common_magic.second, feature.first, feature.second},
            .revision = revision,
            .response = untouched};
}

/// The request as the loader left it: it writes behind the compiler's back.
inline std::uint64_t response_of(const RawRequest& request) {
    return *static_cast<const volatile std::uint64_t*>(&request.response);
}

/// A request of a revision that no specification has yet.
template <class Feature>
struct FromTheFuture : Feature {
    static constexpr std::uint64_t revision = 1000;
};

/// The form in which the whole family asks for the firmware's type.
using FirmwareType = FromTheFuture<limine::FirmwareType>;

}  // namespace lintel::conformance
