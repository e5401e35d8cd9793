// Names behind the addresses that a kernel prints.
// Invariant: what comes in goes out unchanged; only at the ends of lines something is added.
#pragma once

#include "runner/debug_info/debug_info.hpp"

namespace lintel::runner {

/// As describe(), with the file's name relative to the current folder where it lies below that.
std::string short_description(const Place& place);
std::string short_description(const Frame& frame);

class Symbolizer {
public:
    /// `find_slide` is asked while it has given nothing, when an address comes that could be the kernel's.
    Symbolizer(DebugInfo& kernel, std::function<std::optional<std::uint64_t>()> find_slide)
        : kernel_(kernel), find_slide_(std::move(find_slide)), ready_(!kernel.relocatable()) {}

    /// The next bytes of the stream, with what is to be added. Nothing is held back.
    std::string feed(std::string_view bytes);

private:
    [[nodiscard]] std::string names_in(std::string_view line);

    DebugInfo& kernel_;
    std::function<std::optional<std::uint64_t>()> find_slide_;
    bool ready_;
    int attempts_ = 0;
    std::string line_{};
};

}  // namespace lintel::runner
