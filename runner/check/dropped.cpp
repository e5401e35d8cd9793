// Requests that the source has and the image has not: DWARF still knows the variables.
// Invariant: a variable that is only declared, or whose type merely resembles a request's, is not reported.
#include "protocol/wire.hpp"
#include "runner/check/parts.hpp"

namespace lintel::runner {

namespace {

/// limine.h's structures; the C++ and Rust bindings' types in the namespace limine.
bool is_request(const Variable& variable) {
    const std::string_view type = variable.type;
    if (type.starts_with("limine_") && type.ends_with("_request")) return true;
    return type.starts_with("Request<limine::") ||
           (variable.name.starts_with("limine::") && type.starts_with("Request<"));
}

}  // namespace

void check_dropped_requests(const CheckedKernel& kernel, const LoadedKernel& loaded, Remarks& remarks) {
    for (const Variable& variable : kernel.variables) {
        if (!is_request(variable)) continue;
        const auto word = variable.address ? read_at<std::uint64_t>(loaded.image, *variable.address - loaded.address(0))
                                           : std::nullopt;
        if (word == limine::common_magic.first) continue;
        const SourceLine source = kernel.debug->source_of(variable);
        Spot spot{.symbol = fmt::format("{} {}", variable.type, variable.name), .source = place_of(source)};
        remarks.push_back({Severity::warning,
                           "request-dropped",
                           fmt::format("the request {} is in the source and not in the image: the optimizer or the "
                                       "linker has dropped it, since nothing seems to use it",
                                       variable.name),
                           {spot},
                           "mark it volatile, gnu::used and gnu::retain, in the section .limine_requests, and KEEP() "
                           "that in the linker script"});
    }
}

}  // namespace lintel::runner
